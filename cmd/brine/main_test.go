package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/brine-go/brine/engine"
)

// asBrine makes the test binary the command that it tests.
const asBrine = "BRINE_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asBrine) != "" {
		main()
		return
	}
	engine.Main() // the tests are the resource tracker of their workers
	os.Exit(m.Run())
}

// A command is a running brine, with a state folder of its own.
type command struct {
	cmd    *exec.Cmd
	state  string
	out    *bufio.Reader
	stderr bytes.Buffer
}

func prepare(t *testing.T, args ...string) *command {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	c := &command{cmd: exec.CommandContext(ctx, os.Args[0], args...), state: t.TempDir()}
	c.cmd.Env = append(os.Environ(), asBrine+"=1", "XDG_STATE_HOME="+c.state, keyVariable+"=")
	c.cmd.Stderr = &c.stderr
	return c
}

func (c *command) start(t *testing.T) {
	t.Helper()
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewReader(out)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

func (c *command) line(t *testing.T) string {
	t.Helper()
	line, err := c.out.ReadString('\n')
	if err != nil {
		c.cmd.Wait()
		t.Fatalf("%v: no line: %v\n%s", c.cmd.Args[1:], err, &c.stderr)
	}
	return strings.TrimSuffix(line, "\n")
}

func (c *command) keyFile() string { return filepath.Join(c.state, "brine", "authkey") }

// TestServe: it says where it listens, keeps its key to itself, and goes when
// it is told to.
func TestServe(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			socket := filepath.Join(shortDir(t), "s")
			c := prepare(t, "serve", "--address", "127.0.0.1:0", "--address", socket)
			c.start(t)
			said := c.line(t)
			port, ok := strings.CutPrefix(said, "brine: serving 127.0.0.1:")
			if want := " (authkey in " + c.keyFile() + ")"; !ok || port == "0"+want || !strings.HasSuffix(said, want) {
				t.Errorf("the first line is %q", said)
			}
			second := c.line(t)
			if want := "brine: serving " + socket + " (authkey in " + c.keyFile() + ")"; second != want {
				t.Errorf("the second line is %q, want %q", second, want)
			}
			if err := c.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			rest := new(strings.Builder)
			c.out.WriteTo(rest)
			if err := c.cmd.Wait(); err != nil {
				t.Errorf("it ended with %v\n%s", err, &c.stderr)
			}
			if _, err := os.Stat(socket); !os.IsNotExist(err) {
				t.Errorf("the socket is still there: %v", err)
			}
			key, err := os.ReadFile(c.keyFile())
			if err != nil {
				t.Fatal(err)
			}
			secret := strings.TrimSpace(string(key))
			if all := said + second + rest.String() + c.stderr.String(); strings.Contains(all, secret) {
				t.Error("the key is printed or logged")
			}
		})
	}
}

// shortDir is a folder whose path leaves room for a socket's name.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "brine")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// TestDefaults: what brine serve does when it is told nothing.
func TestDefaults(t *testing.T) {
	for name, want := range map[string]string{
		"address": "[127.0.0.1:50000]", "authkey-file": "", "grace": "2s", "handshake-timeout": "10s",
		"max-message": "1073741824", "rlock-grace": "5s", "log-level": "info", "digests": "[]",
		"allow-shutdown": "false", "release-dead-locks": "false", "adopt-by-name": "false", "strict": "false",
	} {
		if f := serveCommand().Flags().Lookup(name); f == nil || f.DefValue != want {
			t.Errorf("--%s: %+v, want %q", name, f, want)
		}
	}
}

// TestTimes: what the flags tell a Config, where zero is its default.
func TestTimes(t *testing.T) {
	for _, tt := range []struct{ flag, ownerGrace, grace time.Duration }{
		{0, -1, -1}, // for ever, and no time
		{time.Second, time.Second, time.Second},
	} {
		f := serveFlags{rlockGrace: tt.flag}
		f.cfg.Grace, f.cfg.HandshakeTimeout = tt.flag, time.Second
		if err := f.configureTimes(); err != nil || f.cfg.OwnerGrace != tt.ownerGrace || f.cfg.Grace != tt.grace {
			t.Errorf("with %v: %v and %v (%v), want %v and %v", tt.flag, f.cfg.OwnerGrace, f.cfg.Grace, err, tt.ownerGrace, tt.grace)
		}
	}
}

// TestFailures: what cannot work is told in one line.
func TestFailures(t *testing.T) {
	first := prepare(t, "serve", "--address", "127.0.0.1:0", "--address", filepath.Join(shortDir(t), "s"))
	first.start(t)
	t.Cleanup(func() { first.cmd.Process.Kill(); first.cmd.Wait() })
	var taken []string
	for range 2 {
		address, _, _ := strings.Cut(strings.TrimPrefix(first.line(t), "brine: serving "), " ")
		taken = append(taken, address)
	}
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		want string // in the line
	}{
		{"taken port", []string{"--address", taken[0]}, "address already in use"},
		{"socket in use", []string{"--address", taken[1]}, "address already in use"},
		{"no key file", []string{"--authkey-file", filepath.Join(dir, "none")}, "no such file"},
		{"empty key file", []string{"--authkey-file", empty}, "is empty"},
		{"no address", []string{"--address", "here"}, "want HOST:PORT"},
		{"unknown type", []string{"--share", "get_queue=Kew"}, "JoinableQueue"},
		{"no type", []string{"--share", "get_queue"}, "want NAME=TYPE"},
		{"no class", []string{"--register", "Maths=maths"}, "want NAME=MODULE:CLASS"},
		{"no module", []string{"--register", "Maths=no.such:Maths"}, "ModuleNotFoundError: No module named 'no'"},
		{"a class of another Python", []string{"--register", "Maths=a:B", "--pool-python", "/none"}, "--pool-python: "},
		{"modules for nobody", []string{"--pool-path", "."}, "none without --pool-python or --register"},
		{"unknown digest", []string{"--digests", "sha1"}, "sha256"},
		{"message of nothing", []string{"--max-message", "0"}, "from 1 to 2147483647"},
		{"message of 2 GiB", []string{"--max-message", "2147483648"}, "from 1 to 2147483647"},
		{"shared twice", []string{"--share", "state=dict", "--share", "state=list"}, "there is another state"},
		{"grace of less than nothing", []string{"--grace", "-1s"}, "--grace: -1s"},
		{"no time for handshakes", []string{"--handshake-timeout", "0"}, "--handshake-timeout: "},
		{"RLocks kept for less than nothing", []string{"--rlock-grace", "-1s"}, "0 is for ever"},
		{"unknown level", []string{"--log-level", "loud"}, "debug, info, warn, error"},
		{"unknown flag", []string{"--nothing"}, "--nothing"},
		{"argument", []string{"here"}, "here"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := append([]string{"serve"}, tt.args...)
			if !strings.Contains(strings.Join(args, " "), "--address") {
				args = append(args, "--address", "127.0.0.1:0")
			}
			c := prepare(t, args...)
			out, err := c.cmd.Output()
			if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 {
				t.Errorf("it ended with %v, want exit status 1", err)
			}
			said := c.stderr.String()
			if len(out) > 0 || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "brine: ") || !strings.Contains(said, tt.want) {
				t.Errorf("it said %q, and %q on stdout; want one line with %q", said, out, tt.want)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, args := range append(helpOf(root()), []string{"pickle"}, []string{"version"}, []string{"--version"}) {
		out, err := prepare(t, args...).cmd.Output()
		if err != nil || len(out) == 0 {
			t.Errorf("%v: %v, %q", args, err, out)
		}
		for line := range strings.Lines(string(out)) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
				t.Errorf("%v: a line is %d wide: %s", args, n, line)
			}
		}
	}
}

// helpOf is what asks for the help of a command and of those below.
func helpOf(cmd *cobra.Command) (all [][]string) {
	all = append(all, append(strings.Fields(cmd.CommandPath())[1:], "--help"))
	for _, c := range cmd.Commands() {
		all = append(all, helpOf(c)...)
	}
	return all
}

// TestLog: lines are JSON where nobody reads them, and as many as were asked
// for.
func TestLog(t *testing.T) {
	for level, want := range map[string]string{"info": "WARN", "warn": "WARN", "error": ""} {
		c := prepare(t, "serve", "--address", ":0", "--log-level", level)
		c.start(t)
		if said := c.line(t); !strings.HasPrefix(said, "brine: serving 0.0.0.0:") {
			t.Errorf("the first line is %q", said)
		}
		c.cmd.Process.Signal(os.Interrupt)
		if err := c.cmd.Wait(); err != nil {
			t.Errorf("it ended with %v\n%s", err, &c.stderr)
		}
		if want == "" {
			if c.stderr.Len() > 0 {
				t.Errorf("%s: it logs %q", level, &c.stderr)
			}
			continue
		}
		var line struct{ Level, Msg, Address string }
		if err := json.Unmarshal(c.stderr.Bytes(), &line); err != nil || line.Level != want || !strings.Contains(line.Msg, "every interface") || line.Address == "" {
			t.Errorf("%s: it logs %q, %v", level, &c.stderr, err)
		}
	}
}
