package pickle

import (
	"bytes"
	"context"
	"testing"
)

// What can be decoded can be encoded, and what comes back from that is written in
// the same bytes; or once more, where a pickle changes what has no identity here (a class,
// a persistent id, an extension): the first time that is memoized as it was changed, and
// to who reads that it is memoized before. No pickler writes such changes, and to Python
// both are the same.
func FuzzDecode(f *testing.F) {
	for _, vec := range pickleVectors(f) {
		if len(vec.data) < 500 {
			f.Add(vec.data)
		}
	}
	f.Add([]byte("\x80\x02cm\nS\n]cm\nC\n)\x81q\x00a\x85Rq\x01h\x00}X\x01\x00\x00\x00sh\x01sb0."))
	f.Add([]byte("\x80\x04\x8c\x01m\x8c\x01C\x93)}\x8c\x01aK\x01s\x92q\x00(h\x00e\x8c\x01m\x8c\x01f\x93)R0."))
	f.Add([]byte("]q\x00(h\x00\x85h\x00\x85e."))
	f.Add([]byte("(K\x01im\nC\n}b."))
	f.Add([]byte("\x80\x03c__builtin__\nset\n]\x85Rc__builtin__\nfrozenset\n]\x85R\x86."))
	c := Codec{
		Limits:         Limits{Memory: 16 << 20},
		PersistentLoad: func(_ context.Context, id any) (any, error) { return PersistentID{id}, nil },
		ExtensionLoad:  func(_ context.Context, code int32) (any, error) { return Extension(code), nil },
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := c.Decode(t.Context(), data)
		if err != nil || len(data) > 4096 {
			return
		}
		var written [][]byte
		for len(written) < 2 || len(written) < 3 && !bytes.Equal(written[0], written[1]) {
			next, err := c.Marshal(t.Context(), v)
			if err != nil && written == nil {
				return // such as an object that is its own argument
			}
			if err != nil {
				t.Fatalf("%q was written as %q, which cannot be written: %v", data, written, err)
			}
			written = append(written, next)
			if v, err = c.Decode(t.Context(), next); err != nil {
				t.Fatalf("%q was written as %q: %v", data, written, err)
			}
		}
		if n := len(written); !bytes.Equal(written[n-2], written[n-1]) {
			t.Fatalf("one after the other was written, from %q:\n%q", data, written)
		}
	})
}
