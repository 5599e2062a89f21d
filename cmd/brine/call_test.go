package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/brine-go/brine/pickle"
)

// TestCall uses a server from the command line.
func TestCall(t *testing.T) {
	socket := filepath.Join(shortDir(t), "s")
	server := prepare(t, "serve", "--address", socket, "--share", "get_queue=Queue")
	server.start(t)
	server.line(t)
	run := func(args ...string) (out, failed string) {
		t.Helper()
		c := prepare(t, append([]string{args[0], "--address", socket, "--authkey-file", server.keyFile()}, args[1:]...)...)
		b, err := c.cmd.Output()
		if err != nil {
			failed = strings.TrimSpace(c.stderr.String())
		}
		return strings.TrimSuffix(string(b), "\n"), failed
	}
	id, failed := run("create", "list", "[1, 'a']")
	if !strings.HasPrefix(id, "@") || failed != "" {
		t.Fatalf("create printed %q, %q", id, failed)
	}
	tests := []struct {
		args        []string
		out, failed string
	}{
		{[]string{"call", id, "append", "-2.5"}, "None", ""},
		{[]string{"call", id, "append", `{"x": [true, null]}`}, "None", ""},
		{[]string{"call", id, "append", "plain text"}, "None", ""},
		{[]string{"call", id, "__len__"}, "5", ""},
		{[]string{"call", id, "__str__"}, `"[1, 'a', -2.5, {'x': [True, None]}, 'plain text']"`, ""},
		{[]string{"call", "--json", id, "#GETVALUE"}, `[1,"a",-2.5,{"x":[true,null]},"plain text"]`, ""},
		{[]string{"call", id, "pop", "99"}, "", "brine: IndexError: pop index out of range"},
		{[]string{"call", id, "nothing"}, "", "brine: managers: remote error: KeyError: 'nothing'"},
		{[]string{"call", "@ffff", "pop"}, "", "brine: managers: remote error: KeyError: 'ffff'"},
		{[]string{"call", "dict", "pop", "key", "fallback"}, "'fallback'", ""},
		{[]string{"call", "Lock"}, "['acquire', 'release']", ""},
		{[]string{"call", "--json", "dict", "__class__"}, "", "brine: managers: remote error: KeyError: '__class__'"},
		{[]string{"objects"}, id + "\t1\t[1, 'a', -2.5, {'x': [True, None]}, 'plain text']", ""},
		{[]string{"call", "--timeout", "50ms", "Queue", "get"}, "", "brine: no answer within 50ms; see --timeout"},
		{[]string{"call", "Queue", "get", "timeout=0.01"}, "", "brine: queue.Empty"},
	}
	for _, tt := range tests {
		if out, failed := run(tt.args...); out != tt.out || failed != tt.failed {
			t.Errorf("brine %q printed %q, %q; want %q, %q", tt.args, out, failed, tt.out, tt.failed)
		}
	}
}

func TestArguments(t *testing.T) {
	tests := []struct{ words, want string }{ // words are separated by |
		{"1|'a'", "[1, 'a']"},
		{"true|null|[1.5, {\"a\": false}]", "[True, None, [1.5, {'a': False}]]"},
		{"True|None|(1,)|b'x'", "[True, None, (1,), b'x']"},
		{"word|two words|-1|-x", "['word', 'two words', -1, '-x']"},
		{"123456789012345678901", "[123456789012345678901]"},
		{"", "['']"},
		{"[1|{]", "['[1', '{]']"},
	}
	for _, tt := range tests {
		if got, err := pickle.Repr(pickle.NewList(arguments(strings.Split(tt.words, "|"))...)); got != tt.want || err != nil {
			t.Errorf("arguments(%q) are %s, %v; want %s", tt.words, got, err, tt.want)
		}
	}
}

func TestListObjects(t *testing.T) {
	const info = "  0:       refcount=0\n    None\n  7f02:       refcount=2\n    a\nb\n  7f03:       refcount=1\n    {}"
	var out strings.Builder
	if err := listObjects(&out, info); err != nil || out.String() != "@7f02\t2\ta\\nb\n@7f03\t1\t{}\n" {
		t.Errorf("printed %q, %v", out.String(), err)
	}
}
