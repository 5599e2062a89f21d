// Package synchronize has locks that Go and Python processes take together:
// those of multiprocessing.synchronize.
//
// Each is made of named POSIX semaphores as glibc lays them out on 64-bit
// Linux: a file /dev/shm/sem.NAME of 32 bytes that all processes map.
//
//	+-----------+-----------+-----------+------------+
//	| u32 value | u32 wait- | u32 0x80  | zeros      |
//	| the futex | ers       | (shared)  | up to 32   |
//	+-----------+-----------+-----------+------------+
//
// Taking and releasing an uncontended one is an atomic instruction each. Who
// must wait does so in line with the other goroutines of its process, first
// come first served; only the first in line sleeps in the kernel, so a thousand
// waiters occupy one thread. A context that ends takes its waiter out of the
// line at once.
//
// As in Python, a process that dies while it holds a lock leaves it held for
// ever: nothing records the holder, and anybody may release a Lock. Give waits
// a context. An RLock can be asked to record holders that are Go processes;
// others then get ErrHolderDied: see RLock.RecordHolder.
//
// The words are where they were mapped and nothing looks whether they still are,
// which would cost several times what taking a lock does: a process that makes
// the file of a semaphore shorter ends all who use it, Go and Python alike. The
// kernel's SIGBUS does. A goroutine that calls debug.SetPanicOnFault(true), once,
// gets a panic instead, and the lock is of no use any more.
//
// Release looks whether there are as many permits as may be, and adds one, in
// one step. Python takes two, so two of its processes that release a lock too
// often at the same time may both succeed.
//
// Locks pickle while a process is being started, and at no other time: a
// process must not come across one whose maker has removed the name. Python
// locks of a fork context, its default before 3.14, have no name; both
// languages can share those of a spawn or forkserver context only.
//
// All types are safe for use by many goroutines. Since goroutines have no
// identity, who recurses or owns is an Owner that the caller passes.
package synchronize
