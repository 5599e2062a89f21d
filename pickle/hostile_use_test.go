package pickle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/netip"
	"time"
)

// usual takes what a pickle names outside of itself as it came.
var usual = Codec{
	PersistentLoad: func(_ context.Context, id any) (any, error) { return PersistentID{id}, nil },
	ExtensionLoad:  func(_ context.Context, code int32) (any, error) { return Extension(code), nil },
	Buffers:        [][]byte{[]byte("first"), []byte("second")},
}

// hostileUses are the ways to use a pickle, or the value of one. They return
// what must not be, and errors, which are fine.
var hostileUses = []struct {
	name string
	use  func(data []byte, value any) (broken string, err error)
}{
	{"Decode", useDecode},
	{"Unmarshal []any", useUnmarshal[[]any]},
	{"Unmarshal [][][]string", useUnmarshal[[][][]string]},
	{"Unmarshal map[string]any", useUnmarshal[map[string]any]},
	{"Unmarshal map[any][]float64", useUnmarshal[map[any][]float64]},
	{"Unmarshal struct", useUnmarshal[struct {
		A, B **struct{ A, B any }
		X    []int
	}]},
	{"Unmarshal [2]any", useUnmarshal[[2]any]},
	{"Unmarshal map[any]any", useUnmarshal[map[any]any]},
	{"Unmarshal []struct", useUnmarshal[[]struct{ A, B []int }]},
	{"Unmarshal []map[any]any", useUnmarshal[[]map[any]any]},
	{"Unmarshal []time.Time", useUnmarshal[[]time.Time]},
	{"Unmarshal map[*big.Int]netip.Addr", useUnmarshal[map[*big.Int]netip.Addr]},
	{"Unmarshal []Raw", useUnmarshal[[]Raw]},
	{"Scan", useScan},
	{"NewRaw", useNewRaw},
	{"encode", useEncode(DefaultProtocol)},
	{"encode 0", useEncode(Protocol0)},
	{"encode 2", useEncode(Protocol2)},
	{"encode again 0", useAgain(Protocol0)},
	{"encode again 1", useAgain(Protocol1)},
	{"encode again 2", useAgain(Protocol2)},
	{"encode again 3", useAgain(Protocol3)},
	{"encode again 4", useAgain(Protocol4)},
	{"encode again 5", useAgain(Protocol5)},
	{"Stdlib", useStdlib},
	{"Stdlib again", useStdlibAgain},
	{"Stdlib look", useStdlibLook},
	{"repr", func(_ []byte, v any) (string, error) { _, err := Repr(v); return "", err }},
	{"str", func(_ []byte, v any) (string, error) { _, err := Str(v); return "", err }},
	{"hash", func(_ []byte, v any) (string, error) { _, err := Hash(v); return "", err }},
	{"equal", useEqual},
	{"compare", useCompare},
	{"dis", useDis},
	{"imports", useImports},
	{"instructions", useInstructions},
	{"Decoder", useDecoder},
	{"Items", useItems},
	{"Entries", useEntries},
	{"Recode 0", useRecode(Protocol0)},
	{"Recode 2", useRecode(Protocol2)},
	{"Recode 5", useRecode(Protocol5)},
	{"JSON", useJSON},
}

func useDecode(data []byte, _ any) (string, error) {
	_, err := Codec{}.Decode(context.Background(), data)
	return "", err
}

// useUnmarshal reads into a type that fits a little of what may come.
func useUnmarshal[T any](data []byte, _ any) (string, error) {
	var v T
	return "", usual.Unmarshal(context.Background(), data, &v)
}

func useScan(data []byte, _ any) (string, error) {
	var v View
	if err := v.Scan(data, Limits{}); err != nil {
		return "", err
	}
	for range v.Globals() {
	}
	for i := range v.Len() {
		for _, it := range append([]Item{v.At(i)}, v.Children(i)...) {
			v.Text(it)
			v.Int(it)
			if raw, ok := v.Raw(it); ok {
				if _, err := (Codec{}).AppendValue(context.Background(), nil, raw); err != nil {
					return "", err
				}
			}
		}
	}
	return "", nil
}

func useNewRaw(data []byte, _ any) (string, error) {
	raw, err := NewRaw(data)
	if err != nil {
		return "", err
	}
	if _, err := raw.Value(context.Background(), Codec{}); err != nil {
		return "", err
	}
	_, err = Codec{}.AppendValue(context.Background(), nil, raw)
	return "", err
}

// useEncode writes what was decoded.
func useEncode(p Protocol) func([]byte, any) (string, error) {
	return func(_ []byte, v any) (string, error) {
		c := usual
		c.Protocol = p
		_, err := c.Marshal(context.Background(), v)
		return "", err
	}
}

// useAgain writes what was decoded, and what comes back from that: the bytes
// must be the same.
func useAgain(p Protocol) func([]byte, any) (string, error) {
	return func(data []byte, v any) (string, error) {
		if len(data) > 100_000 {
			return "", nil // takes a value and three pickles
		}
		c := usual
		c.Protocol = p
		return fixedPoint(c, v), nil
	}
}

func fixedPoint(c Codec, v any) (broken string) {
	first, err := c.Marshal(context.Background(), v)
	if err != nil {
		return "" // such as a name that the protocol has no opcode for
	}
	back, err := c.Decode(context.Background(), first)
	if isLimit(err) {
		return "" // what was shared may be so no more
	}
	if err != nil {
		return fmt.Sprintf("it is written as %q, which is: %v", clip(first), err)
	}
	second, err := c.Marshal(context.Background(), back)
	if err != nil || !bytes.Equal(first, second) {
		return fmt.Sprintf("it is written as %q, and that as %q (%v)", clip(first), clip(second), err)
	}
	return ""
}

// withStdlib is usual that knows the classes of the standard library.
var withStdlib = func() Codec {
	c := usual
	c.Registry = Stdlib()
	return c
}()

func useStdlib(data []byte, _ any) (string, error) {
	v, err := withStdlib.Decode(context.Background(), data)
	if err != nil || len(data) > 100_000 {
		return "", err
	}
	_, err = Repr(v)
	return "", err
}

func useStdlibAgain(data []byte, _ any) (string, error) {
	v, err := withStdlib.Decode(context.Background(), data)
	if err != nil || len(data) > 100_000 {
		return "", err
	}
	return fixedPoint(withStdlib, v), nil
}

// useStdlibLook looks at values that compute something to be compared or written.
func useStdlibLook(data []byte, _ any) (string, error) {
	v, err := withStdlib.Decode(context.Background(), data)
	if err != nil {
		return "", err
	}
	_, hashed := Hash(v)
	_, compared := Compare(v, "<=", v)
	_, written := withStdlib.Marshal(context.Background(), v)
	_, shown := Str(v)
	return "", errors.Join(hashed, compared, written, shown)
}

func useEqual(data []byte, v any) (string, error) {
	other, err := usual.Decode(context.Background(), data)
	if err != nil {
		return "", err
	}
	if _, err := Equal(v, v); err != nil {
		return "", err
	}
	_, err = Equal(v, other)
	return "", err
}

func useCompare(data []byte, v any) (string, error) {
	other, err := usual.Decode(context.Background(), data)
	if err != nil {
		return "", err
	}
	_, err = Compare(v, "<", other)
	return "", err
}

func useDis(data []byte, _ any) (string, error) {
	if _, err := Dis(io.Discard, data, DisOptions{Plain: true}); err != nil {
		return "", err
	}
	_, err := Dis(io.Discard, data, DisOptions{})
	return "", err
}

// useImports judges what would be imported.
func useImports(data []byte, _ any) (string, error) {
	imports, _, err := Imports(data)
	for _, i := range imports {
		if Judge(i.Global) > Dangerous {
			return "there is no such verdict", nil
		}
	}
	return "", err
}

func useInstructions(data []byte, _ any) (string, error) {
	end := 0
	for in, err := range Instructions(data) {
		if err != nil {
			return "", err
		}
		if in.Offset != end {
			return fmt.Sprintf("an instruction at %d follows one that ends at %d", in.Offset, end), nil
		}
		end += in.Size
	}
	return "", nil
}

// useDecoder reads a stream of pickles that arrives in pieces, whose offsets grow.
func useDecoder(data []byte, _ any) (string, error) {
	d := usual.NewDecoder(&pieces{data, 1 + len(data)/8})
	for {
		at := d.InputOffset()
		var v any
		if err := d.Decode(&v); err != nil {
			return "", err
		}
		if d.InputOffset() <= at {
			return "a pickle of no bytes was read", nil
		}
	}
}

func useItems(data []byte, _ any) (string, error) {
	for _, err := range ItemsWith[any](context.Background(), usual, data) {
		if err != nil {
			return "", err
		}
	}
	for _, err := range ItemsWith[[]string](context.Background(), usual, data) {
		if err != nil {
			return "", err
		}
	}
	return "", nil
}

func useEntries(data []byte, _ any) (string, error) {
	for _, err := range EntriesWith[any, any](context.Background(), usual, data) {
		if err != nil {
			return "", err
		}
	}
	for _, err := range EntriesWith[string, int](context.Background(), usual, data) {
		if err != nil {
			return "", err
		}
	}
	return "", nil
}

// useRecode writes the pickle for an old and for a new Python.
func useRecode(p Protocol) func([]byte, any) (string, error) {
	return func(data []byte, _ any) (string, error) {
		_, _, err := Codec{Protocol: p, Buffers: usual.Buffers}.Recode(context.Background(), nil, data)
		return "", err
	}
}

func useJSON(data []byte, _ any) (string, error) {
	var out jsonCheck
	_, err := WriteJSON(&out, data)
	if err == nil && out.last != '\n' {
		return "JSON without end", nil
	}
	return "", err
}

// jsonCheck remembers the last byte that was written.
type jsonCheck struct{ last byte }

func (c *jsonCheck) Write(b []byte) (int, error) {
	c.last = b[len(b)-1]
	return len(b), nil
}

func isLimit(err error) bool {
	_, ok := errors.AsType[*LimitError](err)
	return ok || errors.Is(err, MemoryError)
}
