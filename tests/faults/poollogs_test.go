package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/pool"
	"github.com/brine-go/brine/pool/process"
)

// Many short tasks print, one way or another: each line is logged with the task
// that wrote it, though a worker has done many before we hear of them. What the
// initializer prints is no task's.
func TestEveryLineIsLoggedWithItsTask(t *testing.T) {
	eachGroup(t, func(t *testing.T, g process.Group) {
		for name, n := range map[string]int{"say": 300, "shout": 60} {
			said := sayings(t, g, name, n)
			said = slices.DeleteFunc(said, func(s saying) bool { return s.Msg == "said at first" && s.Task < 0 })
			if len(said) != n {
				t.Errorf("%s: %d lines were logged, want %d", name, len(said), n)
			}
			wrong := 0
			for _, s := range said {
				if s.Msg != fmt.Sprint("said ", s.Task) {
					wrong++
					t.Logf("%s: task %d has %q, on %s", name, s.Task, s.Msg, s.Stream)
				}
			}
			if wrong > 0 {
				t.Errorf("%s: %d lines have another's task", name, wrong)
			}
		}
	})
}

// A saying is a line that a worker printed.
type saying struct {
	Msg, Stream string
	Task        int
}

// sayings are the lines that tasks 0 to n-1 of one map print.
func sayings(t *testing.T, g process.Group, name string, n int) (said []saying) {
	t.Helper()
	enginetest.CheckLeaks(t)
	var log records
	e, err := engine.New(engine.Config{Logger: slog.New(slog.NewJSONHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	process.Register(e)
	p, err := pool.New(e, pool.Config{Backend: process.NewBackend(g), Options: pool.Options{ChunkSize: 1}})
	if err != nil {
		t.Fatal(err)
	}
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	if _, err := pool.Map[any](t.Context(), p, task(name), items); err != nil {
		t.Error(err)
	}
	text := log.text() // what a task wrote is logged when it is answered
	p.Close()
	if err := p.Join(t.Context()); err != nil {
		t.Error(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	for line := range strings.Lines(text) {
		s := saying{Task: -1}
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(s.Msg, "said") {
			said = append(said, s)
		}
	}
	return said
}

// records are what was logged.
type records struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *records) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(b)
}

func (r *records) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}
