package process

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// residentMemory reads what a process has resident, and had at most, in bytes.
// One that is being killed has nothing.
func residentMemory(pid int) (now, peak int64, ok bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, false
	}
	if killed(b) {
		return 0, 0, false
	}
	now, ok1 := field(b, "VmRSS:")
	peak, ok2 := field(b, "VmHWM:")
	return now << 10, peak << 10, ok1 && ok2
}

// killed tells whether a SIGKILL is on its way to the process.
func killed(status []byte) bool {
	for line := range bytes.Lines(status) {
		for _, name := range []string{"SigPnd:", "ShdPnd:"} {
			if rest, found := bytes.CutPrefix(line, []byte(name)); found {
				set, err := strconv.ParseUint(string(bytes.TrimSpace(rest)), 16, 64)
				if err == nil && set&(1<<(unix.SIGKILL-1)) != 0 {
					return true
				}
			}
		}
	}
	return false
}

// field reads the number behind a name at the start of a line.
func field(b []byte, name string) (n int64, ok bool) {
	for line := range bytes.Lines(b) {
		if rest, found := bytes.CutPrefix(line, []byte(name)); found {
			if words := bytes.Fields(rest); len(words) > 0 {
				n, err := strconv.ParseInt(string(words[0]), 10, 64)
				return n, err == nil
			}
		}
	}
	return 0, false
}

// cgroupRoot is where cgroups are mounted.
const cgroupRoot = "/sys/fs/cgroup"

// eventsOf is the file in which the kernel counts what the OOM killer does in
// the cgroup of a process, "" if there is none.
func eventsOf(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	if err != nil {
		return ""
	}
	return eventsFile(cgroupRoot, b)
}

// eventsFile finds it by the lines of /proc/PID/cgroup: number, controllers and
// path. In a container the path may be the host's, and the root is ours.
func eventsFile(root string, cgroups []byte) string {
	for line := range bytes.Lines(cgroups) {
		parts := strings.SplitN(strings.TrimSpace(string(line)), ":", 3)
		if len(parts) != 3 {
			continue
		}
		dir, name := root, "memory.events" // version 2
		if parts[1] != "" {
			if !slices.Contains(strings.Split(parts[1], ","), "memory") {
				continue
			}
			dir, name = filepath.Join(root, "memory"), "memory.oom_control"
		}
		for _, path := range []string{filepath.Join(dir, parts[2], name), filepath.Join(dir, name)} {
			if _, ok := oomKills(path); ok {
				return path
			}
		}
	}
	return ""
}

// oomKills is how many processes of a cgroup the OOM killer has killed.
func oomKills(events string) (n int64, ok bool) {
	if events == "" {
		return 0, false
	}
	b, err := os.ReadFile(events)
	if err != nil {
		return 0, false
	}
	return field(b, "oom_kill ")
}
