package pickle

import (
	"errors"
	"unicode/utf8"
)

// boxes holds the memory that small decoded values are made in, many to an
// allocation. What holds no pointers is carried over to the next pickle.
type boxes struct {
	ints      slab[int64]
	floats    slab[float64]
	datetimes slab[Datetime]
	strings   slab[string]
	tuples    slab[Tuple]
	items     []any  // the elements of short tuples
	used      int    // of items
	letters   []byte // the bytes of short strings
	most      int    // values to an allocation: the more, the larger the pickle
	dict      *Dict  // one that is still to be had
	started   bool
	text      string // all of a short pickle, once it holds a string
}

// A starter is what the first small values of a pickle are made in: most
// messages need no other allocation.
type starter struct {
	strings [4]string
	tuples  [2]Tuple
	items   [shortTuple]any
	dict    Dict
}

func (b *boxes) start() {
	s := new(starter)
	b.started = true
	b.strings.use(s.strings[:])
	b.tuples.use(s.tuples[:])
	b.items, b.dict = s.items[:], &s.dict
}

// reset forgets the memory that holds pointers: what was made in it lives on
// without us.
func (b *boxes) reset() {
	b.strings, b.tuples, b.datetimes = slab[string]{}, slab[Tuple]{}, slab[Datetime]{}
	b.items, b.letters, b.dict = nil, nil, nil
	b.text, b.used, b.started = "", 0, false
}

// newDict returns an empty dict.
func (b *boxes) newDict() *Dict {
	if !b.started {
		b.start()
	}
	d := b.dict
	if d == nil {
		return new(Dict)
	}
	b.dict = nil
	return d
}

const (
	shortPickle = 512 // whose strings share one copy of it
	shortText   = 64
	shortTuple  = 8
)

func (d *decoder) boxInt(n int64) any {
	if uint64(n) < 256 {
		return n // Go has these boxed
	}
	return d.ints.box(n, 8, d.most)
}

func (d *decoder) boxFloat(f float64) any { return d.floats.box(f, 8, d.most) }

// boxTuple returns the values as a tuple of its own.
func (d *decoder) boxTuple(values []any) any {
	if !d.started {
		d.start()
	}
	var t Tuple
	if n := len(values); n > shortTuple {
		t = make(Tuple, n)
	} else {
		if len(d.items)-d.used < n {
			d.items = make([]any, min(max(2*len(d.items), shortTuple), 4*shortTuple))
			d.used = 0
		}
		t = Tuple(d.items[d.used : d.used+n : d.used+n])
		d.used += n
	}
	copy(t, values)
	return d.tuples.box(t, 2, 8)
}

// pushText pushes the UTF-8 at an offset of the pickle as a string.
func (d *decoder) pushText(at int, b []byte) error {
	if !validText(b) {
		return ErrUTF8
	}
	if err := d.charge(len(b) + 16); err != nil {
		return err
	}
	s := d.textAt(at, b)
	switch {
	case len(s) > shortText:
		d.stack = append(d.stack, s)
	case !d.started:
		d.start()
		fallthrough
	default:
		d.stack = append(d.stack, d.strings.box(s, 4, 32))
	}
	return nil
}

// textAt returns the bytes at an offset of the pickle as a string.
func (d *decoder) textAt(at int, b []byte) string {
	switch {
	case len(b) == 0:
		return ""
	case d.codec.Alias:
		return textOf(b)
	case len(d.data) <= shortPickle:
		if d.text == "" {
			d.text = string(d.data)
		}
		return d.text[at : at+len(b)]
	case len(b) > shortText:
		return string(b)
	}
	if cap(d.letters)-len(d.letters) < len(b) {
		d.letters = make([]byte, 0, 1024)
	}
	n := len(d.letters)
	d.letters = append(d.letters, b...)
	return textOf(d.letters[n:])
}

// bytesAt returns bytes of the pickle as a value.
func (d *decoder) bytesAt(b []byte) []byte {
	if d.codec.Alias {
		return b[:len(b):len(b)]
	}
	return append(make([]byte, 0, len(b)), b...)
}

// validText tells whether b is what Python calls UTF-8 with surrogatepass:
// lone surrogates stand as three bytes.
func validText(b []byte) bool {
	if len(b) <= 16 && isASCII(textOf(b)) {
		return true
	}
	for !utf8.Valid(b) {
		i := firstInvalid(b)
		if len(b)-i < 3 || b[i] != 0xed || b[i+1]&0xe0 != 0xa0 || b[i+2]&0xc0 != 0x80 {
			return false
		}
		b = b[i+3:]
	}
	return true
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return len(b)
}

var errNegative = errors.New("negative length")
