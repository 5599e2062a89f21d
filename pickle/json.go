package pickle

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"math/big"
	"strconv"
)

// WriteJSON writes the value of the first pickle in data as a line of JSON, and returns
// what follows the pickle. Nothing that the pickle names is run. What JSON has is itself;
// all else is an object whose first key begins with a dollar sign:
//
//	None, bool, str, list      null, true, "text", [items]
//	int                        its digits, however many; {"$int": "0x…"} beyond 4,300
//	float                      1.5, 1.0, 1e+300; {"$float": "nan"}, "inf", "-inf"
//	dict                       {"key": value}; {"$dict": [[key, value], …]} if a key
//	                           is no str, begins with $ or is long
//	bytes, bytearray           {"$bytes": "base64"}, {"$bytearray": "base64"}
//	str of Python 2            "text" if it is ASCII, else {"$bytes": "base64"}
//	tuple, set, frozenset      {"$tuple": [items]}, {"$set": […]}, {"$frozenset": […]}
//	complex, slice, range      {"$complex": [1.0, 2.0]}, {"$slice": [null, 5, null]} …
//	class or function          {"$global": "module.name"}
//	datetime, Decimal, UUID …  {"$datetime": "2024-02-29 12:00:00+01:00"}: the name of
//	                           the type, and its str; "zone" and "fold" may follow, and
//	                           "offset" after the name of a timezone
//	OrderedDict, Counter …     {"$OrderedDict": [[key, value], …]}; deque: [items]
//	exception                  {"$exception": "builtins.KeyError", "args": [items]};
//	                           "state" and "cause" may follow
//	any other instance         {"$new": class, "args": […], "state": value}, or $call, or
//	                           $inst: how it is made. A class is a name as in $global,
//	                           or a value. Instead of "state", "then" has changes in their
//	                           order, as {"append": […]}, {"items": [[k, v]]}, {"add": […]},
//	                           {"state": value}, {"effect": call}
//	a change to anything else  {"$changed": value, "then": [changes]}
//	persistent id              {"$persistent": id}
//	extension code             {"$extension": 5}
//
// What is met again, or is in itself, is {"$ref": n}, where it stood first as
// {"$id": n, "$value": …}.
func WriteJSON(w io.Writer, data []byte) (rest []byte, err error) {
	c := Codec{
		Registry:       standardRegistry,
		PersistentLoad: func(_ context.Context, id any) (any, error) { return PersistentID{id}, nil },
		ExtensionLoad:  func(_ context.Context, code int32) (any, error) { return Extension(code), nil },
	}
	v, end, err := c.decodeFirst(background, data, false)
	if err != nil {
		return data, err
	}
	j := jsonWriter{out: bufio.NewWriter(io.Discard), most: max(64*int64(end), defaultMemory), met: new(memo)}
	j.value(v) // to see what is met again
	if j.err != nil {
		return data, &SyntaxError{Op: opStop, Offset: end - 1, Err: j.err}
	}
	j = jsonWriter{out: bufio.NewWriter(w), most: math.MaxInt64, met: j.met, again: j.again, begun: true}
	j.value(v)
	j.text("\n")
	return data[end:], j.out.Flush()
}

// A jsonWriter writes a value twice: before it begins, it has to know what it will
// meet again.
type jsonWriter struct {
	out   *bufio.Writer
	most  int64 // bytes that may still come
	depth int   // of the values around
	met   *memo // which says of a value that it was met once, or again, or its number
	again int   // how many of these were met again
	begun bool  // this is the second time
	ids   int   // numbers given to what is met again
	err   error
}

func (j *jsonWriter) text(s string) {
	if j.most -= int64(len(s)); j.most < 0 && j.err == nil {
		j.err = errJSON
	}
	if j.err == nil {
		j.out.WriteString(s)
	}
}

var errJSON = errors.New("more than 64 times as much JSON")

// value writes a value, unless it is deeper than what is written of it may be.
func (j *jsonWriter) value(v any) {
	if j.depth++; j.depth > 4*defaultDepth && j.err == nil {
		j.err = &LimitError{"Depth", 4 * defaultDepth}
	}
	j.valueOrRef(v)
	j.depth--
}

// valueOrRef writes a value, or a reference to where it stands.
func (j *jsonWriter) valueOrRef(v any) {
	k, ok := jsonKey(v)
	switch {
	case j.err != nil:
		return
	case !ok:
		j.fresh(v)
		return
	case !j.begun:
		n, _ := j.met.look(k)
		if n < 0 {
			j.met.add(k.at, k.size, metOnce)
			j.fresh(v)
		} else if node := &j.met.nodes[n]; node.made == metOnce {
			node.made = metAgain
			j.again++
		}
		return
	case j.again == 0: // as mostly
		j.fresh(v)
		return
	}
	n := j.met.find(k.at, k.size)
	if n < 0 { // made only now, for who asks
		j.fresh(v)
		return
	}
	switch node := &j.met.nodes[n]; node.made {
	case metOnce:
		j.fresh(v)
	case metAgain:
		j.ids++
		node.made = j.ids
		j.text(`{"$id": ` + strconv.Itoa(j.ids) + `, "$value": `)
		j.fresh(v)
		j.text("}")
	default:
		j.text(`{"$ref": ` + strconv.Itoa(node.made) + "}")
	}
}

// What a value was met stands in its node instead of a place.
const metOnce, metAgain = -1, 0

// jsonKey is the identity of a value that is written only once: of what may lead to
// itself, and of what is long.
func jsonKey(v any) (key, bool) {
	switch x := v.(type) {
	case Tuple:
		return key{firstOf(x), len(x)}, len(x) > 0
	case *List, *Dict, *Set, *FrozenSet, *Bytearray, *Exception, *Object, mutable:
		return keyOf(v), true
	case string:
		return keyOf(v), len(x) >= longText
	case ByteString:
		return keyOf(v), len(x) >= longText
	case []byte:
		return keyOf(v), len(x) >= longText
	case *big.Int:
		return keyOf(v), x.BitLen() >= 8*longText
	case Slice, PersistentID:
		return keyOf(v), true
	}
	return key{}, false
}
