package pickle

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// quoteFor returns the quote that Python puts around s.
func quoteFor(s string) byte {
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		return '"'
	}
	return '\''
}

// appendBytes appends the repr of bytes.
func appendBytes(buf, b []byte) []byte {
	quote := quoteFor(textOf(b))
	return append(appendBytesWithin(append(buf, 'b', quote), b, quote), quote)
}

// appendBytearray appends the repr of a bytearray, in which Python escapes a
// single quote between double quotes too.
func appendBytearray(buf, b []byte) []byte {
	quote := quoteFor(textOf(b))
	buf = append(append(buf, "bytearray(b"...), quote)
	return append(appendBytesWithin(buf, b, '\''), quote, ')')
}

func appendBytesWithin(buf, b []byte, quote byte) []byte {
	for _, c := range b {
		if c < utf8.RuneSelf {
			buf = appendASCII(buf, c, quote)
		} else {
			buf = append(buf, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return buf
}

// appendString appends the repr of a str, whose lone surrogates are 3 bytes
// each. Bytes that are no text at all show as the surrogates that Python's
// surrogateescape makes of them.
func appendString(buf []byte, s string) []byte {
	quote := quoteFor(s)
	buf = append(buf, quote)
	for len(s) > 0 {
		if c := s[0]; c < utf8.RuneSelf {
			buf = appendASCII(buf, c, quote)
			s = s[1:]
			continue
		}
		r, n := codePoint(s)
		if isPrintable(r) {
			buf = append(buf, s[:n]...)
		} else {
			buf = appendEscape(buf, r)
		}
		s = s[n:]
	}
	return append(buf, quote)
}

func appendASCII(buf []byte, c, quote byte) []byte {
	switch c {
	case quote, '\\':
		return append(buf, '\\', c)
	case '\t':
		return append(buf, `\t`...)
	case '\n':
		return append(buf, `\n`...)
	case '\r':
		return append(buf, `\r`...)
	}
	if c < ' ' || c == 0x7f {
		return append(buf, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
	}
	return append(buf, c)
}

func appendEscape(buf []byte, r rune) []byte {
	letter, digits := byte('x'), 2
	switch {
	case r > 0xffff:
		letter, digits = 'U', 8
	case r > 0xff:
		letter, digits = 'u', 4
	}
	buf = append(buf, '\\', letter)
	for digits > 0 {
		digits--
		buf = append(buf, hexDigits[r>>(4*digits)&15])
	}
	return buf
}

// codePoint returns the first code point of s, which is not empty, and its
// length. It may be a surrogate.
func codePoint(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r != utf8.RuneError || n > 1:
		return r, n
	case isSurrogate(s):
		return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return 0xdc00 | rune(s[0]), 1
}

// isSurrogate tells whether s begins with a surrogate, as UTF-8 would have it.
func isSurrogate(s string) bool {
	return len(s) >= 3 && s[0] == 0xed && s[1]&0xe0 == 0xa0 && s[2]&0xc0 == 0x80
}

// isPrintable is str.isprintable as of Unicode 15.1, which Python 3.13 has; Go
// knows 15.0.
func isPrintable(r rune) bool {
	switch {
	case r >= 0x2ffc && r <= 0x2fff, r == 0x31ef, r >= 0x2ebf0 && r <= 0x2ee5d:
		return true
	}
	return strconv.IsPrint(r)
}

// appendCodePoint appends r as UTF-8 would have it, surrogates too.
func appendCodePoint(buf []byte, r rune) []byte {
	if r >= 0xd800 && r < 0xe000 {
		return append(buf, 0xed, 0x80|byte(r>>6&0x3f), 0x80|byte(r&0x3f))
	}
	return utf8.AppendRune(buf, r)
}
