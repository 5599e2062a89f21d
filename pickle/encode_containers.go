package pickle

// batchSize is how many items one opcode takes at most: a reader keeps them on
// its stack until then.
const batchSize = 1000

// tuple writes a tuple. Its items come first: if one of them leads back to it,
// the tuple has been made when they are done, and they are dropped again.
func (e *encoder) tuple(t Tuple) error {
	if len(t) == 0 {
		if e.version == 0 {
			e.op(opMark, opTuple)
		} else {
			e.op(opEmptyTuple)
		}
		return nil
	}
	k := key{firstOf(t), len(t)}
	if e.again(k) {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	marked := e.version < 2 || len(t) > 3
	if marked {
		e.op(opMark)
	}
	for _, v := range t {
		e.boundary()
		if err := e.value(v); err != nil {
			return err
		}
	}
	e.leave()
	if n := e.find(k.at, k.size); n >= 0 {
		e.unwind(marked, len(t))
		e.refer(n)
		return nil
	}
	if marked {
		e.op(opTuple)
	} else {
		e.op(opTuple1 + byte(len(t)-1))
	}
	e.made(k)
	return nil
}

// unwind drops n values, and the mark below them.
func (e *encoder) unwind(marked bool, n int) {
	if marked && e.version >= 1 {
		e.op(opPopMark)
		return
	}
	if marked {
		n++
	}
	for range n {
		e.op(opPop)
	}
}

func (e *encoder) list(l *List) error {
	k := keyOf(l)
	if e.again(k) {
		return nil
	}
	e.emptyList()
	e.made(k)
	if err := e.items(l.Items, opAppend, opAppends); err != nil {
		return err
	}
	return e.happened(l, k)
}

// happened writes what happened to a container after it was met again.
func (e *encoder) happened(v any, k key) error {
	if len(e.past) == 0 {
		return nil
	}
	return e.changes(e.past[v], k)
}

func (e *encoder) emptyList() {
	if e.version == 0 {
		e.op(opMark, opList)
	} else {
		e.op(opEmptyList)
	}
}

// items writes values that go into the container on top: by the opcode for
// one, or that for those above a mark. Protocol 0 has only the first.
func (e *encoder) items(items []any, one, many byte) error {
	if len(items) == 0 {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	single := len(items) == 1 && one != 0
	for len(items) > 0 {
		part := items[:min(len(items), batchSize)]
		if !single && e.version > 0 {
			e.op(opMark)
		}
		for _, v := range part {
			e.boundary()
			if err := e.value(v); err != nil {
				return err
			}
			if e.version == 0 {
				e.op(one)
			}
		}
		switch {
		case e.version == 0:
		case single:
			e.op(one)
		default:
			e.op(many)
		}
		items = items[len(part):]
	}
	e.leave()
	return nil
}

func (e *encoder) dict(d *Dict) error {
	k := keyOf(d)
	if e.again(k) {
		return nil
	}
	e.emptyDict()
	e.made(k)
	if err := e.pairs(d); err != nil {
		return err
	}
	return e.happened(d, k)
}

func (e *encoder) emptyDict() {
	if e.version == 0 {
		e.op(opMark, opDict)
	} else {
		e.op(opEmptyDict)
	}
}

// pairs writes what a dict holds, which goes into the container on top.
func (e *encoder) pairs(d *Dict) error {
	n := d.Len()
	if n == 0 {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	marked, batch := e.beginPairs(n), 0
	for pos, ok := d.next(0); ok; pos, ok = d.next(pos + 1) {
		if batch++; batch > batchSize {
			e.endPairs(marked)
			e.beginPairs(n)
			batch = 1
		}
		if err := e.pair(d.keys[pos], d.vals[pos], marked); err != nil {
			return err
		}
	}
	e.endPairs(marked)
	e.leave()
	return nil
}

// beginPairs begins n keys and values that go into the container on top.
func (e *encoder) beginPairs(n int) (marked bool) {
	marked = n > 1 && e.version > 0
	if marked {
		e.op(opMark)
	}
	return marked
}

func (e *encoder) pair(k, v any, marked bool) error {
	e.boundary()
	if err := e.value(k); err != nil {
		return err
	}
	e.boundary()
	if err := e.value(v); err != nil {
		return err
	}
	if !marked {
		e.op(opSetItem)
	}
	return nil
}

func (e *encoder) endPairs(marked bool) {
	if marked {
		e.op(opSetItems)
	}
}

// set writes a set, which protocols below 4 make of a list.
func (e *encoder) set(v any, t *table) error {
	k := keyOf(v)
	if e.again(k) {
		return nil
	}
	if e.version >= 4 {
		e.op(opEmptySet)
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
	e.op(opMark)
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
	e.op(opFrozenSet)
	e.made(k)
	return nil
}

func (e *encoder) setCall(name string, k key, items []any) error {
	if err := e.call("builtins", name, &List{items}); err != nil {
		return err
	}
	if n := e.find(k.at, k.size); n >= 0 { // an item led back to it
		e.op(opPop)
		e.refer(n)
		return nil
	}
	e.made(k)
	return nil
}

// members returns the live keys.
func (t *table) members() []any {
	items := make([]any, 0, t.live)
	for item := range t.all {
		items = append(items, item)
	}
	return items
}
