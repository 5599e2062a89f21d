package numpy

import (
	"fmt"
	"strconv"
)

// A Dtype is numpy's dtype: what an item of an array is, and how it lies in memory.
// It is not changed once an array has it; many may share one.
type Dtype struct {
	// Kind is the first letter of the type:
	//
	//	b  bool           f  float      S  bytes    M  datetime64
	//	i  signed int     c  complex    U  str      m  timedelta64
	//	u  unsigned int   O  object     V  void or structure
	Kind  byte
	Size  int  // bytes of an item
	Order byte // '<' or '>', '|' where there is none

	Unit  string // of datetime64 and timedelta64: "ns", "D", or "generic"
	Count int    // how many units each counts

	Fields []Field // of a structure

	Base  *Dtype // of a subarray: the type of its items
	Shape []int  // and how many there are

	Alignment int // of a structure, string or subarray
	Metadata  any // a dict, or nil

	flags   int64 // numpy's own notes on structures and strings
	objects bool  // references to Python objects are among the fields
	used    bool  // in another or by an array: a pickle may not change it any more
}

// A Field is a part of a structure.
type Field struct {
	Name   string
	Title  string // another name, or ""
	Offset int
	Dtype  *Dtype
}

// The dtypes of Go's number types, of this machine's byte order.
var (
	Bool       = simple('b', 1)
	Int8       = simple('i', 1)
	Int16      = simple('i', 2)
	Int32      = simple('i', 4)
	Int64      = simple('i', 8)
	Uint8      = simple('u', 1)
	Uint16     = simple('u', 2)
	Uint32     = simple('u', 4)
	Uint64     = simple('u', 8)
	Float32    = simple('f', 4)
	Float64    = simple('f', 8)
	Complex64  = simple('c', 8)
	Complex128 = simple('c', 16)
	Object     = &Dtype{Kind: 'O', Size: 8, Order: '|', flags: objectFlags}
)

// objectFlags are those that numpy gives to object: its items are counted references.
const objectFlags = 63

func simple(kind byte, size int) *Dtype {
	d := &Dtype{Kind: kind, Size: size, Order: nativeOrder}
	if size == 1 {
		d.Order = '|'
	}
	return d
}

// String returns the type as numpy's dtype.str does: "<f8", "|S5", "<M8[ns]".
func (d *Dtype) String() string {
	s := string(rune(d.Order)) + d.code()
	switch {
	case d.Kind != 'M' && d.Kind != 'm' || d.Unit == "generic":
	case d.Count == 1:
		s += "[" + d.Unit + "]"
	default:
		s += fmt.Sprintf("[%d%s]", d.Count, d.Unit)
	}
	return s
}

// name is how errors call the type: "float64", "datetime64[ns]", or as String does what is
// not of this machine's byte order or has no such name.
func (d *Dtype) name() string {
	if d == nil {
		return "nothing"
	}
	_, known := kindNames[d.Kind]
	switch {
	case !known || d.Size > 1 && d.Order != nativeOrder && d.Order != '|':
		return d.String()
	case d.Kind == 'M' || d.Kind == 'm':
		return kindNames[d.Kind] + d.String()[len("<M8"):]
	}
	return d.word()
}

// word is the name of a type of numbers or objects, whatever the byte order.
func (d *Dtype) word() string {
	if d.Kind == 'O' || d.Kind == 'b' {
		return kindNames[d.Kind]
	}
	return fmt.Sprint(kindNames[d.Kind], 8*d.Size)
}

var kindNames = map[byte]string{
	'b': "bool", 'i': "int", 'u': "uint", 'f': "float", 'c': "complex", 'O': "object",
	'M': "datetime64", 'm': "timedelta64",
}

// code is the kind and size that dtype is called with.
func (d *Dtype) code() string {
	size := d.Size
	if d.Kind == 'U' {
		size /= 4
	}
	return string(rune(d.Kind)) + strconv.Itoa(size)
}

// parseCode reads the kind and size.
func parseCode(code string) (*Dtype, bool) {
	if len(code) < 2 {
		return nil, false
	}
	size, err := strconv.Atoi(code[1:])
	if err != nil || size < 0 || size > maxItem || strconv.Itoa(size) != code[1:] {
		return nil, false
	}
	d := &Dtype{Kind: code[0], Size: size, Order: '|'}
	switch d.Kind {
	case 'b':
		return d, size == 1
	case 'i', 'u':
		d.Order = nativeOrder
		return d, size == 1 || size == 2 || size == 4 || size == 8
	case 'f':
		d.Order = nativeOrder
		return d, size == 2 || size == 4 || size == 8 || size == 12 || size == 16
	case 'c':
		d.Order = nativeOrder
		return d, size == 8 || size == 16 || size == 24 || size == 32
	case 'M', 'm':
		d.Order, d.Unit, d.Count = nativeOrder, "generic", 1
		return d, size == 8
	case 'U':
		d.Order, d.Size, d.Alignment, d.flags = nativeOrder, 4*size, 4, 8
		return d, true
	case 'S', 'V':
		d.Alignment = 1
		return d, true
	case 'O':
		d.flags = objectFlags
		return d, size == 8 || size == 4
	}
	return nil, false
}

// maxItem is as large as an item may be: numpy keeps sizes in an int.
const maxItem = 1<<29 - 1

// hasObjects tells whether items hold references to Python objects.
func (d *Dtype) hasObjects() bool { return d.Kind == 'O' || d.objects }

// use makes d a part of something: its fields are as they will be.
func (d *Dtype) use() *Dtype {
	d.used = true
	return d
}

// NewStruct returns the dtype of a structure. Fields without an offset, but the first,
// follow the one before without a gap.
func NewStruct(fields ...Field) (*Dtype, error) {
	d := &Dtype{Kind: 'V', Order: '|', Alignment: 1, flags: structFlags, Fields: []Field{}}
	for i, f := range fields {
		if f.Dtype == nil || f.Name == "" || f.Offset < 0 {
			return nil, fmt.Errorf("numpy: field %d has no name, no dtype or a negative offset", i)
		}
		if f.Offset == 0 {
			f.Offset = d.Size
		}
		if f.Offset > maxItem-f.Dtype.Size {
			return nil, fmt.Errorf("numpy: field %q lies beyond what an item can be", f.Name)
		}
		if f.Dtype.hasObjects() {
			d.objects, d.flags = true, structFlags|objectStructFlags
		}
		f.Dtype.use()
		d.Size = max(d.Size, f.Offset+f.Dtype.Size)
		d.Fields = append(d.Fields, f)
	}
	return d, nil
}

// What numpy notes of a structure, and of one with objects.
const (
	structFlags       = 16
	objectStructFlags = 11
)

// sized tells the kinds whose size the state repeats.
func (d *Dtype) sized() bool { return d.Kind == 'S' || d.Kind == 'U' || d.Kind == 'V' }
