// Package pickle reads and writes Python's pickle format, protocols 0 to 5.
//
// Nothing that a pickle names is ever run: a value of an unknown class becomes
// an inert *Object that is written back as it came.
//
// # What to use
//
//	a pickle of known shape            Unmarshal(data, &v), with structs for dicts and instances
//	of unknown shape                   Unmarshal(data, &v) with a v of type any; Repr, As, WriteJSON
//	several pickles, a file or socket  NewDecoder(r), NewEncoder(w)
//	a pickle for Python                Marshal(v); for Python 2.7
//	                                   Codec{Protocol: Protocol2, Dialect: Dialect{Python2: true}}
//	Python's classes, dataclasses      a struct with class=mod.Name in a tag, or RegisterStruct;
//	                                   Register for those with a constructor of their own
//	numpy's arrays                     package pyinterop/numpy
//	one large list or dict             Items, Entries
//	a value that is only passed on     Raw, View, Codec.Recode
//	is it safe for Python to load?     Imports and Judge, or "brine pickle check"
//	what is in it?                     Dis, or "brine pickle dis"
//
// # Values
//
//	Python                    Go
//	None                      nil
//	bool                      bool
//	int                       int64, beyond it *big.Int
//	float, complex            float64, complex128
//	str                       string (lone surrogates as their 3-byte form)
//	bytes, bytearray          []byte, *Bytearray
//	Python 2's str            ByteString
//	tuple, list               Tuple, *List
//	dict                      *Dict
//	set, frozenset            *Set, *FrozenSet
//	slice, range              Slice, Range
//	class or function         Global
//	exception                 *Exception
//	any other instance        *Object, or what a Registry makes of it
//	a value kept as opcodes   Raw
//
// Lists, dicts, sets, bytearrays, objects and exceptions are pointers and
// tuples are slices, so sharing and recursion are those of Go's references.
//
// # The standard library
//
// The Registry of [Stdlib] knows these classes. [Unmarshal] uses it; a Codec
// does if its Registry is that.
//
//	Python                                    Go
//	datetime.datetime, date, time             Datetime, Date, Time
//	datetime.timedelta, timezone              Timedelta, Timezone
//	zoneinfo.ZoneInfo                         ZoneInfo
//	decimal.Decimal                           Decimal
//	fractions.Fraction                        *big.Rat
//	uuid.UUID                                 UUID, unless it is marked as made safely or not
//	pathlib paths                             PurePosixPath, PosixPath, PureWindowsPath, WindowsPath
//	ipaddress addresses                       netip.Addr
//	ipaddress networks, interfaces            IPNetwork, IPInterface
//	collections.OrderedDict, defaultdict      *OrderedDict, *DefaultDict
//	collections.Counter, deque                *Counter, *Deque
//	types.SimpleNamespace                     *SimpleNamespace
//	array.array                               *Array
//	re.Pattern                                *Pattern
//	exception with a traceback as its cause   *Exception with a Cause
//	member of an enum.Enum                    what RegisterEnum says
//
// Instances of their subclasses, instances made with arguments that no such
// class takes, and ZoneInfos outside of Python's cache stay an *Object. All of
// the types can be written whatever the Registry, and so can Go's time.Time (an
// aware datetime), time.Duration, *big.Rat, *big.Float (a Decimal), netip.Addr
// and netip.Prefix (a network, or an interface if it has host bits); what is
// finer than a microsecond is cut off. Variables of all these types read the
// classes too, whatever the Registry, and a [16]byte reads a UUID; a time.Time
// takes a naive datetime as UTC. [Equal] compares dates, decimals and their
// like by what they were made of: 1.0 and 1.00 are two Decimals.
//
// Package pyinterop/numpy does the same for numpy's arrays, which fill slices of Go's.
//
// # Typed values
//
// Marshal, Unmarshal, Encoder and Decoder are what they are in encoding/json. Variables
// of Go's types are filled straight from the pickle, without making the values above
// first; what they take, and what they leave as:
//
//	Go                         reads                         writes
//	bool, string               bool, str                     the same
//	int8 … uint64, *big.Int    int that fits                 int
//	float32, float64           float; int that it holds      float
//	complex64, complex128      complex                       the same
//	[]T, [n]T                  list, tuple, set, deque       list
//	[]byte, [n]byte            bytes, bytearray, buffer      bytes
//	map[K]V                    dict and its kinds            dict
//	map[K]struct{}             set, frozenset                set
//	struct                     dict, instance                dict
//	  with class=mod.Name      instance of it, dict          instance of it
//	  with tuple               tuple, namedtuple, dict       tuple
//	  with both                namedtuple of it, dict        namedtuple of it
//	*T                         None, as T does               None, as T does
//	time.Time, time.Duration,  datetime, timedelta,          the same
//	  netip.Addr, *big.Float …   ip_address, Decimal …
//	any                        what the table above says     what it holds
//	Raw                        any value, kept as it came    that
//	Unmarshaler, Marshaler     what the methods say
//
// None is read as nil where the type has one, and is an error elsewhere. A nil pointer or
// interface is written as None, a nil slice as an empty list, a nil map as an empty dict. A
// value that does not fit is an *UnmarshalTypeError, which has the way to it and its place
// in the pickle; one that cannot be written is an *EncodeError, which has the way to it.
// Values that are one object in
// Python are one in Go where the type can tell, as pointers, maps and slices do; an object
// that leads to itself is read through a pointer.
//
// Fields have the name that their tag gives them, or else their own; reading takes any
// spelling that differs in case and underscores only. Writing gives the very name: where
// Python has unit_price, a field UnitPrice needs the tag. Options follow the name:
//
//	Name  string         `pickle:"name"`
//	Note  string         `pickle:"note,omitempty"` // or omitzero: is left out if empty, or zero
//	Place Place          `pickle:",inline"`        // its fields are fields here, as if embedded
//	More  map[string]any `pickle:",inline"`        // takes the keys that are no fields
//	_     struct{}       `pickle:",class=shop.Item"`
//
// What the field _ says is about the struct. Its class is module and name, with a colon
// between where the name has a dot itself ("shop:Outer.Inner"); slots is for classes with
// __slots__, and slots,frozen for frozen dataclasses with them. Arguments of an instance's
// class fill the fields in their order, its state by their names. RegisterStruct gives a
// struct its class in one Registry instead. A Codec with Alias reads strings and bytes
// without a copy, one with Strict takes no key that is no field.
//
// A slice with room, bytes too, is filled in the memory that it has, a map that is there
// gets more entries, and a pointer leads to what it led to: whoever reads many messages
// into one variable makes no garbage of the large ones, and copies what he keeps.
//
// A tree as picklers write it is read in one pass. Where a pickle shares lists or dicts,
// or a variable of type any has to take more than an atom, two passes are needed, and
// what picklers do not write is decoded first, as is a pickle that shares what is read as
// two types: that is slower, and fills variables alike. The figures are a column of what
// make bench-pickle prints.
//
// # Limits
//
// What a peer's bytes may cost is bounded by the Limits of a Codec; their zero value is
// this table. What is more is a *LimitError with the place in the pickle, and is known
// before memory is taken for it. A length that a pickle claims is never allocated.
//
//	Bytes    1 GiB                   of one pickle
//	Depth    10,000                  of nesting that is read, into any type; 40,000 of
//	                                 what is written, where a container may take several,
//	                                 and of JSON, which is 40,000 whatever the Codec
//	Memo     16 Mi entries           whatever their indexes
//	Long     1 MiB                   of one int; in the text opcodes 4,300 digits
//	Memory   64 × the pickle with    taken while reading; as much JSON is written
//	         its Buffers, and at
//	         least 32 MiB
//	name     4,096 bytes             of a global with its module
//	output   8 MiB + 8 × the value   written where a protocol has no way to refer to what
//	                                 comes again, so that a small value becomes a large one
//
// The least Memory is half of what a hostile pickle may make a process take, see below.
// All that picklers write fits: an empty dict takes two bytes there and less than 128
// here. Without its memo entry (pickletools.optimize, Pickler.fast) it is one byte; a list
// of more than 380,000 of those and nothing else is refused, as it would be a bomb.
//
// Hash, Equal and Compare, also those of keys while reading, take 16 Mi steps and go
// 10,000 deep, Repr writes 16 MiB; beyond that is a MemoryError or a RecursionError, as
// Python would raise.
//
// Pickles that are made to break readers, nearly 2,000, are held to 64 MiB, or 64 times
// their size where that is more, and their times are shown, by
//
//	make hostile
//
// and every target is fuzzed, for ten minutes each or for FUZZTIME, by
//
//	make fuzz
//
// # What comes back
//
// A value that was decoded and is encoded again is the same for Python, whatever
// its classes: constructor calls, states, items and calls that were made for
// their effect leave in the order in which they came, also where an object leads
// back to itself through its own arguments. Objects that look alike stay apart as
// keys. What Go has one type for, Python gets as one type: the long of Python 2
// is its int afterwards.
//
// Recode keeps those apart too. It writes a pickle for another protocol, with the memo,
// the frames and the batches of Python's own pickler; "brine pickle recode" is
// the command. How CPython's own tests of pickle fare with it in the middle, and
// a corpus of classes that are hard to pickle, dill's and cloudpickle's functions
// and the arrays and frames of numpy and pandas, is shown by
//
//	go test ./tests/conformance -v -run 'Pickletester|PickleCorpus|PicklePortable'
//
// # From gopickle, stalecucumber and og-rek
//
// All three are good at what their authors needed; what they read, this package reads,
// and what is written here they read where they can. Tests hold it to the first two, as
// second opinions on thousands of pickles.
//
//	gopickle                             here
//	pickle.Loads(s), Load(filename)      Codec{}.Decode, or Unmarshal(data, &v)
//	NewUnpickler(r), Load                NewDecoder(r), Decode(&v)
//	FindClass                            a Registry: Register, RegisterStruct, RegisterEnum;
//	                                     what it does not know stays an *Object
//	PersistentLoad, GetExtension         Codec.PersistentLoad, Codec.ExtensionLoad
//	NextBuffer                           Codec.Buffers
//	*types.List, *types.Tuple            *List, Tuple
//	*types.Dict (a slice of entries)     *Dict, with Python's keys: 1 and True are one
//	*types.Set, *types.FrozenSet         *Set, *FrozenSet
//	*types.OrderedDict                   *OrderedDict, with the Registry of Stdlib
//	*types.GenericClass, GenericObject   Global, *Object with its state, items and effects
//	types.Callable, PyNewable,           Rebuild and SetState of a Class
//	  PyStateSettable
//	*types.ByteArray                     *Bytearray
//	int                                  int64
//	package pytorch                      none: what a PyTorch file has beside its pickles
//	                                     is not read here
//
//	stalecucumber                        here
//	Unpickle(r)                          NewDecoder(r).Decode(&v)
//	UnpackInto(&v).From(Unpickle(r))     the same: v may be of any type
//	AllowMissingFields(false)            Codec.Strict
//	Int, String, ListOrTuple, Dict …     Unmarshal into an int64, a string, a []any, a
//	                                     map[any]any; As[T] of what was decoded
//	Set                                  Unmarshal into a map[K]struct{}; *Set
//	PickleNone                           nil
//	NewPickler(w).Pickle(v)              NewEncoder(w).Encode(v), which writes protocol 4;
//	                                     Codec{Protocol: Protocol2} writes theirs
//	PickleTuple, the tag pickle:"name"   Tuple, or a struct with the option tuple; the same
//	UnpickleWithResolver, PythonResolver a Registry
//	ErrInputTruncated, ErrStackTooSmall… errors.Is: ErrTruncated, ErrUnderflow …; a
//	                                     *SyntaxError has the opcode and where it is
//
//	og-rek                               here
//	NewDecoder(r).Decode()               NewDecoder(r).Decode(&v)
//	NewEncoder(w).Encode(v)              the same
//	ogórek.None, Tuple, Call, Class      nil, Tuple, *Object, Global
//	Ref, PersistentRef, PersistentLoad   PersistentID, Codec.PersistentLoad
//	Bytes, ByteString, unicode           []byte, ByteString, string
//
// What differs: a list met twice is one *List, so that what is appended later is seen
// through both; instances with attributes, sets, datetimes and other classes come without
// a FindClass; bytes and str are different keys and equal numbers are one; text that is
// no UTF-8 is an error, except for Python's lone surrogates; a GET of nothing, an APPEND
// to a dict and a cut pickle are errors, never a value or a panic.
package pickle
