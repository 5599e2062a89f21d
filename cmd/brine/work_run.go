package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pool"
	"github.com/brine-go/brine/pool/process"
)

// work is a run of brine work. One goroutine has all of it; another reads the
// input.
type work struct {
	flags  *workFlags
	pool   *pool.Pool
	fn     pickle.Global
	in     *input
	out    *results
	screen *screen

	records  chan record
	ended    error // why the input could not be read to its end; read when records is closed
	finished chan *task

	calls  map[int]*task // those that are not written, by number
	bytes  int           // of their inputs
	next   int           // the number of the one to write, of those in order
	last   record        // that was read
	window int
	recent int     // calls that ended since the last tick
	rate   float64 // of them in a tick

	complete bool // all records were read
}

// A task is a record and what became of it.
type task struct {
	record
	result *pool.AsyncResult // nil where the record is bad
	done   bool
}

const (
	// maxWindow is how many calls there are at most that are not written.
	maxWindow = 4096
	// windowTime is how long the workers should be busy with them.
	windowTime = time.Second / 4
	// windowBytes is what their inputs may have together; there are always
	// enough for the workers.
	windowBytes = 64 << 20
	// checkpointTime is how old the last checkpoint may be.
	checkpointTime = 200 * time.Millisecond
)

var errInterrupted = errors.New("the run was interrupted before the call was done")

// run makes the calls until the input ends, or ctx does and what was begun is
// done.
func (w *work) run(ctx context.Context) error {
	calls, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(errInterrupted)
	w.records, w.finished = make(chan record), make(chan *task, maxWindow)
	w.calls = make(map[int]*task)
	w.window = 4 * w.flags.workers
	old := w.out.journal
	old.Done = slices.Clone(old.Done)
	w.next = old.low()
	stop := make(chan struct{})
	defer close(stop)
	go w.read(stop, old) // it may wait for standard input as long as the process lives
	w.screen.begin(w.in.length, old.count(), old.Failed)
	err := w.loop(ctx, calls)
	w.screen.end()
	if last := w.checkpoint(); last != nil {
		return errors.Join(err, last)
	}
	return w.verdict(err)
}

// loop is the run between its beginning and its end.
func (w *work) loop(ctx, calls context.Context) error {
	tick := time.NewTicker(checkpointTime)
	defer tick.Stop()
	interrupted := ctx.Done()
	records := w.records
	var grace <-chan time.Time
	for records != nil || len(w.calls) > 0 {
		in := records
		if !w.room() {
			in = nil
		}
		var err error
		select {
		case r, ok := <-in:
			if ok {
				err = w.begin(calls, r)
			} else {
				records, w.complete = nil, true
			}
		case c := <-w.finished:
			err = w.finish(c)
		case <-tick.C:
			w.adapt()
			w.screen.draw()
			err = w.checkpoint()
		case <-interrupted:
			interrupted, records = nil, nil
			grace = time.After(w.flags.grace)
			if n := len(w.calls); n > 0 {
				w.screen.say("brine: interrupted: %d calls get %v to end, another Ctrl-C ends them at once", n, w.flags.grace)
			}
		case <-grace:
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// read reads the input, but for what an earlier run has done.
func (w *work) read(stop <-chan struct{}, old journal) {
	defer close(w.records)
	for {
		r, err := w.in.read()
		switch {
		case r.n == old.Checked && r.before != old.Checksum:
			err = fmt.Errorf("--resume: the input has changed: its first %d records are not those that were done", r.n)
		case err == io.EOF && r.n < old.Checked:
			err = fmt.Errorf("--resume: the input has changed: it ended with %d records, and %d were done", r.n, old.Checked)
		}
		if err != nil {
			if err != io.EOF {
				w.ended = err
			}
			return
		}
		if old.has(r.n) {
			continue
		}
		select {
		case w.records <- r:
		case <-stop:
			return
		}
	}
}

// room tells whether another call may begin.
func (w *work) room() bool {
	n := len(w.calls)
	return n < w.window && (w.bytes < windowBytes || n < w.flags.workers)
}

// adapt makes the window what the workers do in windowTime.
func (w *work) adapt() {
	w.rate = (w.rate + float64(w.recent)) / 2
	w.recent = 0
	most := int(w.rate * float64(windowTime) / float64(checkpointTime))
	w.window = min(max(most, 4*w.flags.workers), maxWindow)
}

func (w *work) begin(ctx context.Context, r record) error {
	c := &task{record: r}
	w.calls[r.n], w.last = c, r
	w.bytes += r.size
	if r.err != nil {
		return w.finish(c)
	}
	c.result = w.pool.Submit(ctx, w.fn, r.args, r.kwargs)
	c.result.Notify(func() { w.finished <- c })
	return nil
}

// finish writes what can be written now that a call is done.
func (w *work) finish(c *task) error {
	c.done = true
	w.recent++
	if w.flags.unordered {
		return w.write(c)
	}
	for c := w.calls[w.next]; c != nil && c.done; c = w.calls[w.next] {
		if err := w.write(c); err != nil {
			return err
		}
		w.next++
	}
	return nil
}

// write writes the result of a call, or tells why there is none.
func (w *work) write(c *task) error {
	delete(w.calls, c.n)
	w.bytes -= c.size
	result, err := w.result(c)
	if no, ok := errors.AsType[*process.StartError](err); ok {
		return no // no call can be made
	}
	if err != nil {
		if err := w.report(c.record, err); err != nil {
			return err
		}
		if result = nil; !w.flags.unordered {
			result = w.out.none()
		}
	}
	if err := w.out.put(c.n, result, err != nil); err != nil {
		return err
	}
	w.screen.count(err != nil, c.end)
	if len(w.calls) == 0 && w.out.path == "" { // show what is there before waiting for more
		return w.out.checkpoint(0, 0)
	}
	return nil
}

func (w *work) result(c *task) ([]byte, error) {
	if c.err != nil {
		return nil, c.err
	}
	v, err := c.result.Item(context.Background())
	if err != nil {
		return nil, err
	}
	return w.out.encode(v, w.pool.Engine().Connection().Codec)
}

// checkpoint makes what is done last.
func (w *work) checkpoint() error {
	n, sum := w.out.journal.Checked, w.out.journal.Checksum
	if w.last.after != 0 { // something was read
		n, sum = w.last.n+1, w.last.after
	}
	for _, c := range w.calls {
		if c.n < n {
			n, sum = c.n, c.before
		}
	}
	return w.out.checkpoint(n, sum)
}

// verdict says how it went.
func (w *work) verdict(err error) error {
	done, failed := w.out.journal.count(), w.out.journal.Failed
	switch {
	case err != nil:
		return err
	case !w.complete || len(w.calls) > 0:
		how := ""
		if w.out.path != "" {
			how = "; --resume goes on"
		}
		return fmt.Errorf("interrupted: %d calls are done, %d failed%s", done, failed, how)
	case w.ended != nil:
		return w.ended
	}
	w.out.over = true
	if failed > 0 {
		return fmt.Errorf("%d of %d calls failed", failed, done)
	}
	return nil
}
