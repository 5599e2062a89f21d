package pickle

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// pieces is a reader that gives a few bytes at a time.
type pieces struct {
	data []byte
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.data) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.data[:min(p.size, len(p.data))])
	p.data = p.data[n:]
	return n, nil
}

// FuzzStream holds a Decoder, whose pickles arrive in pieces, to Unmarshal, and the
// iterators to what Decode makes.
func FuzzStream(f *testing.F) {
	for i, vec := range pickleVectors(f) {
		if len(vec.data) < 500 {
			f.Add(append(bytes.Clone(vec.data), "K\x01."...), byte(i))
		}
	}
	f.Add([]byte("\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00](K\x01\x95\x02\x00\x00\x00\x00\x00\x00\x00e."), byte(1))
	f.Add([]byte("\x95\xff\xff\xff\xff\xff\xff\xff\x7fN.N."), byte(2))
	f.Add([]byte("Vab\n.cm\nC\n."), byte(1))
	f.Fuzz(func(t *testing.T, data []byte, size byte) {
		if len(data) > 4096 {
			return
		}
		c := usual
		c.Limits.Memory, c.Alias = 16<<20, size%2 == 0
		d := c.NewDecoder(&pieces{data, int(size) + 1})
		for rest := data; ; {
			var streamed, whole any
			err := d.Decode(&streamed)
			end, endErr := c.first(rest)
			if len(rest) == 0 || endErr != nil || !endsWell(rest, end) {
				if err == nil || len(rest) == 0 && err != io.EOF || len(rest) > 0 && err == io.EOF {
					t.Fatalf("%q goes on with %q: %v", data, rest, err)
				}
				return
			}
			checkItems(t, c, rest[:end])
			wholeErr := c.Unmarshal(background, rest[:end], &whole)
			rest = rest[end:]
			if (err == nil) != (wholeErr == nil) || err != nil && err.Error() != wholeErr.Error() {
				t.Fatalf("%q, of which %q remains: %v as it comes, %v at once", data, rest, err, wholeErr)
			}
			if err == nil && !alike(&streamed, &whole) {
				t.Fatalf("%q, of which %q remains: %#v as it comes, %#v at once", data, rest, streamed, whole)
			}
			if at := d.InputOffset(); at != int64(len(data)-len(rest)) {
				t.Fatalf("%q, of which %q remains: the Decoder is at %d", data, rest, at)
			}
		}
	})
}

// endsWell tells whether the first pickle in data ends there.
func endsWell(data []byte, end int) bool {
	var s skim
	need, err := s.next(data)
	return err == nil && need == 0 && s.pos == end
}

// checkItems holds the iterators to what the pickle holds.
func checkItems(t *testing.T, c Codec, data []byte) {
	v, decodeErr := c.Decode(background, data)
	want, fits := []any(nil), false
	if decodeErr == nil {
		want, fits = itemsIn(v)
	}
	got, err := List{}, error(nil)
	for item, itemErr := range ItemsWith[any](background, c, data) {
		if itemErr != nil {
			err = itemErr
			break
		}
		got.Items = append(got.Items, item)
	}
	var limit *LimitError
	if errors.As(err, &limit) || errors.As(decodeErr, &limit) || decodeErr != nil && mayFail(decodeErr, data) {
		return
	}
	if _, isSet := tableOf(v); isSet || (err == nil) != fits {
		if !isSet {
			t.Fatalf("Items of %q: %v, but Decode: %v", data, err, decodeErr)
		}
		return // a member comes as often as the pickle adds it
	}
	if err == nil && len(got.Items) != len(want) {
		t.Fatalf("Items of %q are %#v, want %#v", data, got.Items, want)
	}
	for _, entryErr := range EntriesWith[any, any](background, c, data) {
		if entryErr == nil {
			if _, isDict := entriesIn(v); !isDict && decodeErr == nil {
				t.Fatalf("%q has entries, but is %#v", data, v)
			}
		}
	}
}
