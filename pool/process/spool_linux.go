package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// newSpool makes a spool, without its file if there is no memory for one.
func newSpool() *spool {
	fd, err := unix.MemfdCreate("brine-spool", unix.MFD_CLOEXEC)
	if err != nil {
		return new(spool)
	}
	s := &spool{file: os.NewFile(uintptr(fd), "spool")}
	if err := s.file.Truncate(spoolStart); err != nil {
		s.file.Close()
		return new(spool)
	}
	return s
}

// freeSpace gives memory back; it is zero when it is used again.
func freeSpace(f *os.File, at, length int64) {
	raw, err := f.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		unix.Fallocate(int(fd), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, at, length)
	})
}
