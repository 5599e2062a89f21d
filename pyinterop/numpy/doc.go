// Package numpy reads and writes numpy's arrays, scalars and dtypes as Go values.
//
// Register makes a codec know them. An array's memory is then used where it lies:
// with protocol 5 out of band in the buffers that were given to the codec, in band
// in the pickle itself if the codec has Alias set.
//
//	r := pickle.Stdlib()
//	numpy.Register(r)
//	v, err := pickle.Codec{Registry: r, Alias: true}.Decode(ctx, data)
//	a := v.(*numpy.Array)
//	items, err := numpy.As[float64](a) // in the order of memory; a.Shape says how many
//
// # Go's slices
//
// Unmarshal, As and fields of structs take arrays as slices or arrays of Go's, one around
// the other for each index, whatever the order of memory and of bytes:
//
//	var rows [][]float64 // or [2][3]float64, []Row with type Row []float64 …
//	err := codec.Unmarshal(ctx, data, &rows)
//
// What an item may become is what pickle makes of such a value of Python's, and the same
// holds for scalars and arrays without an index:
//
//	bool                    bool
//	int8 … uint64           integers that hold it, floats that hold it exactly
//	float16 … float64       floats; float32 rounds, and does not overflow
//	complex64, complex128   complex numbers, likewise
//	str                     string
//	bytes                   string, []byte
//	void                    []byte
//	datetime64              time.Time; NaT is an error
//	timedelta64             time.Duration, if it holds it
//	object                  any
//	all but structures      any in slices, as Array.Item returns it
//
// Types that have these underlying are filled alike. Beside that, int64 takes the counts
// of datetime64 and timedelta64, and uint16 the bits of float16, as View and As do. What
// does not fit is a *pickle.UnmarshalTypeError that tells dtype and shape.
//
// A slice is the array's memory where its items are of that very type (int is, if it has
// as many bits), lie in the order that this machine has, and may be written to; else it is
// a copy. All rows lie in one piece of memory, each without room beyond its end.
//
// # Pickles
//
// numpy pickles an array in one of two ways:
//
//	_reconstruct(ndarray, (0,), b"b")            protocols to 4, arrays of objects
//	  BUILD (1, shape, dtype, fortran, items)    bytes, or a list of the objects
//	_frombuffer(buffer, dtype, shape, order)     protocol 5
//
// Both leave under the module names of numpy 1, which numpy 2 reads too; its own
// names are read as well. Subclasses of ndarray (matrix, recarray) and masked arrays
// stay what pickle makes of unknown classes, and leave as they came.
package numpy
