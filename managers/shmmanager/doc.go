// Package shmmanager is Python's SharedMemoryManager: a server that owns segments
// of shared memory, and what asks it for some.
//
// A client makes the segment and tells the server its name; the server removes
// the name in the end. So both are on one machine. The functions that it has
// for that are, of a connection of their own each:
//
//	track_segment(name)    the segment is the server's from now on
//	release_segment(name)  it is removed
//	list_segments()        those that there are
//
// Python's server keeps a segment until it is told to release it or ends. This
// one also removes what nobody can use any more: when the process that made a
// segment has ended, and those that had it mapped then have, too.
package shmmanager
