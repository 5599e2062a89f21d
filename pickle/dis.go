package pickle

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// DisOptions say how Dis shows a pickle.
type DisOptions struct {
	// Plain leaves out what Python's pickletools.dis does not say, and
	// shows arguments whole.
	Plain bool
	// Width is what lines are fitted to unless Plain is set; 0 is 80.
	Width int
	// Base is added to the offsets that are shown, for data that is not
	// the beginning of its file.
	Base int
}

// Dis writes what the first pickle in data says, an opcode a line, as Python's
// pickletools.dis does, and beside that the types and sizes of values and the
// classes that a Python would import and call. It returns what follows the
// pickle. Nothing is built: what a Decoder would refuse, Dis shows as far as
// the stack allows. An error is a *SyntaxError, or that of w.
func Dis(w io.Writer, data []byte, o DisOptions) (rest []byte, err error) {
	if len(data) > math.MaxInt32 {
		return data, &SyntaxError{Op: opStop, Err: &LimitError{"Bytes", math.MaxInt32}}
	}
	if o.Width <= 0 {
		o.Width = 80
	}
	out := bufio.NewWriter(w)
	d := disassembler{DisOptions: o, t: newTracer(data)}
	for in, bad := range Instructions(data) {
		if err = bad; err != nil {
			break
		}
		line := d.opcode(in)
		if err = d.t.step(in); err == nil && !o.Plain {
			line = d.fit(line, d.note(in))
		}
		out.WriteString(line)
		out.WriteByte('\n')
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
	t *tracer
}

const (
	disIndent  = 4
	disLevels  = 100 // that are indented: a million marks would need terabytes
	fitLevels  = 6   // the same, where lines are fitted
	noteColumn = 46
)

// opcode writes what pickletools does of an opcode that is still to be executed.
func (d *disassembler) opcode(in Instruction) string {
	var b strings.Builder
	levels := min(len(d.t.marks), disLevels)
	if !d.Plain {
		levels = min(levels, fitLevels)
	}
	fmt.Fprintf(&b, "%5d: %-4s %*s%s", d.Base+in.Offset, showOpcode(in.Op), disIndent*levels, "", in.Name())
	arg, has := showArgument(in)
	remark := d.remark(in)
	if !has && remark == "" {
		return b.String()
	}
	fmt.Fprintf(&b, "%*s", max(10-len(in.Name()), 0), "")
	if has {
		if room := noteColumn - utf8.RuneCountInString(b.String()) - 2 - len(remark); !d.Plain {
			arg = shorten(arg, max(room, 12))
		}
		b.WriteString(" " + arg)
	}
	if remark != "" {
		b.WriteString(" " + remark)
	}
	return b.String()
}

// remark tells where the mark is, and which memo entry MEMOIZE means.
func (d *disassembler) remark(in Instruction) string {
	switch {
	case in.Op == opMemoize:
		return fmt.Sprintf("(as %d)", d.t.entries())
	case !d.t.unmarks(in.Op):
		return ""
	case len(d.t.marks) == 0:
		return "no MARK exists on stack"
	}
	return fmt.Sprintf("(MARK at %d)", d.Base+int(d.t.marks[len(d.t.marks)-1].at))
}

// showOpcode is the opcode as Python writes the character.
func showOpcode(op byte) string {
	if op < 0x80 {
		return string(rune(op))
	}
	return fmt.Sprintf(`\x%02x`, op)
}

// showArgument is the argument as Python writes its value.
func showArgument(in Instruction) (s string, has bool) {
	layout := opArgs[in.Op]
	switch layout.kind {
	case argNone:
		return "", false
	case argLines:
		return showText(strings.ReplaceAll(string(in.Arg), "\n", " ")), true
	case argInt:
		return showNumber(in), true
	}
	switch in.Op {
	case opInt, opLong, opFloat, opLong1, opLong4:
		return showParsed(in), true
	case opGet, opPut:
		return string(in.Arg), true
	case opPersID:
		return showText(string(in.Arg)), true
	case opShortBinBytes, opBinBytes, opBinBytes8:
		return string(appendBytes(nil, in.Arg)), true
	case opByteArray8:
		return string(appendBytearray(nil, in.Arg)), true
	case opShortBinString, opBinString:
		return showText(latin1Text(in.Arg)), true
	case opString:
		v, _ := parseString(in.Arg)
		s, _ := v.(ByteString)
		return showText(latin1Text([]byte(s))), true
	case opUnicode:
		v, _ := parseUnicode(in.Arg)
		s, _ := v.(string)
		return showText(s), true
	}
	return showText(string(in.Arg)), true
}

func showText(s string) string { return string(appendString(nil, s)) }

// showNumber is a binary number: a float, or one that only some opcodes sign.
func showNumber(in Instruction) string {
	if in.Op == opBinFloat {
		f, _ := floatArg(in.Op, in.Arg)
		return string(appendFloat(nil, f, true))
	}
	var n uint64
	for i, c := range in.Arg {
		n |= uint64(c) << (8 * i)
	}
	if in.Op == opBinInt || in.Op == opExt4 {
		return strconv.FormatInt(int64(int32(n)), 10)
	}
	return strconv.FormatUint(n, 10)
}

// showParsed is a number that is written as text, or is long.
func showParsed(in Instruction) string {
	var v any
	switch in.Op {
	case opLong1, opLong4:
		v = int64(0)
		if len(in.Arg) > 0 {
			v = normal(longOf(in.Arg))
		}
	case opInt:
		v, _ = parseInt(in.Arg)
	case opLong:
		v, _ = parseLong(in.Arg)
	case opFloat:
		v, _ = parseFloat(in.Arg)
	}
	if n, ok := v.(*big.Int); ok && n.BitLen() > maxDigits*3 {
		return fmt.Sprintf("<int of %d bits>", n.BitLen()) // Python refuses to show it
	}
	if v == nil {
		return showText(string(in.Arg))
	}
	s, err := Repr(v)
	if err != nil {
		return showText(string(in.Arg))
	}
	return s
}

// shorten cuts s to so many characters.
func shorten(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	for i := range s {
		if width--; width <= 0 {
			return s[:i] + "…"
		}
	}
	return s
}

// fit sets the note beside the line.
func (d *disassembler) fit(line, note string) string {
	if note == "" {
		return line
	}
	width := utf8.RuneCountInString(line)
	gap := max(noteColumn-width, 2)
	return line + strings.Repeat(" ", gap) + shorten(note, max(d.Width-width-gap, 8))
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
	fmt.Fprintln(out, shorten(sizes, d.Width))
	if n := len(t.stack); n > 0 {
		fmt.Fprintf(out, "%s left below it on the stack\n", count(n, "value"))
	}
	for _, use := range t.uses() {
		fmt.Fprintln(out, shorten(use.from(d.Base), d.Width))
	}
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

// className is the name of an import, for people.
func (t *tracer) className(n int32) string { return shortName(t.globalOf(t.imports[n])) }

// shortName is the name of a global, with what is not printable escaped and
// the middle left out if it is long.
func shortName(g Global) string {
	s := g.String()
	if len(s) > 120 {
		s = s[:60] + "…" + s[len(s)-50:]
	}
	quoted := showText(s)
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
