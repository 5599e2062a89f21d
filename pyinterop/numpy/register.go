package numpy

import "github.com/brine-go/brine/pickle"

// Register makes the types of this package stand for numpy's classes.
func Register(r *pickle.Registry) {
	pickle.Register(r, "numpy.dtype", pickle.Class[*Dtype]{
		Rebuild: rebuildDtype, SetState: setDtypeState, Reduce: reduceDtype,
	})
	for _, core := range []string{"numpy.core", "numpy._core"} { // of numpy 1 and 2
		pickle.Register(r, core+".multiarray._reconstruct", pickle.Class[*Array]{
			Rebuild: rebuildArray, SetState: setArrayState, ReduceEx: reduceArray,
		})
		pickle.Register(r, core+".numeric._frombuffer", pickle.Class[*Array]{
			Rebuild: rebuildFromBuffer, SetState: setArrayState, ReduceEx: reduceArray,
		})
		pickle.Register(r, core+".multiarray.scalar", pickle.Class[*Scalar]{
			Rebuild: rebuildScalar, Reduce: reduceScalar,
		})
	}
}
