package pyinterop

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
)

// pythonName is what an interpreter may be called: python3 and python3.11, but
// not python3-config.
var pythonName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(python|pypy)([23](\.[0-9]+)?)?$`) })

// Search returns the paths of the interpreters on this host: those on PATH and
// those that pyenv has installed, each once, whatever its names.
func Search() []string {
	var paths []string
	seen := make(map[string]bool)
	for _, dir := range searched() {
		entries, _ := os.ReadDir(dir) // a folder on PATH need not exist
		// Of the names of one interpreter, the most telling: python3.11 before python3.
		for _, e := range slices.Backward(entries) {
			path := filepath.Join(dir, e.Name())
			if !pythonName().MatchString(e.Name()) {
				continue
			}
			real, err := filepath.EvalSymlinks(path)
			if err != nil || seen[real] {
				continue
			}
			seen[real] = true
			paths = append(paths, path)
		}
	}
	return paths
}

// searched are the folders to look into. A shim of pyenv's only starts one of
// the interpreters that it has installed.
func searched() []string {
	dirs := filepath.SplitList(os.Getenv("PATH"))
	dirs = slices.DeleteFunc(dirs, func(dir string) bool { return dir == "" || filepath.Base(dir) == "shims" })
	root := os.Getenv("PYENV_ROOT")
	if home, err := os.UserHomeDir(); root == "" && err == nil {
		root = filepath.Join(home, ".pyenv")
	}
	installed, _ := filepath.Glob(filepath.Join(root, "versions", "*", "bin"))
	return append(dirs, installed...)
}
