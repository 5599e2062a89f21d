package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// newest is a Python that can run workers.
func newest(t *testing.T) string {
	t.Helper()
	path := ""
	for _, py := range harness.Pythons(t) {
		if py.AtLeast(3, 6) && py.Impl == "CPython" {
			path = py.Path
		}
	}
	return path
}

// shop is a module of the workers.
const shop = `
import os, time
number = 5
def price(item, count='1'): return '%s: %d' % (item, 2 * int(count))
def words(*texts): return texts
def both(a, b=0): return [a, b]
def sleep(x): time.sleep(x); return x
def large(n): return 'x' * n
def strange(_): return {'nan': float('nan'), 'pair': (1, {2}), 3: b'x'}
def note(n):
    with open('calls', 'a') as f: f.write('%d\n' % n)
    while n >= gate(): time.sleep(0.01)
    return n
def gate():
    try:
        with open('gate') as f: return int(f.read())
    except FileNotFoundError: return float('inf')
def tail(n):
    while n == 0 and open('results').read().count('\n') < 3: time.sleep(0.01)
    return n
`

// workIn runs brine work in the folder, which has the module shop.
func workIn(t *testing.T, dir, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	c := workCommandIn(t, dir, args...)
	c.cmd.Stdin = strings.NewReader(stdin)
	var out bytes.Buffer
	c.cmd.Stdout = &out
	c.cmd.Run()
	return out.String(), c.stderr.String(), c.cmd.ProcessState.ExitCode()
}

func workCommandIn(t *testing.T, dir string, args ...string) *command {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "shop.py"), []byte(shop), 0o600); err != nil {
		t.Fatal(err)
	}
	all := []string{"work", "--workers", "2"}
	if !slices.Contains(args, "--python") && !slices.Contains(args, "--go") {
		all = append(all, "--python", newest(t))
	}
	c := prepare(t, append(all, args...)...)
	c.cmd.Dir = dir
	return c
}

func TestWork(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		name, args, in, out, log string
		status                   int
	}{
		{name: "numbers", args: "math:sqrt", in: "4\n9\n\n2.25\n", out: "2.0\n3.0\n1.5\n"},
		{name: "values", args: "builtins:sorted", in: `[3, 1, 2]` + "\n" + `{"b": 1, "a": null}`, out: "[1, 2, 3]\n[\"a\", \"b\"]\n"},
		{name: "order of keys", args: "builtins:list", in: `{"z": 1, "b": 1, "y": 1}`, out: `["z", "b", "y"]` + "\n"},
		{name: "no JSON for it", args: "shop:strange", in: "0\n", out: `{"nan": "nan", "pair": [1, [2]], "3": "b'x'"}` + "\n"},
		{name: "CSV", args: "shop:price --format csv", in: "item,count\ntea,2\n\"milk, \"\"x\"\"\",3\n", out: "\"tea: 4\"\n\"milk, \\\"x\\\": 6\"\n"},
		{name: "CSV without a header", args: "shop:words --format csv --no-header", in: "\ufeffa,b\nc\n", out: "[\"a\", \"b\"]\n[\"c\"]\n"},
		{name: "pickles", args: "builtins:len --format pickle", in: "\x80\x04\x8c\x03abc.\x80\x02]q\x00(K\x01K\x02e.(lp0\n.", out: "3\n2\n0\n"},
		{name: "pickles of pickles", args: "builtins:tuple --format pickle --output-format pickle", in: "]K\x01a.", out: "\x80\x04K\x01\x85."},
		{name: "many arguments", args: "shop:both --star", in: "[1]\n[1, 2]\n{\"b\": 3, \"a\": 4}\n5\n", out: "[1, 0]\n[1, 2]\n[4, 3]\nnull\n",
			log: "line 4: with --star it must be a list or a dict, not int", status: 1},
		{name: "a call that fails", args: "builtins:int", in: "\"1\"\n\"x\"\n\"3\"\n", out: "1\nnull\n3\n", status: 1,
			log: "brine: line 2: ValueError: invalid literal for int() with base 10: 'x'\n  input: \"x\"\n  Traceback (most recent call last):\n"},
		{name: "bad lines", args: "builtins:int", in: "1\n{\n2 3\n\"\xff\"\n4", out: "1\nnull\nnull\nnull\n4\n", status: 1,
			log: "brine: line 2: the line is no JSON: unexpected EOF\n  input: \"{\"\n"},
		{name: "bad rows", args: "shop:price --format csv", in: "item,count\na,1\nb\n\"c\"d,1\ne,2\n", out: "\"a: 2\"\nnull\nnull\n\"e: 4\"\n", status: 1,
			log: "brine: line 3: the row has 1 columns, the header 2\n  input: [\"b\"]\nbrine: line 4: the row is no CSV"},
		{name: "a bad pickle", args: "builtins:len --format pickle", in: "\x8c\x01a.X", out: "1\n", status: 1, log: "pickle 2, at byte 4 of the input, cannot be read, nor what follows"},
		{name: "no function", args: "sqrt", status: 1, log: "want MODULE:FUNCTION"},
		{name: "no module", args: "no.such:thing", in: "1\n2\n", status: 1, log: "brine: no.such:thing cannot be called: ModuleNotFoundError: No module named 'no'\nTraceback"},
		{name: "no such function", args: "shop:cost", in: "1\n", status: 1, log: "brine: shop:cost cannot be called: AttributeError: Can't get attribute 'cost'"},
		{name: "no function by that name", args: "shop:number --output none.jsonl", in: "1\n", status: 1, log: "brine: shop:number cannot be called: it is no function\n"},
		{name: "a broken module", args: "broken:f", in: "1\n", status: 1, log: "cannot be called: SyntaxError: invalid syntax (broken.py, line 2)\nTraceback"},
		{name: "a worker that dies", args: "os:_exit", in: "3\n", out: "null\n", status: 1, log: "exited with status 3"},
		{name: "a timeout", args: "shop:sleep --timeout 100ms", in: "1000\n0\n", out: "null\n0\n", status: 1, log: "stopped after 100ms"},
		{name: "a negative timeout", args: "math:sqrt --timeout -1s", status: 1, log: "brine: --timeout -1s: want a time"},
		{name: "negative retries", args: "math:sqrt --retries -1", status: 1, log: "brine: --retries -1: want 0 or more"},
		{name: "no workers", args: "math:sqrt --workers 0", status: 1, log: "brine: --workers 0: at least 1"},
		{name: "no format", args: "math:sqrt --format xml", status: 1, log: `--format "xml": want json or csv or pickle`},
		{name: "no Python", args: "math:sqrt --python /none", status: 1, log: "--python: "},
		{name: "nothing", args: "math:sqrt"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.WriteFile(filepath.Join(dir, "broken.py"), []byte("x = 1\n1 +\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			out, log, status := workIn(t, dir, tt.in, strings.Fields(tt.args)...)
			if out != tt.out || status != tt.status {
				t.Errorf("the output is %q and the status %d, want %q and %d", out, status, tt.out, tt.status)
			}
			if !strings.Contains(log, tt.log) || tt.log == "" && log != "" {
				t.Errorf("standard error has %q, want %q", log, tt.log)
			}
		})
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "none.jsonl*")); left != nil {
		t.Errorf("%q are there, though no call was made", left)
	}
}

// The names of files say what is in them; failures have a file of their own.
func TestWorkWithFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "orders.csv", "item,count\ntea,2\nmilk,x\nrice,1\n")
	out, log, status := workIn(t, dir, "", "shop:price", "orders.csv", "--output", "prices.pkl", "--errors", "failed.jsonl")
	if out != "" || status != 1 || !strings.HasSuffix(log, "brine: 1 of 3 calls failed\n") || strings.Contains(log, "ValueError") {
		t.Errorf("status %d, output %q, %q", status, out, log)
	}
	d := pickle.Codec{}.NewDecoder(strings.NewReader(read(t, dir, "prices.pkl")))
	for _, want := range []any{"tea: 4", nil, "rice: 2"} {
		var v any
		if err := d.Decode(&v); err != nil || v != want {
			t.Errorf("a result is %v, %v; want %v", v, err, want)
		}
	}
	var f failure
	if err := json.Unmarshal([]byte(read(t, dir, "failed.jsonl")), &f); err != nil {
		t.Fatal(err)
	}
	if f.Line != 3 || string(f.Input) != `{"item":"milk","count":"x"}` || !strings.HasPrefix(f.Error, "ValueError: ") ||
		!strings.HasPrefix(f.Traceback, "Traceback (most") || !strings.Contains(f.Traceback, "shop.py") {
		t.Errorf("the failure is %+v", f)
	}
	if _, err := os.Stat(filepath.Join(dir, "prices.pkl.journal")); !os.IsNotExist(err) {
		t.Errorf("a journal is left of a run that came to its end: %v", err)
	}
	_, log, status = workIn(t, dir, "", "shop:price", "orders.csv", "--output", "prices.pkl", "--resume")
	if status != 1 || !strings.Contains(log, "nothing to resume") {
		t.Errorf("--resume of what is done: status %d, %q", status, log)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestWorkUnordered: a slow call lets others pass.
func TestWorkUnordered(t *testing.T) {
	dir := t.TempDir()
	_, _, status := workIn(t, dir, "0\n1\n\"x\"\n2\n", "shop:tail", "--unordered", "--workers", "2", "--output", "results")
	out := read(t, dir, "results")
	lines := strings.Fields(out)
	slices.Sort(lines)
	if status != 0 || strings.Join(lines, " ") != `"x" 0 1 2` || !strings.HasSuffix(out, "\n0\n") {
		t.Errorf("status %d, %q", status, out)
	}
}

// TestWorkReadsAsItWorks: however long the input, little of it is read ahead.
func TestWorkReadsAsItWorks(t *testing.T) {
	c := workCommandIn(t, t.TempDir(), "builtins:abs")
	in, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.start(t)
	for n := range 3 { // each result comes before the next is asked for
		fmt.Fprintln(in, -n)
		if got := c.line(t); got != fmt.Sprint(n) {
			t.Errorf("a result is %q, want %d", got, n)
		}
	}
	in.Close()
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, &c.stderr)
	}
}

// TestWorkIsInterrupted: Ctrl-C lets what was begun end, and --resume goes on.
func TestWorkIsInterrupted(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "in.jsonl", numbers(200))
	write(t, dir, "gate", "5")
	c := workCommandIn(t, dir, "shop:note", "in.jsonl", "--output", "out.jsonl", "--grace", "1m")
	said := c.says(t)
	c.start(t)
	await(t, func() bool { return lineCount(dir, "out.jsonl") == 5 }) // the others wait at the gate
	c.cmd.Process.Signal(os.Interrupt)
	said(" calls get 1m0s to end")
	os.Remove(filepath.Join(dir, "gate"))
	said("brine: interrupted: ", " calls are done, 0 failed; --resume goes on")
	if err := c.cmd.Wait(); c.cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("it ended with %v", err)
	}
	if done := lineCount(dir, "out.jsonl"); done <= 5 || done >= 200 {
		t.Errorf("%d calls are done", done)
	}
	resumed(t, dir)
	if n := lineCount(dir, "calls"); n != 200 {
		t.Errorf("%d calls were made of 200 inputs", n)
	}
}

// TestWorkIsInterruptedTwice: the second Ctrl-C ends it at once, and its workers.
func TestWorkIsInterruptedTwice(t *testing.T) {
	dir := t.TempDir()
	c := workCommandIn(t, dir, "shop:sleep", "--grace", "1h")
	c.cmd.Stdin = strings.NewReader("0\n1000\n1000\n")
	said := c.says(t)
	c.start(t)
	c.line(t)
	c.cmd.Process.Signal(os.Interrupt)
	said("another Ctrl-C ends them")
	c.cmd.Process.Signal(os.Interrupt)
	c.cmd.Wait()
	if status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Errorf("it ended with %v", c.cmd.ProcessState)
	}
}

// says returns a function that waits for a line on standard error with these words.
func (c *command) says(t *testing.T) func(words ...string) {
	t.Helper()
	c.cmd.Stderr = nil
	pipe, err := c.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(pipe)
	return func(words ...string) {
		t.Helper()
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatalf("it did not say %q: %v", words, err)
			}
			if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(line, word) }) {
				return
			}
		}
	}
}

// TestWorkIsKilled: whenever a run is killed, --resume goes on, and each result
// is there once.
func TestWorkIsKilled(t *testing.T) {
	for _, flags := range [][]string{nil, {"--unordered"}} {
		dir := t.TempDir()
		write(t, dir, "in.jsonl", numbers(3000))
		write(t, dir, "gate", "2900") // so that no run comes to its end
		for range 4 {
			before := lineCount(dir, "out.jsonl")
			args := append([]string{"shop:note", "in.jsonl", "--output", "out.jsonl", "--resume"}, flags...)
			c := workCommandIn(t, dir, args...)
			c.start(t)
			await(t, func() bool { n := lineCount(dir, "out.jsonl"); return n > before || n >= 2900 })
			c.cmd.Process.Kill()
			c.cmd.Wait()
			half, err := os.OpenFile(filepath.Join(dir, "out.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			half.WriteString("12345\n678") // written, and not in the journal
			half.Close()
			write(t, dir, "out.jsonl.journal.next", `{"func`)
		}
		refusesToResume(t, dir, flags)
		os.Remove(filepath.Join(dir, "gate"))
		resumed(t, dir, flags...)
	}
}

// refusesToResume: another job than the one that was stopped is told apart.
func refusesToResume(t *testing.T, dir string, flags []string) {
	t.Helper()
	input := read(t, dir, "in.jsonl")
	for _, tt := range []struct{ name, args, input, want string }{
		{"no --resume", "shop:note in.jsonl", input, "--resume goes on; to start again, remove it"},
		{"another function", "shop:sleep in.jsonl --resume", input, `the function was "shop:note", and is "shop:sleep" now`},
		{"another input", "shop:note in.jsonl --resume", "7" + input, "the input has changed"},
		{"a shorter input", "shop:note in.jsonl --resume", "0\n", "the input has changed: it ended with 1 records"},
		{"no output", "shop:note in.jsonl --resume --output=", input, "--resume needs the file of an earlier run"},
	} {
		write(t, dir, "in.jsonl", tt.input)
		before := read(t, dir, "out.jsonl.journal")
		args := append([]string{"--output", "out.jsonl"}, flags...)
		_, log, status := workIn(t, dir, "", append(args, strings.Fields(tt.args)...)...)
		if status != 1 || !strings.Contains(log, tt.want) {
			t.Errorf("%s: status %d, %q, want %q", tt.name, status, log, tt.want)
		}
		if after := read(t, dir, "out.jsonl.journal"); after != before {
			t.Errorf("%s: the journal was %s, and is %s", tt.name, before, after)
		}
	}
	write(t, dir, "in.jsonl", input)
}

// lineCount is how many lines a file has, if it is there.
func lineCount(dir, name string) int {
	b, _ := os.ReadFile(filepath.Join(dir, name))
	return bytes.Count(b, []byte("\n"))
}

func numbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintln(&b, i)
	}
	return b.String()
}

// resumed runs what is left, and sees that each result is there once.
func resumed(t *testing.T, dir string, args ...string) {
	t.Helper()
	_, log, status := workIn(t, dir, "", append([]string{"shop:note", "in.jsonl", "--output", "out.jsonl", "--resume"}, args...)...)
	if status != 0 {
		t.Errorf("--resume: status %d, %q", status, log)
	}
	got := strings.Split(strings.TrimSpace(read(t, dir, "out.jsonl")), "\n")
	want := strings.Split(strings.TrimSpace(read(t, dir, "in.jsonl")), "\n")
	if slices.Contains(args, "--unordered") {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the output is %q", got)
	}
}

// await waits until something holds that another process brings about.
func await(t *testing.T, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatal("it did not come about")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// TestWorkElsewhere: functions of a virtual environment, and of a Go program.
func TestWorkElsewhere(t *testing.T) {
	dir := t.TempDir()
	venv := filepath.Join(dir, "venv")
	if out, err := exec.Command(newest(t), "-m", "venv", "--without-pip", venv).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	site, err := filepath.Glob(filepath.Join(venv, "lib", "python3*", "site-packages"))
	if err != nil || len(site) != 1 {
		t.Fatalf("%v, %v", site, err)
	}
	write(t, site[0], "only_there.py", "def double(x): return 2 * x\n")
	out, log, status := workIn(t, dir, "21\n", "only_there:double", "--python", filepath.Join(venv, "bin", "python"))
	if out != "42\n" || status != 0 {
		t.Errorf("a venv: status %d, %q, %q", status, out, log)
	}
	program := filepath.Join(dir, "goworkers")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/brine-go/brine/examples/goworkers").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, log, status = workIn(t, dir, "10\n-1\n1000\n", "primes:count", "--go", program)
	if out != "4\nnull\n168\n" || status != 1 || !strings.Contains(log, "line 2: ValueError: no primes below -1") {
		t.Errorf("a Go program: status %d, %q, %q", status, out, log)
	}
}
