package harness

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// lineTime is how long a peer may take for its next line, and to go when it is told to.
const lineTime = 60 * time.Second

// Run runs a script to its end and returns what it printed. The test fails when the script
// does, or when ctx ends first.
func (p Python) Run(ctx context.Context, t testing.TB, script string, args ...string) []byte {
	t.Helper()
	out, err := p.Output(ctx, script, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Output is Run for those who expect failure. When ctx ends, the script ends with all that it has
// started, and a resource tracker among them gets the time to clean up.
func (p Python) Output(ctx context.Context, script string, args ...string) ([]byte, error) {
	cmd := p.command(ctx, script, args)
	endGently(cmd)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run() // with its descendants, who have our pipes
	if ctx.Err() != nil {
		endGroup(cmd)
		err = fmt.Errorf("no end in time: %w", context.Cause(ctx))
	}
	if err != nil {
		return stdout.Bytes(), fmt.Errorf("%s %s: %w\nstdout:\n%s\nstderr:\n%s",
			p.Name(), script, err, tail(stdout.Bytes()), tail(stderr.Bytes()))
	}
	return stdout.Bytes(), nil
}

func (p Python) command(ctx context.Context, script string, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.Path, append([]string{script}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8", "PYTHONDONTWRITEBYTECODE=1")
	cmd.Env = append(cmd.Env, p.Env...)
	leaveAlone(cmd)
	cmd.WaitDelay = 5 * time.Second // a grandchild may hold our pipes
	return cmd
}

// A Peer is a process that speaks in lines.
type Peer struct {
	name   string
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	lines  chan string
	ended  chan struct{} // closed when the process has been waited for
	stderr *output
}

// Start starts a script that runs beside the test, which talks to it with [Peer.Send] and
// [Peer.Line]. It is killed when the test ends.
func (p Python) Start(t testing.TB, script string, args ...string) *Peer {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	return start(t, p.Name()+" "+script, p.command(ctx, script, args), cancel)
}

func start(t testing.TB, name string, cmd *exec.Cmd, kill context.CancelFunc) *Peer {
	t.Helper()
	peer := &Peer{name: name, cmd: cmd, lines: make(chan string, 64), ended: make(chan struct{}), stderr: &output{}}
	cmd.Stderr = peer.stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	peer.stdin = stdin
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	stop := make(chan struct{})
	go func() { // ends with the process; the cleanup waits for it
		defer close(peer.ended)
		peer.read(stdout, stop)
		cmd.Wait()
	}()
	t.Cleanup(func() {
		close(stop)
		kill()
		<-peer.ended
		if t.Failed() {
			t.Logf("%s wrote to stderr:\n%s", name, tail(peer.stderr.Bytes()))
		}
	})
	return peer
}

// read hands the peer's lines on, and drops them once nobody will ask.
func (p *Peer) read(r io.Reader, stop <-chan struct{}) {
	defer close(p.lines)
	in := bufio.NewScanner(r)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		select {
		case p.lines <- in.Text():
		case <-stop:
			io.Copy(io.Discard, r)
			return
		}
	}
}

// Pid is the process's number.
func (p *Peer) Pid() int { return p.cmd.Process.Pid }

// Send writes a line to the peer's standard input.
func (p *Peer) Send(t testing.TB, line string) {
	t.Helper()
	if _, err := io.WriteString(p.stdin, line+"\n"); err != nil {
		t.Fatalf("%s: cannot send %q: %v\nstderr:\n%s", p.name, line, err, tail(p.stderr.Bytes()))
	}
}

// Line is the peer's next line. The test fails when none comes in time.
func (p *Peer) Line(t testing.TB) string {
	t.Helper()
	select {
	case line, ok := <-p.lines:
		if !ok {
			<-p.ended
			t.Fatalf("%s ended (%v) before its next line\nstderr:\n%s", p.name, p.cmd.ProcessState, tail(p.stderr.Bytes()))
		}
		return line
	case <-time.After(lineTime):
		t.Fatalf("%s: no line within %v\nstderr:\n%s", p.name, lineTime, tail(p.stderr.Bytes()))
	}
	return ""
}

// Ask sends a line and returns the peer's answer.
func (p *Peer) Ask(t testing.TB, line string) string {
	t.Helper()
	p.Send(t, line)
	return p.Line(t)
}

// Kill ends the peer as kill -9 does, and waits until it is gone.
func (p *Peer) Kill() {
	p.cmd.Process.Kill()
	<-p.ended
}

// Signal sends the peer a signal. One that has ended gets none.
func (p *Peer) Signal(t testing.TB, sig os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("%s: %v", p.name, err)
	}
}

// Wait returns the peer's exit status, -1 for the end by a signal. The test
// fails when it does not end in time.
func (p *Peer) Wait(t testing.TB) int {
	t.Helper()
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(lineTime):
		t.Errorf("%s: no end within %v\nstderr:\n%s", p.name, lineTime, tail(p.stderr.Bytes()))
		return -1
	}
}

// End closes the peer's standard input, by which it is told to end, and waits until it has
// done so and cleaned up behind itself. The test fails when it does not.
func (p *Peer) End(t testing.TB) {
	t.Helper()
	p.stdin.Close()
	p.Wait(t)
}

// Stderr is what the peer has written to its standard error so far.
func (p *Peer) Stderr() []byte { return p.stderr.Bytes() }

// output keeps what a process writes while others look at it.
type output struct {
	mu  sync.Mutex // guards buf: the writer is the process's copying goroutine
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) Bytes() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.buf.Bytes())
}

// tail is the end of an output, as much of it as a reader wants to see.
func tail(b []byte) []byte {
	const most = 8 << 10
	if len(b) > most {
		b = append([]byte("…\n"), b[len(b)-most:]...)
	}
	return bytes.TrimRight(b, "\n")
}
