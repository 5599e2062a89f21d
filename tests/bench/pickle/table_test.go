package bench

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// rounds is how often the peers take their turn.
const rounds = 5

var only = flag.String("files", "", "comma-separated `names` of the files to measure (default all)")

// figures are by verb, file and peer. "C", Python's own, is in nanoseconds, the
// others are ratios to it.
type figures map[[3]string]float64

// BenchmarkTable prints the table. It is a benchmark so that tests do without.
func BenchmarkTable(b *testing.B) {
	c := newCorpus(b)
	fmt.Printf("\nC is _pickle of Python %s; the others are ratios to its time\n", c.version)
	all := figures{}
	for _, verb := range []string{"loads", "dumps"} {
		columns := peers[verb]
		workers := make([]worker, len(columns))
		for i, p := range columns {
			workers[i] = startWorker(b, verb, p.name, c.dir)
		}
		header(verb, columns)
		for _, f := range c.files {
			if *only != "" && !slices.Contains(strings.Split(*only, ","), f.name) {
				continue
			}
			measure(b, c, all, verb, workers, f)
			all.print(verb, columns, f)
		}
	}
	fmt.Printf("\n%-4s%-40s%-20s%s\n%s\n", "row", "what", "goal", "got", strings.Repeat("-", 76))
	for _, g := range goals {
		g.print(all)
	}
	for _, a := range c.allocating() {
		a.print()
	}
}

// measure times Python and the peers in turn. The machine is never the same for
// long: a ratio is of two figures of one round, and the median of the rounds.
func measure(b *testing.B, c *corpus, all figures, verb string, workers []worker, f file) {
	b.Helper()
	took := map[string][]float64{}
	cannot := make([]bool, len(workers))
	for range rounds {
		python := slices.Min(c.ask(b, verb, f.name))
		took["C"] = append(took["C"], python)
		for i, p := range peers[verb] {
			if cannot[i] {
				continue
			}
			if s, ok := workers[i].time(b, f); ok {
				took[p.name] = append(took[p.name], slices.Min(s)/python)
			} else {
				cannot[i] = true
			}
		}
	}
	for name, s := range took {
		all[[3]string{verb, f.name, name}] = median(s)
	}
}

func median(s []float64) float64 {
	slices.Sort(s)
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

func header(verb string, peers []peer) {
	line := fmt.Sprintf("%-11s%8s%9s", verb, "bytes", "C")
	for _, p := range peers {
		line += fmt.Sprintf("%*s", p.width(), p.name)
	}
	fmt.Printf("\n%s\n%s\n", line, strings.Repeat("-", len(line)))
}

func (p peer) width() int { return max(8, len(p.name)+1) }

func (all figures) print(verb string, peers []peer, f file) {
	fmt.Printf("%-11s%8d%9v", f.name, len(f.data), all.time(verb, f.name, "C"))
	for _, p := range peers {
		cell := "-"
		if r := all.ratio(verb, f.name, p.name, "C"); !math.IsNaN(r) {
			cell = short(r)
		}
		fmt.Printf("%*s", p.width(), cell)
	}
	fmt.Println()
}

func (all figures) time(verb, file, peer string) time.Duration {
	ns := all[[3]string{verb, file, peer}]
	switch {
	case ns > 1e6:
		return time.Duration(ns).Round(10 * time.Microsecond)
	case ns > 1e4:
		return time.Duration(ns).Round(100 * time.Nanosecond)
	}
	return time.Duration(ns)
}

// ratio is that of two peers' times. It is NaN where one has no figure.
func (all figures) ratio(verb, file, peer, to string) float64 {
	r, ok := all[[3]string{verb, file, peer}]
	if !ok {
		return math.NaN()
	}
	if to == "C" {
		return r
	}
	if to == "ns" {
		return r * all[[3]string{verb, file, "C"}]
	}
	return r / all.ratio(verb, file, to, "C")
}

// short prints two significant digits or a whole number.
func short(r float64) string {
	switch {
	case r == 0:
		return "0"
	case r < 0.001:
		return fmt.Sprintf("%.5f", r)
	case r < 0.1:
		return fmt.Sprintf("%.3f", r)
	case r < 10:
		return fmt.Sprintf("%.2f", r)
	}
	return fmt.Sprintf("%.0f", r)
}
