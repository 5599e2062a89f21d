// Package syncmanager has the types that a stock
// multiprocessing.managers.SyncManager registers: as objects of a
// managers.Server, and as typed proxies for those of any manager, Python's or
// ours.
//
// # Proxies
//
// A List, Dict, Queue or Lock is made by its New function, or from a
// managers.Proxy. Its methods wait with contexts, and their errors are Python's
// exceptions: errors.Is(err, pickle.KeyError). Proxies may be values and items
// of others: a Dict[string, *List[int]] is a dict of lists that all share.
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
