// Package managers owns objects for other processes the way
// multiprocessing.managers does: a Server holds them, clients call their
// methods through proxies.
//
// A request is the pickle of (id, method, args, kwds), and its answer that of
// (kind, value):
//
//	#RETURN          what the method returned
//	#PROXY           (exposed, token): a new object, counted for the client
//	#ERROR           the exception that it raised
//	#TRACEBACK       text: the server's own failure
//	#UNSERIALIZABLE  text: the result could not be pickled
//
// An id of None asks for a function of the server: create, incref, decref. Each
// of those has a connection of its own; the methods of objects are called on
// connections that asked for accept_connection, one call after another. Such a
// connection is a thread to the manager.
//
// A [Client] calls on as many connections as it has calls at a time, and on one
// for each [Caller]. Server, Client, Proxy and Caller are safe for use by many
// goroutines.
package managers
