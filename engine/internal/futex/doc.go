// Package futex puts goroutines to sleep on words of shared memory, and wakes
// those that sleep there, of whatever process.
//
// Words are shared, so the kernel's private flag is never used on them. A
// sleeper occupies a thread.
package futex
