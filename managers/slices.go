package managers

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/brine-go/brine/pickle"
)

// A Python manager does not notice that a client gave up: its thread goes on
// waiting, and later takes an item or a permit for nobody. So a call that
// waits, and may be given up, goes out as a row of short waits; the one under
// way is awaited, and what it brings is returned.

const (
	// slice is the longest that a call outlasts its context by, where the
	// manager answers.
	slice = 100 * time.Millisecond
	// patience is what the manager gets beyond it.
	patience = 5 * time.Second
)

// A wait tells how a method waits.
type wait struct {
	block   string // name and position of the parameter that asks to wait, "" where there is none
	blockAt int
	timeAt  int                         // position of timeout
	ranOut  func(v any, err error) bool // whether the answer means that the timeout passed
}

var (
	waitGet     = wait{"block", 0, 1, raised(pickle.QueueEmpty)}
	waitPut     = wait{"block", 1, 2, raised(pickle.QueueFull)}
	waitAcquire = wait{"blocking", 0, 1, isFalse}
	waitEvent   = wait{"", -1, 0, isFalse}
)

func raised(c pickle.ExceptionClass) func(any, error) bool {
	return func(_ any, err error) bool { return errors.Is(err, c) }
}

func isFalse(v any, err error) bool { return err == nil && v == false }

// waitsOf tells by its methods what an object is. A Barrier is left out: a
// timeout breaks it for all.
func waitsOf(exposed []string) map[string]wait {
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(exposed, n) })
	}
	switch {
	case has("get", "put", "qsize"):
		return map[string]wait{"get": waitGet, "put": waitPut}
	case has("acquire", "release", "wait", "notify"):
		return map[string]wait{"acquire": waitAcquire, "wait": waitEvent}
	case has("acquire", "release"):
		return map[string]wait{"acquire": waitAcquire}
	case has("wait", "is_set"):
		return map[string]wait{"wait": waitEvent}
	}
	return nil
}

// slices calls a method until it succeeds, its own timeout passes or ctx ends.
func (w wait) slices(ctx context.Context, args pickle.Tuple, timeout time.Duration, call func(context.Context, pickle.Tuple) (any, error)) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	patient, cancel := outlast(ctx, slice+patience)
	defer cancel()
	for start := time.Now(); ; {
		left := timeout - time.Since(start)
		ask, end := min(left, slice), untilEnd(ctx)
		last := left <= min(slice, end)
		args[w.timeAt] = max(min(ask, end), 0).Seconds()
		v, err := call(patient, args)
		switch {
		case !w.ranOut(v, err) || last:
			return v, err
		case end < ask:
			<-ctx.Done()
			return nil, ctx.Err()
		case ctx.Err() != nil:
			return nil, ctx.Err()
		}
	}
}

// untilEnd is how long ctx is known to last.
func untilEnd(ctx context.Context) time.Duration {
	if end, ok := ctx.Deadline(); ok {
		return time.Until(end)
	}
	return forever
}

// arguments puts block and timeout in their places, and returns how long the
// call is to wait. ok is false when it will not, or when the arguments are
// such that they are better left to the manager.
func (w wait) arguments(args pickle.Tuple, kwds *pickle.Dict) (full pickle.Tuple, timeout time.Duration, ok bool) {
	if len(args) < w.blockAt || len(args) > w.timeAt+1 {
		return nil, 0, false
	}
	full = make(pickle.Tuple, w.timeAt+1)
	if w.blockAt >= 0 {
		full[w.blockAt] = true
	}
	copy(full, args)
	if kwds != nil {
		for k, v := range kwds.All() {
			switch {
			case k == "timeout" && len(args) <= w.timeAt:
				full[w.timeAt] = v
			case k == w.block && len(args) <= w.blockAt:
				full[w.blockAt] = v
			default:
				return nil, 0, false
			}
		}
	}
	if w.blockAt >= 0 && full[w.blockAt] != true {
		return nil, 0, false
	}
	timeout = forever
	switch t := full[w.timeAt].(type) {
	case nil:
	case int:
		timeout = seconds(float64(t))
	case int64:
		timeout = seconds(float64(t))
	case float64:
		timeout = seconds(t)
	default:
		return nil, 0, false
	}
	return full, timeout, timeout > 0
}

// forever is how long a call waits that was given no timeout.
const forever = time.Duration(1<<63 - 1)

func seconds(s float64) time.Duration {
	const most = 1 << 31
	if s > most {
		return forever
	}
	return time.Duration(s * float64(time.Second))
}

// outlast returns a context that ends a while after ctx does.
func outlast(ctx context.Context, d time.Duration) (context.Context, func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(d):
			cancel()
		case <-longer.Done():
		}
	})
	return longer, func() { stop(); cancel() }
}
