package shm

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// FindUsers looks at all processes: who has a file, by its descriptors and its
// mappings.
func FindUsers() (Users, error) {
	u := Users{By: map[FileID][]int{}}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return u, fmt.Errorf("shm: cannot tell who uses what without /proc: %w", err)
	}
	seen := 0
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		seen++
		err = u.look(pid)
		switch {
		case err == nil, errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ESRCH): // it has ended
		case errors.Is(err, fs.ErrPermission):
			u.hide(pid)
		default:
			return u, fmt.Errorf("shm: process %d: %w", pid, err)
		}
	}
	if seen == 0 {
		return u, errors.New("shm: /proc shows no process: nobody can tell who uses what")
	}
	return u, nil
}

// hide notes a process that we may not look into, unless it can be seen that it
// has no shared memory at all.
func (u *Users) hide(pid int) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if none().Match(status) {
		return
	}
	var stat unix.Stat_t
	if unix.Stat(fmt.Sprintf("/proc/%d", pid), &stat) == nil {
		u.Hidden = append(u.Hidden, Hidden{PID: pid, UID: int(stat.Uid)})
	}
}

// look adds what one process has.
func (u *Users) look(pid int) error {
	if err := u.mappings(pid); err != nil {
		return err
	}
	dir := fmt.Sprintf("/proc/%d/fd/", pid)
	fds, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, fd := range fds {
		var stat unix.Stat_t
		if unix.Stat(dir+fd.Name(), &stat) == nil && stat.Mode&unix.S_IFMT == unix.S_IFREG {
			u.add(FileID{uint64(stat.Dev), stat.Ino}, pid)
		}
	}
	return nil
}

// mappings reads lines such as
//
//	7f3c1a2b0000-7f3c1a2b1000 rw-s 00000000 00:1a 4711  /dev/shm/psm_1a2b3c4d
func (u *Users) mappings(pid int) error {
	f, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := bytes.Fields(lines.Bytes())
		if len(fields) < 6 {
			continue // no file
		}
		major, minor, _ := strings.Cut(string(fields[3]), ":")
		a, err1 := strconv.ParseUint(major, 16, 32)
		b, err2 := strconv.ParseUint(minor, 16, 32)
		inode, err3 := strconv.ParseUint(string(fields[4]), 10, 64)
		if err := errors.Join(err1, err2, err3); err != nil {
			return fmt.Errorf("%s: %q: %w", f.Name(), lines.Bytes(), err)
		}
		u.add(FileID{unix.Mkdev(uint32(a), uint32(b)), inode}, pid)
	}
	return lines.Err()
}

var none = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^RssShmem:\s+0 kB$`) })

func (u *Users) add(id FileID, pid int) {
	if pids := u.By[id]; len(pids) == 0 || pids[len(pids)-1] != pid {
		u.By[id] = append(pids, pid)
	}
}

// The first namespaces of a machine have these numbers.
const (
	firstPIDs = "pid:[4026531836]"
	firstIPC  = "ipc:[4026531839]"
)

// SharedWithHost tells that we are in a container that sees the shared memory
// of its host, but not the processes that use it.
func SharedWithHost() bool {
	pids, err1 := os.Readlink("/proc/self/ns/pid")
	ipc, err2 := os.Readlink("/proc/self/ns/ipc")
	return err1 == nil && err2 == nil && pids != firstPIDs && ipc == firstIPC
}
