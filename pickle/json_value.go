package pickle

import (
	"encoding/base64"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// fresh writes a value that was not met before.
func (j *jsonWriter) fresh(v any) {
	switch x := v.(type) {
	case nil:
		j.text("null")
	case bool:
		j.text(strconv.FormatBool(x))
	case int64:
		j.text(strconv.FormatInt(x, 10))
	case *big.Int:
		j.bigInt(x)
	case float64:
		j.float(x)
	case string:
		j.quoted(x)
	case ByteString:
		if isASCII(string(x)) {
			j.quoted(string(x))
		} else {
			j.base64("bytes", []byte(x))
		}
	case []byte:
		j.base64("bytes", x)
	case *Bytearray:
		j.base64("bytearray", x.Bytes)
	case *Buffer:
		j.base64("buffer", x.Bytes)
	case complex128:
		j.named("complex", func() { j.items([]any{real(x), imag(x)}) })
	case *List:
		j.items(x.Items)
	case Tuple:
		j.named("tuple", func() { j.items(x) })
	case *Set:
		j.named("set", func() { j.items(slices.Collect(x.All())) })
	case *FrozenSet:
		j.named("frozenset", func() { j.items(slices.Collect(x.All())) })
	case Slice:
		j.named("slice", func() { j.items([]any{x.Start, x.Stop, x.Step}) })
	case Range:
		j.named("range", func() { j.items([]any{x.Start, x.Stop, x.Step}) })
	case *Dict:
		j.dict(x)
	case Global:
		j.named("global", func() { j.quoted(x.String()) })
	case Extension:
		j.named("extension", func() { j.text(strconv.Itoa(int(x))) })
	case PersistentID:
		j.named("persistent", func() { j.value(x.ID) })
	case *Exception:
		j.exception(x)
	case *Object:
		j.object(x)
	default:
		j.standard(v)
	}
}

// named writes an object with one key, or the first of several.
func (j *jsonWriter) named(word string, value func(), more ...func()) {
	j.text("{")
	j.entry("$"+word, value)
	for _, f := range more {
		f()
	}
	j.text("}")
}

// entry writes a key and its value.
func (j *jsonWriter) entry(word string, value func()) {
	j.text(strconv.Quote(word) + ": ")
	value()
}

// also is an entry that follows another.
func (j *jsonWriter) also(word string, value func()) func() {
	return func() {
		j.text(", ")
		j.entry(word, value)
	}
}

func (j *jsonWriter) items(items []any) {
	j.text("[")
	for i, v := range items {
		if i > 0 {
			j.text(", ")
		}
		j.value(v)
	}
	j.text("]")
}

// pairs writes keys and values one after the other as lists of two.
func (j *jsonWriter) pairs(items []any) {
	j.text("[")
	for i := 0; i+1 < len(items); i += 2 {
		if i > 0 {
			j.text(", ")
		}
		j.items(items[i : i+2])
	}
	j.text("]")
}

// dict writes an object if JSON can tell its keys.
func (j *jsonWriter) dict(d *Dict) {
	for k := range d.All() {
		if name, ok := k.(string); !ok || len(name) >= longText || strings.HasPrefix(name, "$") {
			j.named("dict", func() { j.pairs(d.flat()) })
			return
		}
	}
	j.text("{")
	comma := ""
	for k, v := range d.All() {
		j.text(comma)
		comma = ", "
		j.quoted(k.(string))
		j.text(": ")
		j.value(v)
	}
	j.text("}")
}

func (j *jsonWriter) bigInt(n *big.Int) {
	if n.BitLen() < bitsForSure {
		j.text(n.String())
		return
	}
	j.named("int", func() {
		sign := ""
		if n.Sign() < 0 {
			sign = "-"
		}
		j.text(`"` + sign + "0x" + new(big.Int).Abs(n).Text(16) + `"`)
	})
}

func (j *jsonWriter) float(f float64) {
	text := string(appendFloat(nil, f, true))
	if math.IsNaN(f) || math.IsInf(f, 0) {
		j.named("float", func() { j.quoted(text) })
		return
	}
	j.text(text)
}

// quoted writes text. A lone surrogate, which Python's str may have, is escaped: JSON
// has a word for it where UTF-8 has none. So is what a terminal would obey instead of
// showing it.
func (j *jsonWriter) quoted(s string) {
	b := make([]byte, 0, len(s)+2)
	b = append(b, '"')
	done := 0 // what is copied of s
	for i := 0; i < len(s); {
		if c := s[i]; ' ' <= c && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		if c == utf8.RuneError {
			c, size = codePoint(s[i:])
		}
		if ofLetters(c) || !isFormat(c) && c != '"' && c != '\\' {
			i += size
			continue
		}
		b = append(b, s[done:i]...)
		i += size
		done = i
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', byte(c))
		case c > math.MaxUint16:
			high, low := utf16.EncodeRune(c)
			b = appendJSONEscape(appendJSONEscape(b, high), low)
		default:
			b = appendJSONEscape(b, c)
		}
	}
	b = append(b, s[done:]...)
	j.text(string(append(b, '"')))
}

// ofLetters tells of the scripts of Europe and of East Asia, without a search: they
// have nothing that isFormat.
func ofLetters(c rune) bool { return 0xad < c && c < 0x600 || 0x206f < c && c < 0xd800 }

// isFormat tells of controls, of what formats text and parts lines, and of surrogates.
// What else is not printable shows as a space or a box, and people may have put it there.
func isFormat(c rune) bool {
	return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Cs)
}

func appendJSONEscape(b []byte, c rune) []byte {
	return append(b, '\\', 'u', hexDigits[c>>12&0xf], hexDigits[c>>8&0xf], hexDigits[c>>4&0xf], hexDigits[c&0xf])
}

func (j *jsonWriter) base64(word string, b []byte) {
	j.named(word, func() { j.text(`"` + base64.StdEncoding.EncodeToString(b) + `"`) })
}

// standard writes an instance of a class of the standard library.
func (j *jsonWriter) standard(v any) {
	word := TypeName(v)
	switch x := v.(type) {
	case *Deque:
		j.named(word, func() { j.items(x.Items) }, j.deque(x)...)
	case *DefaultDict:
		j.named(word, func() { j.pairs(x.flat()) }, j.also("factory", func() { j.value(x.Factory) }))
	case *OrderedDict:
		j.named(word, func() { j.pairs(x.flat()) }, j.state(x.State)...)
	case *Counter:
		j.named(word, func() { j.pairs(x.flat()) }, j.state(x.State)...)
	case *SimpleNamespace:
		j.named(word, func() { j.dict(&x.Dict) })
	case *Array:
		list, _ := x.list()
		j.named(word, func() { j.value(list) }, j.also("typecode", func() { j.quoted(string(rune(x.Typecode))) }))
	case Datetime:
		naive := x
		naive.Zone = nil
		j.zoned(x, naive, x.Zone, x.Fold)
	case Time:
		naive := x
		naive.Zone = nil
		j.zoned(x, naive, x.Zone, x.Fold)
	case Timezone:
		j.named(word, func() { j.str(x) }, j.offset(x)...)
	default:
		j.named(word, func() { j.str(v) })
	}
}

// state is an entry for the attributes of an instance, if it has some.
func (j *jsonWriter) state(v any) []func() {
	if v == nil {
		return nil
	}
	return []func(){j.also("state", func() { j.value(v) })}
}

func (j *jsonWriter) deque(q *Deque) []func() {
	if q.MaxLen == nil {
		return nil
	}
	return []func(){j.also("maxlen", func() { j.text(strconv.Itoa(*q.MaxLen)) })}
}

// zoned writes a time with its offset, or, where the zone is more than that, without it
// and the zone beside it.
func (j *jsonWriter) zoned(v, naive, zone any, fold bool) {
	var more []func()
	if tz, ok := zone.(Timezone); zone != nil && (!ok || tz.Named) {
		v = naive
		more = append(more, j.also("zone", func() { j.value(zone) }))
	}
	if fold {
		more = append(more, j.also("fold", func() { j.text("1") }))
	}
	j.named(TypeName(v), func() { j.str(v) }, more...)
}

// offset is an entry for the offset of a time zone whose name does not tell it.
func (j *jsonWriter) offset(z Timezone) []func() {
	if !z.Named {
		return nil
	}
	offset := Timezone{Offset: z.Offset}
	return []func(){j.also("offset", func() { j.str(offset) })}
}

// str writes what Python's str prints.
func (j *jsonWriter) str(v any) {
	text, err := Str(v)
	if err != nil && j.err == nil {
		j.err = err
	}
	j.quoted(text)
}

func (j *jsonWriter) exception(x *Exception) {
	more := append([]func(){j.also("args", func() { j.items(x.Args) })}, j.state(x.State)...)
	if x.Cause != nil {
		more = append(more, j.also("cause", func() { j.value(x.Cause) }))
	}
	j.named("exception", func() { j.quoted(string(x.Class)) }, more...)
}

// jsonConstructions are the words for how an Object comes into being.
var jsonConstructions = map[Construction]string{
	Reduce: "call", NewObj: "new", NewObjEx: "new", Inst: "inst", Lookup: "lookup", Existing: "changed",
}

func (j *jsonWriter) object(o *Object) {
	j.depth += 2 // it takes as much stack as three lists
	defer func() { j.depth -= 2 }()
	var more []func()
	made := func() { j.class(o.Class) }
	args, isTuple := o.Args.(Tuple)
	switch {
	case o.How == Existing || o.How == Lookup:
		made = func() { j.value(o.Args) }
	case !isTuple:
		more = append(more, j.also("args", func() { j.value(o.Args) }))
	case len(args) > 0:
		more = append(more, j.also("args", func() { j.items(args) }))
	}
	if o.Kwargs != nil {
		more = append(more, j.also("kwargs", func() { j.value(o.Kwargs) }))
	}
	if len(o.Ops) == 1 && o.Ops[0].Kind == Build && o.How != Existing {
		more = append(more, j.also("state", func() { j.value(o.Ops[0].Items[0]) }))
	} else if len(o.Ops) > 0 {
		more = append(more, j.also("then", func() { j.changes(o.Ops) }))
	}
	j.named(jsonConstructions[o.How], made, more...)
}

// class writes a class by its name, if it has one.
func (j *jsonWriter) class(v any) {
	if g, ok := v.(Global); ok {
		j.quoted(g.String())
		return
	}
	j.value(v)
}

func (j *jsonWriter) changes(ops []Op) {
	j.text("[")
	for i, op := range ops {
		if i > 0 {
			j.text(", ")
		}
		j.text("{")
		switch op.Kind {
		case Build:
			j.entry("state", func() { j.value(op.Items[0]) })
		case Effect:
			j.entry("effect", func() { j.value(op.Items[0]) })
		case Append:
			j.entry("append", func() { j.items(op.Items) })
		case AddItems:
			j.entry("add", func() { j.items(op.Items) })
		case SetItems:
			j.entry("items", func() { j.pairs(op.Items) })
		}
		j.text("}")
	}
	j.text("]")
}
