//go:build linux

package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/brine-go/brine/engine"
)

// A row measures and judges one or more lines of the table.
type row struct {
	ids []string
	run func(*bench) ([]line, error)
}

// rows are in the order of the table; a row that yields several lines measures
// them in the same windows.
var rows = []row{
	{[]string{"M1", "M2", "M3", "M4"}, smallOps},
	{[]string{"M5"}, stockOps},
	{[]string{"M6", "M7"}, roundTrips},
	{[]string{"M8", "M9"}, bigValues},
	{[]string{"M10"}, idleConnections},
	{[]string{"M11"}, connecting},
	{[]string{"M12", "M13"}, creatingProxies},
	{[]string{"M14"}, burst},
	{[]string{"M15"}, contendedLock},
	{[]string{"GO1"}, goClients("GO1", "brine")},
	{[]string{"GO2"}, goClients("GO2", "python")},
	{[]string{"I1"}, sharing("I1")},
	{[]string{"I2"}, sharing("I2")},
	{[]string{"I3"}, sharing("I3")},
	{[]string{"I4"}, sharing("I4")},
	{[]string{"L1"}, sharing("L1")},
	{[]string{"L2"}, sharing("L2")},
	{[]string{"S1"}, sharing("S1")},
	{[]string{"S2"}, sharing("S2")},
	{[]string{"C1"}, children("C1")},
	{[]string{"C2"}, children("C2")},
	{[]string{"C3"}, children("C3")},
	{[]string{"C4"}, children("C4")},
	{[]string{"C5"}, children("C5")},
	{[]string{"C6"}, children("C6")},
	{[]string{"C7"}, children("C7")},
	{[]string{"C8"}, children("C8")},
	{[]string{"P1"}, pools("P1")},
	{[]string{"P2"}, pools("P2")},
	{[]string{"P3"}, pools("P3")},
	{[]string{"P4"}, pools("P4")},
	{[]string{"P5"}, pools("P5")},
}

// bench is what every row needs.
type bench struct {
	dir     string // sockets, key file, the brine binary; removed at the end
	scripts string // tests/bench/python
	brine   string
	python  string
	key     []byte
	keyFile string
	window  time.Duration
	windows int
	idle    int
}

func main() {
	engine.Main(goWorker) // a resource tracker, or a worker, never comes back from here
	if len(os.Args) > 2 {
		switch os.Args[1] {
		case "floor":
			exitOn(floorMain(os.Args[2:]))
			return
		case "engine":
			exitOn(engineMain(engineModes, os.Args[2:]))
			return
		case "pool":
			exitOn(engineMain(poolModes, os.Args[2:]))
			return
		case "process":
			exitOn(processMain(os.Args[2:]))
			return
		}
	}
	only := flag.String("rows", "", "comma-separated `rows` to run, such as M1,M8 (default all)")
	short := flag.Bool("short", false, "fewer and shorter windows, for a first look")
	binary := flag.String("brine", "", "the brine `binary` to measure (default: built from ./cmd/brine)")
	flag.Parse()

	wanted, err := parseRows(*only)
	exitOn(err)
	b, err := newBench(*binary, *short)
	exitOn(err)
	defer os.RemoveAll(b.dir)

	fmt.Println(b.describe())
	failed := false
	header()
	for _, r := range rows {
		if !r.wanted(wanted) {
			continue
		}
		lines, err := r.run(b)
		if err != nil {
			failed = true
			fmt.Printf("%-4s not measured: %v\n", r.ids[0], err)
		}
		for _, l := range lines {
			if len(wanted) == 0 || wanted[l.id] {
				l.print()
			}
		}
	}
	if failed {
		os.RemoveAll(b.dir)
		os.Exit(1)
	}
}

func newBench(binary string, short bool) (*bench, error) {
	if err := raiseFileLimit(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	b := &bench{dir: dir, brine: binary, window: 500 * time.Millisecond, windows: 5, idle: 10000}
	if short {
		b.window, b.windows = 200*time.Millisecond, 3
	}
	if err := b.setUp(); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return b, nil
}

func (b *bench) setUp() (err error) {
	if b.scripts, err = scriptFolder(); err != nil {
		return err
	}
	if b.python, err = findPython(); err != nil {
		return err
	}
	b.key = []byte("6272696e65")
	b.keyFile = filepath.Join(b.dir, "authkey")
	if err := os.WriteFile(b.keyFile, append(b.key, '\n'), 0o600); err != nil {
		return err
	}
	if b.brine == "" {
		b.brine = filepath.Join(b.dir, "brine")
		return build(b.brine)
	}
	return nil
}

func (b *bench) describe() string {
	return fmt.Sprintf("%d cores, %s, %s, %s; windows of %v, medians of %d",
		runtime.NumCPU(), runtime.Version(), version(b.python), version("redis-server"), b.window, b.windows)
}

func parseRows(s string) (map[string]bool, error) {
	known, wanted := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		for _, id := range r.ids {
			known[id] = true
		}
	}
	for _, id := range strings.FieldsFunc(strings.ToUpper(s), func(r rune) bool { return r == ',' || r == ' ' }) {
		if !known[id] {
			return nil, fmt.Errorf("no row %s: rows are M1 to M15, GO1, GO2, I1 to I4, L1, L2, S1, S2, C1 to C8 and P1 to P5", id)
		}
		wanted[id] = true
	}
	return wanted, nil
}

func (r row) wanted(ids map[string]bool) bool {
	if len(ids) == 0 {
		return true
	}
	for _, id := range r.ids {
		if ids[id] {
			return true
		}
	}
	return false
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
