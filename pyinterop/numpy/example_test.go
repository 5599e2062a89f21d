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

// An array of two dimensions fills a slice of slices; what does not fit tells what it is.
func Example_slices() {
	registry := pickle.Stdlib()
	numpy.Register(registry)
	codec := pickle.Codec{Registry: registry}

	// pickle.dumps(numpy.asfortranarray(numpy.array([[1, 2, 3], [4, 5, 6]], dtype=">i2")), 2)
	data := []byte("\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01K\x00\x85q\x02" +
		"c_codecs\nencode\nq\x03X\x01\x00\x00\x00bq\x04X\x06\x00\x00\x00latin1q\x05\x86q\x06Rq\x07\x87q\x08Rq\t" +
		"(K\x01K\x02K\x03\x86q\ncnumpy\ndtype\nq\x0bX\x02\x00\x00\x00i2q\x0c\x89\x88\x87q\rRq\x0e" +
		"(K\x03X\x01\x00\x00\x00>q\x0fNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x10b\x88" +
		"h\x03X\x0c\x00\x00\x00\x00\x01\x00\x04\x00\x02\x00\x05\x00\x03\x00\x06q\x11h\x05\x86q\x12Rq\x13tq\x14b.")

	var rows [][]float64
	err := codec.Unmarshal(context.Background(), data, &rows)
	fmt.Println(rows, err)

	var grid [2][3]int
	err = codec.Unmarshal(context.Background(), data, &grid)
	fmt.Println(grid, err)

	var flat []float64
	err = codec.Unmarshal(context.Background(), data, &flat)
	fmt.Println(err)
	// Output:
	// [[1 2 3] [4 5 6]] <nil>
	// [[1 2 3] [4 5 6]] <nil>
	// pickle: cannot unmarshal numpy.ndarray of >i2 with shape (2, 3) into a Go value of type []float64, at 2
}
