package pickle

import (
	"encoding/hex"
	"fmt"
	"math/big"
)

// A UUID is Python's uuid.UUID, its first byte first. Where Python notes that
// one was made safely (is_safe, which uuid1 sets), it stays an *Object; a
// variable of type UUID or [16]byte takes both.
type UUID [16]byte

var uuidClass = Global{"uuid", "UUID"}

// ParseUUID reads a UUID of 32 hexadecimal digits with hyphens between.
func ParseUUID(s string) (UUID, error) {
	u, ok := uuidOf(s)
	if !ok {
		return u, fmt.Errorf("pickle: %q is no UUID", clip([]byte(s)))
	}
	return u, nil
}

// uuidParts is where the digits of a UUID are.
var uuidParts = [5][2]int{{0, 8}, {9, 13}, {14, 18}, {19, 23}, {24, 36}}

func uuidOf(s string) (u UUID, ok bool) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, false
	}
	at := 0
	for _, part := range uuidParts {
		n, err := hex.Decode(u[at:], []byte(s[part[0]:part[1]]))
		if err != nil {
			return UUID{}, false
		}
		at += n
	}
	return u, true
}

// String returns the UUID as 8-4-4-4-12 hexadecimal digits.
func (u UUID) String() string {
	var b [36]byte
	at := 0
	for i, part := range uuidParts {
		if i > 0 {
			b[part[0]-1] = '-'
		}
		at += hex.Encode(b[part[0]:part[1]], u[at:at+(part[1]-part[0])/2]) / 2
	}
	return string(b[:])
}

// makeUUID reads UUID(hex), which is how a UUID leaves.
func makeUUID(_ *decoder, args Tuple) (any, bool, error) {
	if len(args) != 1 {
		return nil, false, nil
	}
	s, ok := textOfValue(args[0])
	if !ok {
		return nil, false, nil
	}
	u, ok := uuidOf(s)
	return u, ok, nil
}

// finishUUID reads what Python writes: an instance that gets its number as a
// state.
func finishUUID(o *Object) (any, bool) {
	state, ok := o.onlyState()
	if !ok || state.Len() != 1 {
		return nil, false
	}
	return uuidNumber(state)
}

// uuidNumber returns the UUID with a state's "int".
func uuidNumber(state *Dict) (u UUID, ok bool) {
	v, ok, err := state.Get("int")
	if err != nil || !ok {
		return u, false
	}
	switch n := v.(type) {
	case int64:
		if n < 0 {
			return u, false
		}
		big.NewInt(n).FillBytes(u[:])
		return u, true
	case *big.Int:
		if n.Sign() < 0 || n.BitLen() > 128 {
			return u, false
		}
		n.FillBytes(u[:])
		return u, true
	}
	return u, false
}

// uuid returns the UUID that an object is, made safely or not.
func (o *Object) uuid() (u UUID, ok bool) {
	if o.className() != uuidClass {
		return u, false
	}
	if g, _ := o.Class.(Global); g == uuidClass && o.How == Reduce {
		s, ok := onlyStr(o.arguments())
		u, isUUID := uuidOf(s)
		return u, ok && isUUID
	}
	state, ok := o.onlyState()
	if !ok {
		return u, false
	}
	return uuidNumber(state)
}

// onlyState returns the attributes of an object that was made without
// arguments, if nothing else was done to it.
func (o *Object) onlyState() (*Dict, bool) {
	if len(o.Ops) != 1 || o.Ops[0].Kind != Build || len(o.Ops[0].Items) != 1 {
		return nil, false
	}
	args := o.arguments()
	switch g, _ := o.Class.(Global); {
	case o.How == NewObj && len(args) == 0:
	case o.How == Reduce && g.Name == "_reconstructor" && len(args) == 3 && args[2] == nil:
	case o.How == Reduce && g.Name == "__newobj__" && len(args) == 1: // of which className is the class
	default:
		return nil, false
	}
	state, ok := o.Ops[0].Items[0].(*Dict)
	return state, ok
}

func (u UUID) write(e *encoder) error { return e.call("uuid", "UUID", u.String()) }

func (u UUID) native() any { return recipe(uuidClass, u.String()) }
