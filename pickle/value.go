package pickle

// A Tuple is Python's tuple. Two references to one tuple share their backing
// array, which is how the encoder tells sharing from equality.
type Tuple []any

// A List is Python's list.
type List struct{ Items []any }

// NewList returns a list of the given items.
func NewList(items ...any) *List { return &List{Items: items} }

// A Bytearray is Python's bytearray.
type Bytearray struct{ Bytes []byte }

// A ByteString is Python 2's str: bytes that are meant as text.
type ByteString string

// A Global is a class or function by name.
type Global struct {
	Module string
	Name   string // qualified: "Outer.Inner"
}

func (g Global) String() string { return g.Module + "." + g.Name }

// A Slice is Python's slice; a missing bound is nil.
type Slice struct{ Start, Stop, Step any }

// A Range is Python's range; its bounds are int64 or *big.Int.
type Range struct{ Start, Stop, Step any }

// NotImplemented and Ellipsis are Python's singletons of those names.
var (
	NotImplemented = Global{"builtins", "NotImplemented"}
	Ellipsis       = Global{"builtins", "Ellipsis"}
)
