//go:build unix

package reduction

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// duplicate returns another descriptor of the same description, whose mode
// stays as it is.
func duplicate(f *os.File) (dup *os.File, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("reduction: %w", err)
	}
	failed := raw.Control(func(fd uintptr) {
		var n int
		if n, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 3); err == nil {
			dup = os.NewFile(uintptr(n), f.Name())
		}
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return nil, fmt.Errorf("reduction: cannot duplicate %s: %w", f.Name(), err)
	}
	return dup, nil
}
