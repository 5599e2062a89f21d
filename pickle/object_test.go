package pickle

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Objects of unknown classes leave as they came: these pickles are written
// again opcode for opcode.
func TestObjectUnchanged(t *testing.T) {
	const class = "\x8c\x01m\x8c\x01C\x93"
	tests := []struct{ name, pickle string }{
		{"REDUCE", class + "K\x01\x85R"},
		{"NEWOBJ", class + ")\x81"},
		{"NEWOBJ_EX", class + ")}\x8c\x01aK\x01s\x92"},
		{"OBJ", "(" + class + "K\x01o"},
		{"BUILD", class + ")\x81}\x8c\x01aK\x01sb"},
		{"APPEND", class + ")RK\x01a"},
		{"APPENDS", class + ")R(K\x01K\x02e"},
		{"APPENDS of one", class + ")R(K\x01e"},
		{"SETITEM", class + ")RK\x01K\x02s"},
		{"SETITEMS", class + ")R(K\x01K\x02K\x03K\x04u"},
		{"ADDITEMS", class + ")R(K\x01\x90"},
		{"changes in their order", class + ")RK\x01a)bK\x02a"},
		{"an effect", class + ")R\x8c\x01m\x8c\x01f\x93)R0"},
		{"an effect on a list", "]q\x00\x8c\x01m\x8c\x01f\x93h\x00\x85R0"},
		{"state for a class", class + "}\x8c\x01aK\x01sb"},
		{"a key set again after a call", class + "}q\x00K\x01K\x02s\x85Rh\x00K\x01K\x03s0"},
		{"a computed class", class + ")R)R"},
		{"an object in itself", class + ")\x81q\x00h\x00b"},
		{"an object again", class + ")\x81q\x00h\x00h\x00\x87"},
	}
	for _, tt := range tests {
		want := "\x80\x04" + tt.pickle + "."
		got, err := Marshal(decode(t, want))
		if err != nil || string(got) != want {
			t.Errorf("%s:\n got %q, %v\nwant %q", tt.name, got, err, want)
		}
	}
}

// TestEffectsAside has calls whose results lead to nothing, as who puts a call before
// another's pickle writes them, stay calls that come first.
func TestEffectsAside(t *testing.T) {
	tests := []struct{ name, pickle, want string }{
		{"before all", "cm\nf\n)R0K\x05", "\x8c\x01m\x8c\x01f\x93)R0K\x05"},
		{"two", "cm\nf\n)R0cm\ng\n)R0K\x05", "\x8c\x01m\x8c\x01f\x93)R0\x8c\x01m\x8c\x01g\x93)R0K\x05"},
		{"above a mark", "((cm\nf\n)R0K\x05tt", "\x8c\x01m\x8c\x01f\x93)R0K\x05\x85\x85"},
		{"by POP_MARK", "(cm\nf\n)RN1K\x05", "\x8c\x01m\x8c\x01f\x93)R0K\x05"},
		{"by POP_MARK, with a value below", "K\x05(cm\nf\n)RN1", "K\x05\x8c\x01m\x8c\x01f\x93)R0"},
		{"a class that takes a state", "cm\nC\nq\x00)b0h\x00\x85", "\x8c\x01m\x8c\x01C\x93q\x00)b0h\x00\x85"},
		{"memoized in vain", "cm\nf\n)Rq\x000K\x05", "\x8c\x01m\x8c\x01f\x93)R0K\x05"},
		{"two, of which one was memoized", "cm\nf\n)Rq\x000cm\ng\n)R0K\x05", "\x8c\x01m\x8c\x01f\x93)R0\x8c\x01m\x8c\x01g\x93)R0K\x05"},
		{"above a mark, with a value below", "cm\ng\n)R(cm\nf\n)R0K\x05t\x86", "\x8c\x01m\x8c\x01g\x93)R\x8c\x01m\x8c\x01f\x93)R0K\x05\x85\x86"},
		{"memoized and met again", "cm\nf\n)Rq\x000K\x05h\x00\x86", "K\x05\x8c\x01m\x8c\x01f\x93)R\x86"},
		{"left below the value", "cm\nf\n)RK\x05", "\x8c\x01m\x8c\x01f\x93)R0K\x05"},
		{"left below a mark", "cm\nf\n)R(K\x05", "\x8c\x01m\x8c\x01f\x93)R0K\x05"},
	}
	for _, tt := range tests {
		v := decode(t, "\x80\x02"+tt.pickle+".")
		for range 2 {
			got, err := Marshal(v)
			want := "\x80\x04" + tt.want + "."
			if err != nil || string(got) != want {
				t.Errorf("%s:\n got %q, %v\nwant %q", tt.name, got, err, want)
			}
			v = decode(t, string(got))
		}
	}
	v := decode(t, "\x80\x02cm\nf\n)R0K\x05.")
	if got, err := Marshal(Tuple{"", v}); err != nil || string(got) != "\x80\x04\x8c\x00K\x05\x8c\x01m\x8c\x01f\x93)R0\x86." {
		t.Errorf("as part of another value: %q, %v", got, err)
	}
	o := v.(*Object)
	o.Ops = append(o.Ops, Op{Kind: Build, Items: []any{nil}})
	if got, err := Marshal(o); err != nil || string(got) != "\x80\x04\x8c\x01m\x8c\x01f\x93)R0K\x05Nb." {
		t.Errorf("with a change that a program added: %q, %v", got, err)
	}
	var limit *LimitError
	if o.Args = o; !errors.As(marshalError(o), &limit) {
		t.Errorf("in itself: %v", marshalError(o))
	}
	n := 0
	if err := Unmarshal([]byte("\x80\x02cm\nf\n)R0K\x05."), &n); err != nil || n != 5 {
		t.Errorf("into an int: %d, %v", n, err)
	}
}

func marshalError(v any) error {
	_, err := Marshal(v)
	return err
}

// TestChangedValues has classes, lists and the like that change after they were made.
// What is met again is the value, and each memo entry is the one that it was.
func TestChangedValues(t *testing.T) {
	const class = "\x8c\x01m\x8c\x01C\x93"
	tests := []struct{ name, pickle, want string }{
		{"a class", "(" + class + "q\x00h\x00}bq\x01h\x01h\x00t", "(" + class + "q\x00h\x00}bh\x00h\x00t"},
		{"a class, changed and then met", class + "}bq\x00h\x00\x86", class + "q\x00}bh\x00\x86"},
		{"a class between others", "(" + class + "q\x00]q\x01h\x00}bq\x02h\x01h\x02t", "(" + class + "q\x00]q\x01h\x00}bh\x01h\x00t"},
		{"a list that a call changes", "(]q\x00h\x00\x8c\x01m\x8c\x01f\x93)R0q\x01h\x01h\x00t", "(]q\x00h\x00\x8c\x01m\x8c\x01f\x93)R0h\x00h\x00t"},
	}
	for _, tt := range tests {
		v := decode(t, "\x80\x04"+tt.pickle+".")
		for range 2 {
			got, err := Marshal(v)
			if err != nil || string(got) != "\x80\x04"+tt.want+"." {
				t.Errorf("%s:\n got %q, %v\nwant %q", tt.name, got, err, tt.want)
			}
			v = decode(t, string(got))
		}
	}
}

// TestObjectInItsArguments has no call for its effect where an object leads back to
// itself: that is made for its arguments first, and dropped for what the memo has. Each
// way to write the memo's entry is read.
func TestObjectInItsArguments(t *testing.T) {
	for _, many := range []int{0, 300} {
		for _, p := range []Protocol{Protocol0, Protocol1, Protocol2, Protocol4} {
			list := NewList()
			o := &Object{Class: Global{"m", "C"}, Args: Tuple{list}}
			list.Items = []any{o}
			all := NewList()
			for range many {
				shared := NewList()
				all.Items = append(all.Items, shared, shared)
			}
			all.Items = append(all.Items, o)
			data, err := at(p).Marshal(t.Context(), all)
			if err != nil {
				t.Fatal(err)
			}
			items := decode(t, string(data)).(*List).Items
			got, ok := items[len(items)-1].(*Object)
			if !ok || len(got.Ops) != 0 || len(items) != 2*many+1 {
				t.Errorf("protocol %v: %q is %v", p, data, items[len(items)-1])
				continue
			}
			if inner := got.Args.(Tuple)[0].(*List).Items; len(inner) != 1 || inner[0] != any(got) {
				t.Errorf("protocol %v: the object holds %v, want itself", p, inner)
			}
		}
	}
	for _, pickle := range []string{
		"(cm\nC\n)Rq\x00cm\nD\n)R0h\x00t.",    // another class is dropped
		"(cm\nC\n)Rq\x00cm\nC\n)\x810h\x00t.", // made in another way
	} {
		o := decode(t, "\x80\x02"+pickle).(Tuple)[0].(*Object)
		if len(o.Ops) != 1 || o.Ops[0].Kind != Effect {
			t.Errorf("%q: the call that is dropped is no effect: %v", pickle, o.Ops)
		}
	}
	if o := decode(t, "\x80\x02cm\nC\n)R20.").(*Object); len(o.Ops) != 0 {
		t.Errorf("what DUP copied is an effect: %v", o.Ops)
	}
}

// TestPartialCalls has what a class makes of the arguments of a functools.partial that
// multiprocessing pickles, and of those of its call. Any other call stays what it is.
func TestPartialCalls(t *testing.T) {
	r := new(Registry)
	Register(r, "m.C", Class[*point]{Rebuild: func(_ context.Context, args Tuple, kwargs *Dict) (*point, error) {
		label, _, _ := kwargs.Get("label")
		if label == "refused" {
			return nil, errPoint
		} else if label == "none" {
			return nil, ErrUnclaimed
		}
		return &point{args[0].(int64), args[1].(int64), label.(string)}, nil
	}})
	Register(r, "m.NoCalls", Class[*refusing]{})
	const partial = "cmultiprocessing.reduction\n_rebuild_partial\n"
	for _, tt := range []struct{ pickle, want string }{
		{partial + "cm\nC\nK\x01\x85}Vlabel\nVx\ns\x87RK\x02\x85R.", "a point"},
		{partial + "cm\nC\nK\x01\x85}Vlabel\nVnone\ns\x87RK\x02\x85R.", "a call"},
		{partial + "cm\nC\nK\x01\x85}Vlabel\nVrefused\ns\x87RK\x02\x85R.", "an error"},
		{partial + "cm\nC\nK\x01\x85}Vlabel\nVx\ns\x87RNbK\x02\x85R.", "a call"},
		{partial + "cm\nC\n]}\x87RK\x02\x85R.", "a call"},
		{partial + "cm\nC\n)N\x87RK\x02\x85R.", "a call"},
		{partial + "cm\nf\nq\x00)R)}\x87RK\x02\x85R.", "a call"},
		{partial + "cm\nC\n)\x86RK\x02\x85R.", "a call"},
		{partial + "cm\nD\n)}\x87RK\x02\x85R.", "a call"},
		{partial + "cm\nNoCalls\n)}\x87RK\x02\x85R.", "a call"},
		{"cm\nf\ncm\nC\nK\x01\x85}\x87RK\x02\x85R.", "a call"},
	} {
		v, err := Codec{Registry: r}.Decode(t.Context(), []byte(tt.pickle))
		got := "an error"
		switch v := v.(type) {
		case *point:
			if got = "a point"; *v != (point{1, 2, "x"}) {
				t.Errorf("%q: %v", tt.pickle, *v)
			}
		case *Object:
			got = "a call"
		}
		if got != tt.want || (err != nil) != (got == "an error") {
			t.Errorf("%q: %v, %v, want %s", tt.pickle, v, err, tt.want)
		}
		if err != nil && !errors.Is(err, errPoint) {
			t.Errorf("%q: %v, want %v", tt.pickle, err, errPoint)
		}
	}
}

// A change waits for the outermost of the objects around it that are older: A, which is
// called once, though B is younger than the change.
func TestObjectAroundYounger(t *testing.T) {
	const pickle = "\x80\x02]q\x000cm\nA\nh\x00\x85Rq\x010cm\nX\n)Rq\x02h\x01a0h\x00cm\nB\nh\x02\x85Ra0h\x01."
	const want = "\x80\x04\x8c\x01m\x8c\x01A\x93]\x8c\x01m\x8c\x01B\x93\x8c\x01m\x8c\x01X\x93)Rq\x00\x85Ra\x85Rq\x01h\x00h\x01a0."
	if got, err := Marshal(decode(t, pickle)); err != nil || string(got) != want {
		t.Errorf("got %q, %v\nwant %q", got, err, want)
	}
}

// Below protocol 4 some constructions need other words.
func TestObjectOlderProtocols(t *testing.T) {
	tests := []struct {
		name   string
		pickle string
		c      Codec
		want   string
	}{
		{"NEWOBJ_EX", "\x80\x04\x8c\x01m\x8c\x01C\x93)}\x92.", at(Protocol3), "\x80\x03ccopyreg\n__newobj_ex__\ncm\nC\n)}\x87R."},
		{"NEWOBJ_EX twice", "\x80\x04(cm\nC\n)}\x92cm\nC\n)}\x92t.", at(Protocol2), "\x80\x02cfunctools\npartial\nq\x02" +
			"c__builtin__\ngetattr\ncm\nC\nq\x01X\x07\x00\x00\x00__new__\x86Rq\x00\x85R(h\x00h\x01\x85}Ntb)R" +
			"h\x02h\x00\x85R(h\x00h\x01\x85}Ntb)R\x86."},
		{"NEWOBJ", "\x80\x02cm\nC\nK\x01\x85\x81.", at(Protocol1), "ccopy_reg\n__newobj__\n(cm\nC\nK\x01tR."},
		{"NEWOBJ_EX for 2.7", "\x80\x04\x8c\x01m\x8c\x01C\x93)}\x92.", python2,
			"\x80\x02cfunctools\npartial\nc__builtin__\ngetattr\ncm\nC\nq\x01X\x07\x00\x00\x00__new__\x86Rq\x00\x85R(h\x00h\x01\x85}Ntb)R."},
		{"OBJ", "(cm\nC\nK\x01o.", at(Protocol0), "(I1\nim\nC\n."},
		{"INST", "(I1\nim\nC\n.", at(Protocol2), "\x80\x02(cm\nC\nK\x01o."},
	}
	for _, tt := range tests {
		got, err := tt.c.Marshal(t.Context(), decode(t, tt.pickle))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s:\n got %q, %v\nwant %q", tt.name, got, err, tt.want)
		}
	}
}

// A set whose member's state holds the set: the state can be set only once
// the set is made.
func TestObjectDeferral(t *testing.T) {
	const pickle = "\x80\x02cm\nS\n]cm\nC\n)\x81q\x00a\x85Rq\x01h\x00}X\x01\x00\x00\x00sh\x01sb0."
	s := decode(t, pickle).(*Object)
	for _, p := range []Protocol{Protocol0, Protocol1, Protocol2, Protocol4} {
		data, err := at(p).Marshal(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		again := decode(t, string(data)).(*Object)
		member := again.Args.(Tuple)[0].(*List).Items[0].(*Object)
		if len(member.Ops) != 1 || member.Ops[0].Kind != Build {
			t.Fatalf("%q: the member has %v, want one BUILD", data, member.Ops)
		}
		holds, _, err := member.Ops[0].Items[0].(*Dict).Get("s")
		if err != nil || holds != again {
			t.Errorf("%q: the member holds %v (%v), want the set", data, holds, err)
		}
	}
}

// A change that Go adds comes after those that waited for the object.
func TestObjectDeferralAndMore(t *testing.T) {
	const pickle = "\x80\x04\x8c\x01m\x8c\x01C\x93](\x8c\x01m\x8c\x01D\x93)\x81q\x00e\x85Rq\x01h\x00h\x01b0"
	o := decode(t, pickle+".").(*Object)
	o.Ops = append(o.Ops, Op{Kind: Build, Items: []any{int64(7)}})
	const want = "\x80\x04\x8c\x01m\x8c\x01C\x93]\x8c\x01m\x8c\x01D\x93)\x81q\x00a\x85Rq\x01h\x00h\x01b0K\x07b."
	if got, err := Marshal(o); err != nil || string(got) != want {
		t.Errorf("got %q, %v\nwant %q", got, err, want)
	}
}

// A point stands for the Python class geo.Point.
type point struct {
	x, y  int64
	label string
}

var errPoint = errors.New("a point has two coordinates")

func points() *Registry {
	r := new(Registry)
	Register(r, "geo.Point", Class[*point]{
		Reduce: func(_ context.Context, p *point) (*Object, error) {
			return &Object{How: NewObj, Class: Global{"geo", "Point"}, Args: Tuple{p.x, p.y},
				Ops: []Op{{Kind: Build, Items: []any{p.label}}}}, nil
		},
		Rebuild: func(_ context.Context, args Tuple, kwargs *Dict) (*point, error) {
			if len(args) != 2 {
				return nil, errPoint
			}
			return &point{x: args[0].(int64), y: args[1].(int64)}, nil
		},
		SetState: func(_ context.Context, p *point, state any) error {
			label, err := As[string](state)
			p.label = label
			return err
		},
	})
	return r
}

func TestRegistry(t *testing.T) {
	c := Codec{Registry: points()}
	p := &point{1, 2, "home"}
	data, err := c.Marshal(t.Context(), Tuple{p, p})
	if err != nil {
		t.Fatal(err)
	}
	if want := "\x80\x04\x8c\x03geo\x8c\x05Point\x93K\x01K\x02\x86\x81q\x00\x8c\x04homebh\x00\x86."; string(data) != want {
		t.Errorf("got %q, want %q", data, want)
	}
	v, err := c.Decode(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	pair := v.(Tuple)
	if got, ok := pair[0].(*point); !ok || *got != *p || pair[1] != pair[0] {
		t.Errorf("got %v, want %v twice", pair, *p)
	}
	_, err = c.Decode(t.Context(), []byte("cgeo\nPoint\n)R."))
	if !errors.Is(err, errPoint) || !strings.HasPrefix(err.Error(), "pickle: REDUCE at 12: geo.Point: ") {
		t.Errorf("no arguments: %v, want %v", err, errPoint)
	}
	var mismatch *UnmarshalTypeError
	if _, err = c.Decode(t.Context(), []byte("cgeo\nPoint\n(K\x01K\x02tRNb.")); !errors.As(err, &mismatch) {
		t.Errorf("state None: %v, want an UnmarshalTypeError", err)
	}
}

// A state that a class declines is a change of the value that was made.
func TestStateDeclined(t *testing.T) {
	r := new(Registry)
	Register(r, "geo.Point", Class[*point]{
		Reduce: func(_ context.Context, p *point) (*Object, error) {
			return &Object{Class: Global{"geo", "Point"}, Args: Tuple{p.x, p.y}}, nil
		},
		Rebuild: func(context.Context, Tuple, *Dict) (*point, error) { return &point{x: 1, y: 2}, nil },
		SetState: func(_ context.Context, p *point, state any) error {
			return ErrUnclaimed
		},
	})
	c := Codec{Registry: r}
	const pickle = "\x80\x04\x8c\x03geo\x8c\x05Point\x93K\x01K\x02\x86R\x8c\x01xb."
	v, err := c.Decode(t.Context(), []byte(pickle))
	if err != nil {
		t.Fatal(err)
	}
	if data, err := c.Marshal(t.Context(), v); err != nil || string(data) != pickle {
		t.Errorf("%q became %q, %v", pickle, data, err)
	}
	var to struct{ X, Y int }
	if err := c.Assign(t.Context(), &to, &point{x: 1, y: 2}); err != nil || to.X != 1 || to.Y != 2 {
		t.Errorf("a struct takes %v of a point, %v", to, err)
	}
}

func TestExceptionTree(t *testing.T) {
	err := fmt.Errorf("remote: %w", KeyError.New("k"))
	for _, class := range []ExceptionClass{KeyError, LookupError, BaseError, BaseException} {
		if !errors.Is(err, class) {
			t.Errorf("a KeyError is no %v", class)
		}
	}
	if errors.Is(err, IndexError) {
		t.Error("a KeyError is an IndexError")
	}
	if !errors.Is(BrokenBarrierError, RuntimeError) || !errors.Is(ExceptionClass("builtins.ExceptionGroup"), BaseError) {
		t.Error("the tree lacks a branch")
	}
	for want, err := range map[string]error{
		"KeyError: 'k'":             KeyError.New("k"),
		"ValueError: no":            ValueError.New("no"),
		"StopIteration":             StopIteration.New(),
		"queue.Empty":               QueueEmpty.New(),
		"TypeError":                 TypeError,
		"ValueError: ('a', 1)":      ValueError.New("a", int64(1)),
		"OSError: [Errno 2] no way": OSError.New(int64(2), "no way"),
		"SyntaxError: invalid syntax (b.py, line 3)": ExceptionClass("builtins.SyntaxError").New("invalid syntax", Tuple{"/a/b.py", int64(3), int64(7), "x", int64(3), int64(8)}),
		"IndentationError: a (line 1)":               ExceptionClass("builtins.IndentationError").New("a", Tuple{nil, int64(1), int64(2), "x"}),
		"ExceptionGroup: two (2 sub-exceptions)":     ExceptionClass("builtins.ExceptionGroup").New("two", NewList(KeyError.New("a"), KeyError.New("b"))),
		"BaseExceptionGroup: one (1 sub-exception)":  ExceptionClass("builtins.BaseExceptionGroup").New("one", Tuple{KeyError.New("a")}),
		"SyntaxError: a (f)":                         ExceptionClass("builtins.SyntaxError").New("a", Tuple{"f", nil, nil, nil}),
	} {
		if err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}

func TestExceptionState(t *testing.T) {
	const pickle = "\x80\x04\x8c\x08builtins\x8c\x0eAttributeError\x93\x8c\x01a\x85R}\x8c\x04name\x8c\x01asb."
	e := decode(t, pickle).(*Exception)
	if d, ok := e.State.(*Dict); !ok || d.Len() != 1 {
		t.Fatalf("state is %v, want a dict", e.State)
	}
	if got, err := Marshal(e); err != nil || string(got) != pickle {
		t.Errorf("got %q, %v; want %q", got, err, pickle)
	}
}

// Objects that stand for a value in its place, or for a name that the pickle
// computes, can be looked at like others.
func TestObjectsWithoutClass(t *testing.T) {
	c := Codec{PersistentLoad: func(_ context.Context, id any) (any, error) { return PersistentID{id}, nil }}
	for _, data := range []string{
		"\x80\x02]q\x00cm\nf\nq\x01h\x00\x85q\x02R0.", // a list, and a call for its effect
		"\x80\x04\x8c\x01m\x8c\x01CQ\x93.",
	} {
		v, err := c.Decode(t.Context(), []byte(data))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := v.(*Object); !ok {
			t.Fatalf("%q is a %T", data, v)
		}
		again, err := c.Decode(t.Context(), []byte(data))
		if err != nil {
			t.Fatal(err)
		}
		if eq, err := Equal(v, again); err != nil || !eq {
			t.Errorf("%q: %v, %v", data, eq, err)
		}
		if _, err := Hash(v); err != nil {
			t.Errorf("%q: %v", data, err)
		}
		if s, err := Repr(v); err != nil || s == "" || TypeName(v) == "" {
			t.Errorf("%q: %q, %v, %q", data, s, err, TypeName(v))
		}
	}
}

// Of keys that look alike Python may tell each from the others: all stay, and
// one of them is found.
func TestKeysThatLookAlike(t *testing.T) {
	const one = "cm\nC\n)R"
	for _, n := range []int{2, smallTable, smallTable + 1, 100} {
		data := "(d(" + strings.Repeat(one+"N", n) + "u."
		v, err := Codec{}.Decode(t.Context(), []byte(data))
		if err != nil {
			t.Fatal(err)
		}
		d := v.(*Dict)
		if _, ok, err := d.Get(&Object{Class: Global{"m", "C"}, Args: Tuple{}}); d.Len() != n || !ok || err != nil {
			t.Errorf("%d keys became %d, found %v, %v", n, d.Len(), ok, err)
		}
		for range n {
			d.PopLast()
		}
		if d.Len() != 0 {
			t.Errorf("%d keys are left of %d", d.Len(), n)
		}
	}
}
