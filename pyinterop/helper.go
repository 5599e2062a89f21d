package pyinterop

import (
	"embed"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed python/brine/*.py python/brine/py.typed
var helper embed.FS

// WriteHelper writes the Python package brine into a folder that exists. A
// Python with this folder in its PYTHONPATH can import it; installed by pip it
// is the same.
func WriteHelper(dir string) error {
	files, err := fs.Sub(helper, "python")
	if err != nil {
		return err
	}
	return fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(path))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
}
