package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// smallSharedMemory is what containers have unless they ask for more: one
// array of a program may be larger.
const smallSharedMemory = 64 << 20

func lookAtSystem(context.Context) []finding {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return []finding{{bad, "system", err.Error(), ""}}
	}
	release := unix.ByteSliceToString(u.Release[:])
	f := finding{what: "system", found: fmt.Sprintf("Linux %s, %s, %d processors", release, runtime.GOARCH, runtime.NumCPU())}
	switch runtime.GOARCH {
	case "amd64", "arm64":
	default:
		f.grade, f.todo = bad, "Locks and queues are shared with Pythons on amd64 and arm64 only."
	}
	// Not a wait: it tells only whether the call is there.
	if _, _, errno := unix.Syscall6(unix.SYS_FUTEX_WAITV, 0, 0, 0, 0, 0, 0); errno == unix.ENOSYS {
		f.grade = max(f.grade, note)
		f.todo = strings.TrimSpace(f.todo + " No futex_waitv before Linux 5.16 (or in this sandbox): a cancelled wait for a lock returns late by some milliseconds.")
	}
	return []finding{f}
}

func lookAtSharedMemory(context.Context) []finding {
	const dir = "/dev/shm"
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return []finding{{bad, dir, err.Error(),
			"Locks, queues and shared memory live there: mkdir -p /dev/shm; mount -t tmpfs tmpfs /dev/shm"}}
	}
	return []finding{judgeSharedMemory(&fs, unix.Access(dir, unix.W_OK|unix.X_OK))}
}

// judgeSharedMemory is told what writing there comes to.
func judgeSharedMemory(fs *unix.Statfs_t, access error) finding {
	total, free := int64(fs.Blocks)*int64(fs.Bsize), int64(fs.Bavail)*int64(fs.Bsize)
	f := finding{what: "/dev/shm", found: fmt.Sprintf("%s, %s free", size(total), size(free))}
	switch {
	case errors.Is(access, unix.EROFS):
		f.grade, f.todo = bad, "It is read-only: mount -o remount,rw /dev/shm"
	case access != nil:
		f.grade, f.todo = bad, "It is not writable: chmod 1777 /dev/shm"
	case uint32(fs.Type) != unix.TMPFS_MAGIC && uint32(fs.Type) != unix.RAMFS_MAGIC:
		f.grade, f.todo = note, "It is not in memory but on a disk: mount -t tmpfs tmpfs /dev/shm"
	case total <= smallSharedMemory:
		f.grade, f.todo = note, "Arrays share it: give a container more with docker run --shm-size=1g"
	case free < total/10:
		f.grade, f.todo = note, "It is nearly full: see brine shm ls"
	}
	return f
}

func lookAtLimits(context.Context) []finding {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return []finding{{bad, "open files", err.Error(), "No child can be started without knowing it."}}
	}
	return []finding{judgeFiles(limit), judgeBacklog(readNumber("/proc/sys/net/core/somaxconn")), lookAtMemory()}
}

func judgeFiles(limit unix.Rlimit) finding {
	f := finding{what: "open files", found: fmt.Sprintf("%d, at most %d", limit.Cur, limit.Max)}
	if limit.Max < 4096 {
		f.grade, f.todo = note, "Each client takes one, each child several: raise it in /etc/security/limits.conf, or with docker run --ulimit nofile=65536"
	}
	return f
}

func judgeBacklog(clients int64) finding {
	f := finding{what: "waiting clients", found: fmt.Sprintf("%d", clients)}
	if clients < 256 {
		f.grade, f.todo = note, "More that connect at once are turned away: sysctl net.core.somaxconn=4096"
	}
	return f
}

// lookAtMemory tells whether it can be told why a worker was killed.
func lookAtMemory() finding {
	f := finding{what: "memory"}
	dir := "/sys/fs/cgroup" + ownGroup()
	if _, err := os.Stat(dir + "/memory.events"); err != nil {
		f.grade, f.found = note, "no memory.events of this program's cgroup"
		f.todo = "Of a killed worker nobody can tell whether the OOM killer did it. The root group and version 1 of cgroups have none."
		return f
	}
	f.found = "no limit"
	if limit := readNumber(dir + "/memory.max"); limit > 0 {
		f.found = "limit " + size(limit)
	}
	return f
}

// ownGroup is the path of this program's cgroup of version 2.
func ownGroup() string {
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::"); ok {
			return strings.TrimSuffix(path, "/")
		}
	}
	return ""
}

// readNumber is the number in a file, or 0 if there is none.
func readNumber(path string) int64 {
	text, err := os.ReadFile(path)
	n, bad := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if errors.Join(err, bad) != nil {
		return 0
	}
	return n
}
