package pickle

// Bounds of one comparison, hash or repr. Peers choose the values, and a
// pickle of a hundred bytes can hold a tuple that has 2**40 leaves.
const (
	maxSteps  = 16 << 20 // containers looked into
	maxNested = 10_000
	costly    = 64 // steps from which on a container's result is remembered
)

// A walk goes through values to compare or hash them, within a budget.
type walk struct {
	steps  int
	limit  int // of steps
	depth  int
	lone   bool // a NaN was seen
	opaque int  // how deep the walk is inside an opaque object, which hashes by parts
	hashes map[identity]uint64
	equals map[pair]struct{}
	open   map[pair]struct{} // opaque objects under comparison, assumed to be equal

	// While a pickle is decoded, opaque objects equal only themselves: what
	// Python told apart must stay apart, as instances of most classes are.
	apart bool
	told  bool // some were
}

// An identity is what Python's `is` looks at: a pointer, or the backing array
// and length of a tuple.
type identity struct {
	p any
	n int
}

type pair struct{ a, b identity }

func newWalk() *walk { return newWalkWithin(maxSteps) }

// newWalkWithin returns a walk for many operations, whose sum has a limit: a
// pickle may name one costly value many times.
func newWalkWithin(limit int) *walk { return &walk{limit: limit} }

// begin starts another operation: lists may have changed since the last.
func (w *walk) begin() {
	if w.depth == 0 {
		clear(w.equals)
		w.told = false
	}
}

// identify returns the identity of a container.
func identify(v any) (identity, bool) {
	switch x := v.(type) {
	case Tuple:
		if len(x) == 0 {
			return identity{}, false
		}
		return identity{&x[0], len(x)}, true
	case *List, *Dict, *Set, *FrozenSet, *Object, *Exception, mutable:
		return identity{x, 0}, true
	case Slice:
		return identity{address(v), 0}, true
	}
	return identity{}, false
}

// enter begins a container of n elements; leave ends it.
func (w *walk) enter(n int) error {
	w.steps += 1 + n>>4 // leaves are cheap
	if w.steps > w.limit {
		return errWalk
	}
	if w.depth++; w.depth > maxNested {
		w.depth--
		return RecursionError.New("maximum recursion depth exceeded in comparison")
	}
	return nil
}

func (w *walk) leave() { w.depth-- }

// read spends the steps for looking at n bytes of one value, which may be met
// many times.
func (w *walk) read(n int) error {
	if n < maxName {
		return nil
	}
	if w.steps += n >> 7; w.steps > w.limit {
		return errWalk
	}
	return nil
}

var errWalk = MemoryError.New("the values are too large to compare or hash")

// plain returns a value in the form that equal values share as far as their
// type goes: numbers as number does, Python 2's str as text or bytes, a Raw
// built, a nil pointer as None.
func (w *walk) plain(v any) (any, error) {
	if isNilPointer(v) {
		return nil, nil
	}
	switch x := v.(type) {
	case nil, string, int64, Tuple, *List, *Dict, *Set, *FrozenSet, Global, *Object:
		return v, nil
	case ByteString:
		if err := w.read(len(x)); err != nil || isASCII(string(x)) {
			return string(x), err
		}
		return textBytes(string(x)), nil
	case nativer:
		return w.plain(x.native())
	case Raw:
		v, err := built(x)
		if err != nil {
			return nil, err
		}
		return w.plain(v)
	case bool, float64, []byte:
		return number(v), nil
	case mutable:
		return v, nil
	}
	if n, ok := standsFor(v); ok {
		return n, nil
	}
	return number(v), nil
}

// built returns the value of a Raw, None for a nil pointer, and any other as it is.
func built(v any) (any, error) {
	if isNilPointer(v) {
		return nil, nil
	}
	if raw, ok := v.(Raw); ok {
		return raw.Value(background, Codec{})
	}
	return v, nil
}

// A nativer is a value of this package that stands for another in Python 3.
type nativer interface{ native() any }

// native returns what the string is for Python 3: str if it is ASCII, which
// every encoding agrees on, and bytes otherwise.
func (s ByteString) native() any {
	if isASCII(string(s)) {
		return string(s)
	}
	return []byte(s)
}

// native returns what the buffer is where it lies inside the pickle.
func (b *Buffer) native() any {
	if b.ReadOnly {
		return b.Bytes
	}
	return &Bytearray{b.Bytes}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func isString(v any, s string) bool {
	switch x := v.(type) {
	case string:
		return x == s
	case ByteString:
		return string(x) == s && isASCII(s)
	}
	return false
}

func isInt(v any, n int64) bool {
	switch x := v.(type) {
	case int64:
		return x == n
	case string, Tuple:
		return false
	}
	return number(v) == any(n)
}
