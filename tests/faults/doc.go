// Package faults holds brine serve against clients that die and clients that
// mean harm, and shared locks and queues against processes that are killed with
// them (shared_test.go), parents and children against each other's death
// (process_test.go), and pools against that of their workers (pool_test.go). It
// has tests only.
//
// In every test a second client, python/witness.py, works at the same time. It
// checks each of its answers and must notice nothing; the server's memory is
// measured too. Whoever misbehaves is written in Go where bytes matter
// (peer_test.go), and is a stock Python client where a process must die.
package faults
