package numpy_test

import (
	"context"
	"fmt"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop/numpy"
)

// An array goes out of band, and is seen where it arrives.
func Example() {
	registry := pickle.Stdlib()
	numpy.Register(registry)

	var buffers [][]byte
	sender := pickle.Codec{Registry: registry, Protocol: pickle.Protocol5, OutOfBand: func(b *pickle.Buffer) bool {
		buffers = append(buffers, b.Bytes)
		return true
	}}
	data, err := sender.Marshal(context.Background(), numpy.New([]int{2, 3}, []float64{1, 2, 3, 4, 5, 6}))
	if err != nil {
		fmt.Println(err)
		return
	}

	receiver := pickle.Codec{Registry: registry, Buffers: buffers}
	v, err := receiver.Decode(context.Background(), data)
	if err != nil {
		fmt.Println(err)
		return
	}
	a := v.(*numpy.Array)
	items, err := numpy.View[float64](a)
	at, _ := a.Offset(1, 2)
	fmt.Println(a.Dtype, a.Shape, items[at], err)
	// Output: <f8 [2 3] 6 <nil>
}
