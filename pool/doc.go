// Package pool runs many tasks on some workers, as Python's multiprocessing.pool
// does, and answers every one of them: with its value, its exception, or the
// reason why there is neither.
//
// A task is a call of a function that is known by name, and travels as
//
//	(job, i, func, args, kwds)   →   (job, i, (True, value)) or (job, i, (False, exception))
//
// where func is mapstar or starmapstar, of (func, items), for a chunk of a Map.
// Which workers there are is the Backend's business: Goroutines in this
// process, or those of pool/process, Go or Python.
//
// A Pool keeps tasks in a Queue until a worker is free, the most urgent first.
// Their lives end in one of these ways, once:
//
//	the worker answers                    value, or *pickle.Exception
//	its context ends                      the context's cause; a running task is stopped
//	its timeout passes                    *TimeoutError; the task is stopped
//	its worker dies                       *WorkerLostError, unless it may be retried
//	the pool is terminated                ErrTerminated
//
// Stopping a task ends its process. A goroutine cannot be ended: its context
// is, its caller is answered at once, and it is counted until it returns.
//
// MapFunc, Do and Pool.Go run Go functions as they are, on goroutines of this
// process, with nothing encoded.
//
// A Pool and an AsyncResult may be used from many goroutines. What is given to
// a Pool as arguments must not change until the result is there.
package pool
