//go:build unix

package connection

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// prepare sets up a socket before it is bound.
func prepare(network, _ string, raw syscall.RawConn) error {
	var err error
	controlErr := raw.Control(func(fd uintptr) {
		if strings.HasPrefix(network, "tcp") {
			err = keepAlive(int(fd))
			return
		}
		// The file that bind creates has no more rights than the socket, so
		// there is no moment in which others may connect.
		err = unix.Fchmod(int(fd), 0o600)
	})
	if controlErr != nil {
		return controlErr
	}
	return err
}

// lockFolder keeps other processes from doing the same with a file beside
// path's. The kernel unlocks when we die.
func lockFolder(path string) (unlock func(), err error) {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(folder.Fd()), unix.LOCK_EX); err != nil {
		folder.Close()
		return nil, err
	}
	return func() { folder.Close() }, nil
}
