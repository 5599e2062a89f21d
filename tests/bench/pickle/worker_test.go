package bench

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/brine-go/brine/tests/harness"
)

// Each Go peer is timed in a process of its own, in which nothing but the file
// lives: there the collector runs as often as in a program that uses the library.
// In one process for all, the corpus would be half of a heap that is collected
// when it has doubled: who makes 15 KB of garbage a message would be nearly
// as fast as who makes none.

// A worker is the process of a column.
type worker struct{ *harness.Peer }

// TestMain is the worker's program when it is told so: "worker VERB PEER FOLDER".
func TestMain(m *testing.M) {
	if len(os.Args) == 5 && os.Args[1] == "worker" {
		if err := serve(os.Args[2], os.Args[3], os.Args[4]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func startWorker(t testing.TB, verb, peer, dir string) worker {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return worker{harness.Python{Path: self}.Start(t, "worker", verb, peer, dir)}
}

// time asks for samples of a file. It is false if the peer cannot.
func (w worker) time(t testing.TB, f file) (samples []float64, ok bool) {
	t.Helper()
	answer := w.Ask(t, f.name)
	if answer == "-" {
		return nil, false
	}
	return parseFloats(t, answer), true
}

// serve answers each line that names a file with samples of the peer's job, or "-".
func serve(verb, name, dir string) error {
	i := slices.IndexFunc(peers[verb], func(p peer) bool { return p.name == name })
	if i < 0 {
		return errors.New("no such peer: " + verb + " " + name)
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		f, err := readFile(dir, in.Text())
		if err != nil {
			return err
		}
		fmt.Println(timed(peers[verb][i].job(f)))
	}
	return in.Err()
}

func timed(job func() error) string {
	if job == nil {
		return "-"
	}
	samples, err := sample(job)
	if err != nil {
		return "-"
	}
	return strings.Trim(fmt.Sprint(samples), "[]")
}

func readFile(dir, name string) (f file, err error) {
	f.name = name
	if f.data, err = os.ReadFile(filepath.Join(dir, name+".pickle")); err != nil || name != "buffer" {
		return f, err
	}
	buffer, err := os.ReadFile(filepath.Join(dir, name+".buffer"))
	f.buffers = [][]byte{buffer}
	return f, err
}
