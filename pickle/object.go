package pickle

// A Construction says how an Object comes into being.
type Construction uint8

const (
	Reduce   Construction = iota // Class(*Args)
	NewObj                       // Class.__new__(Class, *Args)
	NewObjEx                     // Class.__new__(Class, *Args, **Kwargs)
	Inst                         // Python 2's old-style instances (INST and OBJ)
	Lookup                       // the class or function whose module and name Args are, where one is no string
	Existing                     // nothing comes into being: Ops happen to the value that Args is
)

// An Object is an instance that no registered class claims, or the recipe by
// which one leaves: a constructor call, then what was done to the result.
type Object struct {
	How    Construction
	Class  any   // a Global; another value where a pickle computes its callable
	Args   any   // a Tuple, in all but hand-made pickles and Existing
	Kwargs *Dict // for NewObjEx
	Ops    []Op  // in the order they came

	seq      uint32 // when it was constructed, for cycles through arguments
	memoized bool   // something may refer to it: popping it is no effect
	met      bool   // GET or DUP has fetched it
	aside    bool   // Args is a pickle's value, Ops the calls that led to nothing
}

// An OpKind says what an Op does to its object.
type OpKind uint8

const (
	Build    OpKind = iota // __setstate__(Items[0]), or an update of __dict__
	Append                 // extend or append of Items
	SetItems               // o[k] = v for each pair in Items
	AddItems               // o.add(item) for each of Items
	Effect                 // Items[0] is a call that runs for its side effect
)

// An Op is one thing that a pickle does to an object after constructing it.
type Op struct {
	Kind  OpKind
	Items []any

	seq    uint32
	extend bool // one item came by APPENDS, which Python's own pickle turns into extend
}

// A PersistentID is a reference to something outside the pickle.
type PersistentID struct{ ID any }

// An Extension is a class or function by its code in copyreg's registry.
type Extension int32

// A Buffer is memory that travels beside the pickle (PEP 574), or inside it
// where the other side has no way to take it.
type Buffer struct {
	Bytes    []byte
	ReadOnly bool
}
