// Package shm makes, maps and removes what POSIX calls shared memory: files
// below /dev/shm that processes find by name.
//
// Space is reserved when a file is made. A full /dev/shm is then an error there
// and not a SIGBUS at the first write.
package shm
