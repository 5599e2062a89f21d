package pickle

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Libraries agree on a pickle if the values that they make of it look alike when
// drawn: as text that is independent of how a library keeps them.

// A figure is what a value is, and the values in it, as its library has them.
type figure struct {
	word  string // "int 5", "list"
	id    any    // what tells it from one that looks alike; nil where Python may not
	parts []any
	keyed keying
}

// A keying says what the order and the number of parts mean.
type keying uint8

const (
	inOrder   keying = iota
	asPairs          // key, value, key, value
	asMembers        // in any order
)

// errBeyond tells that libraries cannot be compared on a value.
var errBeyond = errors.New("beyond what can be compared")

func beyond(why string) error { return fmt.Errorf("%w: %s", errBeyond, why) }

// A canon draws values that look alike as the same text.
type canon struct {
	look      func(v any) (figure, error)
	unordered bool // pairs come in any order, and nothing is shared
	ids       map[any]int
	nodes     int
	inKey     int
}

// mostNodes keeps what is shared again and again from becoming a long text.
const mostNodes = 20_000

func (c *canon) draw(v any) (string, error) {
	if c.nodes++; c.nodes > mostNodes {
		return "", beyond("too large")
	}
	s, err := c.look(v)
	if err != nil {
		return "", err
	}
	if c.inKey > 0 {
		if s.word, err = keyWord(s); err != nil {
			return "", err
		}
	}
	if s.id != nil {
		if n, met := c.ids[s.id]; met {
			if c.unordered {
				return "", beyond("shared")
			}
			return fmt.Sprintf("#%d", n), nil
		}
		if c.ids == nil {
			c.ids = map[any]int{}
		}
		c.ids[s.id] = len(c.ids)
	}
	switch s.keyed {
	case asPairs:
		return c.pairs(s)
	case asMembers:
		return c.members(s)
	}
	if len(s.parts) == 0 {
		return s.word, nil
	}
	texts, err := c.drawAll(s.parts)
	return s.word + "(" + strings.Join(texts, ", ") + ")", err
}

func (c *canon) drawAll(parts []any) ([]string, error) {
	texts := make([]string, len(parts))
	for i, v := range parts {
		var err error
		if texts[i], err = c.draw(v); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// key draws a key, of which a dict has only one that is equal.
func (c *canon) key(v any) (string, error) {
	before := len(c.ids)
	c.inKey++
	text, err := c.draw(v)
	c.inKey--
	if err == nil && (len(c.ids) > before || strings.Contains(text, "#")) {
		err = beyond("an object in a key")
	}
	return text, err
}

// keyWord is what equal numbers have in common.
func keyWord(s figure) (string, error) {
	kind, text, _ := strings.Cut(s.word, " ")
	switch {
	case s.word == "float NaN":
		return "", beyond("NaN in a key")
	case kind == "bool" && text == "true":
		return "int 1", nil
	case kind == "bool":
		return "int 0", nil
	case kind == "float":
		f, err := strconv.ParseFloat(text, 64)
		if err == nil && f == math.Trunc(f) && !math.IsInf(f, 0) {
			n, _ := new(big.Float).SetFloat64(f).Int(nil)
			return "int " + n.String(), nil
		}
	case kind == "complex":
		return "", beyond("complex in a key")
	}
	return s.word, nil
}

// pairs draws a dict. Of equal keys the first stays, with the last value.
func (c *canon) pairs(s figure) (string, error) {
	if len(s.parts)%2 != 0 {
		return "", beyond("a key without a value")
	}
	at := map[string]int{}
	var keys []string
	var values []any
	for i := 0; i < len(s.parts); i += 2 {
		key, err := c.key(s.parts[i])
		if err != nil {
			return "", err
		}
		if n, ok := at[key]; ok {
			if c.unordered {
				return "", beyond("equal keys")
			}
			values[n] = s.parts[i+1]
			continue
		}
		at[key] = len(keys)
		keys, values = append(keys, key), append(values, s.parts[i+1])
	}
	texts, err := c.drawAll(values)
	for i := range texts {
		texts[i] = keys[i] + ": " + texts[i]
	}
	if c.unordered {
		slices.Sort(texts)
	}
	return s.word + "{" + strings.Join(texts, ", ") + "}", err
}

// members draws a set.
func (c *canon) members(s figure) (string, error) {
	texts := make([]string, len(s.parts))
	for i, v := range s.parts {
		var err error
		if texts[i], err = c.key(v); err != nil {
			return "", err
		}
	}
	slices.Sort(texts)
	return s.word + "{" + strings.Join(slices.Compact(texts), ", ") + "}", nil
}

// atom returns the figure of a value that has no parts, if it is one that every
// library has.
func atom(v any) (s figure, ok bool) {
	switch x := v.(type) {
	case nil:
		s.word = "None"
	case bool:
		s.word = fmt.Sprint("bool ", x)
	case int:
		s.word = fmt.Sprint("int ", x)
	case int64:
		s.word = fmt.Sprint("int ", x)
	case *big.Int:
		s.word = "int " + x.String()
	case float64:
		s.word = "float " + strconv.FormatFloat(x, 'g', -1, 64)
	case complex128:
		if x != x {
			x = complex(math.NaN(), 0) // which part it is that is none does not print
		}
		s.word = fmt.Sprint("complex ", x)
	case string:
		s.word = "str " + strconv.Quote(x)
	case []byte:
		s.word = "bytes " + strconv.Quote(string(x))
	default:
		return s, false
	}
	return s, true
}

// A change is one thing done to an object, with its parts.
type change struct {
	word  string
	parts []any
}

// lookAtOurs tells the figure of a value that this package made.
func lookAtOurs(v any) (figure, error) {
	if s, ok := atom(v); ok {
		return s, nil
	}
	switch x := v.(type) {
	case change:
		return figure{word: x.word, parts: x.parts}, nil
	case ByteString:
		return figure{word: "str " + strconv.Quote(string(x))}, nil
	case *Bytearray:
		return figure{word: "bytearray " + strconv.Quote(string(x.Bytes)), id: x}, nil
	case Tuple:
		return figure{word: "tuple", parts: x}, nil
	case *List:
		return figure{word: "list", id: x, parts: x.Items}, nil
	case *Dict:
		s := figure{word: "dict", id: x, keyed: asPairs}
		for key, value := range x.All() {
			s.parts = append(s.parts, key, value)
		}
		return s, nil
	case *Set:
		return figure{word: "set", id: x, keyed: asMembers, parts: slices.Collect(x.All())}, nil
	case *FrozenSet:
		return figure{word: "frozenset", keyed: asMembers, parts: slices.Collect(x.All())}, nil
	case Slice:
		return figure{word: "slice", parts: []any{x.Start, x.Stop, x.Step}}, nil
	case Range:
		return figure{word: "range", parts: []any{x.Start, x.Stop, x.Step}}, nil
	case Global:
		return figure{word: "global " + strconv.Quote(x.String())}, nil
	case Extension:
		return figure{word: fmt.Sprint("extension ", int32(x))}, nil
	case PersistentID:
		return figure{word: "persistent", parts: []any{x.ID}}, nil
	case *Buffer:
		return figure{word: fmt.Sprintf("buffer %q %v", x.Bytes, x.ReadOnly)}, nil
	case *Exception:
		s := figure{word: "call", id: x, parts: []any{x.Class.global(), x.Args}}
		if x.State != nil {
			s.parts = append(s.parts, change{"state", []any{x.State}})
		}
		return s, nil
	case *Object:
		return lookAtObject(x)
	}
	return figure{}, beyond(fmt.Sprintf("a %T", v))
}

func lookAtObject(o *Object) (figure, error) {
	s := figure{id: o, parts: []any{o.Class, o.Args}}
	switch o.How {
	case Reduce, Inst:
		s.word = "call"
	case NewObj, NewObjEx:
		s.word = "new"
	default:
		return s, beyond("a global that is computed, or what happens to a global")
	}
	args, isTuple := o.Args.(Tuple)
	switch o.Class { // older words for what protocol 2 has an opcode for
	case Global{"copyreg", "_reconstructor"}:
		if !isTuple || len(args) != 3 || args[1] != any(Global{"builtins", "object"}) {
			return s, beyond("an instance of a subclass of a built-in type")
		}
		s.word, s.parts = "new", []any{args[0], Tuple{}}
	case Global{"builtins", "bytearray"}: // which Python refuses
		if isTuple && len(args) == 1 && reflect.TypeOf(args[0]) == reflect.TypeFor[string]() {
			return s, beyond("text, to gopickle, is a str of Python 2 as well")
		}
	case Global{"copyreg", "__newobj__"}:
		if isTuple && len(args) > 0 {
			s.word, s.parts = "new", []any{args[0], args[1:]}
		}
	}
	for _, op := range o.Ops {
		switch op.Kind {
		case Effect: // is in no value
		case Build:
			s.parts = append(s.parts, change{"state", op.Items})
		case SetItems:
			for i := 0; i+1 < len(op.Items); i += 2 {
				s.parts = append(s.parts, change{"item", op.Items[i : i+2]})
			}
		case Append, AddItems:
			for i := range op.Items {
				s.parts = append(s.parts, change{map[OpKind]string{Append: "append", AddItems: "add"}[op.Kind], op.Items[i : i+1]})
			}
		}
	}
	return s, nil
}
