package pickle

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"
)

type site struct {
	X    int    `pickle:"x"`
	Name string `pickle:"name"`
}

type yaw float64

func TestRegisterStruct(t *testing.T) {
	r := new(Registry)
	RegisterStruct[site](r, "geo.Site")
	Register(r, "geo.Yaw", Class[yaw]{
		Reduce: func(_ context.Context, y yaw) (*Object, error) {
			return &Object{Class: Global{"geo", "Yaw"}, Args: Tuple{float64(y)}}, nil
		},
		Rebuild: func(_ context.Context, args Tuple, _ *Dict) (yaw, error) { return As[yaw](args[0]) },
	})
	c := Codec{Registry: r}
	const one = "\x8c\x03geo\x8c\x04Site\x93)\x81}(\x8c\x01xK\x01\x8c\x04name\x8c\x01aub"
	for name, v := range map[string]any{"value": site{1, "a"}, "pointer": &site{1, "a"}} {
		data, err := c.Marshal(background, v)
		if err != nil || string(data) != "\x80\x04"+one+"." {
			t.Errorf("%s: got %q, %v", name, data, err)
		}
	}
	type trip struct {
		At  []site
		To  *site
		Yaw yaw
	}
	want := trip{At: []site{{1, "a"}, {2, "b"}}, To: &site{3, "c"}, Yaw: .5}
	data, err := c.Marshal(background, want)
	if err != nil {
		t.Fatal(err)
	}
	var got trip
	if err := c.Unmarshal(background, data, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q: %+v, %v", data, got, err)
	}
	v, err := c.Decode(background, data)
	if err != nil {
		t.Fatal(err)
	}
	if at, _, _ := v.(*Dict).Get("To"); !reflect.DeepEqual(at, want.To) {
		t.Errorf("decoded: %#v", at)
	}
	if back, err := As[trip](v); err != nil || !reflect.DeepEqual(back, want) {
		t.Errorf("assigned: %+v, %v", back, err)
	}
	if again, err := c.Marshal(background, v); err != nil || string(again) != string(data) {
		t.Errorf("again: %q, %v, want %q", again, err, data)
	}
	var other struct{ X int }
	if err := c.Unmarshal(background, []byte("\x80\x04"+one+"."), &other); err != nil || other.X != 1 {
		t.Errorf("another struct: %+v, %v", other, err)
	}
}

// A T is read and written as the class that a *T is registered for, wherever it is.
func TestRegisterPointer(t *testing.T) {
	r := new(Registry)
	Register(r, "geo.Site", Class[*site]{
		Reduce: func(_ context.Context, s *site) (*Object, error) {
			return &Object{Class: Global{"geo", "Site"}, Args: Tuple{s.Name, int64(s.X)}}, nil
		},
		Rebuild: func(_ context.Context, args Tuple, _ *Dict) (*site, error) {
			x, err := As[int](args[1])
			return &site{X: x, Name: args[0].(string)}, err
		},
	})
	c := Codec{Registry: r}
	one := site{1, "a"}
	for _, v := range []any{
		one, &one, []site{one, {2, "b"}}, []*site{&one}, [1]site{one}, map[string]site{"k": one}, map[site]int{one: 1},
		struct{ At site }{one}, &struct{ At *site }{&one},
	} {
		data, err := c.Marshal(background, v)
		if err != nil || !bytes.Contains(data, []byte("geo\x8c\x04Site\x93")) {
			t.Errorf("%T: %q, %v", v, data, err)
			continue
		}
		into := reflect.New(reflect.TypeOf(v))
		if err := c.Unmarshal(background, data, into.Interface()); err != nil || !reflect.DeepEqual(into.Elem().Interface(), v) {
			t.Errorf("%T: %q is read as %+v, %v", v, data, into.Elem(), err)
		}
	}
	Register(r, "geo.Place", Class[site]{Reduce: func(context.Context, site) (*Object, error) {
		return &Object{Class: Global{"geo", "Place"}, Args: Tuple{}}, nil
	}})
	if data, err := c.Marshal(background, []any{one, &one}); err != nil || string(data) != "\x80\x04](\x8c\x03geo\x8c\x05Place\x93)R\x8c\x03geo\x8c\x04Site\x93\x8c\x01aK\x01\x86Re." {
		t.Errorf("a class of its own: %q, %v", data, err)
	}
}

// A struct has all that is in a list, also where the pickle goes on to fill the list, and
// shares it.
func TestRegisterStructInList(t *testing.T) {
	type sibling struct{ All []any }
	r := new(Registry)
	RegisterStruct[sibling](r, "a.B")
	c := Codec{Registry: r}
	const one = "\x8c\x01a\x8c\x01B\x93)\x81}\x8c\x03Allh\x00sb"
	const data = "\x80\x04]\x94(" + one + one + "e."
	check := func(t *testing.T, items []any) {
		t.Helper()
		a, b := items[0].(*sibling), items[1].(*sibling)
		if len(a.All) != 2 || a.All[0] != a || a.All[1] != b || &a.All[0] != &b.All[0] {
			t.Errorf("%p: %v, %v", items, a.All, b.All)
		}
	}
	v, err := c.Decode(background, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	check(t, v.(*List).Items)
	var held struct{ X any }
	err = c.Unmarshal(background, []byte("\x80\x04}\x8c\x01X]\x94("+one+one+"es."), &held)
	if err != nil {
		t.Fatal(err)
	}
	check(t, held.X.(*List).Items)
}

// What many structs share is there once, and charged.
func TestRegisterStructShares(t *testing.T) {
	type group struct{ All []int }
	type array struct{ All [1]any }
	r := new(Registry)
	RegisterStruct[group](r, "a.B")
	RegisterStruct[array](r, "a.C")
	c := Codec{Registry: r}
	const many = 1 << 14
	list := "(]\x94(" + strings.Repeat("K\x01", many) + "e"
	group1 := "\x8c\x01a\x8c\x01B\x93)\x81}\x8c\x03Allh\x00sb"
	v, err := c.Decode(background, []byte("\x80\x04"+list+strings.Repeat(group1, many)+"t."))
	if err != nil {
		t.Fatal(err)
	}
	first, last := v.(Tuple)[1].(*group), v.(Tuple)[many].(*group)
	if &first.All[0] != &last.All[0] {
		t.Error("each has a list of its own")
	}
	short := "\x80\x04(]\x94" + strings.Replace(group1, "B", "C", 1) + "t."
	var mismatch *UnmarshalTypeError
	if _, err := c.Decode(background, []byte(short)); !errors.As(err, &mismatch) || mismatch.Field != "All" {
		t.Errorf("an array of one of an empty list: %v", err)
	}
}

// The protocols before 2 make instances by a call of copyreg's.
func TestRegisterStructOfOldProtocols(t *testing.T) {
	r := new(Registry)
	RegisterStruct[site](r, "geo.Other")
	RegisterStruct[site](r, "geo.Site") // by which they leave
	data := "ccopy_reg\n_reconstructor\n(cgeo\nOther\nc__builtin__\nobject\nNtR(dVx\nI1\nsb."
	v, err := Codec{Registry: r}.Decode(background, []byte(data))
	if s, ok := v.(*site); err != nil || !ok || s.X != 1 {
		t.Fatalf("%#v, %v", v, err)
	}
	again, err := Codec{Registry: r, Protocol: Protocol0}.Marshal(background, v)
	if want := "ccopy_reg\n__newobj__\n(cgeo\nSite\n"; err != nil || !strings.HasPrefix(string(again), want) {
		t.Errorf("%q, %v", again, err)
	}
}

// A tally counts how many items it was given.
type tally struct{ n int }

func (c *tally) UnmarshalPickle(v any) error {
	c.n += len(v.(*List).Items)
	return nil
}

type spot struct{ n int64 }

// What a struct has a copy of is complete, also where the pickle changes it after the struct.
func TestRegisterStructCopies(t *testing.T) {
	type inner struct {
		N   int
		All []any
	}
	type outer struct {
		In    inner
		List  List
		Raw   Raw
		Count tally
		Space struct{ X int }
		Point spot
	}
	type loop struct{ All []loop }
	r := Stdlib()
	RegisterStruct[loop](r, "a.E")
	RegisterStruct[outer](r, "a.B")
	RegisterStruct[inner](r, "a.C")
	Register(r, "a.D", Class[*spot]{
		Rebuild: func(context.Context, Tuple, *Dict) (*spot, error) { return new(spot), nil },
		SetState: func(_ context.Context, p *spot, state any) error {
			n, _, _ := state.(*Dict).Get("N")
			p.n = n.(int64)
			return nil
		},
	})
	Register(r, "a.F", Class[map[string]any]{
		Rebuild:  func(context.Context, Tuple, *Dict) (map[string]any, error) { return map[string]any{}, nil },
		SetState: func(context.Context, map[string]any, any) error { return nil },
	})
	c := Codec{Registry: r}
	of := func(field string) string {
		return "\x8c\x01a\x8c\x01B\x93)\x81\x94}\x8c" + string(rune(len(field))) + field + "h\x00sb"
	}
	for _, tt := range []struct {
		data string
		ok   func(b *outer) bool
	}{
		{"\x8c\x01a\x8c\x01C\x93)\x81\x94}(\x8c\x01NK\x05\x8c\x03All](" + of("In") + "h\x00eub", func(b *outer) bool {
			return b.In.N == 5 && len(b.In.All) == 2 && b.In.All[0] == b
		}},
		{"]\x94(K\x01" + of("List") + "e", func(b *outer) bool { return len(b.List.Items) == 2 }},
		{"]\x94(K\x01" + of("Count") + "\x8c\x01a\x8c\x01F\x93)\x81}be", func(b *outer) bool { return b.Count.n == 3 }},
		{"]\x94(" + of("Raw") + "K\x01e", func(b *outer) bool {
			v, err := b.Raw.Value(background, Codec{})
			return err == nil && len(v.(*List).Items) == 2
		}},
		{"\x8c\x05types\x8c\x0fSimpleNamespace\x93)R\x94}(\x8c\x01b" + of("Space") + "\x8c\x01XK\x05ub", func(b *outer) bool {
			return b.Space.X == 5
		}},
		{"\x8c\x01a\x8c\x01D\x93)\x81\x94}(\x8c\x01b" + of("Point") + "\x8c\x01NK\x05ub", func(b *outer) bool {
			return b.Point.n == 5
		}},
	} {
		if v, err := c.Decode(background, []byte("\x80\x04"+tt.data+"h\x01\x86.")); err != nil {
			t.Errorf("%q: %v", tt.data, err)
		} else if b := v.(Tuple)[1].(*outer); !tt.ok(b) {
			t.Errorf("%q: %+v", tt.data, b)
		}
	}
	data := "\x80\x04\x8c\x01a\x8c\x01E\x93)\x81\x94}\x8c\x03All]h\x00asb."
	if v, err := c.Decode(background, []byte(data)); !errors.Is(err, errWithin) {
		t.Errorf("a struct that holds itself: %+v, %v", v, err)
	}
	data = "\x80\x04\x8c\x01a\x8c\x01E\x93\x94)\x81\x94}\x8c\x03All]h\x00)\x81}\x8c\x03All]h\x01asbasb."
	if _, err := c.Decode(background, []byte(data)); !errors.Is(err, errWithin) || strings.Count(err.Error(), "a.E") != 1 {
		t.Errorf("two structs that hold each other: %v", err)
	}
	var l loop
	if err := c.Unmarshal(background, []byte(data), &l); !errors.Is(err, errWithin) {
		t.Errorf("a struct that holds itself: %+v, %v", l, err)
	}
}

// Memory that registered structs take of what they are filled with, or for themselves, is
// charged.
func TestRegisterStructCharges(t *testing.T) {
	type text struct{ S string }
	type number struct{ N big.Int }
	type large struct{ All [1 << 12]int64 }
	r := new(Registry)
	RegisterStruct[text](r, "a.B")
	RegisterStruct[number](r, "a.C")
	RegisterStruct[large](r, "a.D")
	long := "\x00\x00\x01\x00" + strings.Repeat("a", 1<<16)
	for class, value := range map[string]string{"B": "T" + long, "C": "\x8b" + long, "D": ")"} {
		args := "h\x00\x85"
		if class == "D" {
			args = "h\x00"
		}
		data := "\x80\x04(" + value + "\x94\x8c\x01a\x8c\x01" + class + "\x93\x94" + strings.Repeat("h\x01"+args+"R", 1<<14) + "t."
		var limit *LimitError
		if v, err := (Codec{Registry: r}).Decode(background, []byte(data)); !errors.As(err, &limit) || limit.Limit != "Memory" || limit.Max == 0 {
			t.Errorf("%s: %T, %v", class, v, err)
		}
	}
}

// A Raw has an instance of a registered class as one, also if it is made of what was decoded.
func TestAssignRawOfRegistered(t *testing.T) {
	r := new(Registry)
	RegisterStruct[site](r, "geo.Site")
	c := Codec{Registry: r}
	want := []any{&site{1, "a"}}
	data, err := c.Marshal(background, want)
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.Decode(background, data)
	if err != nil {
		t.Fatal(err)
	}
	var raw Raw
	if err := c.Assign(background, &raw, v); err != nil {
		t.Fatal(err)
	}
	if got, err := raw.Value(background, c); err != nil || !reflect.DeepEqual(got.(*List).Items, want) {
		t.Errorf("%q: %v, %v", raw, got, err)
	}
}
