package synchronize

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// An identity tells a process from all others that its machine will ever have:
// its number in the lower bits, and when it started in those above, in ticks
// since boot.
type identity uint64

const pidBits = 22 // the kernel's own limit: PID_MAX_LIMIT

func (id identity) pid() int { return int(id & (1<<pidBits - 1)) }

// A process is what this one knows of itself.
type process struct {
	identity  identity
	namespace uint64 // in which the number is meant
}

// self reads who we are, once.
var self = sync.OnceValues(func() (process, error) {
	const what = "synchronize: cannot tell who holds a lock without a /proc of this system"
	pid := os.Getpid()
	stat, err := readStat(pid)
	if err != nil {
		return process{}, fmt.Errorf("%s: %w", what, err)
	}
	link, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return process{}, fmt.Errorf("%s: %w", what, err)
	}
	p := process{identity: identity(stat.start<<pidBits | uint64(pid))}
	if _, err := fmt.Sscanf(link, "pid:[%d]", &p.namespace); err != nil {
		return process{}, fmt.Errorf("%s: /proc/self/ns/pid is %q", what, link)
	}
	return p, nil
})

// dead tells whether the process has ended, also where its parent has not
// heard of it yet. Where that cannot be told it has not.
func (id identity) dead() bool {
	stat, err := readStat(id.pid())
	switch {
	case err == nil:
		return stat.state == "Z" || stat.state == "X" || stat.start<<pidBits|uint64(id.pid()) != uint64(id)
	case !errors.Is(err, os.ErrNotExist) && !errors.Is(err, syscall.ESRCH):
		return false
	}
	// It may be hidden from us: ask for a signal, too.
	p, err := os.FindProcess(id.pid())
	if err != nil {
		return errors.Is(err, os.ErrProcessDone)
	}
	defer p.Release()
	return errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// A stat is what we read of /proc/PID/stat.
type stat struct {
	state string
	start uint64 // field 22
}

func readStat(pid int) (s stat, err error) {
	path := "/proc/" + strconv.Itoa(pid) + "/stat"
	text, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	// The name, in parentheses, may hold anything.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 20 {
		return s, fmt.Errorf("%s: %q", path, text)
	}
	s.state = fields[0]
	s.start, err = strconv.ParseUint(fields[19], 10, 64)
	return s, err
}
