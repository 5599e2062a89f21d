package pickle

// A creation is an object as a pickle constructs it, for functions that make Go
// values of the arguments without building those.
type creation struct {
	r    *reader
	name uint32 // of the class
	args [maxArguments]creationArg
	n    int
}

// A creationArg is an argument on the tape; for an atom its offset suffices.
type creationArg struct {
	pos uint32
	v   ref
}

const maxArguments = 8

// len is the number of arguments.
func (in *creation) len() int { return in.n }

// class is what is called.
func (in *creation) class() Global { return in.r.global(in.name) }

// bytes returns an argument that is bytes or Python 2's str. It is a part of the
// pickle: copy it.
func (in *creation) bytes(i int) (b []byte, ok bool) {
	if a := &in.args[i]; a.v.made == 0 {
		switch in.r.data[a.pos] {
		case opShortBinBytes, opBinBytes, opBinBytes8, opShortBinString, opBinString:
			return textAfter(in.r.data, int(a.pos))
		}
	}
	return nil, false
}

// text returns an argument that is a str. It is a part of the pickle: copy it.
func (in *creation) text(i int) (s string, ok bool) {
	if a := &in.args[i]; a.v.made == 0 {
		switch in.r.data[a.pos] {
		case opShortBinUnicode, opBinUnicode, opBinUnicode8, opShortBinString, opBinString:
			b, ok := textAfter(in.r.data, int(a.pos))
			return textOf(b), ok
		}
	}
	return "", false
}

// int returns an argument that is an int.
func (in *creation) int(i int) (n int64, ok bool) {
	if a := &in.args[i]; a.v.made == 0 {
		return intAt(in.r.data[a.pos:])
	}
	return 0, false
}

// value builds an argument.
func (in *creation) value(i int) (any, error) {
	a := &in.args[i]
	if a.v == (ref{}) {
		in.r.nodes[0] = tapeNode{pos: a.pos, end: 1}
	}
	return in.r.build(a.v)
}

// instanceOf returns what REDUCE or NEWOBJ makes, unless that has more arguments
// than a creation has room for.
func (r *reader) instanceOf(v ref) (in *creation, ok bool) {
	name, args, ok := r.construction(v)
	if !ok {
		return nil, false
	}
	in = r.created(name)
	args = r.follow(args)
	op := r.op(args)
	it, ok := r.itemsOf(args, op)
	if !ok || r.length(args, op) > maxArguments {
		return nil, false
	}
	for v, ok := it.value(); ok; v, ok = it.value() {
		in.args[in.n] = creationArg{r.nodes[v.start].pos, v}
		in.n++
	}
	return in, true
}

// created returns the reader's creation, for a class and without arguments yet. There is
// one at a time: functions that make values of it read nothing typed.
func (r *reader) created(name uint32) *creation {
	if r.creation.r == nil {
		r.creation.r = r
	}
	r.creation.name, r.creation.n = name, 0
	return &r.creation
}

// construction returns the name of what REDUCE or NEWOBJ calls, and the arguments.
func (r *reader) construction(v ref) (name uint32, args ref, ok bool) {
	if v.made == 0 {
		return 0, args, false
	}
	n := &r.nodes[v.made]
	if op := r.data[n.pos]; op != opReduce && op != opNewObj {
		return 0, args, false
	}
	class := ref{v.start, n.outer}
	name, ok = r.nameOf(class)
	return name, r.at(r.after(class)), ok
}

// nameOf returns the number of the global that a value is.
func (r *reader) nameOf(v ref) (name uint32, ok bool) {
	n := &r.nodes[v.start]
	if v.made != 0 {
		n = &r.nodes[v.made]
	}
	switch r.data[n.pos] {
	case opGlobal, opStackGlobal:
		return n.n, true
	}
	return 0, false
}

// global returns the class or function with a number.
func (r *reader) global(name uint32) Global {
	n := &r.names[name]
	return r.codec.globalIn(Global{string(n.module), string(n.name)}, n.proto)
}

// readKnown reads an instance of a class that a known type stands for.
func (pl *plan) readKnown(r *reader, p pointer, v ref) error {
	v = r.follow(v)
	if name, _, ok := r.construction(v); ok {
		if read := r.readerFor(pl, name); read != nil {
			if in, ok := r.instanceOf(v); ok {
				done, err := read(in, p)
				if done || err != nil {
					return err
				}
			}
		}
	}
	return pl.convert(r, p, v)
}

// readerFor returns the function that reads instances of the named class into
// variables of the plan's type, or nil.
func (r *reader) readerFor(pl *plan, name uint32) func(*creation, pointer) (bool, error) {
	if last := &r.lastKnown; last.plan == pl && last.name == name {
		return last.read
	}
	r.lastKnown = knownReader{pl, name, pl.known.read[r.global(name)]}
	return r.lastKnown.read
}

// A knownReader is what readerFor returned last.
type knownReader struct {
	plan *plan
	name uint32
	read func(*creation, pointer) (bool, error)
}
