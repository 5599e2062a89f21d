package managers

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brine-go/brine/pickle"
)

func TestWaitArguments(t *testing.T) {
	kwds := func(pairs ...any) *pickle.Dict {
		d := pickle.NewDict(len(pairs) / 2)
		for i := 0; i < len(pairs); i += 2 {
			if err := d.Set(pairs[i], pairs[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		return d
	}
	tests := []struct {
		name    string
		w       wait
		args    pickle.Tuple
		kwds    *pickle.Dict
		want    pickle.Tuple // nil: left to the manager
		timeout time.Duration
	}{
		{"get()", waitGet, nil, nil, pickle.Tuple{true, nil}, forever},
		{"get(True)", waitGet, pickle.Tuple{true}, nil, pickle.Tuple{true, nil}, forever},
		{"get(True, 2)", waitGet, pickle.Tuple{true, 2}, nil, pickle.Tuple{true, 2}, 2 * time.Second},
		{"get(True, None)", waitGet, pickle.Tuple{true, nil}, nil, pickle.Tuple{true, nil}, forever},
		{"get(timeout=0.5)", waitGet, nil, kwds("timeout", 0.5), pickle.Tuple{true, 0.5}, time.Second / 2},
		{"get(block=True, timeout=1)", waitGet, nil, kwds("block", true, "timeout", int64(1)), pickle.Tuple{true, int64(1)}, time.Second},
		{"get(timeout=1e300)", waitGet, nil, kwds("timeout", 1e300), pickle.Tuple{true, 1e300}, forever},
		{"get(False)", waitGet, pickle.Tuple{false}, nil, nil, 0},
		{"get(block=False)", waitGet, nil, kwds("block", false), nil, 0},
		{"get(True, 0)", waitGet, pickle.Tuple{true, 0}, nil, nil, 0},
		{"get(True, -1)", waitGet, pickle.Tuple{true, -1}, nil, nil, 0},
		{"get(True, 'x')", waitGet, pickle.Tuple{true, "x"}, nil, nil, 0},
		{"get(True, 1, 2)", waitGet, pickle.Tuple{true, 1, 2}, nil, nil, 0},
		{"get(True, block=True)", waitGet, pickle.Tuple{true}, kwds("block", true), nil, 0},
		{"get(unknown=1)", waitGet, nil, kwds("unknown", 1), nil, 0},
		{"put(x)", waitPut, pickle.Tuple{"x"}, nil, pickle.Tuple{"x", true, nil}, forever},
		{"put(None)", waitPut, pickle.Tuple{nil}, nil, pickle.Tuple{nil, true, nil}, forever},
		{"put()", waitPut, nil, nil, nil, 0},
		{"put(x, False)", waitPut, pickle.Tuple{"x", false}, nil, nil, 0},
		{"acquire(blocking=True)", waitAcquire, nil, kwds("blocking", true), pickle.Tuple{true, nil}, forever},
		{"acquire(True, -1)", waitAcquire, pickle.Tuple{true, -1}, nil, nil, 0},
		{"wait()", waitEvent, nil, nil, pickle.Tuple{nil}, forever},
		{"wait(3)", waitEvent, pickle.Tuple{3}, nil, pickle.Tuple{3}, 3 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, timeout, ok := tt.w.arguments(tt.args, tt.kwds)
			if ok != (tt.want != nil) || ok && (!reflect.DeepEqual(got, tt.want) || timeout != tt.timeout) {
				t.Errorf("arguments(%v) = %v, %v, %v; want %v, %v", tt.args, got, timeout, ok, tt.want, tt.timeout)
			}
		})
	}
}

func TestWaitsOf(t *testing.T) {
	tests := []struct {
		object  string
		exposed []string
		want    []string
	}{
		{"Queue", []string{"empty", "full", "get", "get_nowait", "join", "put", "put_nowait", "qsize", "task_done"}, []string{"get", "put"}},
		{"Lock", []string{"acquire", "release"}, []string{"acquire"}},
		{"Condition", []string{"acquire", "release", "wait", "notify", "notify_all"}, []string{"acquire", "wait"}},
		{"Event", []string{"is_set", "set", "clear", "wait"}, []string{"wait"}},
		{"Barrier", []string{"__getattribute__", "wait", "abort", "reset"}, nil},
		{"dict", []string{"get", "pop", "keys"}, nil},
		{"AsyncResult", []string{"get", "ready", "successful", "wait"}, nil},
	}
	for _, tt := range tests {
		if got := sortedKeys(waitsOf(tt.exposed)); len(got) != len(tt.want) || len(got) > 0 && !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s waits in %v, want %v", tt.object, got, tt.want)
		}
	}
}

// slowly answers after the timeout that it is given, or when the item is
// there, whichever comes first.
func slowly(ready time.Time, asked *[]float64) func(context.Context, pickle.Tuple) (any, error) {
	return func(ctx context.Context, args pickle.Tuple) (any, error) {
		timeout := args[1].(float64)
		*asked = append(*asked, timeout)
		d := time.Duration(timeout * float64(time.Second))
		item := time.Until(ready) <= d
		if item {
			d = time.Until(ready)
		}
		select {
		case <-time.After(d):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if item {
			return "item", nil
		}
		return nil, pickle.QueueEmpty.New()
	}
}

func TestSlices(t *testing.T) {
	tests := []struct {
		name         string
		item, cancel time.Duration // after the start
		timeout      time.Duration
		want         any
		err          error
		took         time.Duration
	}{
		{"at once", 0, time.Hour, forever, "item", nil, 0},
		{"later", 250 * time.Millisecond, time.Hour, forever, "item", nil, 250 * time.Millisecond},
		{"its own timeout", time.Hour, time.Hour, 250 * time.Millisecond, nil, pickle.QueueEmpty, 250 * time.Millisecond},
		{"cancelled", time.Hour, 250 * time.Millisecond, forever, nil, context.Canceled, 300 * time.Millisecond},
		{"comes after the end", 280 * time.Millisecond, 250 * time.Millisecond, forever, "item", nil, 280 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				time.AfterFunc(tt.cancel, cancel)
				var asked []float64
				got, err := waitGet.slices(ctx, pickle.Tuple{true, nil}, tt.timeout, slowly(start.Add(tt.item), &asked))
				if took := time.Since(start); got != tt.want || !errors.Is(err, tt.err) || took != tt.took {
					t.Errorf("got %v, %v after %v; want %v, %v after %v", got, err, took, tt.want, tt.err, tt.took)
				}
				for _, s := range asked {
					if s > slice.Seconds() {
						t.Errorf("asked the manager to wait for %v seconds", s)
					}
				}
			})
		})
	}
}

// TestSilentManager: who does not answer is given up a while after the end.
func TestSilentManager(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := waitGet.slices(ctx, pickle.Tuple{true, nil}, forever, func(ctx context.Context, _ pickle.Tuple) (any, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		if want := time.Second + slice + patience; err == nil || time.Since(start) != want {
			t.Errorf("got %v after %v, want an error after %v", err, time.Since(start), want)
		}
	})
}
