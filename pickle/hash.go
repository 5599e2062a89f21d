package pickle

import (
	"encoding/binary"
	"hash/maphash"
	"math"
	"math/big"
	"math/bits"
	"reflect"
)

// Hashes are seeded: a peer that chooses keys cannot make them collide.
var (
	hashSeed = maphash.MakeSeed()
	hashA    = maphash.String(hashSeed, "a")
	hashB    = maphash.String(hashSeed, "b") | 1
)

// What kinds of value add to their hash, so that (1,) and b"1" differ.
const (
	hashNone uint64 = iota + 1<<32
	hashFloat
	hashComplex
	hashBig
	hashBytes
	hashTuple
	hashSet
	hashSlice
	hashRange
	hashGlobal
	hashException
	hashObject
	hashList
	hashDict
	hashOther
)

// Hash is consistent with Equal. The error is TypeError "unhashable type:
// 'list'", or as with Equal. Hashes differ from process to process.
func Hash(v any) (uint64, error) {
	h, _, err := newWalk().hashKey(v)
	return h, err
}

// hashKey also tells whether the value holds a NaN, and so equals none.
func (w *walk) hashKey(v any) (h uint64, lone bool, err error) {
	w.lone = false
	h, err = w.hash(v)
	return h, w.lone, err
}

// hashString is faster than maphash for the strings that most keys are.
func hashString(s string) uint64 {
	n := len(s)
	if n > 16 {
		return maphash.String(hashSeed, s)
	}
	var x, y uint64
	switch b := textBytes(s); {
	case n >= 8:
		x, y = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		x, y = uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		x = uint64(b[0])<<16 | uint64(b[n/2])<<8 | uint64(b[n-1])
	}
	hi, lo := bits.Mul64(x^hashA, y^hashB)
	return mix(hi^uint64(n), lo)
}

func hashInt(n int64) uint64 { return mix(hashB, uint64(n)) }

// mix adds x to the hash h.
func mix(h, x uint64) uint64 {
	hi, lo := bits.Mul64(h^hashA, x^hashB)
	return hi ^ lo
}

// fold is the part of a hash that a table keeps.
func fold(h uint64) uint32 { return uint32(h>>32) ^ uint32(h) }

func (w *walk) hash(v any) (uint64, error) {
	v, err := w.plain(v)
	if err != nil {
		return 0, err
	}
	switch x := v.(type) {
	case nil:
		return hashNone, nil
	case string:
		return hashString(x), w.read(len(x))
	case int64:
		return hashInt(x), nil
	case float64:
		return w.hashFloat(hashFloat, x), nil
	case complex128:
		return w.hashFloat(w.hashFloat(hashComplex, real(x)), imag(x)), nil
	case *big.Int:
		return hashInteger(x), w.read(x.BitLen() / 8)
	case []byte:
		return mix(hashBytes, maphash.Bytes(hashSeed, x)), w.read(len(x))
	case Tuple:
		return w.hashShared(v, hashTuple, x)
	case *FrozenSet:
		return w.hashSet(&x.table)
	case PersistentID:
		return w.hashOpaque(hashOther, x.ID)
	case Slice:
		return w.hashShared(v, hashSlice, Tuple{x.Start, x.Stop, x.Step})
	case Range:
		if err := x.read(w); err != nil {
			return 0, err
		}
		return w.hashItems(hashRange, x.essence())
	case Global:
		return mix(mix(hashGlobal, hashString(x.Module)), hashString(x.Name)), nil
	case *Exception:
		return w.hashOpaque(mix(hashException, hashString(string(x.Class))), x.Args, x.State)
	case *Object:
		return w.hashObject(x)
	case *List, *Dict, *Set, *Bytearray, mutable:
		if w.opaque > 0 {
			return w.hashPart(x)
		}
		return 0, unhashable(v)
	}
	return w.hashUnknown(v)
}

// hashUnknown hashes what other packages define: by identity, as Python does
// where a class says nothing else.
func (w *walk) hashUnknown(v any) (uint64, error) {
	switch {
	case reflect.ValueOf(v).Comparable():
		return mix(hashOther, maphash.Comparable(hashSeed, v)), nil
	case w.opaque > 0:
		return hashOther, nil
	}
	return 0, unhashable(v)
}

func unhashable(v any) error {
	return TypeError.New("unhashable type: '" + fullTypeName(v) + "'")
}

func (w *walk) hashFloat(h uint64, f float64) uint64 {
	if f != f {
		w.lone = true
		return mix(h, 1)
	}
	if f == 0 {
		f = 0 // of both signs
	}
	return mix(h, math.Float64bits(f))
}

func hashInteger(n *big.Int) uint64 {
	h := mix(hashBig, uint64(n.Sign()))
	for _, word := range n.Bits() {
		h = mix(h, uint64(word))
	}
	return h
}

// hashShared remembers the hashes of costly tuples and slices: sharing their
// parts, they may have exponentially many paths.
func (w *walk) hashShared(v any, seed uint64, items Tuple) (uint64, error) {
	id, ok := identify(v)
	if h, found := w.remembered(id); ok && found {
		return h, nil
	}
	before := w.steps
	h, err := w.hashItems(seed, items)
	if ok && err == nil {
		w.remember(id, h, before)
	}
	return h, err
}

func (w *walk) remembered(id identity) (h uint64, ok bool) {
	if len(w.hashes) == 0 || w.opaque > 0 {
		return 0, false
	}
	h, ok = w.hashes[id]
	return h, ok
}

// remember keeps the hash of a container if it was costly.
func (w *walk) remember(id identity, h uint64, before int) {
	if w.opaque > 0 || w.steps-before < costly || w.lone {
		return
	}
	if w.hashes == nil {
		w.hashes = make(map[identity]uint64)
	}
	w.hashes[id] = h
}

func (w *walk) hashItems(h uint64, items []any) (uint64, error) {
	if err := w.enter(len(items)); err != nil {
		return 0, err
	}
	defer w.leave()
	h = mix(h, uint64(len(items)))
	for _, item := range items {
		x, err := w.hash(item)
		if err != nil {
			return 0, err
		}
		h = mix(h, x)
	}
	return h, nil
}

// hashSet adds up, so that order does not matter.
func (w *walk) hashSet(t *table) (uint64, error) {
	id, before := identity{t, 0}, w.steps
	if h, ok := w.remembered(id); ok {
		return h, nil
	}
	if err := w.enter(int(t.live)); err != nil {
		return 0, err
	}
	defer w.leave()
	var sum uint64
	for item := range t.all {
		h, err := w.hash(item)
		if err != nil {
			return 0, err
		}
		sum += mix(hashSet, h)
	}
	h := mix(mix(hashSet, uint64(t.live)), sum)
	w.remember(id, h, before)
	return h, nil
}

// Opaque objects are hashed by what they were made of, which may be large,
// mutable and recursive: only the first few parts of the first few levels count.
const (
	opaqueLevels = 6
	opaqueParts  = 16
)

func (w *walk) hashOpaque(h uint64, parts ...any) (uint64, error) {
	if w.opaque >= opaqueLevels {
		return h, nil
	}
	if err := w.enter(opaqueParts); err != nil {
		return 0, err
	}
	w.opaque++
	defer func() { w.leave(); w.opaque-- }()
	for _, part := range parts[:min(len(parts), opaqueParts)] {
		x, err := w.hashPart(part)
		if err != nil {
			return 0, err
		}
		h = mix(h, x)
	}
	return h, nil
}

// hashPart hashes a part of an opaque object, which need not be hashable.
func (w *walk) hashPart(v any) (uint64, error) {
	switch x := v.(type) {
	case Tuple:
		return w.hashOpaque(mix(hashTuple, uint64(len(x))), x...)
	case *List:
		return w.hashOpaque(mix(hashList, uint64(len(x.Items))), x.Items...)
	case *Bytearray:
		return w.hash(x.Bytes)
	case *Array:
		return w.hashArray(x)
	case *Deque:
		return w.hashOpaque(mix(hashList, uint64(len(x.Items))), x.Items...)
	case *SimpleNamespace:
		return w.hashDict(&x.Dict)
	case *Dict, *OrderedDict, *DefaultDict, *Counter:
		d, _ := dictOf(x)
		return w.hashDict(d)
	case *Set:
		return w.hashUnordered(hashSet, &x.table)
	case *FrozenSet:
		return w.hashUnordered(hashSet, &x.table)
	case Raw:
		v, err := built(x)
		if err != nil {
			return 0, err
		}
		return w.hashPart(v)
	case mutable:
		return hashOther, nil
	}
	return w.hash(v)
}

// hashArray hashes an array by its first items, which are equal to those of an array of
// another type.
func (w *walk) hashArray(a *Array) (uint64, error) {
	items := reflect.ValueOf(a.Items)
	if items.Kind() != reflect.Slice {
		return hashList, nil
	}
	n := items.Len()
	first, _ := (&Array{a.Typecode, items.Slice(0, min(n, opaqueParts)).Interface()}).list()
	return w.hashOpaque(mix(hashList, uint64(n)), first)
}

// hashUnordered hashes a small set by its items, and a large one, of which no few are the
// first, by its size.
func (w *walk) hashUnordered(h uint64, t *table) (uint64, error) {
	h = mix(h, uint64(t.live))
	if t.live > opaqueParts {
		return h, nil
	}
	var sum uint64
	for item := range t.all {
		x, err := w.hashOpaque(h, item, nil)
		if err != nil {
			return 0, err
		}
		sum += x
	}
	return mix(h, sum), nil
}

// hashDict hashes a dict without what counts zero, which makes no difference between
// Counters, of which each is equal to some dict. All that are large hash alike.
func (w *walk) hashDict(d *Dict) (uint64, error) {
	if err := w.enter(opaqueParts); err != nil {
		return 0, err
	}
	defer w.leave()
	counted, sum := 0, uint64(0)
	for key, v := range d.All() {
		if isInt(v, 0) {
			w.steps++ // there may be many
			continue
		}
		if counted++; counted > opaqueParts {
			return hashDict, nil
		}
		x, err := w.hashOpaque(hashDict, key, v)
		if err != nil {
			return 0, err
		}
		sum += x
	}
	return mix(mix(hashDict, uint64(counted)), sum), nil
}

func (w *walk) hashObject(o *Object) (uint64, error) {
	if w.opaque == 0 && unhashableClass(o) {
		return 0, unhashable(o)
	}
	h, err := w.hashOpaque(hashObject, o.Class, o.Args)
	for c := o.changes(); err == nil && c.next() && c.count <= opaqueParts; {
		h, err = w.hashOpaque(mix(h, uint64(c.kind)), c.item)
	}
	return h, err
}
