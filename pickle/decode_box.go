package pickle

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"unicode/utf8"
)

// boxes holds the memory that small decoded values are made in, many to an
// allocation. What holds no pointers is carried over to the next pickle.
type boxes struct {
	atomBoxes
	tuples    shelf[Tuple]
	dicts     shelf[Dict]
	tables    slab[table]
	rows      slab[row]
	lists     shelf[List]
	blobs     slab[[]byte]
	datetimes slab[Datetime]
	objects   shelf[Object]
	ops       slab[Op]
	items     []any  // for the elements of short containers
	text      string // a copy of a part of the pickle, for short strings
	textAt    int    // its offset
	letters   []byte // for short bytes
	started   bool
}

// atomBoxes is that of the most frequent.
type atomBoxes struct {
	ints    slab[int64]
	floats  slab[float64]
	strings shelf[string]
	most    int // values to an allocation: the more, the larger the pickle
}

// A starter is what the first small values of a pickle are made in: most
// messages need no other allocation.
type starter struct {
	strings [4]string
	tuples  [2]Tuple
	items   [shortItems]any
	dict    [1]Dict
}

// A message is a starter with room for a copy of a short pickle, and a note one
// for the shortest.
type (
	message struct {
		starter
		text [96]byte
	}
	note struct {
		strings [2]string
		tuples  [1]Tuple
		items   [4]any
		text    [32]byte
	}
)

func (d *decoder) start() {
	d.started = true
	switch n := len(d.data); {
	case n <= len(note{}.text):
		s := new(note)
		d.strings.use(s.strings[:])
		d.tuples.use(s.tuples[:])
		d.items = s.items[:]
		d.copyText(s.text[:])
	case n <= len(message{}.text):
		s := new(message)
		d.begin(&s.starter)
		d.copyText(s.text[:])
	default:
		d.begin(new(starter))
	}
}

func (d *decoder) begin(s *starter) {
	d.strings.use(s.strings[:])
	d.tuples.use(s.tuples[:])
	d.dicts.use(s.dict[:])
	d.items = s.items[:]
}

func (d *decoder) copyText(room []byte) {
	if !d.codec.Alias {
		d.text = textOf(room[:copy(room, d.data)])
	}
}

// reset forgets the memory that holds pointers: what was made in it lives on
// without us.
func (b *boxes) reset() {
	b.strings.reset()
	b.tuples.reset()
	b.dicts.reset()
	b.lists.reset()
	b.objects.reset()
	if b.tables.chunk != nil {
		b.tables = slab[table]{}
	}
	if b.rows.chunk != nil {
		b.rows = slab[row]{}
	}
	if b.datetimes.chunk != nil {
		b.datetimes = slab[Datetime]{}
	}
	if b.ops.chunk != nil {
		b.ops = slab[Op]{}
	}
	if b.blobs.chunk != nil {
		b.blobs, b.letters = slab[[]byte]{}, nil
	}
	b.items, b.text, b.textAt, b.started = nil, "", 0, false
}

// few is how many larger values share an allocation at most. Who keeps one of them keeps
// all, which in no pickle are many.
func (b *atomBoxes) few() int { return min(max(b.most, 16), 128) }

const (
	shortItems = 8        // elements of a container that share an allocation with others
	shortText  = 128      // bytes of a string that does
	textWindow = 2048     // bytes that are copied for short strings
	maxWindow  = 64 << 10 // the same for those of a batch
)

func (b *atomBoxes) boxInt(n int64) any {
	if uint64(n) < numShortInts {
		return shortInt(uint(n))
	}
	p := b.ints.next(8, b.most)
	*p = n
	return box(typeInt, p)
}

// Ints of two bytes are boxed once, in pages that are made when they are
// needed. Go has those of one byte.
const (
	numShortInts = 1 << 16
	intPage      = 1 << 8
)

var intPages [numShortInts / intPage]atomic.Pointer[[intPage]int64]

func shortInt(n uint) any {
	page := intPages[n/intPage%uint(len(intPages))].Load()
	if page == nil {
		page = newIntPage(n / intPage)
	}
	return box(typeInt, &page[n%intPage])
}

func newIntPage(i uint) *[intPage]int64 {
	page := new([intPage]int64)
	for k := range page {
		page[k] = int64(i*intPage + uint(k))
	}
	intPages[i].Store(page) // another goroutine's may be lost: it is the same
	return page
}

func (b *atomBoxes) boxFloat(f float64) any {
	p := b.floats.next(8, b.most)
	*p = f
	return box(typeFloat, p)
}

func (d *decoder) boxDatetime(v Datetime) any {
	p := d.datetimes.next(2, d.most)
	*p = v
	return box(typeDatetime, p)
}

func (b *atomBoxes) boxString(s string) any {
	p := b.strings.next(4, b.few())
	*p = s
	return box(typeString, p)
}

// boxTuple returns the values as a tuple of its own.
func (d *decoder) boxTuple(values []any) any {
	if !d.started {
		d.start()
	}
	p := d.tuples.next(2, d.few())
	*p = d.itemsOf(values)
	return box(typeTuple, p)
}

// itemsOf returns the values in a slice of their own.
func (d *decoder) itemsOf(values []any) []any {
	if len(values) > shortItems {
		return append(make([]any, 0, len(values)), values...)
	}
	items := d.room(len(values))
	for i := range items { // fewer than copy is for
		items[i] = values[i]
	}
	return items
}

// room returns n elements.
func (d *decoder) room(n int) []any {
	if n > 2*shortItems {
		return make([]any, n)
	}
	if len(d.items) < n {
		d.items = make([]any, max(n, min(d.most, 255))) // and a word of the collector's: 4 KiB
	}
	items := d.items[:n:n]
	d.items = d.items[n:]
	return items
}

// newDict returns an empty dict.
func (d *decoder) newDict() *Dict {
	if !d.started {
		d.start()
	}
	return d.dicts.next(1, d.few())
}

// stringAt returns the bytes at an offset of the pickle as a string.
func (d *decoder) stringAt(at int, b []byte) string {
	if from := at - d.textAt; from >= 0 && from+len(b) <= len(d.text) {
		return d.text[from : from+len(b)]
	}
	switch {
	case d.codec.Alias:
		return textOf(b)
	case len(b) > shortText:
		return textOf(cloneLarge(b))
	}
	d.text, d.textAt = string(d.data[at:min(at+textWindow, len(d.data))]), at
	return d.text[:len(b)]
}

// bytesAt returns bytes of the pickle as a value.
func (d *decoder) bytesAt(b []byte) any {
	p := d.blobs.next(1, 32)
	switch {
	case len(b) == 0:
		*p = []byte{}
	case d.codec.Alias:
		*p = b[:len(b):len(b)]
	case len(b) > shortText:
		*p = cloneLarge(b)
	default:
		if cap(d.letters)-len(d.letters) < len(b) {
			d.letters = make([]byte, 0, min(textWindow, max(2*cap(d.letters), len(b))))
		}
		n := len(d.letters)
		d.letters = append(d.letters, b...)
		*p = d.letters[n:len(d.letters):len(d.letters)]
	}
	return box(typeBytes, p)
}

// validText tells whether b is what Python calls UTF-8 with surrogatepass:
// lone surrogates stand as three bytes.
func validText(b []byte) bool { return plain(b) || validUTF8(b) }

func validUTF8(b []byte) bool {
	for !utf8.Valid(b) {
		i := firstInvalid(b)
		if len(b)-i < 3 || b[i] != 0xed || b[i+1]&0xe0 != 0xa0 || b[i+2]&0xc0 != 0x80 {
			return false
		}
		b = b[i+3:]
	}
	return true
}

// plain tells whether b is ASCII.
func plain(b []byte) bool {
	if len(b) >= 8 {
		last := binary.LittleEndian.Uint64(b[len(b)-8:])
		for len(b) > 8 {
			last |= binary.LittleEndian.Uint64(b)
			b = b[8:]
		}
		return last&0x8080808080808080 == 0
	}
	if n := len(b); n >= 4 {
		return (binary.LittleEndian.Uint32(b)|binary.LittleEndian.Uint32(b[n-4:]))&0x80808080 == 0
	} else if n > 0 {
		return b[0]|b[n/2]|b[n-1] < 0x80
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
