// Package reduction takes what the kernel owns across a process border, as
// multiprocessing.reduction does: locks, descriptors, shared memory.
//
// While a process is being started, values may be pickled that the child gets
// by birth. The context of that pickling then has an Inheritance.
package reduction
