package pickle

import "encoding/binary"

// readRaw cuts a value out of the pickle. What it shares with other values comes along:
// it is written where the first GET of it stands.
func (pl *plan) readRaw(r *reader, p pointer, v ref) error {
	w := rawCutter{r: r, out: []byte{opProto, r.proto}, entries: map[uint32]uint32{}}
	if r.proto < 2 {
		w.out = w.out[:0]
	}
	if err := w.value(v); err != nil {
		return err
	}
	if err := r.charge(3 * len(w.out)); err != nil { // opcodes take longer than bytes
		return err
	}
	raw, err := newRaw(append(w.out, opStop))
	if err != nil { // it has values from outside of the pickle
		return pl.convert(r, p, v)
	}
	*(*Raw)(p) = raw
	return nil
}

// A rawCutter writes the opcodes of a value with a memo of its own.
type rawCutter struct {
	r       *reader
	out     []byte
	entries map[uint32]uint32 // of the memo, by the nodes that made the values
}

func (w *rawCutter) value(v ref) error {
	r := w.r
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	if to := r.follow(v); to != v {
		return w.shared(to)
	}
	from := len(w.out)
	for n := v.start; n < r.after(v); n++ {
		if err := w.node(n); err != nil {
			return err
		}
		if node := r.nodes[n]; node.n&nodeShared != 0 {
			w.put(n)
		}
	}
	return r.charge(len(w.out) - from)
}

// shared writes a value that a GET refers to, or a GET of it.
func (w *rawCutter) shared(v ref) error {
	k, ok := w.entries[w.r.maker(v)]
	switch {
	case !ok:
		return w.value(v)
	case k < 256:
		w.out = append(w.out, opBinGet, byte(k))
	default:
		w.out = binary.LittleEndian.AppendUint32(append(w.out, opLongBinGet), k)
	}
	return nil
}

func (w *rawCutter) put(n uint32) {
	k := uint32(len(w.entries))
	if known, ok := w.entries[n]; ok { // it lies in what came along with a part of it
		k = known
	}
	w.entries[n] = k
	if k < 256 {
		w.out = append(w.out, opBinPut, byte(k))
	} else {
		w.out = binary.LittleEndian.AppendUint32(append(w.out, opLongBinPut), k)
	}
}

func (w *rawCutter) node(n uint32) error {
	r := w.r
	node := r.nodes[n]
	switch r.data[node.pos] {
	case opMark:
		w.out = append(w.out, opMark)
		if node.n&nodeFlat != 0 {
			pos := int(node.pos) + 1
			for range r.nodes[node.n&nodeNumber].n & nodeNumber {
				pos = r.borrow(pos)
				w.copy(int(r.nodes[0].pos))
			}
		}
		return nil
	case opBinGet, opLongBinGet, opGet:
		return w.shared(r.refTo(node.n & nodeNumber))
	case opStackGlobal:
		if node.end > n {
			name := r.names[node.n&nodeNumber]
			w.out = putText(w.out, string(name.module), 4)
			w.out = putText(w.out, string(name.name), 4)
		}
	}
	w.copy(int(node.pos))
	return nil
}

// copy copies an opcode with its argument.
func (w *rawCutter) copy(pos int) {
	s := skim{pos: pos}
	end, _ := s.after(w.r.data, w.r.data[pos])
	w.out = append(w.out, w.r.data[pos:end]...)
}
