package pickle

// Tuples and instances come in their thousands too, alike but for the atoms in them:
//
//	MARK  value  …  TUPLE  MEMOIZE
//	BINGET class  tuple  NEWOBJ  MEMOIZE
//
// Like records they are read without passing the stack, once one of their kind has.

// A mould tells what the last of them were like.
type mould struct {
	width int // of the last tuple behind a MARK; 0 if there is none
	class any // of the last instance that NEWOBJ made an Object of; nil if there is none
	args  int // that it had

	tuplesInVain, instancesInVain int // attempts that failed, one after the other
}

// remember has instances be made like the one that comes of these values.
func (d *decoder) remember(o *Object) {
	g, ok := o.Class.(Global)
	args, ok2 := o.Args.(Tuple)
	if !ok || !ok2 || len(args) > shortItems || o.How != NewObj || d.codec.passage.exact() || d.classNamed(g) != nil {
		return
	}
	d.mould.class, d.mould.args = o.Class, len(args)
}

// calm tells whether nothing is unusual about the memo, nor who looks at it.
func (d *decoder) calm() bool {
	return d.count == len(d.memo) && d.far == nil && d.seen == nil && d.limits.Depth >= len(d.marks)+3
}

// mouldedTuple reads the tuple whose MARK lies before pos. It returns pos if there is
// no such thing, or a limit stands in its way.
func (d *decoder) mouldedTuple(pos int) (t any, next int) {
	if d.mould.tuplesInVain > inVain || !d.calm() {
		return nil, pos
	}
	r := record{decoder: d, pos: pos, memory: d.memory}
	items, memo := d.items, len(d.memo)
	if t, ok := r.tuple(d.mould.width, opTuple); ok && r.memory >= 0 {
		d.mould.tuplesInVain, d.memory = 0, r.memory
		return t, r.pos
	}
	d.items, d.memo, d.count = items, d.memo[:memo], memo
	d.mould.tuplesInVain++
	return nil, pos
}

// mouldedInstance is mouldedTuple for the instance whose class lies before pos.
func (d *decoder) mouldedInstance(pos int) (o *Object, next int) {
	if d.mould.instancesInVain > inVain || !d.calm() {
		return nil, pos
	}
	r := record{decoder: d, pos: pos, memory: d.memory - objectSize - memoSize}
	items, memo := d.items, len(d.memo)
	if o := r.instance(); o != nil && r.memory >= 0 {
		d.mould.instancesInVain, d.memory = 0, r.memory
		d.clock++
		o.seq = d.clock
		return o, r.pos
	}
	d.items, d.memo, d.count = items, d.memo[:memo], memo
	d.mould.instancesInVain++
	return nil, pos
}

// instance reads arguments, NEWOBJ and MEMOIZE.
func (r *record) instance() *Object {
	args, ok := emptyTuple, true
	switch n := r.mould.args; {
	case n == 0:
		ok = r.op(opEmptyTuple)
	case n <= 3:
		args, ok = r.tuple(n, opTuple1+byte(n-1))
	default:
		if ok = r.op(opMark); ok {
			args, ok = r.tuple(n, opTuple)
		}
	}
	if !ok || !r.op(opNewObj) || !r.op(opMemoize) {
		return nil
	}
	o := r.objects.next(1, r.few())
	*o = Object{How: NewObj, Class: r.mould.class, Args: args, memoized: true}
	if !r.memoize(r.objects.last(refObject, min(r.mould.args, 1)+1)) {
		return nil
	}
	return o
}

// tuple reads n atoms, the opcode that makes a tuple of them, and the tuple's MEMOIZE.
func (r *record) tuple(n int, op byte) (t any, ok bool) {
	items := r.room(n)
	for i := range items {
		if items[i], ok = r.atom(); !ok {
			return nil, false
		}
	}
	if !r.op(op) {
		return nil, false
	}
	r.memory -= int64(24 + 16*n)
	p := r.tuples.next(2, r.few())
	*p = items
	if r.op(opMemoize) {
		r.memory -= memoSize
		return box(typeTuple, p), r.memoize(r.tuples.last(refTuple, 1))
	}
	return box(typeTuple, p), true
}

// op reads one opcode.
func (r *record) op(op byte) bool {
	if r.pos < len(r.data) && r.data[r.pos] == op {
		r.pos++
		return true
	}
	return false
}
