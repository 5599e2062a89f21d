package pickle

import (
	"errors"
	"testing"
)

// FuzzDifferential holds what is made of a pickle to what gopickle and
// stalecucumber make of it, where all accept it and these are known to be right.
func FuzzDifferential(f *testing.F) {
	for _, vec := range pickleVectors(f) {
		if len(vec.data) < 500 {
			f.Add(vec.data)
		}
	}
	for _, s := range typedSeeds {
		f.Add([]byte(s))
	}
	f.Add([]byte("\x80\x04\x8c\x01m\x8c\x01C\x93)\x81(K\x01K\x02u(K\x03e(K\x04\x90}b."))
	f.Add([]byte("(K\x01}K\x02h\x05K\x03u."))
	f.Add([]byte("\x80\x02]U\x01aaX\x01\x00\x00\x00ba."))
	f.Add([]byte("c__builtin__\nbytearray\n(V\ntR."))
	f.Add([]byte("c__builtin__\nrange\n(I0\ntR."))
	f.Add([]byte("c__builtin__\nxrange\n(I1\nL2L\nI0\ntR."))
	f.Add([]byte("c_codecs\nencode\n(Vx\nVlAtin1\ntR."))
	f.Add([]byte("ccopyreg\n_reconstructor\n(cm\nC\nc__builtin__\nobject\nNtR."))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		for _, compare := range []func([]byte) error{withGopickle, withStale} {
			if err := compare(data); err != nil && !errors.Is(err, errBeyond) {
				t.Error(err)
			}
		}
	})
}
