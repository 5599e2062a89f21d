package bench

import (
	"fmt"
	"math"
)

// A goal is what a peer's time is to be, as a ratio to another peer's.
type goal struct {
	row, verb, file string
	peer            string
	limit           float64
	to              string // "ns" is a number of them
}

var goals = []goal{
	{"K1", "loads", "request", "values", 0.75, "C"},
	{"K1", "loads", "request", "values", 1.0 / 25, "gopickle"},
	{"K1", "loads", "request", "values", 1.0 / 25, "og-rek"},
	{"K1", "loads", "request", "view", 0.3, "C"},
	{"K1", "loads", "request", "view", 60, "ns"},
	{"K2", "dumps", "reply", "values", 0.2, "C"},
	{"K2", "dumps", "reply", "values", 40, "ns"},
	{"K3", "loads", "dict", "values", 0.8, "C"},
	{"K3", "loads", "dict", "values", 0.11, "gopickle"},
	{"K4", "loads", "floats", "values", 0.7, "C"},
	{"K4", "loads", "floats", "typed", 0.12, "C"},
	{"K4", "dumps", "floats", "values", 0.3, "C"},
	{"K5", "loads", "records", "values", 0.8, "C"},
	{"K5", "loads", "records", "values", 0.12, "gopickle"},
	{"K5", "dumps", "records", "values", 0.6, "C"},
	{"K6", "loads", "bytes", "aliased", 0.05, "C"},
	{"K6", "dumps", "bytes", "byref", 0.05, "C"},
	{"K6", "dumps", "bytes", "values", 1.0, "C"},
	{"K7", "loads", "datetimes", "values", 1.0, "C"},
	{"K7", "loads", "dataclass", "values", 0.5, "C"},
	{"K7", "loads", "namedtuple", "values", 0.7, "C"},
	{"K8", "loads", "array", "aliased", 0.05, "C"},
	{"K8", "loads", "buffer", "values", 1.0, "C"},
	{"aim", "loads", "geometric mean", "values", 0.5, "C"},
	{"aim", "loads", "slowest file", "values", 1.0, "C"},
	{"aim", "loads", "geometric mean", "typed", 0.25, "C"},
	{"aim", "dumps", "geometric mean", "values", 0.5, "C"},
	{"aim", "dumps", "slowest file", "values", 1.0, "C"},
}

func (g goal) print(all figures) {
	var got float64
	switch g.file {
	case "geometric mean":
		got = all.mean(g.verb, g.peer)
	case "slowest file":
		got = all.slowest(g.verb, g.peer)
	default:
		got = all.ratio(g.verb, g.file, g.peer, g.to)
	}
	what := fmt.Sprintf("%s %s, %s", g.verb, g.file, g.peer)
	if math.IsNaN(got) && *only != "" {
		return
	}
	verdict(g.row, what, g.limit, g.to, got)
}

func verdict(row, what string, limit float64, unit string, got float64) {
	said := "MISSED"
	if got <= limit {
		said = "OK"
	}
	fmt.Printf("%-4s%-40s<= %-17s%-9s%s\n", row, what, short(limit)+" "+unit, short(got), said)
}

// mean is the geometric mean of a peer's ratios to C.
func (all figures) mean(verb, peer string) float64 {
	sum, n := 0.0, 0
	for _, name := range names {
		if r := all.ratio(verb, name, peer, "C"); !math.IsNaN(r) {
			sum += math.Log(r)
			n++
		}
	}
	return math.Exp(sum / float64(n)) // NaN if there is none
}

func (all figures) slowest(verb, peer string) float64 {
	worst := 0.0
	for _, name := range names {
		if r := all.ratio(verb, name, peer, "C"); r > worst {
			worst = r
		}
	}
	return worst
}

// An allocating is how many allocations a job makes, which is to be none.
type allocating struct {
	row, what string
	got       float64
}

func (c *corpus) allocating() []allocating {
	var list []allocating
	for _, f := range c.files {
		switch f.name {
		case "request":
			list = append(list, allocating{"K1", "allocations: loads request, view", allocations(loadView(f))})
		case "reply":
			list = append(list, allocating{"K2", "allocations: dumps reply, values", allocations(dumpValues(f))})
		}
	}
	return list
}

func (a allocating) print() { verdict(a.row, a.what, 0, "", a.got) }
