// Package syncmanager has the types that a stock
// multiprocessing.managers.SyncManager registers, as objects of a
// managers.Server.
//
// # Values
//
// A container keeps its elements as they came, mostly as pickle.Raw: an
// element that goes in and comes out is spliced from message to message and
// never built. What Python would look at is built: keys, elements of sets,
// and whatever is compared, sorted or shown.
//
// # Locks
//
// Every object has a mutex of its own, called mu. A method reads its arguments
// first and locks then, since an argument may be a proxy for another object,
// or for the same: its elements are copied under its own lock. So nobody holds
// the locks of two containers. An answer is encoded under the lock and shows
// one state of the object.
package syncmanager
