// Package queues has queues that Go and Python processes put to and get from,
// those of multiprocessing.queues.
//
// A queue is a pipe of messages, each a pickle, with a lock for who reads and
// one for who writes. A Queue has a semaphore too, from which each item in it
// has taken one, so that there are no more than maxsize; a JoinableQueue counts
// items that are not done.
//
// Put pickles at once, so that the caller learns of an error, and leaves the
// item to a goroutine that writes: it waits for room among the items, never for
// the pipe. Get reads no further than its item. If its context ends inside one,
// the rest is read behind its back, and the item is for the next Get.
//
// As in Python, a process that is killed while it reads or writes an item keeps
// the lock, and the others wait: give them contexts.
package queues
