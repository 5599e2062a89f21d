package pickle

// build returns a value as Decode would: the decoder executes the opcodes that
// are on the tape for it. What comes from the memo is built before it, once.
func (r *reader) build(v ref) (any, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	if to := r.follow(v); to != v {
		return r.buildShared(to)
	}
	d := r.builder
	r.builder = nil
	if d == nil {
		d = decoders.Get().(*decoder)
		d.ctx, d.codec, d.data, d.proto = r.ctx, r.codec, r.data, r.proto
		d.limits, d.most = r.limits, 32
	}
	d.memory = r.memory
	d.fills = &r.fills
	r.building++
	err := r.replay(d, v)
	if r.building--; r.building == 0 && err == nil {
		if at, failed := d.fillAgain(); failed != nil {
			err = d.fail(at, failed)
		}
	}
	r.memory = d.memory
	if err != nil {
		d.release()
		return nil, err
	}
	got, err := d.pop()
	if r.builder != nil {
		r.builder.release()
	}
	r.builder = d
	return got, err
}

// buildShared builds a value that a GET refers to.
func (r *reader) buildShared(v ref) (any, error) {
	made := r.maker(v)
	if got, ok := r.built[made]; ok {
		return got, nil
	}
	return r.build(v) // which notes it, as one that is shared
}

func (r *reader) replay(d *decoder, v ref) error {
	for n := v.start; n < r.after(v); n++ {
		pos := int(r.nodes[n].pos)
		err := r.replayNode(d, n)
		if err != nil {
			return d.fail(pos, err)
		}
		if r.nodes[n].n&nodeShared != 0 {
			if r.built == nil {
				r.built = map[uint32]any{}
			}
			r.built[n] = d.stack[len(d.stack)-1]
			r.twice = r.twice || r.same[n] != nil
		}
	}
	return nil
}

func (r *reader) replayNode(d *decoder, n uint32) error {
	node := r.nodes[n]
	op := r.data[node.pos]
	switch op {
	case opMark:
		d.fence = len(d.stack)
		d.marks = append(d.marks, mark{d.fence, int(node.pos)})
		if node.n&nodeFlat != 0 {
			return r.replayFlat(d, node)
		}
		return nil
	case opBinGet, opLongBinGet, opGet:
		r.memory = d.memory
		got, err := r.buildShared(r.refTo(node.n & nodeNumber))
		d.memory, d.back = r.memory, true
		if err != nil {
			return err
		}
		return d.pushNested(got, 1)
	case opGlobal, opStackGlobal:
		if node.end > n {
			name := r.names[node.n&nodeNumber]
			d.push(d.codec.globalIn(Global{string(name.module), string(name.name)}, name.proto))
			return d.charge(96 + len(name.module) + len(name.name))
		}
	case opNextBuffer:
		d.buffer = r.buffer(n)
	}
	return r.replayOp(d, op, node)
}

func (r *reader) replayFlat(d *decoder, from tapeNode) error {
	pos := int(from.pos) + 1
	for range r.nodes[from.n&nodeNumber].n & nodeNumber {
		next := r.borrow(pos)
		if err := r.replayOp(d, r.data[r.nodes[0].pos], r.nodes[0]); err != nil {
			return err
		}
		pos = next
	}
	return nil
}

// replayOp executes an opcode that is no memo opcode.
func (r *reader) replayOp(d *decoder, op byte, node tapeNode) error {
	switch op {
	case opShortBinUnicode, opBinUnicode, opBinUnicode8:
		if node.n == 0 {
			break
		}
		s, err := r.text(node)
		if err != nil {
			return err
		}
		d.push(d.boxString(s))
		return nil
	}
	return d.once(int(node.pos))
}

// once executes the opcode at an offset, which is no memo opcode and no MARK.
func (d *decoder) once(at int) error {
	op, arg := d.data[at], d.data[at+1:]
	switch op {
	case opNone:
		d.push(nil)
	case opNewTrue, opNewFalse:
		d.push(op == opNewTrue)
	case opBinInt1, opBinInt2, opBinInt:
		n, _ := intArg(op, arg)
		d.push(d.boxInt(n))
	case opBinFloat:
		f, _ := floatArg(op, arg)
		d.push(d.boxFloat(f))
	case opShortBinUnicode:
		return d.pushText(at+2, arg[1:1+int(arg[0])])
	default:
		d.pos = at + 1
		return d.step(op)
	}
	return nil
}
