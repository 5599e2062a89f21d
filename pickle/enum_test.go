package pickle

import (
	"context"
	"errors"
	"testing"
)

type testColor int

const (
	testRed testColor = iota + 1
	testGreen
)

type testShape string

// Members of enumerations come by value, and from Python 3.11.0 to 3.11.3 by
// name; they leave by value.
func TestEnum(t *testing.T) {
	c := Codec{Registry: Stdlib()}
	RegisterEnum(c.Registry, "app.Color", map[string]testColor{"RED": testRed, "GREEN": testGreen})
	RegisterEnum(c.Registry, "app.Shape", map[string]testShape{"ROUND": "round"})
	for _, tt := range []struct {
		data  string
		want  any
		again string
	}{
		{"capp\nColor\nK\x02\x85R.", testGreen, "\x80\x04\x8c\x03app\x8c\x05Color\x93K\x02\x85R."},
		{"cbuiltins\ngetattr\ncapp\nColor\nX\x03\x00\x00\x00RED\x86R.", testRed, "\x80\x04\x8c\x03app\x8c\x05Color\x93K\x01\x85R."},
		{"c_operator\nor_\ncbuiltins\ngetattr\ncapp\nColor\nX\x03\x00\x00\x00RED\x86R" +
			"cbuiltins\ngetattr\ncapp\nColor\nX\x05\x00\x00\x00GREEN\x86R\x86R.", testRed | testGreen, "\x80\x04\x8c\x03app\x8c\x05Color\x93K\x03\x85R."},
		{"capp\nShape\nX\x05\x00\x00\x00round\x85R.", testShape("round"), "\x80\x04\x8c\x03app\x8c\x05Shape\x93\x8c\x05round\x85R."},
	} {
		v, err := c.Decode(t.Context(), []byte("\x80\x04"+tt.data))
		if err != nil || v != tt.want {
			t.Errorf("%q: got %#v, %v; want %#v", tt.data, v, err, tt.want)
			continue
		}
		if again, err := c.Marshal(t.Context(), v); err != nil || string(again) != tt.again {
			t.Errorf("%#v is written as %q, %v; want %q", v, again, err, tt.again)
		}
	}
	for _, data := range []string{
		"capp\nColor\nX\x01\x00\x00\x00a\x85R.",
		"cbuiltins\ngetattr\ncapp\nColor\nX\x04\x00\x00\x00BLUE\x86R.",
		"c_operator\nor_\nK\x01K\x02\x86R.",
	} {
		v, err := c.Decode(t.Context(), []byte("\x80\x04"+data))
		if _, ok := v.(*Object); !ok || err != nil {
			t.Errorf("%q: got %#v, %v; want an Object", data, v, err)
		}
	}
}

// An exception from another process brings the traceback there as its cause,
// and takes it along.
func TestExceptionCause(t *testing.T) {
	c := Codec{Registry: Stdlib()}
	data := "\x80\x04]q\x00(cmultiprocessing.pool\nrebuild_exc\ncbuiltins\nKeyError\nK\x01\x85Rq\x01X\x04\x00\x00\x00text\x86Rh\x01e."
	for version := range 6 {
		v, err := c.Decode(t.Context(), []byte(data))
		if err != nil {
			t.Fatal(err)
		}
		e, ok := v.(*List).Items[0].(*Exception)
		if !ok || v.(*List).Items[1] != any(e) {
			t.Fatalf("got %#v", v)
		}
		if !errors.Is(e, LookupError) || !errors.Is(e, RemoteTraceback) || e.Cause.Args[0] != "text" {
			t.Errorf("got %v because of %v", e, e.Cause)
		}
		c.Protocol = protocolOf(version)
		again, err := c.Marshal(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		data = string(again)
	}
}

func TestExceptionNotes(t *testing.T) {
	v, err := Codec{}.Decode(t.Context(), []byte("\x80\x04cbuiltins\nValueError\n)R}X\x09\x00\x00\x00__notes__]X\x01\x00\x00\x00nasb."))
	if err != nil {
		t.Fatal(err)
	}
	e := v.(*Exception)
	e.AddNote("m")
	if notes := e.Notes(); len(notes) != 2 || notes[0] != "n" || notes[1] != "m" {
		t.Errorf("notes are %q", notes)
	}
	e = ValueError.New()
	e.AddNote("k")
	if got := must(Marshal(e)); string(got) != "\x80\x04\x8c\x08builtins\x8c\nValueError\x93)R}\x8c\t__notes__]\x8c\x01kasb." {
		t.Errorf("written as %q", got)
	}
}

// A class in a class has a colon behind its module.
func TestRegisterNested(t *testing.T) {
	c := Codec{Registry: new(Registry)}
	RegisterEnum(c.Registry, "app:Paint.Color", map[string]testColor{"RED": testRed})
	Register(c.Registry, "app:Paint.Tin", Class[testShape]{
		Rebuild: func(context.Context, Tuple, *Dict) (testShape, error) { return "tin", nil },
	})
	const color = "\x80\x04\x8c\x03app\x8c\x0bPaint.Color\x93K\x01\x85R."
	for data, want := range map[string]any{
		color: testRed,
		"\x80\x04cbuiltins\ngetattr\n\x8c\x03app\x8c\x0bPaint.Color\x93\x8c\x03RED\x86R.": testRed,
		"\x80\x04\x8c\x03app\x8c\x09Paint.Tin\x93)R.":                                     testShape("tin"),
	} {
		if v, err := c.Decode(t.Context(), []byte(data)); err != nil || v != want {
			t.Errorf("%q: got %#v, %v; want %#v", data, v, err, want)
		}
	}
	if data, err := c.Marshal(t.Context(), testRed); err != nil || string(data) != color {
		t.Errorf("a member is written as %q, %v", data, err)
	}
}
