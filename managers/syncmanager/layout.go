package syncmanager

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"unicode/utf16"

	"github.com/brine-go/brine/pickle"
)

// A layout is how a number or a character lies in memory.
type layout struct {
	kind kind
	size int
	big  bool // most significant byte first
}

type kind uint8

const (
	unsigned kind = iota
	signed
	float
	utf
	char // a str of Python 2
)

// machineFormats are the formats that array._array_reconstructor numbers.
var machineFormats = [...]layout{
	{unsigned, 1, false}, {signed, 1, false},
	{unsigned, 2, false}, {unsigned, 2, true}, {signed, 2, false}, {signed, 2, true},
	{unsigned, 4, false}, {unsigned, 4, true}, {signed, 4, false}, {signed, 4, true},
	{unsigned, 8, false}, {unsigned, 8, true}, {signed, 8, false}, {signed, 8, true},
	{float, 4, false}, {float, 4, true}, {float, 8, false}, {float, 8, true},
	{utf, 2, false}, {utf, 2, true}, {utf, 4, false}, {utf, 4, true},
}

// decode reads items from memory.
func (l layout) decode(b []byte) ([]any, error) {
	if len(b)%l.size != 0 {
		return nil, pickle.ValueError.New("bytes length not a multiple of item size")
	}
	n := len(b) / l.size
	if err := checkSize(n); err != nil {
		return nil, err
	}
	items := make([]any, 0, n)
	for ; len(b) > 0; b = b[l.size:] {
		item, err := l.item(l.word(b))
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	if l.kind == utf && l.size == 2 {
		items = joinSurrogates(items)
	}
	return items, nil
}

// word reads the first l.size bytes as one unsigned number.
func (l layout) word(b []byte) uint64 {
	var order binary.ByteOrder = binary.LittleEndian
	if l.big {
		order = binary.BigEndian
	}
	switch l.size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(order.Uint16(b))
	case 4:
		return uint64(order.Uint32(b))
	}
	return order.Uint64(b)
}

func (l layout) item(word uint64) (any, error) {
	switch l.kind {
	case signed:
		shift := 64 - 8*l.size
		return int64(word<<shift) >> shift, nil
	case float:
		if l.size == 4 {
			return float64(math.Float32frombits(uint32(word))), nil
		}
		return math.Float64frombits(word), nil
	case utf:
		if word > 0x10ffff {
			return nil, pickle.ValueError.New(fmt.Sprintf("character U+%x is not in range [U+0000; U+10ffff]", word))
		}
		return character(rune(word)), nil
	case char:
		return pickle.ByteString([]byte{byte(word)}), nil
	}
	if word > math.MaxInt64 {
		return new(big.Int).SetUint64(word), nil
	}
	return int64(word), nil
}

// character returns a code point as a str; a lone surrogate has three bytes.
func character(r rune) string {
	if utf16.IsSurrogate(r) {
		return string([]byte{0xe0 | byte(r>>12), 0x80 | byte(r>>6)&0x3f, 0x80 | byte(r)&0x3f})
	}
	return string(r)
}

// joinSurrogates makes one character of each pair of surrogates.
func joinSurrogates(items []any) []any {
	out := items[:0]
	for i := 0; i < len(items); i++ {
		if i+1 < len(items) {
			pair := utf16.DecodeRune(surrogate(items[i]), surrogate(items[i+1]))
			if pair != 0xfffd {
				out = append(out, string(pair))
				i++
				continue
			}
		}
		out = append(out, items[i])
	}
	return out
}

// surrogate returns the code point of a surrogate as character writes it, or 0.
func surrogate(v any) rune {
	s, _ := v.(string)
	if len(s) != 3 || s[0] != 0xed || s[1] < 0xa0 {
		return 0
	}
	return rune(s[0]&0x0f)<<12 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f)
}
