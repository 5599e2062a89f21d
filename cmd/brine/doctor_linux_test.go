package main

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What the doctor says of hosts that are not well.
func TestDoctorJudges(t *testing.T) {
	shm := func(kind int64, total, free uint64, access error) finding {
		return judgeSharedMemory(&unix.Statfs_t{Type: kind, Bsize: 4096, Blocks: total >> 12, Bavail: free >> 12}, access)
	}
	const gib = 1 << 30
	for _, tt := range []struct {
		name  string
		found finding
		grade grade
		want  string
	}{
		{"well", shm(unix.TMPFS_MAGIC, gib, gib, nil), fine, "1 GiB, 1 GiB free"},
		{"not ours", shm(unix.TMPFS_MAGIC, gib, gib, unix.EACCES), bad, "chmod 1777"},
		{"read-only", shm(unix.TMPFS_MAGIC, gib, gib, unix.EROFS), bad, "remount,rw"},
		{"on a disk", shm(unix.EXT4_SUPER_MAGIC, gib, gib, nil), note, "mount -t tmpfs"},
		{"a container's", shm(unix.TMPFS_MAGIC, 64<<20, 64<<20, nil), note, "--shm-size"},
		{"nearly full", shm(unix.TMPFS_MAGIC, gib, gib/11, nil), note, "brine shm ls"},
		{"files", judgeFiles(unix.Rlimit{Cur: 1024, Max: 4096}), fine, "1024, at most 4096"},
		{"few files", judgeFiles(unix.Rlimit{Cur: 64, Max: 64}), note, "ulimit"},
		{"backlog", judgeBacklog(4096), fine, "4096"},
		{"short backlog", judgeBacklog(128), note, "somaxconn"},
	} {
		var b strings.Builder
		tt.found.print(&b)
		if tt.found.grade != tt.grade || !strings.Contains(b.String(), tt.want) || (tt.grade != fine) != (tt.found.todo != "") {
			t.Errorf("%s: %s, want %s with %q", tt.name, &b, tt.grade, tt.want)
		}
	}
}
