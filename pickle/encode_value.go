package pickle

import (
	"encoding/binary"
	"errors"
	"math/big"
	"reflect"
)

var (
	errText     = errors.New("a string that is not UTF-8")
	errType     = errors.New("no Python type is known for it")
	errPersLine = errors.New("protocol 0 needs a persistent id of one line of ASCII text")
	errExtCode  = errors.New("extension codes are positive and need protocol 2")
)

// longText is from where on strings and bytes are worth a memo entry.
const longText = 128

// value writes the opcodes that push v.
func (e *encoder) value(v any) error {
	switch x := v.(type) {
	case nil:
		e.out = append(e.out, opNone)
	case string:
		return e.text(x)
	case int64:
		e.int(x)
	case float64:
		e.out = putFloat(e.out, x, e.version)
	case bool:
		e.out = putBool(e.out, x, e.version)
	case Tuple:
		return e.tuple(x)
	case *List:
		if x != nil {
			return e.list(x)
		}
		e.op(opNone)
	case *Dict:
		if x != nil {
			return e.dict(x)
		}
		e.op(opNone)
	case []byte:
		return e.bytes(x)
	default:
		return e.other(v)
	}
	return nil
}

// other writes what is less frequent.
func (e *encoder) other(v any) error {
	switch x := v.(type) { // these may lie nowhere
	case ByteString:
		return e.byteString(x)
	case Raw:
		return e.raw(x)
	}
	if isNil(v) && reflect.TypeOf(v).Kind() != reflect.Map { // a nil map is an empty dict, as in a field
		e.op(opNone)
		return nil
	}
	switch x := v.(type) {
	case int:
		e.int(int64(x))
		return nil
	case *big.Int:
		return e.big(x)
	case *Bytearray:
		return e.bytearray(x)
	case *Set:
		return e.set(v, &x.table)
	case *FrozenSet:
		return e.frozenSet(v, &x.table)
	case complex128:
		return e.call("builtins", "complex", real(x), imag(x))
	case Slice:
		return e.slice(v, x)
	case Range:
		return e.call("builtins", "range", x.Start, x.Stop, x.Step)
	case Global:
		return e.global(x)
	case *Exception:
		return e.exception(x)
	case *Object:
		return e.object(x, keyOf(v))
	case PersistentID:
		return e.persistent(x)
	case Extension:
		return e.extension(x)
	case *Buffer:
		return e.buffer(x)
	case writer:
		return x.write(e)
	}
	return e.goValue(v)
}

// keyOf returns the identity of a pointer or a tuple.
func keyOf(v any) key { return key{at: address(v)} }

func (e *encoder) int(n int64) {
	if int64(int32(n)) != n && (e.codec.Dialect.Python2 || e.codec.passage.withinOld()) {
		// LONG1 would make it a long, whose repr ends in L.
		e.out = append(e.out, opInt)
		e.out = append(putDecimal(e.out, n), '\n')
		return
	}
	e.out = putInt(e.out, n, e.version)
}

// unique writes a value without an identity of its own in Python's pickles, or a
// reference to it where it lies in several places: it may be large.
func (e *encoder) unique(v any, write func() error) error {
	k := keyOf(v)
	if e.again(k) {
		return nil
	}
	if err := write(); err != nil {
		return err
	}
	if n := e.find(k.at, k.size); n >= 0 { // made meanwhile, through what is in it
		e.op(opPop)
		e.refer(n)
		return nil
	}
	e.made(k)
	return nil
}

func (e *encoder) big(n *big.Int) error {
	if n.IsInt64() && !e.codec.passage.withinOld() {
		e.int(n.Int64())
		return nil
	}
	write := func() (err error) {
		e.out, err = putBig(e.out, n, e.version)
		return err
	}
	switch {
	case n.BitLen() < 256:
		return write()
	case e.eager && n.BitLen() <= bitsForSure: // Python's own pickler writes it again
		if err := e.inRoom(); err != nil {
			return err
		}
		return write()
	}
	return e.unique(n, write)
}

func (e *encoder) slice(v any, s Slice) error {
	write := func() error { return e.call("builtins", "slice", s.Start, s.Stop, s.Step) }
	if e.eager { // Python's own pickler writes it again
		return write()
	}
	return e.unique(v, write)
}

func (e *encoder) text(s string) error {
	if len(s) < longText && e.version >= 4 && !e.eager && plain(textBytes(s)) {
		e.out = append(append(e.out, opShortBinUnicode, byte(len(s))), s...)
		return nil
	}
	if !e.worth(len(s)) {
		return e.newText(s)
	}
	k := textKey(s)
	free, again := e.againOr(k)
	switch {
	case again:
		return nil
	case len(s) >= frameSize:
		if err := e.alone(len(s), func() error { return e.newText(s) }); err != nil {
			return err
		}
	default:
		if err := e.newText(s); err != nil {
			return err
		}
	}
	e.madeAt(k, free)
	return nil
}

func (e *encoder) newText(s string) error {
	if !validString(s) {
		return e.fail(s, errText)
	}
	e.out = e.codec.putText(e.out, s, e.version)
	return nil
}

// worth tells whether a string or bytes of that size get memo entries.
func (e *encoder) worth(size int) bool {
	return size >= longText || e.eager
}

// shared writes bytes, or a reference to them if they are long enough to be
// worth it and have been written before.
func (e *encoder) shared(v any, size int, write func() error) error {
	if !e.worth(size) {
		return write()
	}
	k := key{address(v), -size} // it may lie where a string does
	if size == 0 {
		k = emptyKey(v)
	}
	if e.again(k) {
		return nil
	}
	if err := e.alone(size, write); err != nil {
		return err
	}
	e.made(k)
	return nil
}

// bytes writes bytes, which Python 2 knows as str, and which protocols below 3
// write as text to be encoded.
func (e *encoder) bytes(b []byte) error {
	return e.shared(b, len(b), func() (err error) {
		switch {
		case e.codec.Dialect.Python2:
			e.out, err = putString2(e.out, string(b), e.version)
		case e.version >= 3:
			e.out = e.codec.putBytes(e.out, b)
		case len(b) == 0:
			err = e.call("builtins", "bytes")
		default:
			err = e.call("_codecs", "encode", latin1Text(b), "latin1")
		}
		return err
	})
}

// byteString writes Python 2's str: as such to a Python 2, to others as the
// text that it is if it is ASCII, and else as bytes.
func (e *encoder) byteString(s ByteString) (err error) {
	if e.codec.Dialect.Python2 || e.codec.passage.exact() {
		return e.shared(s, len(s), func() (err error) {
			e.out, err = putString2(e.out, string(s), e.version)
			return err
		})
	}
	if len(s) < longText {
		return e.value(s.native())
	}
	return e.shared(s, len(s), func() error { return e.value(s.native()) })
}

func (e *encoder) bytearray(b *Bytearray) error {
	k := keyOf(b)
	if e.again(k) {
		return nil
	}
	var err error
	switch {
	case e.version >= 5:
		err = e.alone(len(b.Bytes), func() error {
			e.op(opByteArray8)
			e.out = e.codec.put(binary.LittleEndian.AppendUint64(e.out, uint64(len(b.Bytes))), b.Bytes)
			return nil
		})
	case len(b.Bytes) == 0:
		err = e.call("builtins", "bytearray")
	case e.codec.Dialect.Python2:
		err = e.call("builtins", "bytearray", latin1Text(b.Bytes), "latin-1")
	default:
		err = e.call("builtins", "bytearray", b.Bytes)
	}
	e.made(k)
	return err
}

func (e *encoder) buffer(b *Buffer) error {
	k := keyOf(b)
	if e.again(k) {
		return nil
	}
	if e.version < 5 || !e.beside(b) {
		if b.ReadOnly {
			return e.bytes(b.Bytes)
		}
		err := e.bytearray(&Bytearray{b.Bytes})
		e.made(k)
		return err
	}
	e.nextBuffer(b)
	return nil
}

func (e *encoder) nextBuffer(b *Buffer) {
	e.op(opNextBuffer)
	if b.ReadOnly {
		e.op(opReadOnlyBuffer)
	}
	e.made(keyOf(b))
}

// An asked is what OutOfBand said of a buffer.
type asked struct {
	b      *Buffer
	beside bool
}

// beside tells whether the buffer travels beside the pickle. The codec's function, which
// may have taken it, is asked once for each, also where the value is written again. Maps
// may then have another order: buffers that were taken before come first, for the memo.
func (e *encoder) beside(b *Buffer) bool {
	if e.codec.OutOfBand == nil {
		return false
	}
	n := e.buffers
	if n == len(e.taken) || e.taken[n].b != b {
		if at, known := e.askedFor(b); known {
			n = at
		}
	}
	if n == len(e.taken) {
		e.taken = append(e.taken, asked{b, e.codec.OutOfBand(b)})
	}
	if !e.taken[n].beside {
		if n == e.buffers {
			e.buffers++
		}
		return false
	}
	for ; e.buffers < n; e.buffers++ {
		if before := e.taken[e.buffers]; before.beside {
			e.nextBuffer(before.b)
			e.op(opPop)
		}
	}
	e.buffers = n + 1
	return true
}

// askedFor finds a buffer in what the first writing asked about.
func (e *encoder) askedFor(b *Buffer) (at int, known bool) {
	if !e.noSplice {
		return 0, false
	}
	if e.askedAt == nil {
		e.askedAt = map[*Buffer]int{}
		for i, a := range e.taken {
			e.askedAt[a.b] = i
		}
	}
	at, known = e.askedAt[b]
	return at, known
}

func (e *encoder) persistent(p PersistentID) error {
	if err := e.enter(); err != nil {
		return err
	}
	defer e.leave()
	if e.version >= 1 {
		if err := e.value(p.ID); err != nil {
			return err
		}
		e.op(opBinPersID)
		return nil
	}
	id, ok := p.ID.(string)
	if b, old := p.ID.(ByteString); old { // of any bytes, as Python 2 writes and reads it
		id = string(b)
	} else if !ok || !isASCII(id) {
		return e.fail(p, errPersLine)
	}
	if !oneLine(id) {
		return e.fail(p, errPersLine)
	}
	e.op(opPersID)
	e.out = append(append(e.out, id...), '\n')
	return nil
}

func (e *encoder) extension(x Extension) error {
	switch {
	case e.version < 2 || x <= 0:
		return e.fail(x, errExtCode)
	case x < 1<<8:
		e.op(opExt1, byte(x))
	case x < 1<<16:
		e.op(opExt2, byte(x), byte(x>>8))
	default:
		e.op(opExt4, byte(x), byte(x>>8), byte(x>>16), byte(x>>24))
	}
	return nil
}
