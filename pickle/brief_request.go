package pickle

// A request of a manager's client is (ident, method, args, kwds). Where ident and method
// came before, args are at most two atoms and kwds are none, it is read straight through:
// no message is as frequent, and without a stack it takes a fifth less time.

const requestArgs = 2 // which fit into a briefLetter

// decodeRequest builds such a request, which begins with the MARK at pos and ends before
// last. It returns false for anything else.
func decodeRequest(data []byte, pos, last int) (v any, ok bool) {
	ident, pos := internedAt(data, pos+1)
	if ident == nil {
		return nil, false
	}
	method, pos := internedAt(data, pos)
	if method == nil {
		return nil, false
	}
	var args [requestArgs]any
	n := 0
	for ; n < requestArgs && !isTuple(data[pos], n); n++ {
		if text, next := internedAt(data, pos); text != nil {
			args[n], pos = box(typeString, text), next
		} else if data[pos] == opBinInt1 && pos+2 < last {
			args[n], pos = int64(data[pos+1]), pos+2 // Go has these boxed
		} else if makesEmpty(data[pos]) {
			break
		} else if args[n], pos, ok = new(briefBuilder).atom(data, pos); !ok {
			return nil, false
		} else {
			pos = skipMemoize(data, pos)
		}
	}
	if !isTuple(data[pos], n) && (n > 0 || data[pos] != opEmptyTuple) {
		return nil, false
	}
	if pos = skipMemoize(data, pos+1); data[pos] != opEmptyDict {
		return nil, false
	}
	if pos = skipMemoize(data, pos+1); data[pos] != opTuple || skipMemoize(data, pos+1) != last {
		return nil, false
	}
	p := new(briefLetter) // each word is stored once: a composite value would be copied
	p.items[0] = box(typeString, ident)
	p.items[1] = box(typeString, method)
	p.items[2] = box(typeTuple, &p.tuples[1])
	p.items[3] = &p.dict
	p.items[4] = args[0]
	p.items[5] = args[1]
	p.tuples[0] = p.items[:4:4]
	p.tuples[1] = p.items[4 : 4+n : 4+n]
	return box(typeTuple, &p.tuples[0]), true
}

// makesEmpty tells whether an opcode makes an empty container.
func makesEmpty(op byte) bool { return op == opEmptyTuple || op == opEmptyList || op == opEmptyDict }

// skipMemoize returns where the next opcode is. There is an opcode at pos.
func skipMemoize(data []byte, pos int) int {
	if data[pos] == opMemoize {
		pos++
	}
	return pos
}

// internedAt returns a text that came before and where the opcode after it is, or nil.
// There is an opcode at pos, and STOP after it.
func internedAt(data []byte, pos int) (text *string, next int) {
	if data[pos] != opShortBinUnicode {
		return nil, 0
	}
	size, rest := int(data[pos+1]), data[pos+2:]
	if size >= len(rest) || size > maxInterned {
		return nil, 0
	}
	words := wordsOfText(rest[:size])
	p := words.place().Load()
	if p == nil || p.words != words || len(p.text) != size {
		return nil, 0
	}
	return &p.text, skipMemoize(data, pos+2+size)
}
