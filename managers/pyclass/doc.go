// Package pyclass lets a managers.Server have objects of Python classes: they
// live in a Python worker that we start, and clients call their methods as if
// the server were Python's.
//
// A message to the worker is two pickles, so that what a client sent is read by
// the thread that needs it; one from it is one pickle:
//
//	(n, 'create', key, typeid, plain) (args, kwds)   →   (n, 'created', exposed)
//	(n, 'call', key, method, plain) (args, kwds)     →   (n, 'return', value)
//	                                                     (n, 'proxy', (typeid, key, exposed))
//	                                                     (n, 'error', exception)
//	                                                     (n, 'traceback', text)
//	(0, 'drop', key, '', False) ((), {})
//	(0, 'leave', 0, '', False) ((), {})
//
// n numbers the questions, key the objects. Each object has a thread of the
// worker, so its calls come one after another; those of other objects do not
// wait for them. An object that a callable returns again is the same object,
// with one thread, until all of its keys were dropped.
//
// An object exposes its public methods, or those that its class (or callable)
// names in _exposed_: what BaseManager.register reads from a proxy type. As there,
// _method_to_typeid_ names the methods whose results are objects, too, and what
// these are: made of the result by another class that is registered, or by
// SyncManager's list or dict; an Iterator of it, as for __iter__ that is a
// generator; or, by any other name, the result itself.
//
// There is one worker for all classes, as there is one server process in
// Python. When it dies its objects are gone: calls under way, and later ones,
// get a RuntimeError that says why. The next object that is made starts another
// worker.
package pyclass
