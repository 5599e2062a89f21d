package goroutines

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

const (
	rounds     = 9
	sampleTime = 50 * time.Millisecond
	workers    = 2
)

// A contender does n operations.
type contender struct {
	name string
	run  func(n int)
}

// A goal is brine's most, as a ratio to a peer.
type goal struct {
	peer string
	most float64
}

// A row is a line of the table. brine is its first contender.
type row struct {
	id, what   string
	contenders []contender
	goals      []goal
}

// BenchmarkTable prints the table. It is a benchmark so that tests do without.
func BenchmarkTable(b *testing.B) {
	fmt.Printf("\n%-4s%-14s ns an operation\n", "row", "what")
	for _, make := range []func(*testing.B) row{mapping, submitting, roundTrip} {
		r := make(b)
		r.print(r.measure())
	}
}

// measure returns the figures of each contender, a round one.
func (r row) measure() map[string][]float64 {
	took, sizes := map[string][]float64{}, map[string]int{}
	for _, c := range r.contenders {
		sizes[c.name] = fill(c)
	}
	for range rounds {
		for _, c := range r.contenders {
			n := sizes[c.name]
			begun := time.Now()
			c.run(n)
			took[c.name] = append(took[c.name], float64(time.Since(begun).Nanoseconds())/float64(n))
		}
	}
	return took
}

// fill is how many operations fill a sample.
func fill(c contender) int {
	for n := 1000; ; n *= 2 {
		begun := time.Now()
		c.run(n)
		if time.Since(begun) > sampleTime/2 {
			return n
		}
	}
}

func (r row) print(took map[string][]float64) {
	fmt.Printf("%-4s%-14s", r.id, r.what)
	for _, c := range r.contenders {
		fmt.Printf(" %s %.3g", c.name, median(took[c.name]))
	}
	n := 100_000
	fmt.Printf("\n%40s %.2f times\n", "brine allocates", testing.AllocsPerRun(3, func() { r.contenders[0].run(n) })/float64(n))
	for _, g := range r.goals {
		var ratios []float64
		for i, own := range took["brine"] {
			ratios = append(ratios, own/took[g.peer][i])
		}
		got, verdict := median(ratios), "OK"
		if got > g.most {
			verdict = "MISSED"
		}
		fmt.Printf("%30s <= %.3g %-10s got %-8.3g %s\n", "goal", g.most, g.peer, got, verdict)
	}
}

func median(s []float64) float64 {
	s = slices.Sorted(slices.Values(s))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}
