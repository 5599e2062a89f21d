package pickle

// set writes a set, which protocols below 4 make of a list.
func (e *encoder) set(v any, t *table) error {
	k := keyOf(v)
	if e.again(k) {
		return nil
	}
	if e.version >= 4 {
		e.out = append(e.out, opEmptySet)
		e.made(k)
		if err := e.items(t.members(), 0, opAddItems); err != nil {
			return err
		}
		return e.happened(v, k)
	}
	items := t.members()
	for _, op := range e.past[v] {
		items = append(items, op.Items...)
	}
	return e.setCall("set", k, items)
}

func (e *encoder) frozenSet(v any, t *table) error {
	k := keyOf(v)
	if e.again(k) {
		return nil
	}
	if e.version < 4 {
		return e.setCall("frozenset", k, t.members())
	}
	if err := e.enter(); err != nil {
		return err
	}
	e.out = append(e.out, opMark)
	for item := range t.all {
		e.boundary()
		if err := e.value(item); err != nil {
			return err
		}
	}
	e.leave()
	if n := e.find(k.at, k.size); n >= 0 {
		e.unwind(true, 0)
		e.refer(n)
		return nil
	}
	e.out = append(e.out, opFrozenSet)
	e.made(k)
	return nil
}

func (e *encoder) setCall(name string, k key, items []any) error {
	if err := e.callOnList("builtins", name, items); err != nil {
		return err
	}
	if n := e.find(k.at, k.size); n >= 0 { // an item led back to it
		e.out = append(e.out, opPop)
		e.refer(n)
		return nil
	}
	e.made(k)
	return nil
}

// callOnList writes the call of a global on a list that only this call has.
func (e *encoder) callOnList(module, name string, items []any) error {
	if err := e.global(e.known(Global{module, name})); err != nil {
		return err
	}
	if err := e.enter(); err != nil {
		return err
	}
	marked := e.version < 2
	if marked {
		e.op(opMark)
	}
	e.emptyList()
	if e.eager {
		e.put()
	}
	if err := e.items(items, opAppend, opAppends); err != nil {
		return err
	}
	e.leave()
	e.reduce(opTuple1)
	return nil
}

// members returns the live keys.
func (t *table) members() []any {
	items := make([]any, 0, int(t.live))
	for item := range t.all {
		items = append(items, item)
	}
	return items
}
