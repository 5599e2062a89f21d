package pickle

// Dates and times come in their thousands, each as a call of its class with the
// bytes of its state. Picklers write that always alike:
//
//	SHORT_BINBYTES state  MEMOIZE  TUPLE1  MEMOIZE  REDUCE
//
// Such a call is made of the bytes where they lie. Those and the tuple come into
// being only if something refers to their memo entries.
const stateCall = "\x94\x85\x94R"

// stateCall calls the class on top of the stack with the state whose length is at pos.
// It returns pos if what is there is no such call, or the limits stand in its way.
func (d *decoder) stateCall(stack []any, pos int) (v any, next int) {
	top := len(stack) - 1
	if top < d.fence || pos >= len(d.data) {
		return nil, pos
	}
	from := pos + 1
	next = from + int(d.data[pos]) + len(stateCall)
	if next > len(d.data) || string(d.data[next-len(stateCall):next]) != stateCall {
		return nil, pos
	}
	g, ok := stack[top].(Global)
	if !ok || d.codec.passage.exact() || d.seen != nil {
		return nil, pos
	}
	c := d.classNamed(g)
	if c == nil || c.ofState == nil || c.rebuild != nil {
		return nil, pos
	}
	state := d.data[from : next-len(stateCall)]
	memory := int64(len(state) + 24 + 24 + 16 + objectSize + 2*memoSize)
	if d.count != len(d.memo) || d.far != nil || d.count+2 > d.limits.Memo || pos >= maxLate || d.memory < memory+int64(len(state)) || d.limits.Depth < 2 {
		return nil, pos
	}
	if v, ok = c.ofState(d, state); !ok {
		return nil, pos
	}
	d.memory -= memory + int64(len(state)) // which the class looked at
	d.memo = append(d.memo, lateRef(pos), lateRef(pos)|refTupled)
	d.count += 2
	return v, next
}

// buildLate builds what the memo entry i stands for, and its neighbour with it: the
// tuple holds the very state.
func (d *decoder) buildLate(i uint64) {
	at := d.memo[i].lateAt()
	v := d.bytesAt(d.data[at+1 : at+1+uint32(d.data[at])])
	t := d.boxTuple([]any{v})
	if d.memo[i]&refTupled != 0 {
		i--
	}
	if d.memo[i] == lateRef(int(at)) {
		d.memo[i] = d.keep(v, 0)
	}
	if d.memo[i+1] == lateRef(int(at))|refTupled {
		d.memo[i+1] = d.keep(t, 1)
	}
}
