package pickle

import (
	"context"
	"iter"
	"reflect"
)

// Items yields the items of the list, tuple or set that a pickle holds, each as
// Unmarshal would store it, without holding on to the others. A member of a set comes
// as often as the pickle adds it. An error is what it yields last.
func Items[T any](data []byte) iter.Seq2[T, error] {
	return ItemsWith[T](background, Codec{Registry: standardRegistry}, data)
}

// ItemsWith is Items with a codec, and the context that classes of its Registry get.
func ItemsWith[T any](ctx context.Context, c Codec, data []byte) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var w walker
		defer w.close()
		err := w.open(ctx, c, data, itemsOpcodes)
		for err == nil && w.next() {
			var item T
			if err = inItem(w.read(&item), w.i); err == nil && !yield(item, nil) {
				return
			}
			w.i++
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

// An Entry is a key of a dict with its value.
type Entry[K, V any] struct {
	Key   K
	Value V
}

// Entries yields the entries of the dict that a pickle holds, each as Unmarshal would
// store it, without holding on to the others. A key comes as often as the pickle sets
// it. An error is what it yields last.
func Entries[K, V any](data []byte) iter.Seq2[Entry[K, V], error] {
	return EntriesWith[K, V](background, Codec{Registry: standardRegistry}, data)
}

// EntriesWith is Entries with a codec, and the context that classes of its Registry get.
func EntriesWith[K, V any](ctx context.Context, c Codec, data []byte) iter.Seq2[Entry[K, V], error] {
	return func(yield func(Entry[K, V], error) bool) {
		var w walker
		defer w.close()
		err := w.open(ctx, c, data, entriesOpcodes)
		for err == nil && w.next() {
			var e Entry[K, V]
			if err = w.read(&e.Key); err != nil {
				err = inItem(err, w.i)
			} else if w.next() {
				err = inKey(w.read(&e.Value), reflect.ValueOf(&e.Key).Elem())
			}
			if err == nil && !yield(e, nil) {
				return
			}
			w.i++
		}
		if err != nil {
			yield(Entry[K, V]{}, err)
		}
	}
}

const (
	itemsOpcodes   = "])(\x8f\x85\x86\x87tl\x91"
	entriesOpcodes = "}d"
)

// A walker goes from item to item of a value, on the tape or, where the pickle has to
// be decoded as a whole, in what was decoded.
type walker struct {
	ctx   context.Context
	codec Codec

	r     *reader // nil if it had to be decoded
	items items
	v     ref

	built []any // that are still to come, if it had to be
	value any

	i      int   // how many items or entries there were
	memory int64 // that each may take: they are not kept
}

// open begins with the items of a value that is one of the opcodes' kind.
func (w *walker) open(ctx context.Context, c Codec, data []byte, opcodes string) error {
	r := readers.Get().(*reader)
	r.ctx, r.codec, r.depth = ctx, c, 0
	w.r, w.ctx, w.codec = r, ctx, c
	lim := c.limits(len(data))
	r.memory, w.memory = lim.Memory, lim.Memory
	if r.scan(data, lim) && r.end == len(data) {
		if r.memory -= r.size(); r.memory < 0 {
			return &SyntaxError{Op: opStop, Offset: r.end - 1, Err: &LimitError{"Memory", lim.Memory}}
		}
		w.memory = r.memory
		op := r.op(r.root)
		for i := range len(opcodes) {
			if opcodes[i] == op {
				w.items, _ = r.itemsOf(r.root, op)
				return nil
			}
		}
	}
	r.release() // before the values come
	w.r = nil
	return w.decode(data, opcodes)
}

func (w *walker) decode(data []byte, opcodes string) error {
	v, err := w.codec.Decode(w.ctx, data)
	if err != nil {
		return err
	}
	if opcodes == entriesOpcodes {
		entries, ok := entriesIn(v)
		if !ok {
			return mismatch(reflect.TypeFor[map[any]any](), v, nil)
		}
		for k, v := range entries {
			w.built = append(w.built, k, v)
		}
		return nil
	}
	items, ok := itemsIn(v)
	if !ok {
		return mismatch(reflect.TypeFor[[]any](), v, nil)
	}
	w.built = items
	return nil
}

// next goes to the next item, if there is one.
func (w *walker) next() (ok bool) {
	if w.r != nil {
		w.v, ok = w.items.value()
		return ok
	}
	if len(w.built) == 0 {
		return false
	}
	w.value, w.built = w.built[0], w.built[1:]
	return true
}

// read stores the item in the variable that ptr points to.
func (w *walker) read(ptr any) (err error) {
	if w.r == nil {
		err = assignTo(w.ctx, &w.codec, ptr, w.value, w.memory)
	} else {
		w.r.memory = w.memory
		p := reflect.ValueOf(ptr)
		pl := planOf(p.Type().Elem())
		if err = pl.read(w.r, variableOf(p), w.v); w.r.twice {
			p.Elem().SetZero()
			err = pl.readBuilt(w.r, variableOf(p), w.v)
		}
	}
	return err
}

// readBuilt reads an item that shares what is read as two types: it is built first.
func (pl *plan) readBuilt(r *reader, p pointer, v ref) error {
	r.same = nil // what was read of it may be incomplete
	err := pl.convert(r, p, v)
	r.twice = false
	return err
}

func (w *walker) close() {
	if w.r != nil {
		w.r.release()
	}
}
