package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brine-go/brine/tests/harness"
)

// pythonPackage is where the Python package brine lies.
var pythonPackage = filepath.Join("..", "..", "pyinterop", "python")

// withPackage lets py import brine, and brine find its server. It runs from
// Python 3.8 on.
func withPackage(t *testing.T, py harness.Python) (harness.Python, bool) {
	folder, err := filepath.Abs(pythonPackage)
	if err != nil {
		t.Fatal(err)
	}
	return py.With("PYTHONPATH="+folder, "PYTHONDONTWRITEBYTECODE=1", "BRINE="+harness.Command(t)), py.AtLeast(3, 8)
}

// TestPrivateManager: a manager whose server is a brine of its own, used,
// ended, and left behind by a killed program.
func TestPrivateManager(t *testing.T) {
	const want = `[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
fork 200 True
spawn 200 True
left True True
[10, 2.5, 'three'] b'abc'
left True True
'./no/such/program' is not an executable
orphan ends
`
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		py, ok := withPackage(t, py)
		if !ok {
			return
		}
		if got := string(py.Run(bounded(t), t, filepath.Join("python", "private_manager.py"))); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	})
}

// TestGoContext: a context whose processes, pools and executors are those of
// this test's own program.
func TestGoContext(t *testing.T) {
	const (
		want = `<Go function gotasks.square (x: int, /) -> int
The square of x.
True <Go functions gotasks.*>
[0, 1, 4, 9, 16, 25] -3
KeyError ('lost', 1)
AttributeError no Go function is registered as builtins.len
GoProcess- 0
GoProcess- 7
0
16
[1, 2]
TypeError Runs overrides run(), which is Python and cannot run in Go
TypeError gotasks.square runs in a Go process
BinaryError /bin/true did not list its functions
AttributeError no Go function 'nothing'
`
		executors = "[0, 1, 4, 9, 16, 25]\n"
		stock     = "SpawnProcess\n" // which it stays elsewhere
	)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		py, ok := withPackage(t, py)
		if !ok {
			return
		}
		want := want + executors + stock
		if py.Impl == "PyPy" {
			want = strings.Replace(want, executors+stock, stock, 1)
		}
		if got := string(py.Run(bounded(t), t, filepath.Join("python", "gocontext.py"), program)); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	})
}

// TestListOfFunctions: what python -m brine prints of a program.
func TestListOfFunctions(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 8) {
			return
		}
		cmd := exec.CommandContext(bounded(t), py.Path, "-m", "brine", program)
		cmd.Dir = pythonPackage
		cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
		out, err := cmd.CombinedOutput()
		for _, want := range []string{"  gotasks.square(x: int, /) -> int\n      The square of x.\n", "  gotasks.add(*args: float) -> float\n"} {
			if err != nil || !strings.Contains(string(out), want) {
				t.Errorf("%v, it printed\n%s, without\n%s", err, out, want)
			}
		}
		if strings.Contains(string(out), "multiprocessing.") || strings.Contains(string(out), "os.getpid") {
			t.Errorf("it printed what is Python's own:\n%s", out)
		}
		cmd = exec.CommandContext(bounded(t), py.Path, "-m", "brine", "/bin/true")
		cmd.Dir = pythonPackage
		cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
		out, err = cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != 1 || !strings.HasPrefix(string(out), "brine: /bin/true did not list its functions") {
			t.Errorf("of what is no such program: %v\n%s", err, out)
		}
	})
}

// TestInstall: pip installs the package without a network.
func TestInstall(t *testing.T) {
	for _, py := range harness.Pythons(t) {
		if !py.AtLeast(3, 8) || !py.Has("ensurepip") {
			continue
		}
		venv := filepath.Join(t.TempDir(), "venv")
		python := filepath.Join(venv, "bin", "python")
		source := filepath.Join(t.TempDir(), "python")
		if err := os.CopyFS(source, os.DirFS(pythonPackage)); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{py.Path, "-m", "venv", venv},
			{python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", source},
			{python, "-c", "import brine, brine.functions; print(brine.__version__)"},
		} {
			out, err := exec.CommandContext(bounded(t), args[0], args[1:]...).CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
			}
			if args[1] == "-c" && string(out) != "0.1.0\n" {
				t.Errorf("the installed package says %q", out)
			}
		}
		return
	}
	t.Log("no Python here can make a virtual environment with pip")
}
