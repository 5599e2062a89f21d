package connection

import "golang.org/x/sys/unix"

// maxPieces is how many pieces one system call gets.
const maxPieces = 64

// put writes to a descriptor of the Conn, without waiting, what it takes of b
// and of more behind it.
func (c *Conn) put(fd uintptr, b []byte, more [][]byte) (int, error) {
	if len(more) > 0 {
		return c.putPieces(int(fd), b, more)
	}
	if c.pipe {
		return writeFile(fd, b)
	}
	return write(fd, b)
}

func (c *Conn) putPieces(fd int, b []byte, more [][]byte) (n int, err error) {
	pieces := make([][]byte, 1, maxPieces)
	pieces[0] = b
	pieces = append(pieces, more[:min(len(more), maxPieces-1)]...)
	for {
		if c.pipe {
			n, err = unix.Writev(fd, pieces)
		} else {
			n, err = unix.SendmsgBuffers(fd, pieces, nil, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		}
		if err != unix.EINTR {
			return n, err
		}
	}
}
