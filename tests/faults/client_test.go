package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/tests/harness"
)

// longestRound is what a round of the witness may take, on a machine where
// other tests run, while others misbehave.
const longestRound = 5 * time.Second

// serve starts brine on one kind of address, with a witness that reports when
// the test ends.
func serve(t *testing.T, network string, args ...string) *harness.Server {
	t.Helper()
	s := harness.Brine(t, onNetwork(t, network, args...)...)
	witness(t, s)
	return s
}

// onNetwork adds an address of that kind to a server's arguments.
func onNetwork(t *testing.T, network string, args ...string) []string {
	t.Helper()
	if network == "unix" {
		args = append(args, "--address", harness.SocketPath(t))
	}
	return args
}

// onEachNetwork runs f over TCP and over a Unix socket.
func onEachNetwork(t *testing.T, f func(t *testing.T, network string)) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) { f(t, network) })
	}
}

// python is the first interpreter found: these tests are about the server.
func python(t *testing.T) harness.Python {
	t.Helper()
	for _, py := range harness.Pythons(t) {
		if py.AtLeast(3, 6) {
			return py
		}
	}
	t.Fatal("no Python 3")
	return harness.Python{}
}

func run(t *testing.T, s *harness.Server, script string) *harness.Peer {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("python", script))
	if err != nil {
		t.Fatal(err)
	}
	return python(t).With(s.Env()...).Start(t, path)
}

// witness starts the client that must notice nothing.
func witness(t *testing.T, s *harness.Server) {
	t.Helper()
	w := run(t, s, "witness.py")
	if got := w.Line(t); got != "working" {
		t.Fatalf("the witness said %q", got)
	}
	t.Cleanup(func() {
		var rounds int
		var seconds float64
		answer := w.Ask(t, "stop")
		if _, err := fmt.Sscan(answer, &rounds, &seconds); err != nil {
			t.Errorf("the witness said %q: %v", answer, err)
			return
		}
		if longest := time.Duration(seconds * float64(time.Second)); longest > longestRound {
			t.Errorf("a second client waited %v for one of its %d rounds; %v are too long", longest, rounds, longestRound)
		}
	})
}

// A client is a stock Python client at our command.
type client struct {
	*harness.Peer
	t *testing.T
}

func newClient(t *testing.T, s *harness.Server) *client {
	t.Helper()
	return &client{run(t, s, "client.py"), t}
}

// do fails the test when the line raises.
func (c *client) do(format string, args ...any) string {
	c.t.Helper()
	line := fmt.Sprintf(format, args...)
	answer := c.Ask(c.t, line)
	if strings.HasPrefix(answer, "! ") {
		c.t.Fatalf("%s raised %s", line, answer[2:])
	}
	return answer
}

// expect compares the repr of a line's value.
func (c *client) expect(want, format string, args ...any) {
	c.t.Helper()
	if got := c.Ask(c.t, fmt.Sprintf(format, args...)); got != want {
		c.t.Errorf("%s: got %s, want %s", fmt.Sprintf(format, args...), got, want)
	}
}

// give makes an object of c known to others under the same name.
func (c *client) give(name string, others ...*client) (ident string) {
	c.t.Helper()
	shared := strings.Trim(c.do("share(%s)", name), "'")
	for _, o := range others {
		o.do("%s = attach('%s')", name, shared)
	}
	_, ident, _ = strings.Cut(shared, " ")
	return ident
}

// settle lets the server do what it was about to do: fifty answers to another
// client come after it in any fair order.
func (c *client) settle() {
	c.t.Helper()
	c.do("settle()")
}

// A memoryWatch tells how much memory the server came to use.
type memoryWatch struct {
	s      *harness.Server
	before int
}

// watchMemory starts the peak anew.
func watchMemory(t *testing.T, s *harness.Server) memoryWatch {
	t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.Pid()), []byte("5"), 0); err != nil {
		t.Logf("the peak holds what was before: %v", err)
	}
	return memoryWatch{s, resident(t, s, "VmRSS")}
}

// atMost fails the test when the server grew by more than limit bytes at any
// time since.
func (w memoryWatch) atMost(t *testing.T, limit int) {
	t.Helper()
	if grown := resident(t, w.s, "VmHWM") - w.before; grown > limit {
		t.Errorf("the server grew by %d MiB; %d MiB are allowed", grown>>20, limit>>20)
	}
}

func resident(t *testing.T, s *harness.Server, field string) (n int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.Pid()))
	if err != nil {
		t.Fatalf("the server is gone: %v", err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			fmt.Sscan(rest, &n)
		}
	}
	return n << 10
}

// serveAlone starts brine without a witness: for servers that turn it away.
func serveAlone(t *testing.T, args ...string) *harness.Server {
	t.Helper()
	return harness.Brine(t, args...)
}
