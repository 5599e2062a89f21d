package interop

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/tests/harness"
)

var address = regexp.MustCompile(`0x[0-9a-f]+`)

// TestReprs compares how both sides print one object in each of its states. A
// state is brought about by Go or by the Python; who did it says so of itself,
// the other says that somebody else did.
func TestReprs(t *testing.T) {
	eachFamily(t, func(t *testing.T, fam family) {
		me := new(synchronize.Owner)
		lock := enginetest.Must(synchronize.NewLock(fam.engine))(t)
		rlock := enginetest.Must(synchronize.NewRLock(fam.engine))(t)
		semaphore := enginetest.Must(synchronize.NewSemaphore(fam.engine, 3))(t)
		bounded2 := enginetest.Must(synchronize.NewBoundedSemaphore(fam.engine, 2))(t)
		condition := enginetest.Must(synchronize.NewCondition(fam.engine, nil))(t)
		overLock := enginetest.Must(synchronize.NewCondition(fam.engine, lock))(t)
		event := enginetest.Must(synchronize.NewEvent(fam.engine))(t)
		barrier := enginetest.Must(synchronize.NewBarrier(fam.engine, 2))(t)
		ours := map[string]func() string{
			"lock": lock.String, "rlock": func() string { return rlock.Repr(me) }, "semaphore": semaphore.String,
			"bounded": bounded2.String, "condition": func() string { return condition.Repr(me) }, "over_lock": overLock.String,
			"event": event.String, "barrier": barrier.String,
		}
		fam.give(t, "lock", lock)
		fam.give(t, "rlock", rlock)
		fam.give(t, "semaphore", semaphore)
		fam.give(t, "bounded", bounded2)
		fam.give(t, "condition", condition)
		fam.give(t, "over_lock", overLock)
		fam.give(t, "event", event)
		fam.give(t, "barrier", barrier)

		ctx := bounded(t)
		const somebody = "SomeOtherProcess"
		for _, tt := range []struct {
			name string
			do   func() error // by us, unless python
			py   string
			want string // of who did it
			not  string // of the other; "" is the same
		}{
			{"lock", nil, "", "<Lock(owner=None)>", ""},
			{"lock", func() error { return lock.Acquire(ctx) }, "", "<Lock(owner=MainProcess)>", "<Lock(owner=" + somebody + ")>"},
			{"lock", lock.Release, "", "<Lock(owner=None)>", ""},
			{"lock", nil, "lock.acquire()", "<Lock(owner=MainProcess)>", "<Lock(owner=" + somebody + ")>"},
			{"lock", nil, "lock.release()", "<Lock(owner=None)>", ""},
			{"rlock", nil, "", "<RLock(None, 0)>", ""},
			{"rlock", func() error { return errors.Join(rlock.Acquire(ctx, me), rlock.Acquire(ctx, me)) }, "",
				"<RLock(MainProcess, 2)>", "<RLock(" + somebody + ", nonzero)>"},
			{"rlock", func() error { return errors.Join(rlock.Release(me), rlock.Release(me)) }, "", "<RLock(None, 0)>", ""},
			{"rlock", nil, "rlock.acquire()", "<RLock(MainProcess, 1)>", "<RLock(" + somebody + ", nonzero)>"},
			{"rlock", nil, "rlock.release()", "<RLock(None, 0)>", ""},
			{"semaphore", nil, "semaphore.acquire()", "<Semaphore(value=2)>", ""},
			{"semaphore", semaphore.Release, "", "<Semaphore(value=3)>", ""},
			{"bounded", func() error { return bounded2.Acquire(ctx) }, "", "<BoundedSemaphore(value=1, maxvalue=2)>", ""},
			{"condition", nil, "", "<Condition(<RLock(None, 0)>, 0)>", ""},
			{"condition", func() error { return condition.Acquire(ctx, me) }, "", "<Condition(<RLock(MainProcess, 1)>, 0)>",
				"<Condition(<RLock(" + somebody + ", nonzero)>, 0)>"},
			{"over_lock", nil, "", "<Condition(<Lock(owner=None)>, 0)>", ""},
			{"event", nil, "", "<Event at 0x unset>", ""},
			{"event", nil, "event.set()", "<Event at 0x set>", ""},
			{"barrier", nil, "", "<multiprocessing.synchronize.Barrier at 0x: waiters=0/2>", ""},
			{"barrier", func() error { return barrier.Abort(ctx) }, "", "<multiprocessing.synchronize.Barrier at 0x: broken>", ""},
		} {
			if tt.do != nil {
				if err := tt.do(); err != nil {
					t.Fatalf("%s: %v", tt.name, err)
				}
			}
			other := tt.not
			if other == "" {
				other = tt.want
			}
			wantOurs, wantPython := tt.want, other
			if tt.py != "" {
				fam.python.Ask(t, tt.py)
				wantOurs, wantPython = other, tt.want
			}
			if got := address.ReplaceAllString(ours[tt.name](), "0x"); got != wantOurs {
				t.Errorf("%s after %q: ours is %s, want %s", tt.name, tt.py, got, wantOurs)
			}
			python := strings.Trim(address.ReplaceAllString(fam.python.Ask(t, "repr("+tt.name+")"), "0x"), "'")
			if old := strings.HasPrefix(python, "<multiprocessing.synchronize.") && strings.HasSuffix(python, " object at 0x>"); !old && python != wantPython {
				t.Errorf("%s after %q: Python's is %s, want %s", tt.name, tt.py, python, wantPython)
			}
		}
	})
}

// TestSemaphoreFilesAreGlibcs compares the bytes of a semaphore that Python made
// with those of one that Go made.
func TestSemaphoreFilesAreGlibcs(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 6) {
			return // 2.7 only forks
		}
		fam := newFamily(t, py, synchronize.Register)
		for _, value := range []int{0, 1, 7, 1<<31 - 1} {
			fam.do(t, fmt.Sprintf("s = ctx.Semaphore(%d)", value), "None")
			fam.do(t, "s._semlock.name[:4]", "'/mp-'")
			name := strings.Trim(fam.python.Ask(t, "s._semlock.name[1:]"), "'")
			theirs := enginetest.Must(os.ReadFile("/dev/shm/sem." + name))(t)
			s := enginetest.Must(synchronize.NewSemaphore(fam.engine, value))(t)
			fam.give(t, "ours", s)
			name = strings.Trim(fam.python.Ask(t, "ours._semlock.name[1:]"), "'")
			ours := enginetest.Must(os.ReadFile("/dev/shm/sem." + name))(t)
			if string(ours) != string(theirs) {
				t.Errorf("value %d: our file is %x, Python's %x", value, ours, theirs)
			}
		}
	})
}
