package pyinterop

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFindAndProbe(t *testing.T) {
	t.Setenv("VIRTUAL_ENV", "")
	t.Setenv("PYTHONS", "")
	p, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.Path != "python3" || !filepath.IsAbs(p.Executable) || !p.Version.Spawns() || len(p.SysPath) == 0 {
		t.Errorf("found %+v", p)
	}
	path, err := exec.LookPath("python3")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PYTHONS", "9.99 "+path)
	if p, err = Find(t.Context()); err != nil || p.Path != path {
		t.Errorf("PYTHONS names %s, found %v, %v", path, p, err)
	}
	t.Setenv("VIRTUAL_ENV", t.TempDir())
	if p, err = Find(t.Context()); err == nil {
		t.Errorf("the virtual environment is empty, found %v", p)
	}
	if p, err = Probe(t.Context(), path, "-X", "dev"); err != nil || !slices.Equal(p.Flags, []string{"-X", "dev"}) {
		t.Errorf("with flags: %+v, %v", p, err)
	}
}

func TestCandidates(t *testing.T) {
	for _, tt := range []struct{ venv, pythons, want string }{
		{"", "", "python3 python"},
		{"", "3.13 pypy3 /opt/p", "python3.13 pypy3 /opt/p"},
		{"/v", "3.13", "/v/bin/python"},
	} {
		env := map[string]string{"VIRTUAL_ENV": tt.venv, "PYTHONS": tt.pythons}
		if got := strings.Join(candidates(func(k string) string { return env[k] }), " "); got != tt.want {
			t.Errorf("VIRTUAL_ENV=%q PYTHONS=%q: %s, want %s", tt.venv, tt.pythons, got, tt.want)
		}
	}
}

func TestWhatIsNoPython(t *testing.T) {
	script := func(text string) string {
		path := filepath.Join(t.TempDir(), "python")
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct{ name, path, want string }{
		{"no file", "/nonexistent/python", "no such file"},
		{"a folder", t.TempDir(), "permission denied"},
		{"says nothing", "/bin/true", `it printed ""`},
		{"says something else", script("echo hello"), `it printed "hello\n"`},
		{"fails", script("echo broken >&2; exit 3"), "exit status 3: broken"},
		{"too old", script(`echo '["/p", "cpython", [2, 7, 18], []]'`), "it is 2.7.18; 3.6 or later"},
		{"half an answer", script(`echo '["/p"]'`), "it printed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Probe(t.Context(), tt.path)
			var e *InterpreterError
			if !errors.As(err, &e) || e.Path != tt.path || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, %v, want an error with %q", p, err, tt.want)
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := Probe(ctx, script("exec sleep 60")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("one that hangs: %v", err)
	}
}
