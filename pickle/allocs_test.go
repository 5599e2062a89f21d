package pickle

import "testing"

// TestAllocations holds what every call through a manager costs the garbage
// collector. None of these takes from a pool, which forgets at random under the race
// detector. That a view allocates nothing is TestScanDoesNotAllocate.
func TestAllocations(t *testing.T) {
	codec := Codec{Registry: Stdlib()}
	answer := any(Tuple{"#RETURN", int64(300)}) // boxed once
	reply, err := codec.Marshal(t.Context(), answer)
	if err != nil {
		t.Fatal(err)
	}
	decode := func(data []byte) func() error {
		return func() error {
			_, err := codec.Decode(background, data)
			return err
		}
	}
	out := make([]byte, 0, 64)
	for _, tt := range []struct {
		name string
		call func() error
		want float64
	}{
		{"a reply is encoded", func() (err error) { out, err = codec.Append(background, out[:0], answer); return err }, 0},
		{"a reply is decoded", decode(reply), 1},
		{"a request is decoded", decode(request), 1},
	} {
		for range 1000 { // texts are kept at random until all of them are
			tt.call()
		}
		got := testing.AllocsPerRun(100, func() {
			if err := tt.call(); err != nil {
				t.Fatal(err)
			}
		})
		if got != tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
}
