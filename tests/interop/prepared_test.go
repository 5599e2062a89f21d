package interop

import (
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/queues"
	"github.com/brine-go/brine/engine/sharedctypes"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
)

// prepare starts a child that is told later what to do.
func (p parent) prepare(t *testing.T, cfg engine.ProcessConfig) *engine.Process {
	t.Helper()
	child, err := p.engine.PrepareProcess(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return child
}

// What a prepared child is told may be younger than the child: descriptors reach
// it through the sharer.
func TestPreparedChildren(t *testing.T) {
	eachParent(t, func(t *testing.T, p parent) {
		cfg := p.config(t, children("work"))
		worker, idle, lost := p.prepare(t, cfg), p.prepare(t, cfg), p.prepare(t, cfg)

		lock := made(synchronize.NewLock(p.engine))(t)
		value, array := made(sharedctypes.NewValue[int32](p.engine, 0))(t), made(sharedctypes.NewArray[int32](p.engine, 2))(t)
		queue, results := made(queues.New(p.engine, 0))(t), made(queues.NewSimple(p.engine))(t)
		args := pickle.Tuple{lock, value, array, queue, results}
		if err := worker.Run(t.Context(), children("work"), append(args, make(chan int)), nil); err == nil {
			t.Error("a channel was pickled")
		}
		if err := worker.Run(t.Context(), children("work"), args, nil); err != nil {
			t.Fatal(err)
		}
		if err := worker.Run(t.Context(), children("work"), args, nil); err == nil || !strings.Contains(err.Error(), "has its target") {
			t.Errorf("told twice: %v", err)
		}
		for i := range 3 {
			if err := queue.Put(bounded(t), int64(i)); err != nil {
				t.Fatal(err)
			}
			if v, err := results.Get(bounded(t)); err != nil || v != int64(i*i) {
				t.Fatalf("result %d is %v, %v", i, v, err)
			}
		}
		if err := errors.Join(queue.Put(bounded(t), nil), worker.Wait(bounded(t))); err != nil {
			t.Error(err)
		}
		if n, err := value.Load(bounded(t)); n != 100 || err != nil {
			t.Errorf("it counted %d, %v", n, err)
		}
		for _, c := range []io.Closer{lock, value, array, queue, results} {
			c.Close()
		}

		// Its exception, one that ends before it is told, and one that never is: Close
		// of the engine ends it.
		if err := idle.Run(t.Context(), children("fail"), pickle.Tuple{"own"}, nil); err != nil {
			t.Fatal(err)
		}
		if err := idle.Wait(bounded(t)); !errors.Is(err, pickle.ExceptionClass("children.Own")) {
			t.Errorf("its exception: %v", err)
		}
		lost.Kill()
		if err := lost.Wait(bounded(t)); err == nil {
			t.Error("one that was killed ended well")
		}
		if err := lost.Run(t.Context(), children("nothing"), nil, nil); err == nil {
			t.Error("one that has ended was told what to do")
		}
		cfg.Stderr = io.Discard
		cfg.Target = pickle.Global{Module: "nowhere", Name: "f"}
		if err := p.prepare(t, cfg).Wait(bounded(t)); !errors.Is(err, pickle.ExceptionClass("builtins.ModuleNotFoundError")) {
			t.Errorf("a target that cannot be imported ahead: %v", err)
		}
		p.prepare(t, cfg)
	})
}

// What a child did not fetch before it died has no reader or writer left here: who
// waits at the other end of the pipe hears of it.
func TestDescriptorsOfThePreparedWhoDied(t *testing.T) {
	p := newGoParent(t)
	for _, tt := range []struct {
		name string
		args pickle.Tuple
		told bool
	}{
		{"told", nil, true},
		{"not told, as the rest cannot be pickled", pickle.Tuple{make(chan int)}, false},
	} {
		child := p.prepare(t, engine.ProcessConfig{})
		if err := syscall.Kill(child.Pid(), syscall.SIGSTOP); err != nil { // so that it fetches nothing
			t.Fatal(err)
		}
		r, w := p.pipe(t)
		err := child.Run(t.Context(), gotask("who"), append(pickle.Tuple{w}, tt.args...), nil)
		if (err == nil) != tt.told {
			t.Errorf("%s: %v", tt.name, err)
		}
		w.Close()
		if tt.told {
			child.Kill()
			child.Wait(bounded(t))
		}
		if v, err := r.Recv(bounded(t)); !errors.Is(err, io.EOF) {
			t.Errorf("%s: received %v, %v, want the end of the pipe", tt.name, v, err)
		}
		child.Kill()
		child.Wait(bounded(t))
	}
}

func TestPreparedGoChildren(t *testing.T) {
	p := newGoParent(t)
	child := p.prepare(t, engine.ProcessConfig{Name: "worker"})
	r, w := p.pipe(t)
	if err := child.Run(t.Context(), gotask("who"), pickle.Tuple{w}, nil); err != nil {
		t.Fatal(err)
	}
	if got := said(t, r); !strings.Contains(got, "'worker'") {
		t.Errorf("the child is %s", got)
	}
	if err := child.Wait(bounded(t)); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	child = made(p.engine.PrepareProcess(ctx, engine.ProcessConfig{}))(t)
	cancel()
	if err := child.Wait(bounded(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("one whose context ended: %v", err)
	}
	p.prepare(t, engine.ProcessConfig{})
}
