// Package forkserver speaks with Python's fork server, from both ends: the
// process that starts the children of the start method forkserver, which is
// the default since 3.14.
//
// It is started with a listening socket, an "alive" pipe at whose end it ends,
// and since 3.14 a pipe with a key of 32 bytes:
//
//	python -c 'from multiprocessing.forkserver import main; main(3, 4, [], **{})'
//
// Each child takes one connection:
//
//	since 3.14: the handshake of a Connection, with the key
//	client → one byte with descriptors: data, status, alive, tracker, and those
//	         that the child's pickles name by place
//	since 3.14: server → the byte A
//
// The server writes to the status pipe, as signed 64-bit numbers in the order of
// the machine's bytes, the pid, and when the child has ended its exit code.
// Before 3.7 the child itself writes both, so that one that is killed says
// nothing; 3.6 also reads the numbers as unsigned, so that it takes the end of a
// Go child by SIGTERM for exit code 2**64-15. What the child is to do comes through data, as in package spawn.
package forkserver
