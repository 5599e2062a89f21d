package shm

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// places are what stands for /dev/shm in a mount namespace of its own. The test
// binary is started there once more, and prints what it is told.
var places = map[string]struct {
	target, options string // of the tmpfs that is mounted
	do              func() []error
	want            []string // by error, what it says
}{
	"missing": {"/dev", "", func() []error {
		_, created := Create("/here", 1)
		_, opened := Open("/here")
		_, listed := List()
		return []error{created, opened, listed, Publish("/here", []byte("x")), Unlink("/here")}
	}, []string{
		"shm: there is no /dev/shm to share memory in: mount a tmpfs there: stat /dev/shm: no such file or directory",
	}},
	"too small": {Dir, "size=65536", func() []error {
		_, large := Create("/large", 1<<20)
		_, again := os.Stat(Dir + "/large")
		f, fits := Create("/fits", 65536)
		if fits == nil {
			defer f.Close()
		}
		return []error{large, again, fits, Publish("/semaphore", make([]byte, 32))}
	}, []string{
		`shm: no room for "/large": 1048576 bytes asked for, 65536 of 65536 free in /dev/shm: no space left on device`,
		"stat /dev/shm/large: no such file or directory",
		"<nil>",
		`shm: no room for "/semaphore": 32 bytes asked for, 0 of 65536 free in /dev/shm: no space left on device`,
	}},
	"full of names": {Dir, "nr_inodes=2", func() []error { // one is the folder's
		f, fits := Create("/fits", 1)
		if fits == nil {
			defer f.Close()
		}
		_, more := Create("/more", 1)
		return []error{fits, Publish("/semaphore", make([]byte, 32)), more}
	}, []string{"<nil>", "no space left on device"}},
}

const placeVariable = "BRINE_TEST_PLACE"

func TestMain(m *testing.M) {
	if p, ok := places[os.Getenv(placeVariable)]; ok {
		err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
		if err == nil {
			err = unix.Mount("tmpfs", p.target, "tmpfs", 0, p.options)
		}
		if err != nil {
			fmt.Println("mount:", err)
			os.Exit(1)
		}
		for _, err := range p.do() {
			fmt.Println(err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestPlaces(t *testing.T) {
	for name, p := range places {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), placeVariable+"="+name)
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
		if id := os.Getuid(); id != 0 {
			cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: id, Size: 1}}
		}
		said, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", name, err, said)
		}
		lines := strings.Split(strings.TrimSpace(string(said)), "\n")
		for i, got := range lines {
			want := p.want[min(i, len(p.want)-1)] // the last goes for the rest
			if !strings.HasSuffix(got, want) {
				t.Errorf("%s: error %d is %s, want %s", name, i, got, want)
			}
		}
		if len(lines) < len(p.want) {
			t.Errorf("%s: %d errors, want %d", name, len(lines), len(p.want))
		}
	}
	if _, err := os.Stat(Dir + "/fits"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the real %s has what was made elsewhere: %v", Dir, err)
	}
}
