package enginetest

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/engine/internal/shm"
)

// A kind is something that may be left behind. list returns all that there are
// now, under a key that stays the same, with what is to be said of each.
type kind struct {
	what   string
	list   func() (map[string]string, error)
	disown func(map[string]string) error // deletes what is not ours; may be nil
}

var kinds = []kind{
	{"process", children, nil},
	{"goroutine", goroutines, nil},
	{"descriptor", descriptors, nil},
	{"name in " + shm.Dir, names, disownNames},
}

// leakPatience is how long what is ending may take: a tracker of a killed
// process, a goroutine that was told to stop.
var leakPatience = 10 * time.Second

// CheckLeaks fails the test if, when it has ended, there is a child process, a
// goroutine, a descriptor or a name of multiprocessing in /dev/shm that is not
// there now. New calls it. Call it before what is to be cleaned up is made.
func CheckLeaks(t testing.TB) {
	t.Helper()
	startPoller()
	before := make([]map[string]string, len(kinds))
	for i, k := range kinds {
		list, err := k.list()
		if err != nil {
			t.Fatalf("enginetest: %v", err)
		}
		before[i] = list
	}
	t.Cleanup(func() {
		if t.Failed() {
			return // what it left is the least
		}
		deadline := time.Now().Add(leakPatience)
		for i, k := range kinds {
			for _, left := range k.leftSince(t, before[i], deadline) {
				t.Errorf("the test left a %s behind: %s", k.what, left)
			}
		}
	})
}

// leftSince waits until nothing is left, or the deadline.
func (k kind) leftSince(t testing.TB, before map[string]string, deadline time.Time) []string {
	for {
		now, err := k.since(before)
		if err != nil {
			t.Errorf("enginetest: %v", err)
			return nil
		}
		if len(now) == 0 || time.Now().After(deadline) {
			return slices.Sorted(maps.Values(now))
		}
		runtime.GC() // closes files to which nothing refers
		time.Sleep(5 * time.Millisecond)
	}
}

func (k kind) since(before map[string]string) (map[string]string, error) {
	now, err := k.list()
	maps.DeleteFunc(now, func(key, _ string) bool { _, was := before[key]; return was })
	if err == nil && len(now) > 0 && k.disown != nil {
		err = k.disown(now)
	}
	return now, err
}

// startPoller makes the descriptors that the runtime keeps for itself.
func startPoller() {
	if r, w, err := os.Pipe(); err == nil {
		r.Close()
		w.Close()
	}
}

func descriptors() (map[string]string, error) {
	const dir = "/proc/self/fd/"
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	list := map[string]string{}
	for _, e := range entries {
		if link, err := os.Readlink(dir + e.Name()); err == nil { // else it was that of the listing
			list[e.Name()+" "+link] = e.Name() + " is " + link
		}
	}
	return list, nil
}

// children are processes whose parent we are, also those that nobody has waited
// for.
func children() (map[string]string, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	list := map[string]string{}
	me := strconv.Itoa(os.Getpid())
	for _, e := range entries {
		text, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue // no process, or no more
		}
		// The name, in parentheses, may hold anything.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) > 1 && fields[1] == me {
			list[e.Name()] = string(text[:strings.LastIndexByte(string(text), ')')+1])
		}
	}
	return list, nil
}

// runtimes are the goroutines of the test itself and of the runtime.
var runtimes = regexp.MustCompile(`(?m)^created by (testing|runtime|os/signal)\.|^goroutine 1 \[|^runtime\.`)

var goroutineHeader = regexp.MustCompile(`^goroutine (\d+)`)

func goroutines() (map[string]string, error) {
	b := make([]byte, 64<<10)
	for {
		n := runtime.Stack(b, true)
		if n < len(b) {
			b = b[:n]
			break
		}
		b = make([]byte, 2*len(b))
	}
	list := map[string]string{}
	for _, stack := range strings.Split(string(b), "\n\n") {
		m := goroutineHeader.FindStringSubmatch(stack)
		if m == nil {
			return nil, fmt.Errorf("the stack of a goroutine begins with %.40q", stack)
		}
		if !runtimes.MatchString(stack) {
			list[m[1]] = stack
		}
	}
	return list, nil
}

func names() (map[string]string, error) {
	segments, err := shm.List()
	if err != nil {
		return nil, err
	}
	list := map[string]string{}
	for _, s := range segments {
		list[s.Name] = fmt.Sprintf("%s, a %s of %d bytes", s.Name, s.Kind, s.Size)
	}
	return list, nil
}

// disownNames leaves those that we use: other programs run meanwhile, and die
// too. A name that only a dead child of ours used is reported by the tracker,
// whose exit status fails the Close of the engine.
func disownNames(list map[string]string) error {
	users, err := shm.FindUsers()
	if err != nil {
		return err
	}
	maps.DeleteFunc(list, func(name, _ string) bool {
		s, err := shm.Look(name)
		if err != nil {
			return true // gone by now
		}
		return !slices.Contains(users.By[s.ID], os.Getpid())
	})
	return nil
}
