package pickle

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// ParseLiteral reads a value as Python code writes it: None, True, False and ...,
// numbers, str and bytes, and tuples, lists, dicts and sets of those. It is what
// ast.literal_eval reads, but for complex numbers, characters by name (\N{…}), a
// tuple without parentheses, a sign before parentheses, a backslash between lines
// outside of strings, and what is nested more than 200 deep. nan, inf and Ellipsis,
// as repr writes them, are read too, and ints of more than 4,300 digits. The error
// is a *LiteralError, or a TypeError for a key or member that is unhashable.
func ParseLiteral(text string) (any, error) {
	p := literalParser{text: oneNewline.Replace(text)}
	if p.at = strings.IndexByte(p.text, 0); p.at >= 0 {
		return nil, p.fail("text without null bytes")
	}
	p.at = 0
	p.blank()
	v, err := p.value()
	if p.blank(); err == nil && p.at < len(p.text) {
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

// oneNewline ends lines as Python does before it reads them.
var oneNewline = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// maxLiteralDepth is how deep literals may nest.
const maxLiteralDepth = 200

type literalParser struct {
	text  string
	at    int
	depth int
	open  int // brackets, within which a value may go on in the next line
}

func (p *literalParser) fail(want string) error { return &LiteralError{p.text, p.at, want} }

// space skips what stands between the parts of a value.
func (p *literalParser) space() {
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '#':
			p.comment()
		case c != ' ' && c != '\t' && c != '\f' && (c != '\n' || p.open == 0):
			return
		}
	}
}

// comment skips to the last byte of the line.
func (p *literalParser) comment() {
	for p.at+1 < len(p.text) && p.text[p.at+1] != '\n' {
		p.at++
	}
}

// blank skips space and lines around the value.
func (p *literalParser) blank() {
	p.open++
	p.space()
	p.open--
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
	case c == '(' || c == '[' || c == '{':
		p.at++
		p.open++
		defer func() { p.open-- }()
		return p.bracket(c)
	case p.quoteFollows():
		return p.strings()
	case p.next("..."):
		return Ellipsis, nil
	case c == '-' || c == '+' || c == '.' || '0' <= c && c <= '9':
		return p.number()
	}
	return p.word()
}

// bracket reads what a bracket, which was taken, begins.
func (p *literalParser) bracket(c byte) (any, error) {
	switch c {
	case '(':
		return p.tuple()
	case '[':
		items, _, err := p.items(']')
		return &List{Items: items}, err
	}
	return p.braces()
}

// words are the values that have names.
var words = map[string]any{"None": nil, "True": true, "False": false, "Ellipsis": Ellipsis, "nan": math.NaN(), "inf": math.Inf(1)}

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
		if p.next("(") {
			if p.blank(); p.next(")") {
				return NewSet(0), nil
			}
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
	items, comma, err := p.items(')')
	if err == nil && len(items) == 1 && !comma {
		return items[0], nil
	}
	return append(Tuple{}, items...), err
}

// braces reads a dict, or a set, which has at least one item.
func (p *literalParser) braces() (any, error) {
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
	if n, ok := new(big.Int).SetString(digits, 0); ok && !oldOctal(strings.TrimLeft(digits, "-")) {
		p.at = end
		if n.IsInt64() {
			return n.Int64(), nil
		}
		return n, nil
	}
	digits = ungroup(digits)
	if f, err := strconv.ParseFloat(digits, 64); (err == nil || math.IsInf(f, 0)) && strings.ContainsAny(digits, ".eE") && !strings.ContainsAny(digits, "xXpP_") {
		p.at = end
		return f, nil
	}
	p.at = start
	return nil, p.fail("a number")
}

// ungroup leaves out the underscores that are between digits.
func ungroup(digits string) string {
	b := make([]byte, 0, len(digits))
	for i := range len(digits) {
		if digits[i] != '_' || i == 0 || i+1 == len(digits) || !isDigit(digits[i-1]) || !isDigit(digits[i+1]) {
			b = append(b, digits[i])
		}
	}
	return string(b)
}

// oldOctal tells of an int that only Python 2 and Go have: zero, and only zero, may
// begin with a zero that no letter follows.
func oldOctal(digits string) bool {
	return digits[0] == '0' && strings.Trim(digits, "0_") != "" && (isDigit(digits[1]) || digits[1] == '_')
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// inNumber tells whether the byte at an offset goes on a number that began
// before: a sign does behind the e of an exponent.
func (p *literalParser) inNumber(at int) bool {
	switch c := p.text[at]; c {
	case '.', '_':
		return true
	case '-', '+':
		return (p.text[at-1] == 'e' || p.text[at-1] == 'E') && !strings.ContainsAny(p.text[p.at:at], "xX")
	default:
		return isAlnum(c)
	}
}
