package pickle

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// quoteFollows tells whether a string comes next, which may have letters before its
// quote.
func (p *literalParser) quoteFollows() bool {
	i := p.at
	for i < len(p.text) && i < p.at+2 && strings.IndexByte("bBrRuU", p.text[i]) >= 0 {
		i++
	}
	return i < len(p.text) && (p.text[i] == '\'' || p.text[i] == '"')
}

// strings reads a str or bytes, of which there may be parts side by side.
func (p *literalParser) strings() (any, error) {
	s, isBytes, err := p.string()
	for p.space(); err == nil && p.quoteFollows(); p.space() {
		at := p.at
		var more []byte
		var alike bool
		if more, alike, err = p.string(); err == nil && alike != isBytes {
			p.at = at
			err = p.fail("a string of the kind before it")
		}
		s = append(s, more...)
	}
	switch {
	case err != nil:
		return nil, err
	case isBytes:
		return append([]byte{}, s...), nil
	}
	return string(s), nil
}

// string reads one string.
func (p *literalParser) string() (s []byte, isBytes bool, err error) {
	start := p.at
	for isAlnum(p.text[p.at]) {
		p.at++
	}
	prefix := strings.ToLower(p.text[start:p.at])
	switch prefix {
	case "", "u", "b", "r", "br", "rb":
	default:
		p.at = start
		return nil, false, p.fail("a string")
	}
	isBytes = strings.Contains(prefix, "b")
	body, from, err := p.quoted()
	if err != nil {
		return nil, isBytes, err
	}
	if i := strings.IndexFunc(body, func(r rune) bool { return r >= utf8.RuneSelf }); i >= 0 && isBytes {
		p.at = from + i
		return nil, isBytes, p.fail("a byte in ASCII")
	}
	if strings.Contains(prefix, "r") {
		return []byte(body), isBytes, nil
	}
	s, bad := unquote(body, !isBytes)
	if bad < 0 {
		return s, isBytes, nil
	}
	p.at = from + bad
	if strings.HasPrefix(body[bad:], `\N{`) {
		return nil, isBytes, p.fail("an escape by number (characters are not known by name)")
	}
	return nil, isBytes, p.fail("an escape")
}

// quoted reads what is between two quotes, or between three and three, where it may
// have lines. from is where it begins.
func (p *literalParser) quoted() (body string, from int, err error) {
	quote := p.text[p.at : p.at+1]
	if three := strings.Repeat(quote, 3); strings.HasPrefix(p.text[p.at:], three) {
		quote = three
	}
	from = p.at + len(quote)
	for i := from; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '\\':
			i++
		case c == '\n' && len(quote) == 1:
			return "", 0, p.fail("a string on one line")
		case strings.HasPrefix(p.text[i:], quote):
			p.at = i + len(quote)
			return p.text[from:i], from, nil
		}
	}
	p.at = len(p.text)
	return "", 0, p.fail("the end of the string")
}

// unquote replaces the escapes of a str or bytes. bad is where one is wrong, or
// -1.
func unquote(body string, text bool) (out []byte, bad int) {
	s := []byte(body)
	for len(s) > 0 {
		if s[0] != '\\' {
			out, s = append(out, s[0]), s[1:]
			continue
		}
		at := len(body) - len(s)
		if len(s) > 1 && s[1] == '\n' { // the line goes on
			s = s[2:]
			continue
		}
		if n, size := octalEscape(s); text && n > math.MaxUint8 { // of bytes, only 8 bits count
			out, s = utf8.AppendRune(out, n), s[size:]
			continue
		}
		if digits := escapeDigits(s, text); digits > 0 {
			n, err := strconv.ParseUint(string(s[2:min(2+digits, len(s))]), 16, 32)
			if err != nil || len(s) < 2+digits || n > utf8.MaxRune {
				return nil, at
			}
			out, s = appendWTF8(out, rune(n)), s[2+digits:]
			continue
		}
		plain, rest, err := unescape(nil, s[1:])
		if err != nil || text && s[1] == 'N' {
			return nil, at
		}
		if text && len(plain) == 1 { // of Latin-1
			out = utf8.AppendRune(out, rune(plain[0]))
		} else {
			out = append(out, plain...)
		}
		s = rest
	}
	return out, -1
}

// octalEscape is the value of an escape by octal digits, and its length.
func octalEscape(s []byte) (n rune, size int) {
	for size = 1; size < min(4, len(s)) && '0' <= s[size] && s[size] <= '7'; size++ {
		n = 8*n + rune(s[size]-'0')
	}
	return n, size
}

// escapeDigits is how many digits follow \u or \U.
func escapeDigits(s []byte, text bool) int {
	switch {
	case !text || len(s) < 2:
		return 0
	case s[1] == 'u':
		return 4
	case s[1] == 'U':
		return 8
	}
	return 0
}
