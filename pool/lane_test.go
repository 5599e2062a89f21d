package pool

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// A lane gives what sorting its tasks would give, however they come and go.
func TestLane(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	urgency := []*Options{{}, {}, {}, {Priority: 7}, {Priority: -1}}
	var l lane
	var have, taken []*Task
	seq := uint64(0)
	for range 20000 {
		switch n := random.IntN(10); {
		case n < 4:
			seq++
			task := &Task{opts: urgency[random.IntN(len(urgency))], seq: seq}
			l.push(task)
			have = append(have, task)
		case n < 5 && len(taken) > 0: // one comes back
			i := random.IntN(len(taken))
			l.push(taken[i])
			have = append(have, taken[i])
			taken = slices.Delete(taken, i, i+1)
		case len(have) > 0:
			want := slices.MinFunc(have, func(a, b *Task) int {
				return cmp.Or(cmp.Compare(b.opts.Priority, a.opts.Priority), cmp.Compare(a.seq, b.seq))
			})
			if first, got := l.first(), l.pop(); got != want || first != want {
				t.Fatalf("pop is task %d of priority %d, want %d of %d", got.seq, got.opts.Priority, want.seq, want.opts.Priority)
			}
			have = slices.DeleteFunc(have, func(t *Task) bool { return t == want })
			taken = append(taken, want)
		}
		if l.len() != len(have) {
			t.Fatalf("%d tasks, want %d", l.len(), len(have))
		}
	}
}
