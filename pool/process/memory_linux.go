package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync"
)

// residentMemory reads what a process has resident, and had at most, in bytes.
func residentMemory(pid int) (now, peak int64, ok bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, false
	}
	now, ok1 := field(b, "VmRSS:")
	peak, ok2 := field(b, "VmHWM:")
	return now << 10, peak << 10, ok1 && ok2
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

// cgroup is where the kernel counts for our cgroup, which is our workers' too.
var cgroup = sync.OnceValue(func() string {
	b, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return ""
	}
	for line := range bytes.Lines(b) {
		if path, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("0::")); ok { // version 2
			return "/sys/fs/cgroup" + string(path) + "/memory.events"
		}
	}
	return ""
})

// oomKills is how many processes of the cgroup the OOM killer has killed.
func oomKills() (n int64, ok bool) {
	if cgroup() == "" {
		return 0, false
	}
	b, err := os.ReadFile(cgroup())
	if err != nil {
		return 0, false
	}
	return field(b, "oom_kill ")
}
