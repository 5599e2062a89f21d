package pickle

import (
	"encoding/binary"
	"math"
	"unicode/utf16"
)

// array writes an array.array, which comes as its items, or as bytes and the
// number of the machine format that they are in.
func (p *printer) array(o *Object) (bool, error) {
	args := o.arguments()
	if g, ok := o.Class.(Global); ok && g.isReconstructor() && len(args) == 4 {
		format, ok := args[2].(int64)
		data, ok2 := args[3].([]byte)
		if !ok || !ok2 {
			return false, nil
		}
		v, ok := machineArray(format, data)
		return p.arrayCall(args[1], v, ok)
	}
	if len(args) != 2 {
		return false, nil
	}
	switch items := args[1].(type) {
	case string:
		return p.arrayCall(args[0], items, true)
	case *List:
		return p.arrayCall(args[0], joined(args[0], items), true)
	case []byte: // as multiprocessing's pickler sends them
		format, ok := nativeFormats[args[0]]
		if !ok {
			return false, nil
		}
		v, ok := machineArray(format, items)
		return p.arrayCall(args[0], v, ok)
	}
	return false, nil
}

// nativeFormats are the machine formats of typecodes on 64-bit machines with
// the lower byte first.
var nativeFormats = map[any]int64{
	"B": 0, "b": 1, "H": 2, "h": 4, "I": 6, "i": 8, "L": 10, "Q": 10, "l": 12, "q": 12, "f": 14, "d": 16, "u": 20, "w": 20,
}

// arrayCall writes an empty array without its items.
func (p *printer) arrayCall(code, v any, ok bool) (bool, error) {
	code, isText := textOfValue(code)
	if !isText || !ok {
		return false, nil
	}
	if list, isList := v.(*List); v == "" || isList && len(list.Items) == 0 {
		return true, p.call("array", code)
	}
	return true, p.call("array", code, v)
}

// joined makes a str of the characters of a text array. Longer items, which Python
// refuses, may be shared: together they could be any length.
func joined(code any, items *List) any {
	if code != "u" && code != "w" {
		return items
	}
	var text []byte
	for _, item := range items.Items {
		s, ok := item.(string)
		if !ok || s == "" {
			return items
		}
		if _, n := codePoint(s); n != len(s) {
			return items
		}
		text = append(text, s...)
	}
	return string(text)
}

// machineArray reads the formats of array's _array_reconstructor: pairs of
// little and big endian, from 2 on.
func machineArray(format int64, data []byte) (any, bool) {
	if format < 0 || format > 21 {
		return nil, false
	}
	var order binary.ByteOrder = binary.LittleEndian
	if format%2 == 1 {
		order = binary.BigEndian
	}
	size := []int{1, 2, 2, 4, 4, 8, 8, 4, 8, 2, 4}[format/2]
	if len(data)%size != 0 {
		return nil, false
	}
	if format >= 18 {
		return machineText(size, order, data), true
	}
	list := NewList()
	for ; len(data) > 0; data = data[size:] {
		list.Items = append(list.Items, machineItem(format, order, data))
	}
	return list, true
}

func machineItem(format int64, order binary.ByteOrder, b []byte) any {
	switch format {
	case 0:
		return int64(b[0])
	case 1:
		return int64(int8(b[0]))
	case 2, 3:
		return int64(order.Uint16(b))
	case 4, 5:
		return int64(int16(order.Uint16(b)))
	case 6, 7:
		return int64(order.Uint32(b))
	case 8, 9:
		return int64(int32(order.Uint32(b)))
	case 10, 11:
		return integer(order.Uint64(b))
	case 12, 13:
		return int64(order.Uint64(b))
	case 14, 15:
		return float64(math.Float32frombits(order.Uint32(b)))
	}
	return math.Float64frombits(order.Uint64(b))
}

func machineText(size int, order binary.ByteOrder, data []byte) string {
	var text []byte
	var units []uint16
	for ; len(data) > 0; data = data[size:] {
		if size == 2 {
			units = append(units, order.Uint16(data))
		} else {
			text = appendCodePoint(text, rune(order.Uint32(data)&0x1fffff))
		}
	}
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if i+1 < len(units) {
			if both := utf16.DecodeRune(r, rune(units[i+1])); both != 0xfffd {
				r = both
				i++
			}
		}
		text = appendCodePoint(text, r)
	}
	return string(text)
}
