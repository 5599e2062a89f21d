package harness

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A Python is an interpreter that the tests can run.
type Python struct {
	Path    string   // the executable, as it was found
	Version string   // "3.13.0"
	Impl    string   // "CPython" or "PyPy"
	System  bool     // found outside of pyenv: has the distribution's modules
	Env     []string // added to the environment of everything it runs

	real string // without symbolic links: two names of one interpreter are one
}

// Name tells interpreters apart: "3.13", "pypy3.9", "system3.11".
func (p Python) Name() string {
	switch {
	case p.Impl == "PyPy":
		return "pypy" + p.Minor()
	case p.System:
		return "system" + p.Minor()
	}
	return p.Minor()
}

// Minor is the version without its patch level: "3.13".
func (p Python) Minor() string {
	major, rest, _ := strings.Cut(p.Version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	return major + "." + minor
}

// AtLeast tells whether the version is major.minor or later.
func (p Python) AtLeast(major, minor int) bool {
	var a, b int
	fmt.Sscanf(p.Version, "%d.%d", &a, &b)
	return a > major || a == major && b >= minor
}

// Has tells whether the interpreter can import a module.
func (p Python) Has(module string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	return exec.CommandContext(ctx, p.Path, "-c", "import "+module).Run() == nil
}

// With is the same interpreter with more in its environment, as "NAME=value".
func (p Python) With(env ...string) Python {
	p.Env = append(p.Env[:len(p.Env):len(p.Env)], env...)
	return p
}

// EachPython runs f once for every interpreter, as a subtest with its name.
// It fails when there is none.
func EachPython(t *testing.T, f func(t *testing.T, py Python)) {
	t.Helper()
	for _, py := range Pythons(t) {
		t.Run(py.Name(), func(t *testing.T) { f(t, py) })
	}
}

// probeTime is how long an interpreter may take to say who it is.
const probeTime = 60 * time.Second

// probe asks an interpreter who it is.
func probe(path string) (Python, error) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	const ask = `import os, platform, sys
print(platform.python_version()); print(platform.python_implementation()); print(os.path.realpath(sys.executable))`
	out, err := exec.CommandContext(ctx, path, "-c", ask).Output()
	if err != nil {
		return Python{}, fmt.Errorf("harness: %s is not a Python that runs: %w", path, err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 3 {
		return Python{}, fmt.Errorf("harness: %s printed %q, not version, implementation and path", path, out)
	}
	version := lines[0]
	if lines[1] == "PyPy" {
		version = strings.TrimSuffix(version, "+")
	}
	return Python{Path: path, Version: version, Impl: lines[1], real: lines[2]}, nil
}
