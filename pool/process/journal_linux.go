package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// newJournal makes a journal, without its file if it cannot be had.
func newJournal() *journal {
	fd, err := unix.MemfdCreate("brine-journal", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return new(journal)
	}
	j := &journal{file: os.NewFile(uintptr(fd), "journal")}
	if j.memory, err = mapFixed(fd, journalStart+journalRing); err != nil {
		j.file.Close()
		return new(journal)
	}
	return j
}

// mapFixed maps a file that has that size from now on.
func mapFixed(fd, size int) ([]byte, error) {
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		return nil, err
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL); err != nil {
		return nil, err
	}
	return unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

func (j *journal) close() {
	if j.memory != nil {
		unix.Munmap(j.memory)
		j.file.Close()
		j.memory, j.file = nil, nil
	}
}
