package pickle

// writeStruct writes an instance of the struct's class, or else a tuple or dict of its
// fields.
func (pl *plan) writeStruct(e *encoder, p pointer, k key) error {
	return pl.writeStructAs(e, pl.fields, p, k)
}

func (pl *plan) writeStructAs(e *encoder, s *structure, p pointer, k key) error {
	if s.err != nil {
		return s.err
	}
	if err := e.enter(); err != nil {
		return err
	}
	defer e.leave()
	switch {
	case s.class.Name != "":
		return s.writeInstance(e, p, k)
	case s.tuple:
		if err := s.writeTuple(e, p); err != nil {
			return err
		}
		e.identify(k)
		return nil
	}
	e.emptyDict()
	e.identify(k)
	return s.writePairs(e, p, false)
}

// writeInstance writes the construction of an instance, and its state.
func (s *structure) writeInstance(e *encoder, p pointer, k key) error {
	if e.version < 2 {
		if err := e.global(Global{"copyreg", "__newobj__"}); err != nil {
			return err
		}
		e.op(opMark)
	}
	if err := e.global(s.class); err != nil {
		return err
	}
	if e.version < 2 {
		if s.tuple {
			if err := s.writeValues(e, p); err != nil {
				return err
			}
		}
		e.op(opTuple, opReduce)
	} else {
		if !s.tuple {
			e.op(opEmptyTuple)
		} else if err := s.writeTuple(e, p); err != nil {
			return err
		}
		e.op(opNewObj)
	}
	e.identify(k)
	if s.tuple {
		return nil
	}
	if err := s.writeState(e, p); err != nil {
		return err
	}
	e.op(opBuild)
	return nil
}

// writeState writes what the class's __setstate__ takes, or object's: a dict, for
// classes with slots behind the None that stands for no dict, for those of frozen
// dataclasses a list.
func (s *structure) writeState(e *encoder, p pointer) error {
	switch {
	case s.slots && s.fixed:
		e.emptyList()
		if len(s.fields) == 0 {
			return nil
		}
		if e.version == 0 {
			return s.writeEach(e, p, opAppend)
		}
		e.op(opMark)
		if err := s.writeValues(e, p); err != nil {
			return err
		}
		e.op(opAppends)
		return nil
	case s.slots:
		if e.version < 2 {
			e.op(opMark)
		}
		e.op(opNone)
	}
	e.emptyDict()
	if err := s.writePairs(e, p, true); err != nil {
		return err
	}
	switch {
	case s.slots && e.version < 2:
		e.op(opTuple)
	case s.slots:
		e.op(opTuple2)
	}
	return nil
}

// writePairs writes the fields into the dict on top. Attributes have names of Python
// 2's own kind there.
func (s *structure) writePairs(e *encoder, p pointer, attributes bool) error {
	marked := e.version > 0
	if marked {
		e.op(opMark)
	}
	for i := range s.fields {
		f := &s.fields[i]
		at := f.at(p, false)
		if at == nil || f.omitted(at) {
			continue
		}
		if e.version >= 4 {
			e.out = append(e.out, f.key...)
		} else if err := e.name(f.name, attributes); err != nil {
			return err
		}
		if err := f.plan.write(e, at, key{}); err != nil {
			return inField(err, f.name)
		}
		if !marked {
			e.op(opSetItem)
		}
	}
	if s.rest != nil {
		if err := s.writeRest(e, p, marked); err != nil {
			return err
		}
	}
	if marked {
		e.op(opSetItems)
	}
	return nil
}

// name writes a key below protocol 4.
func (e *encoder) name(name string, attribute bool) (err error) {
	if attribute && e.codec.Dialect.Python2 {
		e.out, err = putString2(e.out, name, e.version)
		return err
	}
	return e.text(name)
}

// writeRest writes the entries of the map that takes the keys that are no fields.
func (s *structure) writeRest(e *encoder, p pointer, marked bool) error {
	at := s.rest.at(p, false)
	if at == nil {
		return nil
	}
	m := variable(s.rest.plan.typ, at)
	for it := m.MapRange(); it.Next(); {
		name := it.Key().String()
		if has(s.names, name) {
			continue // the field is newer
		}
		if err := e.text(name); err != nil {
			return err
		}
		if err := e.value(it.Value().Interface()); err != nil {
			return inKey(err, it.Key())
		}
		if !marked {
			e.op(opSetItem)
		}
	}
	return nil
}

// writeTuple writes the fields as a tuple.
func (s *structure) writeTuple(e *encoder, p pointer) error {
	n := len(s.fields)
	if n == 0 && e.version > 0 {
		e.op(opEmptyTuple)
		return nil
	}
	marked := e.version < 2 || n > 3
	if marked {
		e.op(opMark)
	}
	if err := s.writeValues(e, p); err != nil {
		return err
	}
	if marked {
		e.op(opTuple)
	} else {
		e.op(opTuple1 + byte(n-1))
	}
	return nil
}

// writeValues writes the fields, one after the other.
func (s *structure) writeValues(e *encoder, p pointer) error { return s.writeEach(e, p, 0) }

// writeEach writes the fields, each with an opcode behind it unless that is 0.
func (s *structure) writeEach(e *encoder, p pointer, op byte) error {
	for i := range s.fields {
		f := &s.fields[i]
		if at := f.at(p, false); at == nil {
			e.op(opNone)
		} else if err := f.plan.write(e, at, key{}); err != nil {
			return inField(err, f.name)
		}
		if op != 0 {
			e.op(op)
		}
	}
	return nil
}

// omitted tells whether the field's tag leaves it out for the value it has.
func (f *field) omitted(at pointer) bool {
	switch {
	case f.omitZero:
		return isZero(f.plan, at)
	case f.omitEmpty:
		return isEmpty(f.plan, at)
	}
	return false
}
