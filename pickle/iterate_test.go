package pickle

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestItems(t *testing.T) {
	for _, tt := range []struct{ name, pickle, want string }{
		{"list", "\x80\x04](K\x01K\x02eK\x03a.", "1 2 3"},
		{"batches", "\x80\x04](K\x01K\x02e(K\x03K\x04e.", "1 2 3 4"},
		{"tuple", "\x80\x04K\x01K\x02\x86.", "1 2"},
		{"long tuple", "(K\x01K\x02K\x03K\x04t.", "1 2 3 4"},
		{"set", "\x80\x04\x8f(K\x01\x90.", "1"},
		{"empty", "].", ""},
		{"irregular", "](K\x010K\x02e.", "2"},
		{"deque", "ccollections\ndeque\n)R(K\x01K\x02e.", "1 2"},
		{"a str", "\x80\x04](K\x01\x8c\x01ae.", "1 pickle: cannot unmarshal str into a Go value of type int, in [1], at 6"},
		{"no list", "K\x01.", "pickle: cannot unmarshal int 1 into a Go value of type []interface {}"},
		{"cut", "](K\x01e", "pickle: STOP at 5: the pickle ends inside a value"},
	} {
		var got []string
		for n, err := range Items[int]([]byte(tt.pickle)) {
			if err != nil {
				got = append(got, err.Error())
			} else {
				got = append(got, fmt.Sprint(n))
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, s, tt.want)
		}
	}
	for n, err := range Items[int]([]byte("](K\x01K\x02e.")) {
		if n != 1 || err != nil {
			t.Error(n, err)
		}
		break
	}
}

func TestEntries(t *testing.T) {
	for _, tt := range []struct{ name, pickle, want string }{
		{"batch", "\x80\x04}(\x8c\x01aK\x01\x8c\x01bK\x02u.", "{a 1} {b 2}"},
		{"one by one", "\x80\x04}\x8c\x01aK\x01s\x8c\x01bK\x02s.", "{a 1} {b 2}"},
		{"protocol 0", "(dp0\nVa\nI1\nsVb\nI2\ns.", "{a 1} {b 2}"},
		{"ordered", "ccollections\nOrderedDict\n)R(Va\nI1\nVb\nI2\nu.", "{a 1} {b 2}"},
		{"a value", "\x80\x04}(\x8c\x01aK\x01\x8c\x01bNu.", "{a 1} pickle: cannot unmarshal None into a Go value of type int, in [\"b\"], at 12"},
		{"no dict", "].", "pickle: cannot unmarshal list into a Go value of type map[interface {}]interface {}"},
	} {
		var got []string
		for e, err := range Entries[string, int]([]byte(tt.pickle)) {
			if err != nil {
				got = append(got, err.Error())
			} else {
				got = append(got, fmt.Sprint(e))
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, s, tt.want)
		}
	}
}

// Raws in typed variables stand for themselves, whatever they share with others.
func TestUnmarshalRaw(t *testing.T) {
	type envelope struct {
		Kind string `pickle:"kind"`
		Body Raw    `pickle:"body"`
	}
	for _, tt := range []struct{ name, pickle, want string }{
		{"list", "}(\x8c\x04kind\x8c\x01a\x8c\x04body](K\x01K\x02eu", "](K\x01K\x02e"},
		{"atom", "}(\x8c\x04kind\x8c\x01a\x8c\x04bodyK\x05u", "K\x05"},
		{"shared text", "}(\x8c\x04kind\x94\x8c\x01a\x94\x8c\x04body](h\x00h\x01eu", "](\x8c\x04kind\x8c\x01ae"},
		{"shared inside", "}(\x8c\x04kind\x8c\x01a\x8c\x04body](]\x94h\x00eu", "](]q\x00h\x00e"},
		{"shared with what went before", "}(\x8c\x01x]\x94K\x07a\x8c\x04kind\x8c\x01a\x8c\x04body](h\x00h\x00eu", "](]q\x00K\x07ah\x00e"},
		{"class met before", "}(\x8c\x01x\x8c\x01m\x8c\x01C\x93\x94\x8c\x04kind\x8c\x01a\x8c\x04bodyh\x00)\x81u", "\x8c\x01m\x8c\x01C\x93)\x81"},
		{"instance", "}(\x8c\x04kind\x8c\x01a\x8c\x04body\x8c\x01m\x8c\x01C\x93)\x81\x94}\x8c\x02meh\x00sbu", "\x8c\x01m\x8c\x01C\x93)\x81q\x00}\x8c\x02meh\x00sb"},
	} {
		var e envelope
		if err := Unmarshal([]byte("\x80\x04"+tt.pickle+"."), &e); err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if string(e.Body.ops) != tt.want || e.Kind != "a" {
			t.Errorf("%s: got %q, want %q", tt.name, e.Body.ops, tt.want)
		}
		again, err := Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back envelope
		if err := Unmarshal(again, &back); err != nil {
			t.Errorf("%s, again: %v", tt.name, err)
		} else if same, err := Equal(back.Body, e.Body); !same && tt.name != "instance" {
			t.Errorf("%s, again: %q is not %q (%v)", tt.name, back.Body.ops, e.Body.ops, err)
		}
	}
}

// An item that reads a shared list as two types is read as Unmarshal would.
func TestItemsSharedAsTwoTypes(t *testing.T) {
	type both struct {
		A any
		B []any
	}
	const one = "}(\x8c\x01A]\x94]a\x8c\x01Bh\x00u" // {"A": l, "B": l} where l is [[]]
	n := 0
	for v, err := range Items[both]([]byte("\x80\x04](" + one + "Ne.")) {
		if n++; n == 2 { // None
			if err == nil {
				t.Error("None fits a struct")
			}
			continue
		}
		if err != nil || v.A.(*List).Items[0] != v.B[0] {
			t.Errorf("%v, %v", v, err)
		}
	}
	if n != 2 {
		t.Errorf("%d items", n)
	}
}

// Such an item has all of its parts also where it comes again.
func TestItemsSharedAsTwoTypesAgain(t *testing.T) {
	type both struct {
		A any
		B []any
	}
	const data = "\x80\x04](}\x94(\x8c\x01A]\x94]a\x8c\x01Bh\x01uh\x00e."
	n := 0
	for v, err := range Items[both]([]byte(data)) {
		if n++; err != nil || len(v.B) != 1 || v.A.(*List).Items[0] != v.B[0] {
			t.Errorf("item %d: %v, %v", n, v, err)
		}
	}
	if n != 2 {
		t.Errorf("%d items", n)
	}
}

// What does not fit is an error also where it is read as two types.
func TestItemsSharedMismatch(t *testing.T) {
	n := 0
	for v, err := range Items[struct{ X int }]([]byte("(lp0\ng0\na.")) {
		var mismatch *UnmarshalTypeError
		if n++; !errors.As(err, &mismatch) {
			t.Errorf("%v, %v", v, err)
		}
	}
	if n != 1 {
		t.Errorf("%d items", n)
	}
}
