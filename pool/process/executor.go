package process

import (
	"context"
	"fmt"

	"github.com/brine-go/brine/engine/queues"
	"github.com/brine-go/brine/pickle"
)

var resultItem = pickle.Global{Module: "concurrent.futures.process", Name: "_ResultItem"}

// workForExecutor is concurrent.futures.process._process_worker:
// (call_queue, result_queue, initializer, initargs, max_tasks), of which 3.6 has
// the first two and 3.11 the last.
func (l *laborer) workForExecutor(ctx context.Context, calls *queues.Queue, results *queues.SimpleQueue, more ...any) error {
	calls.CloseWriter()
	results.CloseReader()
	var maxtasks int
	if len(more) >= 2 && more[0] != nil {
		args, _ := sequence(more[1])
		if _, err := l.engine.Call(ctx, more[0], args, nil); err != nil {
			return fmt.Errorf("the initializer of the executor: %w", err)
		}
	}
	if len(more) >= 3 && more[2] != nil {
		if err := l.engine.Assign(ctx, &maxtasks, more[2]); err != nil {
			return err
		}
	}
	for n := 1; ; n++ {
		item, err := calls.GetPickled(ctx)
		if err != nil {
			return quiet(err)
		}
		c, err := l.call(ctx, item)
		switch {
		case err != nil:
			return err
		case c == nil: // we may go
			return results.Put(ctx, pid)
		}
		last := maxtasks > 0 && n >= maxtasks
		if err := results.PutPickled(ctx, c.result(ctx, last)); err != nil || last {
			return quiet(err)
		}
	}
}

// A call is what an executor asks for: the state of a _CallItem.
type call struct {
	*laborer
	id   any
	fn   any
	args pickle.Tuple
	kw   *pickle.Dict
	err  error
}

// call reads a call; None is nil.
func (l *laborer) call(ctx context.Context, item []byte) (*call, error) {
	v, err := l.engine.Connection().Codec.Decode(ctx, item)
	if err != nil {
		return nil, fmt.Errorf("process: the executor's call cannot be read: %w", err)
	}
	if v == nil {
		return nil, nil
	}
	o, _ := v.(*pickle.Object)
	if o == nil || len(o.Ops) != 1 || o.Ops[0].Kind != pickle.Build {
		return nil, fmt.Errorf("process: the executor calls with a _CallItem, not a %s", pickle.TypeName(v))
	}
	state, _ := o.Ops[0].Items[0].(*pickle.Dict)
	if state == nil {
		return nil, fmt.Errorf("process: the state of a %s is no dict", pickle.TypeName(v))
	}
	c := &call{laborer: l}
	c.id, _, _ = state.Get("work_id")
	c.fn, _, _ = state.Get("fn")
	args, _, _ := state.Get("args") // a list up to 3.8
	kwargs, _, _ := state.Get("kwargs")
	var ok1, ok2 bool
	c.args, ok1 = sequence(args)
	c.kw, ok2 = kwargs.(*pickle.Dict)
	if !ok1 || !ok2 {
		c.err = pickle.TypeError.New("the arguments of a call are a tuple and a dict")
	}
	return c, nil
}

// result does the call, and returns the pickle of its _ResultItem; last tells the
// executor that this worker goes.
func (c *call) result(ctx context.Context, last bool) []byte {
	v, err := any(nil), c.err
	if err == nil {
		v, err = c.engine.Call(ctx, c.fn, c.args, c.kw)
	}
	codec := c.engine.Connection().Codec
	if err == nil {
		b, bad := codec.Marshal(ctx, c.item(v, nil, last))
		if bad == nil {
			return b
		}
		err = unsendable(bad, v)
	}
	x := c.raised(c.fn, err, pickle.RemoteTracebackInFuture)
	b, bad := codec.Marshal(ctx, c.item(nil, x, last))
	if bad != nil {
		b, _ = codec.Marshal(ctx, c.item(nil, unsendable(bad, err), last))
	}
	return b
}

func (c *call) item(v any, x *pickle.Exception, last bool) *pickle.Object {
	state := pickle.NewDict(4)
	state.Set("work_id", c.id)
	if x != nil {
		state.Set("exception", x)
	} else {
		state.Set("exception", nil)
	}
	state.Set("result", v)
	if last {
		state.Set("exit_pid", pid)
	} else {
		state.Set("exit_pid", nil)
	}
	return &pickle.Object{
		How: pickle.NewObj, Class: resultItem, Args: pickle.Tuple{},
		Ops: []pickle.Op{{Kind: pickle.Build, Items: []any{state}}},
	}
}
