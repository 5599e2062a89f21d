package enginetest

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/reduction"
)

// A Role is what the test binary does as another process: Run gets what Start
// was given, as the child of an engine does. It may print lines and read those
// that the test sends.
type Role struct {
	Register func(*engine.Engine)
	Run      func(e *engine.Engine, v any) error
}

// Roles are those of a test binary, by name.
type Roles map[string]Role

const (
	roleVariable = "BRINE_TEST_ROLE" // "name pickle", the latter in hexadecimal
	firstFile    = 3                 // of those that a child inherits
)

// play is the child's program. It does not return where this is a child.
func (roles Roles) play() {
	name, text, found := strings.Cut(os.Getenv(roleVariable), " ")
	if !found {
		return
	}
	os.Unsetenv(roleVariable)
	if err := roles[name].run(text); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (r Role) run(text string) error {
	e, err := engine.New(engine.Config{Name: "Process-1"})
	if err != nil {
		return err
	}
	r.Register(e)
	b, err := hex.DecodeString(text)
	if err != nil {
		return err
	}
	v, err := e.Connection().Codec.Decode(reduction.WithBirth(context.Background(), birth{}), b)
	if err != nil {
		return err
	}
	return errors.Join(r.Run(e, v), e.Close())
}

// birth is that of a child: its descriptors have the numbers in the pickle.
type birth struct{}

func (birth) Descriptor(n int) (*os.File, error) {
	f := os.NewFile(uintptr(n), fmt.Sprintf("descriptor %d", n))
	if _, err := f.Stat(); err != nil {
		return nil, err
	}
	return f, nil
}

// A Child is the test binary as another process.
type Child struct {
	role  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan string
	ended chan struct{} // closed when it has been waited for; err is set then
	err   error
}

// Start starts a role of this test binary with v, which is pickled as for a
// child of e. It is killed when the test ends.
func Start(t testing.TB, e *engine.Engine, role string, v any) *Child {
	t.Helper()
	h := &reduction.Inheritance{First: firstFile}
	b, err := e.Connection().Codec.Marshal(reduction.WithInheritance(context.Background(), h), v)
	if err != nil {
		t.Fatal(err)
	}
	c := &Child{role: role, cmd: exec.Command(os.Args[0]), lines: make(chan string, 64), ended: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %x", roleVariable, role, b))
	c.cmd.Stderr = os.Stderr
	c.cmd.ExtraFiles = h.Files()
	c.in = Must(c.cmd.StdinPipe())(t)
	out := Must(c.cmd.StdoutPipe())(t)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // ends with the process; the cleanup waits for it
		defer close(c.ended)
		for s := bufio.NewScanner(out); s.Scan(); {
			c.lines <- s.Text()
		}
		close(c.lines)
		c.err = c.cmd.Wait()
	}()
	t.Cleanup(c.Kill)
	return c
}

// Pid is the process's number.
func (c *Child) Pid() int { return c.cmd.Process.Pid }

// Line is the next line that the child prints.
func (c *Child) Line(t testing.TB) string {
	t.Helper()
	select {
	case line, ok := <-c.lines:
		if !ok {
			t.Fatalf("%s ended before its next line", c.role)
		}
		return line
	case <-time.After(2 * patience):
		t.Fatalf("%s says nothing", c.role)
	}
	return ""
}

// Send writes a line to the child.
func (c *Child) Send(t testing.TB, line string) {
	t.Helper()
	if _, err := fmt.Fprintln(c.in, line); err != nil {
		t.Fatalf("%s does not listen: %v", c.role, err)
	}
}

// Wait waits until the child has ended, and fails the test if it failed.
func (c *Child) Wait(t testing.TB) {
	t.Helper()
	select {
	case <-c.ended:
		if c.err != nil {
			t.Errorf("%s: %v", c.role, c.err)
		}
	case <-time.After(2 * patience):
		t.Fatalf("%s does not end", c.role)
	}
}

// Kill ends the child as kill -9 does, and waits until it is gone.
func (c *Child) Kill() {
	c.cmd.Process.Kill()
	for range c.lines { // what it printed may keep the reader
	}
	<-c.ended
}

// Signal kills the child and does not wait: it stays a zombie until Kill.
func (c *Child) Signal() { c.cmd.Process.Kill() }

// Input yields the lines that the test sends to this child.
func Input() *bufio.Scanner { return bufio.NewScanner(os.Stdin) }
