package connection

import "golang.org/x/sys/unix"

// A Python takes memory for each piece of a message that it reads, as long as all
// that is missing, keeps what came, and copies it to a buffer that it enlarges
// step by step. Whether its malloc has the pages for that from the message before,
// or returned them to the system, depends on how long a piece is beside the
// message; and so does, by two to five times, how fast the message passes.
//
// How long pieces are is up to the sender's buffer. With one of a 32nd of the
// message, messages of random sizes from 0.1 to 1, to 5 and to 32 MiB cost a
// Python of 3.11 65, 143 and 155 page faults for each MiB, and 431, 286 and 297
// with the buffer of the system. Longer ones malloc never has pages for.
const (
	portions      = 32
	portionedFrom = 128 << 10
	portionedTo   = 32 << 20
)

// portion has a message of n bytes pass in portions, until restore.
func (c *Conn) portion(n int) (restore func()) {
	if n < portionedFrom || n > portionedTo || !c.shared || c.tcp {
		return nothing
	}
	before := 0
	c.raw.Control(func(fd uintptr) {
		var err error
		if before, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUF); err == nil {
			setBuffer(fd, n/portions)
		}
	})
	return func() {
		c.raw.Control(func(fd uintptr) { setBuffer(fd, before/2) }) // which is told doubled
	}
}

func setBuffer(fd uintptr, n int) { unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUF, n) }
