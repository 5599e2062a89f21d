package pickle

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseLiteral reads a value as Python code writes it: None, True and False,
// numbers, str and bytes, and tuples, lists, dicts and sets of those. It is what
// ast.literal_eval reads, but for complex numbers and what spans lines; nan and
// inf, as repr writes them, are read too.
func ParseLiteral(text string) (any, error) {
	p := literalParser{text: text}
	v, err := p.value()
	if p.space(); err == nil && p.at < len(text) {
		err = p.fail("nothing more")
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// A LiteralError tells where a text stops being a literal.
type LiteralError struct {
	Text   string
	Offset int // in bytes
	Want   string
}

func (e *LiteralError) Error() string {
	rest := e.Text[e.Offset:]
	if rest == "" {
		return fmt.Sprintf("pickle: the literal %q ends where %s should be", e.Text, e.Want)
	}
	if len(rest) > 20 {
		rest = rest[:20] + "…"
	}
	return fmt.Sprintf("pickle: literal: %q at offset %d where %s should be", rest, e.Offset, e.Want)
}

// maxLiteralDepth is how deep literals may nest.
const maxLiteralDepth = 200

type literalParser struct {
	text  string
	at    int
	depth int
}

func (p *literalParser) fail(want string) error { return &LiteralError{p.text, p.at, want} }

func (p *literalParser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n\f", p.text[p.at]) >= 0 {
		p.at++
	}
}

// next takes the text if it comes next.
func (p *literalParser) next(text string) bool {
	p.space()
	if !strings.HasPrefix(p.text[p.at:], text) {
		return false
	}
	p.at += len(text)
	return true
}

func (p *literalParser) peek() byte {
	p.space()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *literalParser) value() (any, error) {
	if p.depth++; p.depth > maxLiteralDepth {
		return nil, p.fail("no deeper value")
	}
	defer func() { p.depth-- }()
	switch c := p.peek(); {
	case c == '(':
		return p.tuple()
	case c == '[':
		p.at++
		items, _, err := p.items(']')
		return &List{Items: items}, err
	case c == '{':
		return p.braces()
	case c == '\'' || c == '"':
		return p.str()
	case strings.IndexByte("bBrRuU", c) >= 0 && c != 0 && p.quoteFollows():
		return p.prefixed()
	case c == '-' || c == '+' || c == '.' || '0' <= c && c <= '9':
		return p.number()
	}
	return p.word()
}

// words are the values that have names.
var words = map[string]any{"None": nil, "True": true, "False": false, "nan": math.NaN(), "inf": math.Inf(1)}

func (p *literalParser) word() (any, error) {
	end := p.at
	for end < len(p.text) && (p.text[end] == '_' || isAlnum(p.text[end])) {
		end++
	}
	word := p.text[p.at:end]
	if v, ok := words[word]; ok {
		p.at = end
		return v, nil
	}
	if word == "set" {
		p.at = end
		if p.next("(") && p.next(")") {
			return NewSet(0), nil
		}
		return nil, p.fail("() of an empty set")
	}
	return nil, p.fail("a value")
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// items reads values up to the end, which is taken, too. comma tells whether one
// was behind the last.
func (p *literalParser) items(end byte) (items []any, comma bool, err error) {
	for {
		if p.peek() == end {
			p.at++
			return items, comma, nil
		}
		if len(items) > 0 && !comma {
			return nil, false, p.fail("a comma or " + string(end))
		}
		v, err := p.value()
		if err != nil {
			return nil, false, err
		}
		items = append(items, v)
		comma = p.next(",")
	}
}

// tuple reads a tuple, or a value in parentheses.
func (p *literalParser) tuple() (any, error) {
	p.at++
	items, comma, err := p.items(')')
	if err == nil && len(items) == 1 && !comma {
		return items[0], nil
	}
	return append(Tuple{}, items...), err
}

// braces reads a dict, or a set, which has at least one item.
func (p *literalParser) braces() (any, error) {
	p.at++
	if p.next("}") {
		return NewDict(0), nil
	}
	start := p.at
	first, err := p.value()
	if err != nil {
		return nil, err
	}
	if p.peek() == ':' {
		p.at = start
		return p.dict()
	}
	p.at = start
	items, _, err := p.items('}')
	if err != nil {
		return nil, err
	}
	s := NewSet(len(items))
	for _, item := range append([]any{first}, items[1:]...) {
		if _, err := s.Add(item); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p *literalParser) dict() (any, error) {
	d := NewDict(0)
	for comma := true; ; comma = p.next(",") {
		if p.next("}") {
			return d, nil
		}
		if !comma {
			return nil, p.fail("a comma or }")
		}
		key, err := p.value()
		if err != nil {
			return nil, err
		}
		if !p.next(":") {
			return nil, p.fail("a colon")
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		if err := d.Set(key, v); err != nil {
			return nil, err
		}
	}
}

func (p *literalParser) number() (any, error) {
	start := p.at
	sign := p.text[p.at]
	if sign == '-' || sign == '+' {
		if p.at++; p.peek() == 'i' {
			v, err := p.word()
			if f, ok := v.(float64); ok && sign == '-' {
				return -f, err
			}
			return v, err
		}
	}
	end := p.at
	for end < len(p.text) && p.inNumber(end) {
		end++
	}
	digits := p.text[p.at:end]
	if sign == '-' {
		digits = "-" + digits
	}
	plain := strings.TrimLeft(digits, "-")
	if n, ok := new(big.Int).SetString(digits, 0); ok && (plain[0] != '0' || strings.Trim(plain, "0_") == "" || !isDigit(plain[1])) {
		p.at = end
		if n.IsInt64() {
			return n.Int64(), nil
		}
		return n, nil
	}
	if f, err := strconv.ParseFloat(digits, 64); (err == nil || math.IsInf(f, 0)) && strings.ContainsAny(digits, ".eE") && !strings.ContainsAny(digits, "xXpP_") {
		p.at = end
		return f, nil
	}
	p.at = start
	return nil, p.fail("a number")
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// inNumber tells whether the byte at an offset goes on a number that began
// before: a sign does behind the e of an exponent.
func (p *literalParser) inNumber(at int) bool {
	switch c := p.text[at]; c {
	case '.', '_':
		return true
	case '-', '+':
		return at > 0 && (p.text[at-1] == 'e' || p.text[at-1] == 'E') && !strings.ContainsAny(p.text[p.at:at], "xX")
	default:
		return isAlnum(c)
	}
}

// quoteFollows tells whether letters that come next are the prefix of a string.
func (p *literalParser) quoteFollows() bool {
	i := p.at
	for i < len(p.text) && i < p.at+3 && isAlnum(p.text[i]) {
		i++
	}
	return i < len(p.text) && (p.text[i] == '\'' || p.text[i] == '"')
}

func (p *literalParser) prefixed() (any, error) {
	start := p.at
	for isAlnum(p.text[p.at]) {
		p.at++
	}
	switch prefix := strings.ToLower(p.text[start:p.at]); prefix {
	case "u":
		return p.str()
	case "b":
		return p.bytes(false)
	case "r":
		s, err := p.quoted()
		return s, err
	case "br", "rb":
		return p.bytes(true)
	}
	p.at = start
	return nil, p.fail("a string")
}

func (p *literalParser) str() (any, error) {
	body, err := p.quoted()
	if err != nil {
		return nil, err
	}
	s, bad := unquote(body, true)
	if bad >= 0 {
		p.at -= len(body) + 1 - bad
		return nil, p.fail("an escape")
	}
	return string(s), nil
}

func (p *literalParser) bytes(raw bool) (any, error) {
	body, err := p.quoted()
	if err != nil {
		return nil, err
	}
	for i := range len(body) {
		if body[i] >= utf8.RuneSelf {
			p.at -= len(body) + 1 - i
			return nil, p.fail("a byte in ASCII")
		}
	}
	if raw {
		return []byte(body), nil
	}
	s, bad := unquote(body, false)
	if bad >= 0 {
		p.at -= len(body) + 1 - bad
		return nil, p.fail("an escape")
	}
	return append([]byte{}, s...), nil
}

// quoted reads what is between two quotes.
func (p *literalParser) quoted() (string, error) {
	quote, start := p.text[p.at], p.at+1
	for i := start; i < len(p.text); i++ {
		switch p.text[i] {
		case '\\':
			i++
		case '\n':
			return "", p.fail("a string on one line")
		case quote:
			p.at = i + 1
			return p.text[start:i], nil
		}
	}
	p.at = len(p.text)
	return "", p.fail("the end of the string")
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
		if digits := escapeDigits(s, text); digits > 0 {
			n, err := strconv.ParseUint(string(s[2:min(2+digits, len(s))]), 16, 32)
			if err != nil || len(s) < 2+digits || n > utf8.MaxRune {
				return nil, at
			}
			out, s = appendWTF8(out, rune(n)), s[2+digits:]
			continue
		}
		plain, rest, err := unescape(nil, s[1:])
		if err != nil {
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
