// Package tests holds what needs more than one package; here, the order of the packages.
package tests

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/brine-go/brine/"

// floors is the picture of the packages: each imports from lower floors only.
var floors = map[string]int{
	"pickle":     0,
	"connection": 1,
	"reduction":  2, "pyinterop": 2,
	"pyinterop/spawn": 3, "pyinterop/forkserver": 3, "pyinterop/tracker": 3, "pyinterop/numpy": 3,
	"engine":      4,
	"engine/heap": 5, "engine/sharedmemory": 5, "engine/dashboard": 5, "engine/enginetest": 5,
	"engine/synchronize": 6,
	"engine/queues":      7, "engine/sharedctypes": 7,
	"pool":         8,
	"pool/process": 9, "pool/remote": 9,
	"managers":             10,
	"managers/syncmanager": 11, "managers/shmmanager": 11, "managers/pyclass": 11, "managers/journal": 11,
}

// ground and roof are whole folders on one floor.
var (
	ground = []string{"engine/internal/"}
	roof   = []string{"cmd/", "tests", "examples/"}
)

const top = 12

// testTools may be used beside each other on the roof: tests share the harness.
const testTools = "tests/harness"

// engineTools are used by the tests of everything that is built from an engine.
const engineTools = "engine/enginetest"

// owned are the modules that only some packages may import.
var owned = map[string]func(file string) bool{
	"github.com/spf13/cobra":              func(f string) bool { return strings.HasPrefix(f, "cmd/") },
	"github.com/nlpodyssey/gopickle":      isTest,
	"github.com/kisielk/og-rek":           isTest,
	"github.com/hydrogen18/stalecucumber": isTest,
	"github.com/alitto/pond/v2":           isTest,
	"github.com/panjf2000/ants/v2":        isTest,
	"github.com/sourcegraph/conc":         isTest,
}

func isTest(file string) bool { return strings.HasSuffix(file, "_test.go") }

// floorOf is the floor of a package of this module, and whether it has one.
func floorOf(pkg string) (int, bool) {
	if f, ok := floors[pkg]; ok {
		return f, true
	}
	under := func(dir string) bool { return strings.HasPrefix(pkg+"/", dir) }
	if slices.ContainsFunc(ground, under) {
		return 0, true
	}
	return top, slices.ContainsFunc(roof, under)
}

// imports reads the import lines of every Go file of the module, whatever its build tags.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	root := ".."
	all := map[string][]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || len(d.Name()) > 2 && d.Name()[0] == '.') {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		file := filepath.ToSlash(rel)
		all[file] = nil
		for _, spec := range f.Imports {
			all[file] = append(all[file], strings.Trim(spec.Path.Value, "`\""))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("found %d Go files above %s: not the module's folder", len(all), root)
	}
	return all
}

func TestFloors(t *testing.T) {
	all := imports(t)
	for _, file := range slices.Sorted(maps.Keys(all)) {
		pkg := path.Dir(file)
		floor, known := floorOf(pkg)
		if !known {
			t.Errorf("%s: package %s has no floor; give it one", file, pkg)
			continue
		}
		for _, imported := range all[file] {
			below, ours := strings.CutPrefix(imported, module)
			if !ours || allowed(file, pkg, below) {
				continue
			}
			if f, known := floorOf(below); !known || f >= floor {
				t.Errorf("%s: %s (floor %d) imports %s (floor %d)", file, pkg, floor, below, f)
			}
		}
	}
}

// allowed are imports that leave the order as it is: an external test imports what it tests, and
// tests use the harness.
func allowed(file, pkg, imported string) bool {
	return isTest(file) && (imported == pkg || imported == engineTools) || imported == testTools || strings.HasPrefix(imported, pkg+"/internal/")
}

func TestUnsafeStandsInItsOwnFiles(t *testing.T) {
	for file, list := range imports(t) {
		if slices.Contains(list, "unsafe") && !strings.HasSuffix(strings.TrimSuffix(file, "_test.go")+".go", "_unsafe.go") &&
			!strings.HasSuffix(file, "_unsafe.go") {
			t.Errorf("%s imports unsafe; only files named *_unsafe.go may", file)
		}
	}
}

func TestNoCgo(t *testing.T) {
	for file, list := range imports(t) {
		if slices.Contains(list, "C") {
			t.Errorf("%s imports C", file)
		}
	}
}

func TestDependenciesStayWhereTheyBelong(t *testing.T) {
	for file, list := range imports(t) {
		for _, imported := range list {
			for dependency, may := range owned {
				if strings.HasPrefix(imported+"/", dependency+"/") && !may(file) {
					t.Errorf("%s imports %s", file, imported)
				}
			}
		}
	}
}

// TestFloorsAreHeld shows that the rules above can fail.
func TestFloorsAreHeld(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		fine     bool
	}{
		{"connection", "pickle", true},
		{"pickle", "connection", false},
		{"managers", "managers/syncmanager", false},
		{"managers/syncmanager", "managers/shmmanager", false},
		{"cmd/brine", "managers/syncmanager", true},
		{"engine", "engine/internal/futex", true},
	} {
		from, known := floorOf(tt.from)
		to, knownTo := floorOf(tt.to)
		if !known || !knownTo || to < from != tt.fine {
			t.Errorf("%s (%d) importing %s (%d): want fine = %t", tt.from, from, tt.to, to, tt.fine)
		}
	}
	if f, known := floorOf("util"); known {
		t.Errorf("an unknown package stands on floor %d", f)
	}
}
