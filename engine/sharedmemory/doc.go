// Package sharedmemory has memory that processes find by name, as
// multiprocessing.shared_memory does.
//
// A SharedMemory is a file below /dev/shm. Its size is exact, and its space is
// reserved when it is made: where there is none, Create fails and no write does
// later. Who makes a segment has it removed, by Unlink or, if all processes of
// its family end without, by their resource tracker. Who opens one tells
// nobody.
//
// Python's own tracker is not so careful: up to 3.12, and without track=False,
// a Python program that opens a segment removes it when it ends, unless it
// belongs to the family of who made it.
//
// A ShareableList is a list of a fixed number of items in such a segment. It
// has two layouts, which do not mix; all numbers are int64, lowest byte first:
//
//	3.8             3.9 and later
//	count N         count N
//	N sizes         N+1 offsets into the data, the first 0, the last its end
//	data            data         a cell an item, a multiple of 8 bytes
//	N formats       N formats    8 bytes each, as in Python's struct
//	N codes         N codes      a byte each: 0 number, 1 str, 2 bytes, 3 None
package sharedmemory
