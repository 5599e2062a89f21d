// Package sharedctypes has numbers, arrays and structures in memory that Go and
// Python processes share, as multiprocessing.sharedctypes does.
//
// They lie in blocks of package heap as C lays them out, which Go does too:
//
//	Python                   code  Go
//	c_byte, c_ubyte          b B   int8, uint8
//	c_short, c_ushort        h H   int16, uint16
//	c_int, c_uint            i I   int32, uint32
//	c_long, c_ulong          l L   int64, uint64 (q and Q too)
//	c_float, c_double        f d   float32, float64
//	c_bool                         bool
//	c_char, c_wchar          c u   Char, WChar (or uint8, int32, which leave as
//	                               c_ubyte and c_int)
//	a Structure                    a struct of these, see RegisterStruct
//
// A Value or Array pickles as it is, into the arguments of a process that is
// started; what arrives there is made one again by ValueOf or ArrayOf, which
// refuse a type of another layout. The memory stays mapped for as long as the
// process lives, so what Raw returns is always valid.
//
// A Value or an Array comes with an RLock, as in Python, unless it is raw: what
// NewRawValue and NewRawArray make.
// Python takes the lock for each access to an item, and for nothing longer.
package sharedctypes
