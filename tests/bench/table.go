//go:build linux

package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// order is that of the table's columns.
var order = []string{"brine", "python", "redis", "floor"}

// others have lines of their own beneath a row.
var others = map[string]string{
	"queue": "Python's Queue", "ppe": "ProcessPoolExecutor", "loky": "joblib's loky", "go": "Python's Pool, Go workers",
	"local": "Python's Pool, no manager", "forkserver": "Python's Pool, forkserver",
}

// A line of the table: what each peer did, and what brine was to reach.
type line struct {
	id, what string
	unit     string
	values   map[string]float64
	goals    []goal
	note     string
}

// A goal compares brine with a peer of the same run, or with a number when
// peer is empty.
type goal struct {
	peer  string
	least bool // brine is to be at least, not at most, limit times the peer
	limit float64
}

func atLeast(limit float64, peer string) goal { return goal{peer, true, limit} }
func atMost(limit float64, peer string) goal  { return goal{peer, false, limit} }

// judge returns the ratio and whether it reaches the goal.
func (g goal) judge(values map[string]float64) (ratio float64, ok bool) {
	ratio = values["brine"]
	if g.peer != "" {
		ratio /= values[g.peer]
	}
	if math.IsNaN(ratio) {
		return ratio, false
	}
	if g.least {
		return ratio, ratio >= g.limit
	}
	return ratio, ratio <= g.limit
}

func (g goal) String() string {
	sign := "<="
	if g.least {
		sign = ">="
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", sign, short(g.limit), g.peer))
}

func header() {
	fmt.Printf("%-4s%-23s%8s%8s%8s%8s  %s\n", "row", "what", "brine", "python", "redis", "floor", "unit")
	fmt.Println(strings.Repeat("-", 68))
}

// print writes the figures, and beneath them a line for each goal.
func (l line) print() {
	fmt.Printf("%-4s%-23s", l.id, l.what)
	for _, name := range order {
		cell := "-"
		if v, ok := l.values[name]; ok {
			cell = short(v)
		}
		fmt.Printf("%8s", cell)
	}
	fmt.Printf("  %s\n", l.unit)
	for _, g := range l.goals {
		ratio, ok := g.judge(l.values)
		verdict := "MISSED"
		if ok {
			verdict = "OK"
		}
		fmt.Printf("%31s %-18s got %-9s %s\n", "goal", g, short(ratio), verdict)
	}
	for _, name := range slices.Sorted(maps.Keys(l.values)) {
		if title, ok := others[name]; ok {
			fmt.Printf("%31s %s\n", title, short(l.values[name]))
		}
	}
	if l.note != "" {
		fmt.Printf("    (%s)\n", l.note)
	}
}

// short prints three significant digits.
func short(v float64) string {
	switch a := math.Abs(v); {
	case a >= 1e6:
		return fmt.Sprintf("%.2fM", v/1e6)
	case a >= 10000:
		return fmt.Sprintf("%.1fk", v/1000)
	case a >= 100:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return trimZeros(fmt.Sprintf("%.1f", v))
	case a >= 1 || a == 0:
		return trimZeros(fmt.Sprintf("%.2f", v))
	default:
		return fmt.Sprintf("%.3g", v)
	}
}

func trimZeros(s string) string { return strings.TrimRight(strings.TrimRight(s, "0"), ".") }
