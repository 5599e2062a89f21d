package pickle

import (
	"bytes"
	"testing"
)

// What Recode wrote it can read, and soon leaves as it is: the first time there
// may be entries in the memo too many, if somebody's pickle has them in places
// where no pickler puts them, and the second time changes that then are one.
func FuzzRecode(f *testing.F) {
	for _, vec := range pickleVectors(f) {
		if len(vec.data) < 500 {
			f.Add(vec.data, byte(vec.protocol))
		}
	}
	f.Add([]byte("\x80\x02cm\nS\n]cm\nC\n)\x81q\x00a\x85Rq\x01h\x00}X\x01\x00\x00\x00sh\x01sb0."), byte(4))
	f.Add([]byte("\x80\x02}q\x00cm\nC\nh\x00\x85Rq\x01h\x00K\x01K\x02s0cm\nf\n)R0h\x00K\x01K\x03s0."), byte(2))
	f.Add([]byte("\x80\x04\x8f\x94(cm\nC\nh\x00\x85R\x94\x90h\x00(K\x01\x90."), byte(5))
	f.Add([]byte("]q\x00(h\x00\x85h\x00\x85e."), byte(0))
	f.Add([]byte("P\n2cm\nf\n)R0aPx\nQ."), byte(1))
	f.Fuzz(func(t *testing.T, data []byte, version byte) {
		if version > 5 || len(data) > 4096 {
			return
		}
		c := Codec{Protocol: protocolOf(int(version)), Limits: Limits{Memory: 16 << 20}}
		first, _, err := c.Recode(t.Context(), nil, data)
		if err != nil {
			return
		}
		written := [][]byte{data, first}
		for range 3 {
			next, rest, err := c.Recode(t.Context(), nil, written[len(written)-1])
			if err != nil || len(rest) > 0 {
				t.Fatalf("%q was written, and %q follows: %v", written, rest, err)
			}
			written = append(written, next)
		}
		if !bytes.Equal(written[3], written[4]) {
			t.Fatalf("one after the other was written:\n%q", written)
		}
	})
}
