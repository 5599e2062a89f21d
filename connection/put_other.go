//go:build !linux

package connection

// put writes to a descriptor of the Conn, without waiting, what it takes of b.
func (c *Conn) put(fd uintptr, b []byte, _ [][]byte) (int, error) {
	if c.pipe {
		return writeFile(fd, b)
	}
	return write(fd, b)
}
