package harness

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Pythons lists the interpreters that the tests run against; it fails the test when a wanted
// one is missing, or when there is none at all.
func Pythons(t testing.TB) []Python {
	t.Helper()
	found, err := discover()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// discover asks every interpreter once for the whole test run.
var discover = sync.OnceValues(func() ([]Python, error) {
	all := installed()
	wanted := strings.Fields(os.Getenv("PYTHONS"))
	if len(wanted) == 0 {
		if len(all) == 0 {
			return nil, fmt.Errorf("harness: no Python found in PATH or pyenv; install one, or name one in PYTHONS")
		}
		return all, nil
	}
	return choose(all, wanted)
})

// choose finds each wanted interpreter, by name among those installed or by its path. Each name
// must be one of its own: a distribution's 3.11 does not stand for another that is missing.
func choose(all []Python, wanted []string) ([]Python, error) {
	var chosen []Python
	var missing []string
	for _, name := range wanted {
		if py, ok := find(all, name); ok {
			chosen = append(chosen, py)
			continue
		}
		missing = append(missing, name)
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("harness: PYTHONS names %s, which is not here (found: %s)",
			strings.Join(missing, ", "), names(all))
	}
	if once := dedupe(chosen); len(once) < len(chosen) {
		return nil, fmt.Errorf("harness: PYTHONS names one interpreter twice: of %s there are only %s",
			strings.Join(wanted, " "), names(once))
	}
	return chosen, nil
}

// find takes "3.13", "3.13.0", "pypy3", "pypy3.9", a distribution's "system3.11" or
// "debian3.11", or the path of an executable.
func find(all []Python, name string) (Python, bool) {
	if strings.ContainsRune(name, filepath.Separator) {
		py, err := probe(name)
		return py, err == nil
	}
	name = strings.TrimPrefix(name, "python")
	if version, ok := strings.CutPrefix(name, "debian"); ok {
		name = "system" + version
	}
	for _, py := range all {
		pypy := py.Impl == "PyPy" && (name == "pypy" || name == "pypy"+py.Version[:1])
		if pypy || name == py.Name() || name == py.Version && py.Impl == "CPython" {
			return py, true
		}
	}
	// A bare version is satisfied by the distribution's interpreter, where pyenv has none.
	for _, py := range all {
		if py.Impl == "CPython" && name == py.Minor() {
			return py, true
		}
	}
	return Python{}, false
}

// installed lists every interpreter of this machine, pyenv's first, each once.
func installed() []Python {
	var all []Python
	for _, path := range pyenvPythons() {
		if py, err := probe(path); err == nil {
			all = append(all, py)
		}
	}
	for _, path := range pathPythons() {
		if py, err := probe(path); err == nil {
			py.System = !within(pyenvRoot(), py.real)
			all = append(all, py)
		}
	}
	return dedupe(all)
}

// pathPythons looks for the names that distributions use.
func pathPythons() []string {
	names := []string{"python2.7", "python3", "/usr/bin/python3", "pypy3"}
	for minor := 6; minor <= 16; minor++ {
		names = append(names, fmt.Sprintf("python3.%d", minor))
	}
	var paths []string
	for _, name := range names {
		// A shim of pyenv stands for whichever version is set; the versions themselves are listed.
		if path, err := exec.LookPath(name); err == nil && filepath.Base(filepath.Dir(path)) != "shims" {
			paths = append(paths, path)
		}
	}
	return paths
}

// pyenvPythons lists the executables of all versions that pyenv has built.
func pyenvPythons() []string {
	if pyenvRoot() == "" {
		return nil
	}
	paths, _ := filepath.Glob(filepath.Join(pyenvRoot(), "versions", "*", "bin", "python"))
	return paths
}

// pyenvRoot is where pyenv keeps its versions, or "".
var pyenvRoot = sync.OnceValue(func() string {
	if root := os.Getenv("PYENV_ROOT"); root != "" {
		return root
	}
	if out, err := exec.Command("pyenv", "root").Output(); err == nil {
		return strings.TrimSpace(string(out))
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".pyenv")
})

// within tells whether path lies under dir, which may be a symbolic link.
func within(dir, path string) bool {
	if dir == "" {
		return false
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return strings.HasPrefix(path, dir+string(filepath.Separator))
}

// dedupe keeps the first of those that are one executable of one version.
func dedupe(all []Python) []Python {
	seen := map[string]bool{}
	var once []Python
	for _, py := range all {
		if id := py.real + " " + py.Version; !seen[id] {
			seen[id] = true
			once = append(once, py)
		}
	}
	return once
}

func names(all []Python) string {
	var s []string
	for _, py := range all {
		s = append(s, py.Name())
	}
	return strings.Join(s, " ")
}
