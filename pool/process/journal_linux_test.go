package process

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/pool"
)

// journalist writes as loop.py does.
type journalist struct {
	*journal
	at     uint64
	number uint32
}

func (w *journalist) write(answer string) {
	if place := w.at % journalRing; place > journalRing-journalRecord {
		w.at += journalRing - place
	}
	b := w.memory[journalStart+w.at%journalRing:]
	binary.LittleEndian.PutUint32(b, uint32(len(answer)))
	binary.LittleEndian.PutUint32(b[4:], w.number)
	copy(b[recordHeader:], answer)
	w.at += recordHeader + uint64(len(answer))
	w.number++
	binary.NativeEndian.PutUint64(w.memory, w.at)
}

func TestJournal(t *testing.T) {
	j := newJournal()
	defer j.close()
	w := &journalist{journal: j}
	var room []byte
	for i := range 300 { // several rounds
		answers := []string{fmt.Sprint(i), strings.Repeat("x", 3*i), ""}
		for _, a := range answers {
			w.write(a)
		}
		for n, want := range answers {
			r, err := j.next(room, j.end())
			if room = r.answer; err != nil || string(r.answer) != want || r.number != uint32(3*i+n) {
				t.Fatalf("record %d is number %d, %q, %v; want %q", 3*i+n, r.number, r.answer, err, want)
			}
			j.skip(r)
		}
		if j.free(); j.read != j.end() || binary.NativeEndian.Uint64(j.memory[8:]) != w.at {
			t.Fatalf("after round %d it was read up to %d of %d", i, j.read, j.end())
		}
	}
}

func TestJournalThatIsDamaged(t *testing.T) {
	for _, tt := range []struct {
		name   string
		end    uint64
		length uint32
		want   string
	}{
		{"a record longer than any", 8192, 5000, "has 5000 bytes"},
		{"a record behind the end", 100, 93, "has 93 bytes"},
		{"no room for a header", 7, 0, "end at 7"},
		{"more than the ring has", journalRing + 1, 0, "end at 65537"},
		{"an end before what was read", ^uint64(0), 0, "end at 18446744073709551615"},
	} {
		j := newJournal()
		binary.NativeEndian.PutUint64(j.memory, tt.end)
		binary.LittleEndian.PutUint32(j.memory[journalStart:], tt.length)
		if _, err := j.next(nil, j.end()); !errors.Is(err, errJournal) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		j.close()
	}
}

// The worker begins with a task that takes long, of which nobody could know. What
// it did before is told meanwhile.
func TestAnswersDoNotWaitForALongTask(t *testing.T) {
	p, _ := newPool(t, Group{N: 1}, pool.Options{ChunkSize: 1})
	gate := newGate(t)
	const long = 900
	items := make([]any, 1000)
	for i := range items {
		items[i] = "pass"
	}
	if _, err := pool.Map[any](t.Context(), p, run, items); err != nil { // it is known how long they take
		t.Fatal(err)
	}
	items[long] = gate.wait()
	told := make(chan int, len(items))
	r := p.With(pool.Options{ChunkSize: 1, Progress: func(p pool.Progress) { told <- p.Done }}).MapAsync(t.Context(), run, items)
	for soon, done := enginetest.Soon(t), 0; done < long; {
		select {
		case done = <-told:
		case <-soon.Done():
			t.Fatalf("%d tasks were told of before the one that takes long, want %d", done, long)
		}
	}
	gate.open(t)
	if _, err := r.Get(t.Context()); err != nil {
		t.Error(err)
	}
}

// A journal has notes for the results that are in the spool.
func TestLargeAnswersInTheJournal(t *testing.T) {
	p, _ := newPool(t, Group{N: 1}, pool.Options{ChunkSize: 1})
	sizes := make([]int64, 400)
	for i := range sizes {
		sizes[i] = int64(i % 4 * (64<<10 + i)) // of four, two are in the spool
	}
	zeros, err := pool.Map[[]byte](t.Context(), p, global("builtins:bytes"), sizes)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range zeros {
		if int64(len(b)) != sizes[i] {
			t.Fatalf("result %d has %d bytes, want %d", i, len(b), sizes[i])
		}
	}
}

// A worker dies at one of many tasks that it was given ahead of time. That one is
// lost; what it did before is not done again, and what comes after is done.
func TestAWorkerThatDiesAmongManyTasks(t *testing.T) {
	p, _ := newPool(t, Group{N: 1}, pool.Options{})
	path := t.TempDir() + "/done"
	fatal := []int{700, 701, 970}
	var calls []*pool.AsyncResult
	for i := range 1000 {
		code := fmt.Sprintf("f = open(%q, 'a'); f.write('%d\\n'); f.close()", path, i)
		if slices.Contains(fatal, i) {
			code += "; import os; os.kill(os.getpid(), 9)"
		}
		calls = append(calls, p.ApplyAsync(t.Context(), run, code))
	}
	var lost []int
	for i, r := range calls {
		if _, err := r.Get(t.Context()); err != nil {
			if _, ok := errors.AsType[*pool.WorkerLostError](err); !ok {
				t.Errorf("task %d: %v", i, err)
			}
			lost = append(lost, i)
		}
	}
	if !slices.Equal(lost, fatal) {
		t.Errorf("lost are %v, want %v", lost, fatal)
	}
	done, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	numbers := strings.Fields(string(done))
	for i, n := range numbers {
		if n != strconv.Itoa(i) {
			t.Fatalf("the %dth that was run is %s", i, n)
		}
	}
	if len(numbers) != len(calls) {
		t.Errorf("%d tasks were run, want %d", len(numbers), len(calls))
	}
}
