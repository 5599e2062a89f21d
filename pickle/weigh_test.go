package pickle

import "testing"

// A large value of any type is written in full, though others follow that ask whether so
// much is worth it.
func TestWriteLargeParts(t *testing.T) {
	const n = 2 << 20
	od, counter, space := new(OrderedDict), new(Counter), new(SimpleNamespace)
	items := make([]any, n)
	for i := range n {
		items[i] = int64(i)
		for _, d := range []*Dict{&od.Dict, &counter.Dict, &space.Dict} {
			if i < n/2 {
				_ = d.Set(int64(i), int64(i))
			}
		}
	}
	for _, v := range []any{
		NewArray(make([]float64, n)), &Bytearray{make([]byte, 8*n)}, &Buffer{Bytes: make([]byte, 8*n)},
		&Deque{Items: items}, od, counter, &DefaultDict{Dict: counter.Dict}, space,
		&Exception{Class: ValueError, Cause: RemoteTraceback.New(string(make([]byte, 8*n)))},
	} {
		data, err := Marshal(NewList(v, (*List)(nil), NewList(int64(1)), NewList(int64(2))))
		if err != nil || len(data) < maxShort {
			t.Errorf("%T: %d bytes, %v", v, len(data), err)
		}
	}
}
