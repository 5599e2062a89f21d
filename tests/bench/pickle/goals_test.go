package bench

import (
	"fmt"
	"math"
	"slices"
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
	{"K4", "loads", "floats", "reused", 0.12, "C"},
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
	{"aim", "loads", "mean", "values", 0.5, "C"},
	{"aim", "loads", "mean, all copied", "values", 0.5, "C"},
	{"aim", "loads", "slowest file", "values", 1.0, "C"},
	{"aim", "loads", "slowest, all copied", "values", 1.0, "C"},
	{"aim", "loads", "mean", "typed", 0.25, "C"},
	{"aim", "loads", "mean, all copied", "typed", 0.25, "C"},
	{"aim", "loads", "mean, all copied", "reused", 0.25, "C"},
	{"aim", "dumps", "mean", "values", 0.5, "C"},
	{"aim", "dumps", "slowest file", "values", 1.0, "C"},
}

func (g goal) print(all figures) {
	var got float64
	switch g.file {
	case "mean", "mean, all copied":
		got = mean(all.column(g.verb, g.peer, g.file == "mean"))
	case "slowest file", "slowest, all copied":
		got = slices.Max(all.column(g.verb, g.peer, g.file == "slowest file"))
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

// large are the files that are one piece of bytes. A program that wants those without a
// copy says Codec.Alias, and so does the goal.
var large = map[string]bool{"bytes": true, "array": true}

// column is a peer's ratios to C. With alias, those of large bytes are from the column in
// which they are not copied.
func (all figures) column(verb, peer string, alias bool) (ratios []float64) {
	for _, name := range names {
		r := all.ratio(verb, name, peer, "C")
		if aliased := all.ratio(verb, name, "aliased", "C"); alias && large[name] && !math.IsNaN(r) && !math.IsNaN(aliased) {
			r = aliased
		}
		if !math.IsNaN(r) {
			ratios = append(ratios, r)
		}
	}
	return ratios
}

// mean is the geometric mean.
func mean(ratios []float64) float64 {
	sum := 0.0
	for _, r := range ratios {
		sum += math.Log(r)
	}
	return math.Exp(sum / float64(len(ratios))) // NaN if there is none
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
