package pickle

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/hydrogen18/stalecucumber"
)

// stalecucumber is a second opinion on protocols 0 to 2: on trees of None, bool, int,
// float, str, list, tuple and dict, in which nothing is shared.

// lookAtStale tells the shape of a value that stalecucumber made. It has one type
// for lists and tuples.
func lookAtStale(v any) (figure, error) {
	if s, ok := atom(v); ok {
		return s, nil
	}
	switch x := v.(type) {
	case stalecucumber.PickleNone:
		return figure{word: "None"}, nil
	case []any:
		return figure{word: "sequence", parts: x}, nil
	case map[any]any:
		s := figure{word: "dict", keyed: asPairs}
		for key, value := range x {
			s.parts = append(s.parts, key, value)
		}
		return s, nil
	}
	return figure{}, beyond(fmt.Sprintf("a %T", v))
}

// lookAtTrees is lookAtOurs with lists and tuples alike.
func lookAtTrees(v any) (figure, error) {
	s, err := lookAtOurs(v)
	switch kind, _, _ := strings.Cut(s.word, " "); kind {
	case "None", "bool", "int", "float", "str", "dict":
	case "list", "tuple":
		s.word = "sequence"
	default:
		return s, beyond("more than a tree")
	}
	return s, err
}

// staleLoads is stalecucumber, whose panics are errors.
func staleLoads(data []byte) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("stalecucumber panics: %v", r)
		}
	}()
	return stalecucumber.Unpickle(bytes.NewReader(data))
}

// staleMisreads tells why stalecucumber is not asked.
func staleMisreads(data []byte) string {
	for in, err := range Instructions(data) {
		if err != nil {
			return "no pickle"
		}
		switch in.Op {
		case opString, opUnicode:
			if bytes.ContainsAny(in.Arg, `\"`) || !isASCII(string(in.Arg)) {
				return "text on a line"
			}
		case opInt, opLong, opFloat:
			if strings.Trim(string(in.Arg), "0123456789-.L") != "" || bytes.HasPrefix(bytes.TrimLeft(in.Arg, "-"), []byte("0")) {
				return "numbers are parsed as in Go"
			}
		case opGet, opBinGet, opLongBinGet:
			return "what is shared is cut into two" // and entry 0 is not found at first
		case opPut, opLongBinPut:
			if len(in.Arg) > 4 || in.Op == opLongBinPut && length(in.Arg) > 1<<16 {
				return "a memo is as long as its last index"
			}
		case opPop, opPopMark, opMemoize:
			return "the result lies at the bottom of the stack"
		case opProto:
			if in.Offset > 0 || in.Arg[0] != 2 {
				return "protocols above 2"
			}
		}
	}
	return ""
}

// withStale compares what is made of a pickle, as withGopickle does.
func withStale(data []byte) error {
	if why := staleMisreads(data); why != "" {
		return beyond(why)
	}
	d := decoders.Get().(*decoder)
	defer d.release()
	d.ctx, d.codec, d.data = background, usual, data
	v, err := d.decode(false)
	if err == nil && len(d.stack) > 0 {
		err = beyond("the result lies at the bottom of the stack")
	}
	if err != nil {
		return beyond(err.Error())
	}
	ours, err := (&canon{look: lookAtTrees, unordered: true}).draw(v)
	if err != nil {
		return err
	}
	w, err := staleLoads(data)
	if err != nil {
		return beyond(err.Error())
	}
	theirs, err := (&canon{look: lookAtStale, unordered: true}).draw(w)
	if err != nil {
		return err
	}
	if ours != theirs {
		return fmt.Errorf("%q\n      is %s\nto stalecucumber %s", data, ours, theirs)
	}
	return nil
}

// Trees that Pythons wrote mean the same to stalecucumber, and so does what is
// written of them here.
func TestStalecucumberAgrees(t *testing.T) {
	agreed := 0
	for _, vec := range pickleVectors(t) {
		v := decode(t, string(vec.data))
		if _, err := (&canon{look: lookAtTrees, unordered: true}).draw(v); err != nil {
			continue // no tree of what it knows
		}
		pickles := map[string][]byte{"as it came": vec.data}
		for _, p := range []Protocol{Protocol0, Protocol1, Protocol2} {
			data, err := at(p).Marshal(background, v)
			if err != nil {
				t.Fatal(err)
			}
			pickles[fmt.Sprint("written at ", p.version())] = data
		}
		for how, data := range pickles {
			if staleMisreads(data) != "" {
				continue
			}
			if err := withStale(data); err != nil {
				t.Errorf("%s, %s at protocol %d, %s: %v", vec.source, vec.name, vec.protocol, how, err)
			}
			agreed++
		}
	}
	t.Logf("%d pickles mean the same", agreed)
	if agreed < 200 {
		t.Errorf("%d pickles were compared: too few", agreed)
	}
}

type staleOrder struct {
	Number int                         `pickle:"number"`
	Item   string                      `pickle:"item"`
	Price  float64                     `pickle:"price"`
	Tags   []string                    `pickle:"tags"`
	Parts  []struct{ Name string }     `pickle:"parts"`
	Paid   bool                        `pickle:"paid"`
	Total  big.Int                     `pickle:"total"`
	More   map[interface{}]interface{} `pickle:"more"`
}

// Structs with tags go from either library to the other.
func TestStalecucumberStructs(t *testing.T) {
	order := staleOrder{
		Number: -7, Item: "té", Price: 2.5, Tags: []string{"hot", ""}, Paid: true,
		Parts: []struct{ Name string }{{"leaf"}}, Total: *new(big.Int).Lsh(big.NewInt(-3), 80),
		More: map[any]any{"a": int64(1)},
	}
	for _, p := range []Protocol{Protocol1, Protocol2} {
		c := at(p)
		data, err := c.Marshal(background, order)
		if err != nil {
			t.Fatal(err)
		}
		var theirs staleOrder
		if err := stalecucumber.UnpackInto(&theirs).From(staleLoads(data)); err != nil {
			t.Errorf("stalecucumber on %q: %v", data, err)
		}
		if !reflect.DeepEqual(theirs, order) {
			t.Errorf("protocol %d is to stalecucumber %+v, want %+v", p, theirs, order)
		}
	}
	var written bytes.Buffer
	if _, err := stalecucumber.NewPickler(&written).Pickle(order); err != nil {
		t.Fatal(err)
	}
	var ours staleOrder
	if err := Unmarshal(written.Bytes(), &ours); err != nil || !reflect.DeepEqual(ours, order) {
		t.Errorf("%q of stalecucumber is %+v (%v), want %+v", written.Bytes(), ours, err, order)
	}
}

// What stalecucumber writes is another dialect of protocol 2: no memo, and one
// opcode for ints of every size.
func TestStalecucumberWrites(t *testing.T) {
	for _, tt := range []struct {
		v    any
		repr string
	}{
		{nil, "None"},
		{[]any{true, 1, -1, 1 << 20, int64(1) << 40, uint64(math.MaxUint64), 0.5, "é"},
			"[True, 1, -1, 1048576, 1099511627776, 18446744073709551615, 0.5, '\\xe9']"},
		{stalecucumber.PickleTuple{}, "()"},
		{stalecucumber.PickleTuple{1, stalecucumber.PickleTuple{2, 3}, "a"}, "(1, (2, 3), 'a')"},
		{stalecucumber.PickleTuple{1, 2, 3, 4}, "(1, 2, 3, 4)"},
		{map[any]any{"a": []int{}}, "{'a': []}"},
		{*new(big.Int).Lsh(big.NewInt(1), 400), new(big.Int).Lsh(big.NewInt(1), 400).String()},
		{*big.NewInt(-128), "-128"},
		{struct {
			A int
			B struct{ C string } `pickle:"b"`
		}{1, struct{ C string }{"c"}}, "{'A': 1, 'b': {'C': 'c'}}"},
	} {
		var data bytes.Buffer
		if _, err := stalecucumber.NewPickler(&data).Pickle(tt.v); err != nil {
			t.Fatal(err)
		}
		if got := asciiRepr(t, decode(t, data.String())); got != tt.repr {
			t.Errorf("%q is %s, want %s", data.Bytes(), got, tt.repr)
		}
	}
}
