package pickle

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// DisOptions say how Dis shows a pickle.
type DisOptions struct {
	// Plain leaves out what Python's pickletools.dis does not say, and
	// shows arguments whole.
	Plain bool
	// Width is the columns that lines are fitted to unless Plain is set, at
	// least MinDisWidth; 0 is 80.
	Width int
	// Base is added to the offsets that are shown, for data that is not
	// the beginning of its file.
	Base int
}

// MinDisWidth is the least DisOptions.Width.
const MinDisWidth = 40

// Dis writes what the first pickle in data says, an opcode a line, as Python's
// pickletools.dis does, and beside that the types and sizes of values and the
// classes that a Python would import and call. It returns what follows the
// pickle. Nothing is built: what a Decoder would refuse, Dis shows as far as
// the stack allows. An error is a *SyntaxError, or that of w, or tells of a
// Width that is too small.
func Dis(w io.Writer, data []byte, o DisOptions) (rest []byte, err error) {
	if len(data) > math.MaxInt32 {
		return data, &SyntaxError{Op: opStop, Err: &LimitError{"Bytes", math.MaxInt32}}
	}
	switch {
	case o.Width == 0:
		o.Width = 80
	case o.Width < MinDisWidth && !o.Plain:
		return data, fmt.Errorf("pickle: Dis: a Width of %d, less than %d", o.Width, MinDisWidth)
	}
	out := bufio.NewWriter(w)
	d := disassembler{DisOptions: o, t: newTracer(data)}
	for in, bad := range Instructions(data) {
		if err = bad; err != nil {
			break
		}
		d.opcode(in)
		if err = d.t.step(in); err == nil && !o.Plain {
			d.fit(d.note(in))
		}
		if !o.Plain {
			d.line = shorten(d.line, 0, o.Width)
		}
		out.Write(append(d.line, '\n'))
		rest = data[in.Offset+in.Size:]
		if err != nil {
			break
		}
	}
	if err == nil {
		d.summary(out, len(data)-len(rest))
	}
	if e := out.Flush(); e != nil {
		err = e
	}
	return rest, err
}

type disassembler struct {
	DisOptions
	t     *tracer
	line  []byte // the current one
	width int    // of it in columns
}

const (
	disIndent = 4
	disLevels = 100 // that are indented: a million marks would need terabytes
	fitLevels = 6   // the same, where lines are fitted
)

// noteColumn is where notes begin.
func (d *disassembler) noteColumn() int { return min(46, d.Width/2+6) }

// opcode writes what pickletools does of an opcode that is still to be executed.
func (d *disassembler) opcode(in Instruction) {
	b := appendPadded(d.line[:0], 5, strconv.Itoa(d.Base+in.Offset))
	b = append(b, ": "...)
	b = appendOpcode(b, in.Op)
	levels := min(len(d.t.marks), disLevels)
	if !d.Plain {
		levels = min(levels, fitLevels, (d.Width-32)/8) // 1 at MinDisWidth, 6 at 80
	}
	b = appendSpaces(b, disIndent*levels)
	name := in.Name()
	b = append(b, name...)
	d.line, d.width = b, len(b)
	remark := d.remark(in)
	has := opArgs[in.Op].kind != argNone
	if !has && remark == "" {
		return
	}
	b = appendSpaces(b, 10-len(name))
	d.width = len(b)
	if has {
		from := len(b)
		b = appendArgument(append(b, ' '), in)
		if room := d.noteColumn() - from - 2 - len(remark); !d.Plain {
			b = shorten(b, from+1, max(room, 12))
		}
		d.width += columnsOf(b[from:])
	}
	if remark != "" {
		b = append(append(b, ' '), remark...)
		d.width += 1 + len(remark)
	}
	d.line = b
}

func appendPadded(b []byte, width int, s string) []byte {
	return append(appendSpaces(b, width-len(s)), s...)
}

func appendSpaces(b []byte, n int) []byte {
	for ; n > 0; n-- {
		b = append(b, ' ')
	}
	return b
}

// appendOpcode writes the opcode as Python writes the character.
func appendOpcode(b []byte, op byte) []byte {
	if op < 0x80 {
		return append(b, op, ' ', ' ', ' ', ' ')
	}
	return append(b, '\\', 'x', hexDigits[op>>4], hexDigits[op&15], ' ')
}

// remark tells where the mark is, and which memo entry MEMOIZE means.
func (d *disassembler) remark(in Instruction) string {
	switch {
	case in.Op == opMemoize:
		return "(as " + strconv.Itoa(d.t.entries()) + ")"
	case !d.t.unmarks(in.Op):
		return ""
	case len(d.t.marks) == 0:
		return "no MARK exists on stack"
	}
	return "(MARK at " + strconv.Itoa(d.Base+int(d.t.marks[len(d.t.marks)-1].at)) + ")"
}

// appendArgument writes the argument as Python writes its value.
func appendArgument(b []byte, in Instruction) []byte {
	switch opArgs[in.Op].kind {
	case argLines:
		return appendString(b, strings.ReplaceAll(string(in.Arg), "\n", " "))
	case argInt:
		return appendNumber(b, in)
	}
	switch in.Op {
	case opInt, opLong, opFloat, opLong1, opLong4:
		return appendParsed(b, in)
	case opGet, opPut: // digits, or what is no number and no one has looked at
		return append(b, unquoted(string(in.Arg))...)
	case opShortBinBytes, opBinBytes, opBinBytes8:
		return appendBytes(b, in.Arg)
	case opByteArray8:
		return appendBytearray(b, in.Arg)
	case opShortBinString, opBinString:
		return appendString(b, latin1Text(in.Arg))
	case opString:
		v, _ := parseString(in.Arg)
		s, _ := v.(ByteString)
		return appendString(b, latin1Text([]byte(s)))
	case opUnicode:
		v, _ := parseUnicode(in.Arg)
		s, _ := v.(string)
		return appendString(b, s)
	}
	return appendString(b, textOf(in.Arg))
}

// appendNumber writes a binary number: a float, or one that only some opcodes sign.
func appendNumber(b []byte, in Instruction) []byte {
	if in.Op == opBinFloat {
		f, _ := floatArg(in.Op, in.Arg)
		return appendFloat(b, f, true)
	}
	var n uint64
	for i, c := range in.Arg {
		n |= uint64(c) << (8 * i)
	}
	if in.Op == opBinInt || in.Op == opExt4 {
		return strconv.AppendInt(b, int64(int32(n)), 10)
	}
	return strconv.AppendUint(b, n, 10)
}

// appendParsed writes a number that is text in the pickle, or is long.
func appendParsed(b []byte, in Instruction) []byte {
	var v any
	switch in.Op {
	case opLong1, opLong4:
		v = normal(longOf(in.Arg))
	case opInt:
		v, _ = parseInt(in.Arg)
	case opLong:
		v, _ = parseLong(in.Arg)
	case opFloat:
		v, _ = parseFloat(in.Arg)
	}
	if n, ok := v.(*big.Int); ok && n.BitLen() > 3*maxDigits {
		return append(b, fmt.Sprintf("<int of %d bits>", n.BitLen())...) // Python refuses to show it
	}
	if v == nil {
		return appendString(b, string(in.Arg))
	}
	p := printer{buf: b, room: math.MaxInt, visits: 1}
	p.repr(v)
	return p.buf
}

// fit sets the note beside the line, if the line leaves it room.
func (d *disassembler) fit(note string) {
	const least = 4
	gap := max(d.noteColumn()-d.width, 2)
	room := d.Width - d.width - gap
	if note == "" || room < least {
		return
	}
	d.line = appendSpaces(d.line, gap)
	from := len(d.line)
	d.line = shorten(append(d.line, note...), from, room)
}

// note tells what the opcode did.
func (d *disassembler) note(in Instruction) string {
	t := d.t
	switch in.Op {
	case opMark, opProto, opFrame, opMemoize, opPut, opBinPut, opLongBinPut, opPopMark:
		return ""
	case opPop:
		if t.made.at < 0 {
			return ""
		}
		return "drops " + t.describe(t.made)
	case opGet, opBinGet, opLongBinGet:
		if v := t.made; v.kind.grows() {
			return fmt.Sprintf("the %s of %d", traceNames[v.kind], d.Base+int(v.at))
		}
	case opGlobal, opStackGlobal:
		return "imports " + t.className(t.made.n)
	case opReduce, opObj, opInst:
		if t.made.kind == traceObject {
			return "calls what is no class"
		}
		return "calls " + t.className(t.made.n)
	case opNewObj, opNewObjEx:
		if t.made.kind == traceObject {
			return "new instance of what is no class"
		}
		return "new " + t.className(t.made.n)
	case opBuild:
		return "sets the state of " + t.describe(t.made)
	case opAppend, opAppends, opSetItem, opSetItems, opAddItems:
		return "now " + t.describe(t.made)
	case opStop:
		return "returns " + t.describe(t.made)
	}
	return t.describe(t.made)
}

// summary writes what pickletools ends with, and the sizes of all.
func (d *disassembler) summary(out *bufio.Writer, size int) {
	t := d.t
	fmt.Fprintf(out, "highest protocol among opcodes = %d\n", t.highest)
	if d.Plain {
		return
	}
	sizes := fmt.Sprintf("%s, %s, %s; %s", count(size, "byte"), count(t.ops, "opcode"),
		count(t.entries(), "memo entr"), t.describe(t.made))
	d.println(out, sizes)
	if n := len(t.stack); n > 0 {
		d.println(out, count(n, "value")+" left below it on the stack")
	}
	for _, use := range t.uses() {
		d.println(out, use.from(d.Base, d.Width))
	}
}

func (d *disassembler) println(out *bufio.Writer, line string) {
	out.Write(shorten([]byte(line), 0, d.Width))
	out.WriteByte('\n')
}

// count writes a number of things.
func count(n int, what string) string {
	plural := "s"
	if stem, ok := strings.CutSuffix(what, "entr"); ok {
		what, plural = stem+"entry", ""
		if n != 1 {
			what = stem + "entries"
		}
	}
	if n == 1 {
		plural = ""
	}
	return strconv.Itoa(n) + " " + what + plural
}

// className is the name of an import, for people. It may be long, and asked for
// again and again.
func (t *tracer) className(n int32) string {
	name, ok := t.names[n]
	if !ok {
		if len(t.names) > 256 || t.names == nil {
			t.names = map[int32]string{}
		}
		name = shortName(t.globalOf(t.imports[n]))
		t.names[n] = name
	}
	return name
}

// shortName is the name of a global, with what is not printable escaped and
// the middle left out if it is long.
func shortName(g Global) string {
	s := g.String()
	if len(s) > 120 {
		s = s[:60] + "…" + s[len(s)-50:]
	}
	return unquoted(s)
}

// unquoted escapes what is not printable.
func unquoted(s string) string {
	quoted := string(appendString(nil, s))
	return quoted[1 : len(quoted)-1]
}

// describe names a type and its size.
func (t *tracer) describe(v traced) string {
	switch v.kind {
	case traceNone:
		return "None"
	case traceBool, traceInt, traceFloat, tracePersistent, traceExtension, traceBuffer, traceObject:
		return traceNames[v.kind]
	case traceText, traceText2, traceBytes, traceBytearray:
		return traceNames[v.kind] + ", " + count(int(v.n), "byte")
	case traceGlobal:
		return "class or function " + t.className(v.n)
	case traceInstance:
		return "result of " + t.className(v.n)
	}
	return traceNames[v.kind] + " of " + strconv.Itoa(int(v.n))
}

var traceNames = [...]string{
	traceBool: "bool", traceInt: "int", traceFloat: "float", traceText: "str", traceText2: "str of Python 2",
	traceBytes: "bytes", traceBytearray: "bytearray", traceTuple: "tuple", traceList: "list", traceDict: "dict",
	traceSet: "set", traceFrozenSet: "frozenset", traceObject: "result of a call",
	tracePersistent: "value of a persistent id", traceExtension: "value of an extension code",
	traceBuffer: "out-of-band buffer",
}
