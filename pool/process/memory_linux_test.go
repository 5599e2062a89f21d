package process

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/brine-go/brine/pool"
)

func TestEventsFile(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"memory/app/memory.oom_control", "memory/memory.oom_control", "app/memory.events"} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("low 0\noom_kill 3\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ name, cgroups, want string }{
		{"version 2", "0::/app\n", "app/memory.events"},
		{"version 1", "5:cpu:/x\n4:cpuacct,memory:/app\n0::/\n", "memory/app/memory.oom_control"},
		{"version 1, the host's path", "4:memory:/docker/1234\n", "memory/memory.oom_control"},
		{"no memory controller", "5:cpu:/app\n", ""},
		{"version 2, nothing counted", "0::/other\n", ""},
		{"nothing at all", "\n", ""},
	} {
		want := tt.want
		if want != "" {
			want = filepath.Join(root, want)
		}
		if got := eventsFile(root, []byte(tt.cgroups)); got != want {
			t.Errorf("%s: %q, want %q", tt.name, got, want)
		}
	}
}

func TestVerdictOfTheOOMKiller(t *testing.T) {
	events := filepath.Join(t.TempDir(), "memory.events")
	count := func(text string) {
		if err := os.WriteFile(events, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name, now string
		memory    memory
		want      pool.Verdict
	}{
		{"it killed", "oom 1\noom_kill 4\n", memory{events: events, kills: 3, known: true}, pool.Yes},
		{"it did not", "oom 1\noom_kill 3\n", memory{events: events, kills: 3, known: true}, pool.No},
		{"nobody counts now", "oom 1\n", memory{events: events, kills: 3, known: true}, pool.Unknown},
		{"nobody counted before", "oom_kill 4\n", memory{events: events}, pool.Unknown},
		{"there is no cgroup", "", memory{}, pool.Unknown},
	} {
		count(tt.now)
		if got := tt.memory.oom(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestKilledHasASignalPending(t *testing.T) {
	for status, want := range map[string]bool{
		"SigPnd:\t0000000000000000\nShdPnd:\t0000000000000100\n": true,
		"SigPnd:\t0000000000000100\nShdPnd:\t0000000000000000\n": true,
		"SigPnd:\t0000000000000200\nShdPnd:\t0000000000000000\n": false,
		"Name:\tx\n": false,
	} {
		if got := killed([]byte(status)); got != want {
			t.Errorf("%q: %v, want %v", status, got, want)
		}
	}
}
