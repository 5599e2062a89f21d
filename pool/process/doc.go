// Package process runs the tasks of a pool in child processes, Go or Python,
// which are ended when that is the only way to stop a task.
//
// A Python worker is multiprocessing.pool.worker as it stands in the standard
// library of 3.6 to 3.13. Workers share nothing: Python's own pool has one
// queue with one lock, in which an idle worker waits, so that killing one
// blocks all. Here each has a socket of its own, and its two queues are
//
//	types.SimpleNamespace(get=connection.recv, put=connection.send)
//
// or, for Python, two functions of loop.py, which do the same faster. So it is
// known which task a worker has. The first message is a task of job -1, whose
// answer tells that the worker has started: one that dies before has no task to
// lose.
//
// Tasks that take less than a millisecond are sent ahead of time, as many as
// make up one: those of one function with plain arguments in one message, a
// batch. While it has more tasks, a Python worker leaves its answers in memory
// that we have, too, its journal, and sends one every half millisecond. When it
// dies, what it had done is in the journal, the task behind that is lost, and the
// others go back to the pool.
package process
