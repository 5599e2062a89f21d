package sharedmemory

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/brine-go/brine/engine/enginetest"
)

// find is the segment of that name.
func find(t *testing.T, name string) (s Segment, ok bool) {
	t.Helper()
	list := enginetest.Must(List())(t)
	i := slices.IndexFunc(list, func(s Segment) bool { return s.Name == name })
	if i < 0 {
		return s, false
	}
	return list[i], true
}

func TestCollect(t *testing.T) {
	e := enginetest.New(t)
	s := enginetest.Must(Create(e, "", 100))(t)
	got, ok := find(t, s.Name())
	if !ok || got.Kind != "memory" || got.Size != 100 || got.UID != os.Getuid() || !slices.Equal(got.PIDs, []int{os.Getpid()}) || got.Dead() {
		t.Errorf("List has %+v of a segment that we have mapped", got)
	}
	if removed, err := Collect(Collection{Names: []string{s.Name()}}); len(removed) > 0 || err != nil {
		t.Fatalf("removed what is in use: %v, %v", removed, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		age  time.Duration
		dry  bool
		want int
	}{{time.Hour, false, 0}, {0, true, 1}, {0, false, 1}, {0, false, 0}} {
		removed, err := Collect(Collection{Names: []string{s.Name()}, Age: tt.age, Dry: tt.dry, IgnoreHidden: true})
		if len(removed) != tt.want || err != nil {
			t.Errorf("Age %v, Dry %t: removed %d segments, want %d: %v", tt.age, tt.dry, len(removed), tt.want, err)
		}
	}
	if _, ok := find(t, s.Name()); ok {
		t.Error("it is still there")
	}
}

func TestWhatIsCollected(t *testing.T) {
	me := os.Geteuid()
	dead := Segment{Name: "psm_1a2b3c4d", UID: me, Changed: time.Now().Add(-time.Hour)}
	used, hidden, young := dead, dead, dead
	used.PIDs, hidden.Hidden, young.Changed = []int{1}, []int{1}, time.Now()
	for _, tt := range []struct {
		what string
		c    Collection
		s    Segment
		want bool
		why  string
	}{
		{"dead", Collection{}, dead, true, ""},
		{"in use", Collection{IgnoreHidden: true}, used, false, "process 1 has it"},
		{"perhaps in use", Collection{}, hidden, false, "process 1 may have it, and is hidden from you"},
		{"perhaps in use", Collection{IgnoreHidden: true}, hidden, true, ""},
		{"old", Collection{Age: time.Minute}, dead, true, ""},
		{"young", Collection{Age: time.Minute}, young, false, "it has changed within 1m0s"},
		{"named", Collection{Names: []string{dead.Name}}, dead, true, ""},
		{"not named", Collection{Names: []string{}}, dead, false, ""},
	} {
		if got := tt.c.wants(tt.s); got != tt.want {
			t.Errorf("%s, %+v: %t, want %t", tt.what, tt.c, got, tt.want)
		}
		if got := tt.c.Keeps(tt.s); got != tt.why {
			t.Errorf("%s, %+v: it stays because %q, want %q", tt.what, tt.c, got, tt.why)
		}
	}
}
