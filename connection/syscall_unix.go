//go:build unix && !linux

package connection

// read and write are for sockets that do not block.
func read(fd uintptr, b []byte) (int, error)  { return readFile(fd, b) }
func write(fd uintptr, b []byte) (int, error) { return writeFile(fd, b) }
