// Package pickle reads and writes Python's pickle format, protocols 0 to 5.
//
// Nothing that a pickle names is ever run: a value of an unknown class becomes
// an inert *Object that is written back as it came.
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
package pickle
