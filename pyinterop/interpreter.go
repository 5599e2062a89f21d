package pyinterop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// An Interpreter is a Python that was asked who it is.
type Interpreter struct {
	Path           string   // the executable, as it was named
	Flags          []string // that it is started with, such as -B
	Executable     string   // sys.executable
	Implementation string   // "cpython", "pypy"
	Version        Version
	SysPath        []string // where it looks for modules
}

func (p *Interpreter) String() string {
	return fmt.Sprintf("%s %s (%s)", p.Implementation, p.Version, p.Path)
}

// ask has an interpreter of any version say who it is.
const ask = `import json, platform, sys
print(json.dumps([sys.executable, platform.python_implementation().lower(), list(sys.version_info[:3]), sys.path[1:]]))`

// probeTime is how long an interpreter may take for that.
const probeTime = 30 * time.Second

// An InterpreterError tells why an executable is of no use.
type InterpreterError struct {
	Path string
	Err  error
}

func (e *InterpreterError) Error() string {
	return fmt.Sprintf("pyinterop: %s cannot be used as a Python: %v", e.Path, e.Err)
}
func (e *InterpreterError) Unwrap() error { return e.Err }

// Probe runs the executable once, with the flags, to learn which Python it is.
// It must be one that can be a child of ours: 3.6 or later.
func Probe(ctx context.Context, path string, flags ...string) (*Interpreter, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, append(flags[:len(flags):len(flags)], "-c", ask)...)
	cmd.WaitDelay = time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err == nil {
		var p *Interpreter
		if p, err = parseProbe(out); err == nil {
			p.Path, p.Flags = path, flags
			return p, nil
		}
	} else if ctx.Err() != nil {
		err = fmt.Errorf("no answer: %w", ctx.Err())
	} else if said := bytes.TrimSpace(stderr.Bytes()); len(said) > 0 {
		err = fmt.Errorf("%w: %.200s", err, said)
	}
	return nil, &InterpreterError{path, err}
}

func parseProbe(out []byte) (*Interpreter, error) {
	var p Interpreter
	var version [3]int
	answer := []any{&p.Executable, &p.Implementation, &version, &p.SysPath}
	if err := json.Unmarshal(out, &answer); err != nil || len(answer) != 4 {
		return nil, fmt.Errorf("asked for its version, it printed %.60q", out)
	}
	p.Version = Version{version[0], version[1], version[2]}
	if !p.Version.Spawns() {
		return nil, fmt.Errorf("it is %s; %d.%d or later is needed", p.Version, Oldest.Major, Oldest.Minor)
	}
	return &p, nil
}

// Find returns the first Python that can be used: that of the active virtual
// environment; else one that PYTHONS names, by path, command or version; else
// python3. Who is named must be there.
func Find(ctx context.Context) (*Interpreter, error) {
	var errs []error
	for _, path := range candidates(os.Getenv) {
		p, err := Probe(ctx, path)
		if err == nil {
			return p, nil
		}
		errs = append(errs, err)
	}
	return nil, fmt.Errorf("pyinterop: no Python found: install python3, or name one in PYTHONS: %w", errors.Join(errs...))
}

// candidates are the executables to try, the first first.
func candidates(env func(string) string) []string {
	if venv := env("VIRTUAL_ENV"); venv != "" {
		return []string{filepath.Join(venv, "bin", "python")}
	}
	named := strings.Fields(env("PYTHONS"))
	if len(named) == 0 {
		return []string{"python3", "python"}
	}
	for i, name := range named {
		if name[0] >= '0' && name[0] <= '9' {
			named[i] = "python" + name
		}
	}
	return named
}
