package pickle

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestReprOfArray: items come as a list, or as the bytes of a 64-bit machine.
func TestReprOfArray(t *testing.T) {
	array := func(code string, items any) *Object {
		return &Object{Class: Global{"array", "array"}, Args: Tuple{code, items}}
	}
	for _, tt := range []struct {
		array *Object
		want  string
	}{
		{array("d", NewList(1.5)), "array('d', [1.5])"},
		{array("d", []byte("\x00\x00\x00\x00\x00\x00\xf8\x3f")), "array('d', [1.5])"},
		{array("i", []byte("\xff\xff\xff\xff\x02\x00\x00\x00")), "array('i', [-1, 2])"},
		{array("B", []byte("\x00\xff")), "array('B', [0, 255])"},
		{array("Q", []byte("\xff\xff\xff\xff\xff\xff\xff\xff")), "array('Q', [18446744073709551615])"},
		{array("u", []byte("a\x00\x00\x00\xe9\x00\x00\x00")), "array('u', 'aé')"},
		{array("l", []byte{}), "array('l')"},
		{array("i", []byte("abc")), ""}, // no whole items: an object like any other
	} {
		got, err := Repr(tt.array)
		if err != nil || got != tt.want && tt.want != "" || tt.want == "" && got[0] != '<' {
			t.Errorf("repr of %v is %s (%v), want %s", tt.array.Args, got, err, tt.want)
		}
	}
}

// TestReprOfInvalidArray: what is no array is an object like any other.
func TestReprOfInvalidArray(t *testing.T) {
	for _, a := range []*Array{{}, {Typecode: 'i', Items: []string{"a"}}, {Typecode: 'd', Items: []int32{1}}} {
		if got, err := Repr(a); err != nil || !strings.HasPrefix(got, "<array.array object at 0x") {
			t.Errorf("repr of %#v is %q, %v", a, got, err)
		}
	}
}

// TestReprOfTextArray has many characters, or items that are shared and long.
func TestReprOfTextArray(t *testing.T) {
	const n = 20_000
	array := func(item any) *Object {
		return &Object{Class: Global{"array", "array"}, Args: Tuple{"u", NewList(slices.Repeat([]any{item}, n)...)}}
	}
	many := array("é")
	if got, err := Repr(many); err != nil || got != "array('u', '"+strings.Repeat("é", n)+"')" {
		t.Errorf("repr is %.40s, %v", got, err)
	}
	if allocs := testing.AllocsPerRun(1, func() { must(Repr(many)) }); allocs > n/10 {
		t.Errorf("%v allocations for %d characters", allocs, n)
	}
	if got, err := Repr(array(strings.Repeat("é", 1000))); !errors.Is(err, MemoryError) {
		t.Errorf("repr of long items is %.40s of %d bytes, %v", got, len(got), err)
	}
}
