package pickle

import "fmt"

// The opcodes, by the names that Python's pickletools gives them.
const (
	opMark           = '('
	opStop           = '.'
	opPop            = '0'
	opPopMark        = '1'
	opDup            = '2'
	opFloat          = 'F'
	opInt            = 'I'
	opBinInt         = 'J'
	opBinInt1        = 'K'
	opLong           = 'L'
	opBinInt2        = 'M'
	opNone           = 'N'
	opPersID         = 'P'
	opBinPersID      = 'Q'
	opReduce         = 'R'
	opString         = 'S'
	opBinString      = 'T'
	opShortBinString = 'U'
	opUnicode        = 'V'
	opBinUnicode     = 'X'
	opAppend         = 'a'
	opBuild          = 'b'
	opGlobal         = 'c'
	opDict           = 'd'
	opEmptyDict      = '}'
	opAppends        = 'e'
	opGet            = 'g'
	opBinGet         = 'h'
	opInst           = 'i'
	opLongBinGet     = 'j'
	opList           = 'l'
	opEmptyList      = ']'
	opObj            = 'o'
	opPut            = 'p'
	opBinPut         = 'q'
	opLongBinPut     = 'r'
	opSetItem        = 's'
	opTuple          = 't'
	opEmptyTuple     = ')'
	opSetItems       = 'u'
	opBinFloat       = 'G'

	// protocol 2
	opProto    = 0x80
	opNewObj   = 0x81
	opExt1     = 0x82
	opExt2     = 0x83
	opExt4     = 0x84
	opTuple1   = 0x85
	opTuple2   = 0x86
	opTuple3   = 0x87
	opNewTrue  = 0x88
	opNewFalse = 0x89
	opLong1    = 0x8a
	opLong4    = 0x8b

	// protocol 3
	opBinBytes      = 'B'
	opShortBinBytes = 'C'

	// protocol 4
	opShortBinUnicode = 0x8c
	opBinUnicode8     = 0x8d
	opBinBytes8       = 0x8e
	opEmptySet        = 0x8f
	opAddItems        = 0x90
	opFrozenSet       = 0x91
	opNewObjEx        = 0x92
	opStackGlobal     = 0x93
	opMemoize         = 0x94
	opFrame           = 0x95

	// protocol 5
	opByteArray8     = 0x96
	opNextBuffer     = 0x97
	opReadOnlyBuffer = 0x98
)

var opNames = [256]string{
	opMark: "MARK", opStop: "STOP", opPop: "POP", opPopMark: "POP_MARK", opDup: "DUP",
	opFloat: "FLOAT", opInt: "INT", opBinInt: "BININT", opBinInt1: "BININT1", opLong: "LONG",
	opBinInt2: "BININT2", opNone: "NONE", opPersID: "PERSID", opBinPersID: "BINPERSID",
	opReduce: "REDUCE", opString: "STRING", opBinString: "BINSTRING",
	opShortBinString: "SHORT_BINSTRING", opUnicode: "UNICODE", opBinUnicode: "BINUNICODE",
	opAppend: "APPEND", opBuild: "BUILD", opGlobal: "GLOBAL", opDict: "DICT",
	opEmptyDict: "EMPTY_DICT", opAppends: "APPENDS", opGet: "GET", opBinGet: "BINGET",
	opInst: "INST", opLongBinGet: "LONG_BINGET", opList: "LIST", opEmptyList: "EMPTY_LIST",
	opObj: "OBJ", opPut: "PUT", opBinPut: "BINPUT", opLongBinPut: "LONG_BINPUT",
	opSetItem: "SETITEM", opTuple: "TUPLE", opEmptyTuple: "EMPTY_TUPLE",
	opSetItems: "SETITEMS", opBinFloat: "BINFLOAT",
	opProto: "PROTO", opNewObj: "NEWOBJ", opExt1: "EXT1", opExt2: "EXT2", opExt4: "EXT4",
	opTuple1: "TUPLE1", opTuple2: "TUPLE2", opTuple3: "TUPLE3", opNewTrue: "NEWTRUE",
	opNewFalse: "NEWFALSE", opLong1: "LONG1", opLong4: "LONG4",
	opBinBytes: "BINBYTES", opShortBinBytes: "SHORT_BINBYTES",
	opShortBinUnicode: "SHORT_BINUNICODE", opBinUnicode8: "BINUNICODE8",
	opBinBytes8: "BINBYTES8", opEmptySet: "EMPTY_SET", opAddItems: "ADDITEMS",
	opFrozenSet: "FROZENSET", opNewObjEx: "NEWOBJ_EX", opStackGlobal: "STACK_GLOBAL",
	opMemoize: "MEMOIZE", opFrame: "FRAME",
	opByteArray8: "BYTEARRAY8", opNextBuffer: "NEXT_BUFFER", opReadOnlyBuffer: "READONLY_BUFFER",
}

// An argKind says what follows an opcode.
type argKind uint8

const (
	argNone  argKind = iota
	argLine          // up to a newline
	argLines         // two of them
	argInt           // a binary number, of the size that the opcode says
	argSized         // a length, and as many bytes
)

// An argLayout is the kind of an argument and the size of its number or length.
type argLayout struct {
	kind argKind
	size uint8
}

var opArgs = [256]argLayout{
	opInt: {argLine, 0}, opLong: {argLine, 0}, opFloat: {argLine, 0}, opString: {argLine, 0}, opUnicode: {argLine, 0},
	opGet: {argLine, 0}, opPut: {argLine, 0}, opPersID: {argLine, 0},
	opGlobal: {argLines, 0}, opInst: {argLines, 0},
	opBinInt1: {argInt, 1}, opBinInt2: {argInt, 2}, opBinInt: {argInt, 4}, opBinFloat: {argInt, 8},
	opBinGet: {argInt, 1}, opLongBinGet: {argInt, 4}, opBinPut: {argInt, 1}, opLongBinPut: {argInt, 4},
	opProto: {argInt, 1}, opFrame: {argInt, 8}, opExt1: {argInt, 1}, opExt2: {argInt, 2}, opExt4: {argInt, 4},
	opLong1: {argSized, 1}, opLong4: {argSized, 4},
	opShortBinString: {argSized, 1}, opBinString: {argSized, 4},
	opShortBinBytes: {argSized, 1}, opBinBytes: {argSized, 4}, opBinBytes8: {argSized, 8}, opByteArray8: {argSized, 8},
	opShortBinUnicode: {argSized, 1}, opBinUnicode: {argSized, 4}, opBinUnicode8: {argSized, 8},
}

// opProtocol is the first protocol that has the opcode.
func opProtocol(op byte) int {
	switch {
	case op >= opByteArray8:
		return 5
	case op >= opShortBinUnicode:
		return 4
	case op >= opProto:
		return 2
	}
	switch op {
	case opBinBytes, opShortBinBytes:
		return 3
	case opPopMark, opBinInt, opBinInt1, opBinInt2, opBinPersID, opBinString, opShortBinString, opBinUnicode,
		opEmptyDict, opAppends, opBinGet, opLongBinGet, opEmptyList, opObj, opBinPut, opLongBinPut, opEmptyTuple,
		opSetItems, opBinFloat:
		return 1
	}
	return 0
}

// opName names an opcode for messages.
func opName(op byte) string {
	if name := opNames[op]; name != "" {
		return name
	}
	return fmt.Sprintf("opcode %#02x", op)
}
