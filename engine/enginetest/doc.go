// Package enginetest is for the tests of what is built from an engine: New
// makes one, and fails the test that leaves something behind — a process, a
// goroutine, a descriptor, or a name in /dev/shm.
//
//	func TestMain(m *testing.M) { enginetest.Main(m) }
//
//	func TestLock(t *testing.T) {
//		e := enginetest.New(t, synchronize.Register)
//		…
//	}
//
// What is left is judged by comparing before and after, so tests that use it
// do not run in parallel with others of their package.
package enginetest
