package spawn

import (
	"strings"
	"unicode/utf8"
)

// A file's name is bytes to the system and a str to Python, in which a byte that
// is no UTF-8 stands as a lone surrogate, U+DC80 to U+DCFF: surrogateescape.

// fsdecode is Python's os.fsdecode: what a name is called there.
func fsdecode(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for len(name) > 0 {
		r, n := utf8.DecodeRuneInString(name)
		if c := name[0]; r == utf8.RuneError && n == 1 {
			b.Write([]byte{0xed, 0xb0 | c>>6, 0x80 | c&0x3f})
		} else {
			b.WriteString(name[:n])
		}
		name = name[n:]
	}
	return b.String()
}

// fsencode is Python's os.fsencode: the bytes of a name.
func fsencode(text string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(text, 0xed)
		if i < 0 || i+2 >= len(text) {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		if hi, lo := text[i+1], text[i+2]; hi == 0xb2 || hi == 0xb3 {
			b.WriteByte(hi<<6 | lo&0x3f)
		} else {
			b.WriteString(text[i : i+3])
		}
		text = text[i+3:]
	}
}

func fsdecodeAll(names []string) []string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = fsdecode(name)
	}
	return texts
}
