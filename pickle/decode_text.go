package pickle

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// textValue executes the opcodes of protocol 0 whose argument is a line.
func (d *decoder) textValue(op byte) error {
	line, err := d.line()
	if err != nil {
		return err
	}
	if err := d.charge(2*len(line) + 32); err != nil {
		return err
	}
	var v any
	switch op {
	case opInt:
		v, err = parseInt(line)
	case opLong:
		if v, err = parseLong(line); d.longs && err == nil {
			v, _ = bigOf(v)
		}
	case opFloat:
		v, err = parseFloat(line)
	case opString:
		v, err = parseString(line)
	case opUnicode:
		v, err = parseUnicode(line)
	}
	if err != nil {
		return err
	}
	d.push(v)
	return nil
}

// parseInt reads the argument of INT. Two spellings of 0 and 1 are booleans.
func parseInt(line []byte) (any, error) {
	switch string(line) {
	case "00":
		return false, nil
	case "01":
		return true, nil
	}
	return parseLong(line)
}

// parseLong reads the argument of LONG, which Python 2 ends with an L.
func parseLong(line []byte) (any, error) {
	s := strings.TrimSpace(string(line))
	s = strings.TrimSuffix(s, "L")
	most := maxDigits
	if digits, hex := strings.CutPrefix(strings.TrimPrefix(s, "-"), "0x"); hex {
		most = 2*defaultLong + len(s) - len(digits) // which takes no time
	}
	if len(strings.TrimPrefix(s, "-")) > most {
		return nil, &LimitError{"digits", int64(most)}
	}
	if disputed(s) {
		return nil, fmt.Errorf("invalid integer %q: Pythons disagree on leading zeros", clip(line))
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	n, ok := new(big.Int).SetString(s, 0)
	if !ok || strings.Contains(s, "_") {
		return nil, fmt.Errorf("invalid integer %q", clip(line))
	}
	return normal(n), nil
}

// disputed tells whether some Pythons read a number as octal and others as decimal
// or not at all. None writes such a one.
func disputed(s string) bool {
	digits := strings.TrimLeft(s, "+-")
	return len(digits) > 1 && digits[0] == '0' && digits[1] <= '9' && strings.Trim(digits, "0") != ""
}

func parseFloat(line []byte) (any, error) {
	s := strings.TrimSpace(string(line))
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) || strings.ContainsAny(s, "_xXpP") {
		return nil, fmt.Errorf("invalid float %q", clip(line))
	}
	return f, nil
}

var (
	errQuotes = errors.New("the STRING opcode argument must be quoted")
	errEscape = errors.New("invalid escape in a string")
)

// parseString reads the argument of STRING: the repr of Python 2's str.
func parseString(line []byte) (any, error) {
	n := len(line)
	if n < 2 || line[0] != line[n-1] || line[0] != '\'' && line[0] != '"' {
		return nil, errQuotes
	}
	s := line[1 : n-1]
	out := make([]byte, 0, len(s))
	for len(s) > 0 {
		if s[0] != '\\' {
			out, s = append(out, s[0]), s[1:]
			continue
		}
		var err error
		if out, s, err = unescape(out, s[1:]); err != nil {
			return nil, err
		}
	}
	return ByteString(textOf(out)), nil
}

var simpleEscapes = map[byte]byte{
	'\\': '\\', '\'': '\'', '"': '"', 'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
}

// unescape appends what follows a backslash at the start of s, and returns
// what is left of s.
func unescape(out, s []byte) (outNew, rest []byte, err error) {
	if len(s) == 0 {
		return nil, nil, errEscape
	}
	c := s[0]
	if r, ok := simpleEscapes[c]; ok {
		return append(out, r), s[1:], nil
	}
	switch {
	case c == 'x':
		if len(s) < 3 {
			return nil, nil, errEscape
		}
		n, err := strconv.ParseUint(string(s[1:3]), 16, 8)
		if err != nil {
			return nil, nil, errEscape
		}
		return append(out, byte(n)), s[3:], nil
	case c >= '0' && c <= '7':
		n, i := 0, 0
		for i < len(s) && i < 3 && s[i] >= '0' && s[i] <= '7' {
			n = 8*n + int(s[i]-'0')
			i++
		}
		return append(out, byte(n)), s[i:], nil
	}
	return append(out, '\\', c), s[1:], nil
}

// parseUnicode reads the argument of UNICODE: Latin-1 where a backslash with u
// or U begins a code point, unless another backslash stands before it.
func parseUnicode(line []byte) (any, error) {
	out := make([]byte, 0, len(line))
	for i := 0; i < len(line); {
		c := line[i]
		i++
		if c != '\\' || i == len(line) {
			out = utf8.AppendRune(out, rune(c))
			continue
		}
		kind := line[i]
		i++
		digits := 0
		switch kind {
		case 'u':
			digits = 4
		case 'U':
			digits = 8
		default:
			out = utf8.AppendRune(append(out, '\\'), rune(kind))
			continue
		}
		if len(line)-i < digits {
			return nil, errEscape
		}
		n, err := strconv.ParseUint(string(line[i:i+digits]), 16, 32)
		if err != nil || n > utf8.MaxRune {
			return nil, errEscape
		}
		out = appendWTF8(out, rune(n))
		i += digits
	}
	return textOf(out), nil
}

// appendWTF8 appends a code point, a surrogate too.
func appendWTF8(b []byte, r rune) []byte {
	if r >= 0xd800 && r <= 0xdfff {
		return append(b, 0xed, 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f)
	}
	return utf8.AppendRune(b, r)
}
