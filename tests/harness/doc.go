// Package harness runs a Go test against real Pythons.
//
// [EachPython] runs a test once for every interpreter it finds: what PATH calls python2.7,
// python3, python3.x and pypy3, and what pyenv has installed. The environment variable PYTHONS
// names them instead, separated by spaces, and then a missing one fails the test:
//
//	PYTHONS="2.7 3.6 3.13 pypy3 debian3.11 /opt/python/bin/python3" go test ./...
//
// A [Python] runs scripts to their end ([Python.Run]) or as peers with which the test talks in
// lines ([Python.Start]). [Brine] and [PythonManager] start the two servers that a client of
// multiprocessing.managers can be held against. Everything started ends with its test, and
// everything has a time limit: a peer that hangs fails its test, and its output is shown.
package harness
