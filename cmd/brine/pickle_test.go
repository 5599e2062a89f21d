package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ran runs brine to its end and returns what it printed.
func ran(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	c := prepare(t, args...)
	c.cmd.Stdin = strings.NewReader(stdin)
	out, err := c.cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		status = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return string(out), c.stderr.String(), status
}

// A pickle command reads a file, or standard input, and several pickles in a row.
func TestPickleInput(t *testing.T) {
	const two = "\x80\x04K\x01.\x80\x02K\x02."
	file := filepath.Join(t.TempDir(), "two.pkl")
	if err := os.WriteFile(file, []byte(two), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, stdin string
		args        []string
		out         string
	}{
		{"standard input", "K\x01.", []string{"dis", "--plain"},
			"    0: K    BININT1    1\n    2: .    STOP\nhighest protocol among opcodes = 1\n"},
		{"a dash", "K\x01.", []string{"dis", "--plain", "-"},
			"    0: K    BININT1    1\n    2: .    STOP\nhighest protocol among opcodes = 1\n"},
		{"two in a file", "", []string{"dis", "--plain", file},
			"    0: \\x80 PROTO      4\n    2: K    BININT1    1\n    4: .    STOP\nhighest protocol among opcodes = 2\n\n" +
				"    5: \\x80 PROTO      2\n    7: K    BININT1    2\n    9: .    STOP\nhighest protocol among opcodes = 2\n"},
	} {
		out, stderr, status := ran(t, tt.stdin, append([]string{"pickle"}, tt.args...)...)
		if out != tt.out || stderr != "" || status != 0 {
			t.Errorf("%s: status %d, %q and %q, want %q", tt.name, status, out, stderr, tt.out)
		}
	}
}

// What is no pickle ends with status 1 and one line with the offset in the file.
func TestPickleFailures(t *testing.T) {
	for _, command := range []string{"dis", "check", "json"} {
		for _, tt := range []struct {
			name, stdin, want string
			args              []string
		}{
			{"cut", "K\x01.(K", "standard input: pickle: BININT1 at 4: the pickle ends inside a value", nil},
			{"no memo entry", "K\x01.Nh\x03.", "standard input: pickle: BINGET at 4: no memo entry 3", nil},
			{"text", "hello", "standard input: pickle: BINGET at 0: no memo entry 101", nil},
			{"nothing", "", "standard input: empty", nil},
			{"gzip", "\x1f\x8b\x08\x00", "standard input: compressed by gzip; pipe it through gzip -dc", nil},
			{"zip", "PK\x03\x04\n", "standard input: a zip file, as torch.save makes; unzip it and give its data.pkl", nil},
			{"an array", "\x93NUMPY\x01", "standard input: an array that numpy.save made, no pickle", nil},
			{"no file", "", "open /none: no such file or directory", []string{"/none"}},
			{"two files", "", "accepts at most 1 arg(s), received 2", []string{"a", "b"}},
		} {
			_, stderr, status := ran(t, tt.stdin, append([]string{"pickle", command}, tt.args...)...)
			if want := "brine: " + tt.want + "\n"; status != 1 || stderr != want {
				t.Errorf("%s, %s: status %d and %q, want 1 and %q", command, tt.name, status, stderr, want)
			}
		}
	}
}

// A width that lines cannot be fitted to is refused before anything is read.
func TestPickleDisWidth(t *testing.T) {
	for _, tt := range []struct{ width, err string }{
		{"40", ""},
		{"39", "brine: --width 39: at least 40 is needed\n"},
		{"0", "brine: --width 0: at least 40 is needed\n"},
		{"-5", "brine: --width -5: at least 40 is needed\n"},
	} {
		out, stderr, status := ran(t, "N.", "pickle", "dis", "--width", tt.width)
		if stderr != tt.err || (status != 0) != (tt.err != "") || (out != "") != (status == 0) {
			t.Errorf("--width %s: status %d, %q and %q; want %q", tt.width, status, out, stderr, tt.err)
		}
	}
}

// Status 0 says that all was written.
func TestPickleOutputFails(t *testing.T) {
	for _, args := range [][]string{{"dis"}, {"check"}, {"json"}, {"recode"}} {
		c := prepare(t, append([]string{"pickle"}, args...)...)
		c.cmd.Stdin = strings.NewReader("\x80\x04K\x01.")
		out, err := os.Open(os.DevNull) // cannot be written to
		if err != nil {
			t.Fatal(err)
		}
		c.cmd.Stdout = out
		err = c.cmd.Run()
		out.Close()
		if status := c.cmd.ProcessState.ExitCode(); status != 1 || !strings.Contains(c.stderr.String(), "bad file descriptor") {
			t.Errorf("%s: status %d (%v), %q", args, status, err, c.stderr.String())
		}
	}
}

// check says what loading would do, and its status whether that is safe.
func TestPickleCheck(t *testing.T) {
	for _, tt := range []struct {
		name, stdin, out, err string
	}{
		{"atoms", "(K\x01X\x01\x00\x00\x00at.", "standard input: safe to load\n", ""},
		{"data types", "cdatetime\ndate\n(S'abcd'\ntRccollections\nOrderedDict\n)R\x86.",
			"harmless   imports datetime.date at 0, calls it at 25\n" +
				"harmless   imports collections.OrderedDict at 26, calls it at 52\nstandard input: safe to load\n", ""},
		{"Python 2", "\x80\x02cexceptions\nKeyError\n)R.", "harmless   imports exceptions.KeyError at 2, calls it at 24\nstandard input: safe to load\n", ""},
		{"a class", "cshop\nOrder\n)\x81.", "unknown    imports shop.Order at 0, calls it at 13\n",
			"safe only if you trust the unknown global above"},
		{"a shell", "cos\nsystem\n(S'ls'\ntR.", "DANGEROUS  imports os.system at 0, calls it at 19\n",
			"not safe to load: the DANGEROUS global above can do anything"},
		{"eval of Python 2", "\x80\x02c__builtin__\neval\n.", "DANGEROUS  imports __builtin__.eval at 2\n", "not safe to load"},
		{"beneath a module", "\x80\x04\x8c\x0bimportlib.x\x8c\x01y\x93.", "DANGEROUS  imports importlib.x.y at 18\n", "not safe to load"},
		{"the second of two", "N.cos\nsystem\n.", "DANGEROUS  imports os.system at 2\n", "not safe to load"},
	} {
		out, stderr, status := ran(t, tt.stdin, "pickle", "check")
		if out != tt.out || !strings.Contains(stderr, tt.err) || (status != 0) != (tt.err != "") {
			t.Errorf("%s: status %d, %q and %q; want %q and %q", tt.name, status, out, stderr, tt.out, tt.err)
		}
	}
}

// json writes a line for each pickle.
func TestPickleJSON(t *testing.T) {
	for _, tt := range []struct{ name, stdin, out string }{
		{"a dict", "\x80\x04}(\x8c\x01a](K\x01\x88Ne\x8c\x01bG?\xf8\x00\x00\x00\x00\x00\x00u.", `{"a": [1, true, null], "b": 1.5}` + "\n"},
		{"several", "K\x01.\x80\x02K\x02\x85.", "1\n" + `{"$tuple": [2]}` + "\n"},
		{"an instance", "cshop\nOrder\n)\x81}Vn\nK\x01sb.", `{"$new": "shop.Order", "state": {"n": 1}}` + "\n"},
		{"what would run", "cos\nsystem\n(S'ls'\ntR.", `{"$call": "os.system", "args": ["ls"]}` + "\n"},
		{"a list in itself", "]q\x00h\x00a.", `{"$id": 1, "$value": [{"$ref": 1}]}` + "\n"},
	} {
		out, stderr, status := ran(t, tt.stdin, "pickle", "json")
		if out != tt.out || stderr != "" || status != 0 {
			t.Errorf("%s: status %d, %q and %q; want %q", tt.name, status, out, stderr, tt.out)
		}
	}
	out, stderr, status := ran(t, "K\x01.(K", "pickle", "json")
	if out != "1\n" || status != 1 || !strings.Contains(stderr, "BININT1 at 4") {
		t.Errorf("status %d, %q and %q", status, out, stderr)
	}
}
