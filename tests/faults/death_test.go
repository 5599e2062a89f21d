package faults

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/tests/harness"
)

// A waiter waits for something when it dies.
type waiter struct {
	name   string
	make   string // the object, as o
	before string // what the survivor does first
	waits  string // what the victim never gets an answer to
	method string // the same on the wire
	args   []string
	after  string // what the survivor does once the victim is gone
	check  [][2]string
}

var waiters = []waiter{
	{
		name: "get", make: "o = m.Queue()", waits: "o.get()", method: "get",
		after: "o.put('item')",
		check: [][2]string{{"o.get(True, 10)", "'item'"}, {"o.qsize()", "0"}},
	},
	{
		name: "put", make: "o = m.Queue(1)", before: "o.put(1)", waits: "o.put(2)", method: "put", args: []string{"K\x02"},
		after: "x = o.get(True, 10)",
		check: [][2]string{{"x", "1"}, {"o.empty()", "True"}},
	},
	{
		name: "lock", make: "o = m.Lock()", before: "o.acquire()", waits: "o.acquire()", method: "acquire",
		after: "o.release()",
		check: [][2]string{{"o.acquire(True, 10)", "True"}, {"o.acquire(False)", "False"}},
	},
	{
		name: "rlock", make: "o = m.RLock()", before: "o.acquire()", waits: "o.acquire()", method: "acquire",
		after: "o.release()",
		check: [][2]string{{"o.acquire(True, 10)", "True"}},
	},
	{
		name: "semaphore", make: "o = m.Semaphore(0)", waits: "o.acquire()", method: "acquire",
		after: "o.release()",
		check: [][2]string{{"o.acquire(True, 10)", "True"}, {"o.acquire(False)", "False"}},
	},
	{
		name: "event", make: "o = m.Event()", waits: "o.wait()", method: "wait",
		after: "o.set()",
		check: [][2]string{{"o.wait(10)", "True"}},
	},
	{
		name: "barrier", make: "o = m.Barrier(2)", waits: "o.wait()", method: "wait",
		after: "x = o.parties",
		check: [][2]string{{"o.n_waiting", "0"}, {"o.broken", "False"}},
	},
	{
		name: "join", make: "o = m.JoinableQueue()", before: "o.put(1)", waits: "o.join()", method: "join",
		after: "x = o.get(True, 10)",
		check: [][2]string{{"o.task_done()", "None"}, {"o.join()", "None"}},
	},
}

// TestWaiterDies: who disappears while it waits takes nothing.
func TestWaiterDies(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		s := serve(t, network)
		survivor := newClient(t, s)
		for _, w := range waiters {
			for how, die := range map[string]func(*testing.T, *harness.Server, *client, waiter){
				"killed": killedWaiting, "closed": closedWaiting, "half a frame": halfFrameWaiting,
			} {
				t.Run(w.name+" "+how, func(t *testing.T) {
					survivor.t = t
					survivor.do("%s", w.make)
					if w.before != "" {
						survivor.do("%s", w.before)
					}
					die(t, s, survivor, w)
					survivor.settle() // the server sees it go
					survivor.do("%s", w.after)
					for _, c := range w.check {
						survivor.expect(c[1], "%s", c[0])
					}
				})
			}
		}
	})
}

func killedWaiting(t *testing.T, s *harness.Server, survivor *client, w waiter) {
	victim := newClient(t, s)
	survivor.give("o", victim)
	victim.settle() // connected before it is told to wait
	victim.Send(t, w.waits)
	survivor.settle()
	victim.Kill()
}

func closedWaiting(t *testing.T, s *harness.Server, survivor *client, w waiter) {
	victim := dialServed(t, s)
	if err := victim.send(request(survivor.give("o"), w.method, w.args...)); err != nil {
		t.Fatal(err)
	}
	survivor.settle()
	victim.Close()
}

func halfFrameWaiting(t *testing.T, s *harness.Server, survivor *client, w waiter) {
	victim := dialServed(t, s)
	next := framed(request("", "dummy"))
	if _, err := victim.Write([]byte(framed(request(survivor.give("o"), w.method, w.args...)) + next[:len(next)/2])); err != nil {
		t.Fatal(err)
	}
	survivor.settle()
	victim.Close()
}

// TestHalfAFrame: a request that ends before its end changes nothing.
func TestHalfAFrame(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		s := serve(t, network)
		survivor := newClient(t, s)
		survivor.do("o = m.list()")
		whole := framed(request(survivor.give("o"), "append", "K\x01"))
		for cut := 1; cut < len(whole); cut++ {
			p := dialServed(t, s)
			if _, err := p.Write([]byte(whole[:cut])); err != nil {
				t.Fatal(err)
			}
			p.Close()
		}
		survivor.settle()
		survivor.expect("0", "len(o)")
	})
}

// TestNotifyPassesTheDead: a notify is for somebody who lives.
func TestNotifyPassesTheDead(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		s := serve(t, network)
		survivor, victim, waiting := newClient(t, s), newClient(t, s), newClient(t, s)
		survivor.do("o = m.Condition()")
		survivor.give("o", victim, waiting)
		victim.do("o.acquire()")
		victim.Send(t, "o.wait()")
		waiting.do("o.acquire(True, 20)") // granted once the victim waits
		waiting.Send(t, "o.wait(20)")
		survivor.do("o.acquire(True, 20)") // granted once both wait
		survivor.do("o.release()")
		victim.Kill()
		survivor.settle()
		survivor.do("o.acquire(True, 20)")
		survivor.do("o.notify()")
		survivor.do("o.release()")
		if got := waiting.Line(t); got != "True" {
			t.Errorf("the waiter that lives got %s, want True", got)
		}
		waiting.do("o.release()")
	})
}

// TestOwnerDies: an RLock or a Condition goes on to the next, and the log says
// who lost it.
func TestOwnerDies(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		s := serve(t, network, "--rlock-grace", "500ms")
		for _, kind := range []string{"RLock", "Condition"} {
			t.Run(kind, func(t *testing.T) {
				owner, next := newClient(t, s), newClient(t, s)
				owner.do("o = m.%s()", kind)
				ident := owner.give("o", next)
				who := "owner of the " + kind
				owner.do("call_me('%s')", who)
				owner.do("o.acquire()")
				owner.do("o.acquire()") // twice: all of it is released
				next.Send(t, "o.acquire(True, 20)")
				owner.Kill()
				if got := next.Line(t); got != "True" {
					t.Errorf("the next in line got %s, want True", got)
				}
				next.do("o.release()")
				awaitLog(t, s, kind, ident, who)
			})
		}
	})
}

// awaitLog waits until a line of the log holds all the words.
func awaitLog(t *testing.T, s *harness.Server, words ...string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		for line := range strings.Lines(string(s.Stderr())) {
			if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
				return
			}
		}
	}
	t.Errorf("no line of the log names %q:\n%s", words, s.Stderr())
}

// TestOwnerLives: a connection that ends is not a process that ends. Over TCP
// nobody can tell: there the grace is waited for, and one of 0 never ends.
func TestOwnerLives(t *testing.T) {
	for _, tt := range []struct {
		network string
		args    []string
	}{
		{"unix", []string{"--rlock-grace", "100ms"}},
		{"tcp", []string{"--rlock-grace", "0s"}},
		{"tcp", []string{"--rlock-grace", forEver}},
	} {
		t.Run(tt.network+" "+tt.args[1], func(t *testing.T) {
			s := serve(t, tt.network, tt.args...)
			other := newClient(t, s)
			other.do("o = m.RLock()")
			owner := dialServed(t, s) // this process, which lives on
			if reply := owner.ask(t, request(other.give("o"), "acquire")); !strings.Contains(string(reply), "#RETURN") {
				t.Fatalf("acquire answered %q", reply)
			}
			owner.Close()
			other.expect("False", "o.acquire(True, 1)")
		})
	}
}

// TestAdoption: where the server was told so, an RLock goes on to the next
// client of the same host and name, which may then release it.
func TestAdoption(t *testing.T) {
	s := serve(t, "tcp", "--rlock-grace", "0s", "--adopt-by-name")
	other := newClient(t, s)
	other.do("o = m.RLock()")
	ident := other.give("o")
	owner := dialServed(t, s)
	if reply := owner.ask(t, request(ident, "acquire")); !strings.Contains(string(reply), "#RETURN") {
		t.Fatalf("acquire answered %q", reply)
	}
	owner.Close()
	other.settle()
	other.expect("False", "o.acquire(False)")
	heir := dialServed(t, s) // whose name is that of the first
	if reply := heir.ask(t, request(ident, "release")); !strings.Contains(string(reply), "#RETURN") {
		t.Errorf("release by the heir answered %q", reply)
	}
	other.expect("True", "o.acquire(False)")
}

// TestLocksOfTheDead: anybody may release a Lock, so that of a dead client
// stays taken, unless the server was told otherwise.
func TestLocksOfTheDead(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		for _, tt := range []struct {
			name     string
			args     []string
			acquires string
		}{
			{"by default", nil, "False"},
			{"with leases", []string{"--release-dead-locks", "--rlock-grace", "100ms"}, "True"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				s := serve(t, network, tt.args...)
				for _, kind := range []string{"Lock", "Semaphore", "BoundedSemaphore"} {
					owner, next := newClient(t, s), newClient(t, s)
					owner.do("o = m.%s()", kind)
					owner.give("o", next)
					owner.do("o.acquire()")
					owner.Kill()
					timeout := 1
					if tt.acquires == "True" {
						timeout = 20
					}
					next.expect(tt.acquires, "o.acquire(True, %d)", timeout)
					next.do("o.release()") // anybody may
					next.expect("True", "o.acquire(True, 5)")
				}
			})
		}
	})
}
