package pickle

import "unicode/utf8"

// call executes REDUCE, NEWOBJ and NEWOBJ_EX.
func (v *View) call(op byte) error {
	n := 2
	if op == opNewObjEx {
		v.highest |= needs4
		n = 3
	}
	height := len(v.stack) - n
	if height < v.fence {
		return ErrUnderflow
	}
	values := v.stack[height:]
	if n == 3 && values[2].kind != kindDict {
		return ErrShape
	}
	if k := values[1].kind; !k.isTuple() && k != kindAny {
		return ErrShape
	}
	return v.pushCall(values, height, values[0].start)
}

// pushCall replaces the values, of which the first is called, by the result.
func (v *View) pushCall(values []cell, height int, start int32) error {
	if len(values) > 0 && !values[0].kind.callable() {
		return ErrShape
	}
	s, err := v.tuple(values, start)
	if err != nil {
		return err
	}
	s.kind = kindAny
	v.stack = append(v.stack[:height], s)
	return nil
}

// instance executes INST and OBJ.
func (v *View) instance(op byte, at int) (pos int, err error) {
	pos = at + 1
	if op == opInst {
		if pos, err = v.globalLines(at); err != nil {
			return at, err
		}
	}
	m, err := v.unmark()
	if err != nil {
		return at, err
	}
	values := v.stack[m.height:]
	if op == opObj {
		if len(values) == 0 {
			return at, ErrUnderflow
		}
		return pos, v.pushCall(values, int(m.height), m.start)
	}
	s, err := v.tuple(values, m.start)
	if err != nil {
		return at, err
	}
	s.kind = kindAny
	v.stack = append(v.stack[:m.height], s)
	return pos, nil
}

// pushGlobal executes GLOBAL and STACK_GLOBAL.
func (v *View) pushGlobal(op byte, at int) (pos int, err error) {
	if op == opGlobal {
		if pos, err = v.globalLines(at); err != nil {
			return at, err
		}
		v.stack = append(v.stack, cell{start: int32(at), kind: kindGlobal})
		return pos, nil
	}
	height := len(v.stack) - 2
	if height < v.fence {
		return at, ErrUnderflow
	}
	module, name := v.stack[height], v.stack[height+1]
	if module.kind != kindText || name.kind != kindText {
		return at, errNames
	}
	if n, ok := v.nameSize(module, name); !ok {
		return at, ErrShape
	} else if n > maxName {
		return at, errLongName
	}
	v.globals = append(v.globals, globalRef{int32(at), module.start, name.start})
	v.highest |= needs4
	v.stack = append(v.stack[:height], cell{start: module.start, kind: kindGlobal})
	return at + 1, nil
}

// nameSize is how long the names are together. ok is false where finding out
// takes long, as with lines that are escaped.
func (v *View) nameSize(names ...cell) (n int, ok bool) {
	for _, c := range names {
		op, arg, _ := v.atomAt(c.start)
		if n += len(arg); op == opUnicode && n > longText {
			return n, false
		}
	}
	return n, true
}

// globalLines reads the module and name that follow an opcode.
func (v *View) globalLines(at int) (pos int, err error) {
	module, middle, err := v.line(at + 1)
	if err != nil {
		return at, err
	}
	name, pos, err := v.line(middle)
	if err != nil {
		return at, err
	}
	if len(module) == 0 || len(name) == 0 {
		return at, errNoName
	}
	if len(module)+len(name) > maxName {
		return at, errLongName
	}
	if !utf8.Valid(module) || !utf8.Valid(name) {
		return at, ErrUTF8
	}
	v.globals = append(v.globals, globalRef{int32(at), int32(at + 1), int32(middle)})
	return pos, nil
}
