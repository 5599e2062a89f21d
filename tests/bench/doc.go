//go:build linux

// Command bench runs brine beside Python's manager, Redis and a floor, and
// prints ratios. It judges no time by itself: a row is OK or MISSED, and the
// exit status tells only whether the rows could be measured.
//
//	go run ./tests/bench [-rows M1,M2] [-short] [-brine FILE]
//
// # Peers
//
//	brine    cmd/brine serve, built from this tree
//	python   SyncManager.get_server().serve_forever() of Debian's Python 3.11
//	redis    redis-server, nothing written to disk
//	floor    a Go server, one goroutine a connection, that does the handshake
//	         and then only reads and writes the same frames; for connections
//	         that come and go (M11 to M13) one thread that waits in epoll
//
// # Windows
//
// The peers run in turn (A B A B), a window each; a figure is the median of
// its windows. A window in which processes outside of this program used more
// than 0.15 of a core is left out and repeated; a row that found too few quiet
// windows uses them all and says so.
//
// # Load
//
// Rows about the server replay frames which a stock client prepared, from one
// epoll loop with one request in flight a connection (load.go). Rows about
// users run stock Python clients (python/clients.py).
package main
