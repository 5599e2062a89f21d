package shm

import (
	"os"
	"slices"
	"testing"
)

func TestNamesOfMultiprocessing(t *testing.T) {
	for name, want := range map[string]string{
		"psm_1a2b3c4d": "memory", "wnsm_1a2b3c4d": "memory",
		"sem.mp-k2j3_4g5": "semaphore", "sem.mp-k2j3_4g5.holder": "record",
		"sem.tmp-123456": "semaphore", "pym-1234-a_b1c2d3": "arena",
		"psm_1a2b3c4": "", "psm_1A2B3C4D": "", "psm_1a2b3c4d5": "", "psm_mine": "", "xpsm_1a2b3c4d": "",
		"sem.mp-": "", "sem.mine": "", "sem.mp-k2j3h4g5.other": "", "mp-k2j3h4g5": "", "pym-1234": "",
		"sem.tmp-": "", "sem.AbCdEf": "", "psm_1a2b3c4d\n": "",
	} {
		if got := KindOf(name); got != want {
			t.Errorf("KindOf(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestUsers: a file is in use while it is open, and while it is mapped.
func TestUsers(t *testing.T) {
	const name = "/psm_00000bad"
	f, err := Create(name, 4096)
	if err != nil {
		t.Fatal(err)
	}
	defer Unlink(name)
	s, err := Look(name[1:])
	if err != nil || s.Size != 4096 || !s.Private || s.UID != os.Getuid() {
		t.Fatalf("it looks like %+v, %v", s, err)
	}
	b, err := Map(f, 4096)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what string
		do   func() error
		want []int
	}{
		{"open and mapped", func() error { return nil }, []int{os.Getpid()}},
		{"mapped", f.Close, []int{os.Getpid()}},
		{"neither", func() error { return Unmap(b) }, nil},
		{"open", func() error { f, err = Open(name); return err }, []int{os.Getpid()}},
		{"closed", func() error { return f.Close() }, nil},
	} {
		if err := tt.do(); err != nil {
			t.Fatal(err)
		}
		u, err := FindUsers()
		if err != nil || !slices.Equal(u.By[s.ID], tt.want) {
			t.Errorf("%s: used by %v, %v; want %v", tt.what, u.By[s.ID], err, tt.want)
		}
	}
}

func TestMayHave(t *testing.T) {
	u := Users{Hidden: []Hidden{{PID: 1, UID: 0}, {PID: 2, UID: 1000}, {PID: 3, UID: 1001}}}
	if got := u.MayHave(Segment{UID: 1000, Private: true}); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("a private segment may be had by %v", got)
	}
	if got := u.MayHave(Segment{UID: 1000}); !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("a public segment may be had by %v", got)
	}
}
