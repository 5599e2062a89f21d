// Package heap has blocks of memory that processes share without a name, as
// multiprocessing.heap does: what Values, Arrays and Barriers lie in.
//
// Blocks are cut from arenas: anonymous segments of whole pages, known by
// descriptor only. A block begins at a multiple of 8 bytes and is zero when it
// is made. Only the process that made a block frees it.
package heap
