package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/tests/harness"
)

func TestSnippetNamesWhatPythonReaches(t *testing.T) {
	inFile := authkey{file: "/it's/a key"}
	for _, tt := range []struct {
		name  string
		addrs []connection.Address
		key   authkey
		want  string // in it; "" is no snippet
	}{
		{"TCP", []connection.Address{{Host: "10.1.2.3", Port: 5}}, inFile, "address=('10.1.2.3', 5)"},
		{"every interface", []connection.Address{{Host: "0.0.0.0", Port: 5}}, inFile, "address=('127.0.0.1', 5)"},
		{"socket", []connection.Address{{Path: "/tmp/so'ck"}}, inFile, `address='/tmp/so\'ck'`},
		{"abstract", []connection.Address{{Path: "\x00name"}}, inFile, `address='\x00name'`},
		{"IPv6 first", []connection.Address{{Host: "::1", Port: 5}, {Path: "/s"}}, inFile, "address='/s'"},
		{"IPv6 only", []connection.Address{{Host: "::1", Port: 5}}, inFile, ""},
		{"key in a file", []connection.Address{{Path: "/s"}}, inFile, `open('/it\'s/a key', 'rb')`},
		{"key of the environment", []connection.Address{{Path: "/s"}}, authkey{}, "os.environ['BRINE_AUTHKEY']"},
	} {
		got := snippet(tt.addrs, tt.key)
		if !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s: the snippet is\n%s\nwant %q in it", tt.name, got, tt.want)
		}
	}
}

// TestSnippetRuns pastes what brine serve prints, as it stands, into every
// Python.
func TestSnippetRuns(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		env  string
	}{
		{"TCP", []string{"--address", "127.0.0.1:0"}, ""},
		{"socket", []string{"--address", filepath.Join(shortDir(t), "it's")}, ""},
		{"environment", []string{"--address", "127.0.0.1:0"}, keyVariable + "=told to both"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := prepare(t, append([]string{"serve"}, tt.args...)...)
			c.cmd.Env = append(c.cmd.Env, tt.env)
			c.start(t)
			t.Cleanup(func() { c.cmd.Process.Kill(); c.cmd.Wait() })
			c.line(t) // ready
			script := filepath.Join(t.TempDir(), "pasted.py")
			if err := os.WriteFile(script, []byte(c.pasted(t)), 0o600); err != nil {
				t.Fatal(err)
			}
			harness.EachPython(t, func(t *testing.T, py harness.Python) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if tt.env != "" {
					py = py.With(tt.env)
				}
				if got := string(py.Run(ctx, t, script)); got != "[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]\n" {
					t.Errorf("it printed %q", got)
				}
			})
		})
	}
}

// pasted reads the snippet, which a blank line ends.
func (c *command) pasted(t *testing.T) string {
	t.Helper()
	text := ""
	for {
		line := c.line(t)
		if line == "" && text != "" {
			return text
		}
		if line != "" {
			text += line + "\n"
		}
	}
}
