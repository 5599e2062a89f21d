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
