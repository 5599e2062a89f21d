package faults

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// TestWorkerOfClassesDies: whoever calls is told, what lived there is gone, and
// the next object finds a new worker. When the server dies, so does the worker.
func TestWorkerOfClassesDies(t *testing.T) {
	dir, err := filepath.Abs("../interop/python")
	if err != nil {
		t.Fatal(err)
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 6) {
			return
		}
		s := harness.Brine(t, "--address", harness.SocketPath(t), "--pool-python", py.Path, "--pool-path", dir, "--register", "Maths=hosted:Maths")
		c := dialHosted(t, s)
		pid := 0
		for range 3 {
			pid = killHosted(t, c)
		}
		for range 2 { // the second is that of an idle worker
			syscall.Kill(pid, syscall.SIGKILL)
			pid = newHosted(t, c)
		}
		s.Kill()
		gone(t, pid)
	})
}

func dialHosted(t *testing.T, s *harness.Server) *managers.Client {
	t.Helper()
	e, err := engine.New(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := connection.Parse(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	c, err := managers.Dial(t.Context(), e, a, managers.ClientConfig{Authkey: []byte(s.Authkey)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close(context.Background())
		e.Close()
	})
	return c
}

// newHosted makes an object, and returns its worker. A worker that was killed is
// perhaps not known to be dead at once.
func newHosted(t *testing.T, c *managers.Client) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		o, err := c.Create(ctx, "Maths")
		if err != nil {
			if !strings.Contains(err.Error(), "was killed by signal 9") {
				t.Fatal(err)
			}
			continue
		}
		pid, err := o.Call(ctx, "pid")
		if err == nil {
			return int(pid.(int64))
		}
		if !strings.Contains(err.Error(), "was killed by signal 9") {
			t.Fatal(err)
		}
	}
}

// killHosted kills the worker while several objects of it are called.
func killHosted(t *testing.T, c *managers.Client) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var objects []*managers.Proxy
	for range 4 {
		o, err := c.Create(ctx, "Maths", int64(1))
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, o)
	}
	v, err := objects[0].Call(ctx, "pid")
	if err != nil {
		t.Fatal(err)
	}
	pid := int(v.(int64))
	var calls sync.WaitGroup
	errs := make([]error, len(objects))
	for i, o := range objects {
		calls.Go(func() { _, errs[i] = o.Call(ctx, "sleep", int64(1000)) })
	}
	syscall.Kill(pid, syscall.SIGKILL)
	calls.Wait()
	during := fmt.Sprintf("the Python worker %d was killed by signal 9 (killed) while it ran Maths.sleep", pid)
	after := fmt.Sprintf("this Maths is gone: the Python worker %d was killed by signal 9 (killed)", pid)
	for _, err := range errs { // one that came too late finds it dead
		if !errors.Is(err, pickle.RuntimeError) || !strings.Contains(err.Error(), during) && !strings.Contains(err.Error(), after) {
			t.Errorf("a call under way: %v", err)
		}
	}
	for _, o := range objects {
		if _, err := o.Call(ctx, "add", int64(1)); !errors.Is(err, pickle.RuntimeError) || !strings.Contains(err.Error(), after) {
			t.Errorf("a later call: %v", err)
		}
		o.Close(ctx)
	}
	o, err := c.Create(ctx, "Maths", int64(1))
	if err != nil {
		t.Fatalf("a new object: %v", err)
	}
	defer o.Close(ctx)
	if v, err := o.Call(ctx, "add", int64(1)); v != int64(2) || err != nil {
		t.Errorf("a new object: %v, %v", v, err)
	}
	v, err = o.Call(ctx, "pid")
	if err != nil || int(v.(int64)) == pid {
		t.Errorf("the new worker is %v, %v", v, err)
	}
	return int(v.(int64))
}
