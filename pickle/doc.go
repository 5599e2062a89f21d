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
package pickle
