package pickle

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

// FuzzScan holds a View to the decoder: what it refuses is no pickle, what it
// shows is what the decoder makes, and a Raw is the value that it stands for.
func FuzzScan(f *testing.F) {
	for _, v := range pickleVectors(f) {
		f.Add(v.data)
		f.Add(asRequest(v))
	}
	for _, r := range requestVectors(f) {
		f.Add(r.data)
	}
	f.Add([]byte("(N(\x8a\x09\x05\x00\x00\x00\x00\x00\x00\x00\x00\x8b\x0a\x00\x00\x00\xfb\xff\xff\xff\xff\xff\xff\xff\xff\xffK\x01tt."))
	view := new(View)
	f.Add([]byte("\x80\x03(K\x01](cm\nf\n)R0K\x02et."))
	f.Fuzz(func(t *testing.T, data []byte) { checkView(t, view, data) })
}

// asRequest returns the pickle of a request that has the value as two arguments.
func asRequest(v pickleVector) []byte {
	value := v.data[:len(v.data)-1]
	var b []byte
	if v.protocol >= 2 {
		b = append(b, opProto, byte(v.protocol))
		value = value[2:]
	}
	b = append(b, "(Vident\np0\nVput\n("...)
	b = append(append(b, value...), value...)
	return append(b, "t(dt."...)
}

func checkView(t *testing.T, view *View, data []byte) {
	err := view.Scan(data, Limits{})
	if view.brief {
		checkBrief(t, view)
	}
	for range view.Globals() {
	}
	value, decodeErr := Codec{}.Decode(background, data)
	switch {
	case err == ErrShape:
		return
	case err != nil:
		if decodeErr == nil && !errors.Is(err, errNames) {
			t.Fatalf("Scan(%q): %v, which Decode reads", data, err)
		}
		return
	case decodeErr != nil:
		if !mayFail(decodeErr, data) {
			t.Fatalf("Decode(%q): %v, which Scan accepts", data, decodeErr)
		}
		return
	}
	if o, ok := value.(*Object); ok && o.aside {
		return // a call whose result is dropped shows in no element
	}
	tuple, ok := value.(Tuple)
	if !ok || len(tuple) != view.Len() {
		t.Fatalf("Scan(%q) shows %d elements of %#v", data, view.Len(), value)
	}
	s := spliced{t: t, view: view, data: data}
	for i, v := range tuple {
		s.check(view.At(i), v)
		children := childrenOf(v)
		items := view.Children(i)
		if len(children) != len(items) && !repeatedKeys(v, len(items)) {
			t.Fatalf("Scan(%q) shows %d children of %#v", data, len(items), v)
		}
		if len(children) == len(items) {
			for k, it := range items {
				s.check(it, children[k])
			}
		}
	}
	s.finish()
}

// checkBrief holds what is seen of a brief pickle to what the machine sees of it.
func checkBrief(t *testing.T, view *View) {
	whole := new(View)
	if err := whole.scanWhole(view.data, Limits{}); err != nil {
		t.Fatalf("%q is brief, but the machine: %v", view.data, err)
	}
	if !slices.Equal(whole.items, view.items) || whole.level() != view.level() || whole.protocol != view.protocol {
		t.Fatalf("%q\nis seen as %v, %v\nby the machine %v, %v", view.data, view.items, view.level(), whole.items, whole.level())
	}
	for i := range whole.Len() {
		if whole.IsTuple(i) != view.IsTuple(i) || whole.IsDict(i) != view.IsDict(i) || !slices.Equal(whole.Children(i), view.Children(i)) {
			t.Fatalf("%q: element %d differs", view.data, i)
		}
	}
}

// mayFail tells whether a View need not know of the error: it does not know
// what calls make of their arguments, nor what values cost.
func mayFail(err error, data []byte) bool {
	if errors.Is(err, MemoryError) {
		return true
	}
	if _, isLimit := errors.AsType[*LimitError](err); isLimit {
		return true
	}
	e, _ := errors.AsType[*SyntaxError](err)
	calls := func(op byte) bool { return strings.IndexByte("Rb\x81\x92io", op) >= 0 }
	return calls(e.Op) || slices.ContainsFunc(data, calls)
}

func childrenOf(v any) (children []any) {
	switch v := v.(type) {
	case Tuple:
		return v
	case *Dict:
		for k, value := range v.All() {
			children = append(children, k, value)
		}
	}
	return children
}

// repeatedKeys tells whether v may be a dict that was written with n/2 pairs.
func repeatedKeys(v any, n int) bool {
	d, ok := v.(*Dict)
	return ok && 2*d.Len() < n && n%2 == 0
}

// spliced collects Raws and the values that they stand for.
type spliced struct {
	t      *testing.T
	view   *View
	data   []byte
	pickle []byte
	want   Tuple
}

func (s *spliced) check(it Item, want any) {
	s.t.Helper()
	s.checkAtom(it, want)
	raw, ok := s.view.Raw(it)
	if !ok {
		return
	}
	got, err := raw.Value(background, Codec{})
	if err != nil {
		s.t.Fatalf("Value of %q in %q: %v", raw.ops, s.data, err)
	}
	s.same(got, want)
	if raw.proto >= 3 || raw.flags&rawGlobals == 0 {
		s.pickle = new(Codec).splice(s.pickle, raw)
		s.want = append(s.want, want)
	}
}

// finish decodes a pickle that has all the Raws.
func (s *spliced) finish() {
	data := append([]byte{opProto, 4, opMark}, s.pickle...)
	got, err := Codec{}.Decode(background, append(data, opTuple, opStop))
	if err != nil {
		s.t.Fatalf("Decode(%q), spliced from %q: %v", data, s.data, err)
	}
	for i, v := range got.(Tuple) {
		s.same(v, s.want[i])
	}
}

func (s *spliced) same(got, want any) {
	s.t.Helper()
	g, err1 := Marshal(got)
	w, err2 := Marshal(want)
	if bytes.Equal(g, w) && err1 == nil && err2 == nil {
		return
	}
	if eq, err := Equal(got, want); eq || err != nil || bytes.Contains(w, []byte{0xf8}) || bytes.Contains(w, []byte{0x7f}) {
		return // shared strings are shared no more, and a NaN is never equal
	}
	s.t.Fatalf("%q\n got %#v\nwant %#v", s.data, got, want)
}

// checkAtom checks what the View says of an item without building it.
func (s *spliced) checkAtom(it Item, want any) {
	s.t.Helper()
	v := s.view
	if got := v.IsNone(it); got != (want == nil) && !s.popped(it) {
		s.t.Errorf("IsNone = %v for %#v in %q", got, want, s.data)
	}
	if n, ok := v.Int(it); ok && any(n) != want {
		s.t.Errorf("Int = %d for %#v in %q", n, want, s.data)
	}
	if b, ok := v.Bool(it); ok && any(b) != want {
		s.t.Errorf("Bool = %v for %#v in %q", b, want, s.data)
	}
	if f, ok := v.Float(it); ok && any(f) != want && f == f {
		s.t.Errorf("Float = %v for %#v in %q", f, want, s.data)
	}
	if text, ok := v.Text(it); ok && any(string(text)) != want && any(ByteString(text)) != want {
		s.t.Errorf("Text = %q for %#v in %q", text, want, s.data)
	}
	_, isInt := want.(int64)
	if _, ok := v.Int(it); isInt && !ok && !s.popped(it) {
		s.t.Errorf("no Int for %#v in %q", want, s.data)
	}
	switch want.(type) {
	case string, ByteString:
		if _, ok := v.Text(it); !ok && !s.popped(it) {
			s.t.Errorf("no Text for %#v in %q", want, s.data)
		}
	}
}

// popped tells whether more than the value may have been pushed, or nothing put
// into it: such items are not looked into. Nor are references to what was popped.
func (s *spliced) popped(it Item) bool { return bytes.ContainsAny(s.data[it.start:it.end], "01(") }
