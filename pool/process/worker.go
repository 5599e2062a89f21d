package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/queues"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

// A laborer runs tasks with the Go functions of a process: it is
// multiprocessing.pool.worker, and that of concurrent.futures.
type laborer struct{ engine *engine.Engine }

// reraise is the function of a task that stands for an error of the iterable
// that Python's pool reads. The exception goes back as it came: its class may be
// any.
var reraise = pickle.Global{Module: "multiprocessing.pool", Name: "_helper_reraises_exception"}

const encodingError pickle.ExceptionClass = "multiprocessing.pool.MaybeEncodingError"

// tasks and answers are the two ends of a worker: queues of Python's pool, or one
// connection of ours.
type tasks interface {
	GetPickled(ctx context.Context) ([]byte, error)
}

type answers interface {
	PutPickled(ctx context.Context, item []byte) error
}

// both is a connection as a worker's two queues, with spools for large messages.
type both struct {
	conn           *connection.Conn
	tasks, results *spool
	most           int64
}

func (b both) GetPickled(ctx context.Context) ([]byte, error) {
	item, err := b.conn.RecvBytes(ctx)
	if err == nil && isNote(item) {
		return b.tasks.take(item, b.most)
	}
	return item, err
}

func (b both) PutPickled(ctx context.Context, item []byte) error {
	if len(item) >= largeMessage {
		if note, ok := b.results.write(item); ok {
			item = note
		}
	}
	return b.conn.SendBytes(ctx, item)
}

// work is multiprocessing.pool.worker.
func (l *laborer) work(ctx context.Context, inqueue, outqueue, initializer any, initargs pickle.Tuple, maxtasks *int, _ bool) error {
	in, out, err := l.ends(ctx, inqueue, outqueue)
	if err != nil {
		return err
	}
	l.dieWithParent()
	if initializer != nil {
		if _, err := l.engine.Call(ctx, initializer, initargs, nil); err != nil {
			return fmt.Errorf("the initializer of the pool: %w", err)
		}
	}
	for n := 0; maxtasks == nil || n < *maxtasks; n++ {
		item, err := in.GetPickled(ctx)
		if err != nil {
			return quiet(err)
		}
		t, err := l.task(ctx, item)
		if err != nil || t == nil {
			return err
		}
		if err := out.PutPickled(ctx, t.answer(ctx)); err != nil {
			return quiet(err)
		}
	}
	return nil
}

// orphanTime is what a task gets to heed its context when the parent has died.
const orphanTime = time.Second

// dieWithParent ends this process soon after its parent, whatever it does.
func (l *laborer) dieWithParent() {
	parent := l.engine.Parent()
	if parent == nil {
		return
	}
	go func() { // ends with the process
		<-parent.Died()
		time.Sleep(orphanTime)
		os.Exit(1)
	}()
}

// quiet drops errors by which a worker learns that nobody wants it any more.
func quiet(err error) error {
	var failed *net.OpError
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, context.Canceled) || errors.As(err, &failed) {
		return nil
	}
	return err
}

// ends takes apart the queues of a worker, and closes the ends that are for the
// parent: a worker that holds one would not see the parent's end.
func (l *laborer) ends(ctx context.Context, inqueue, outqueue any) (tasks, answers, error) {
	if d, ok := attributes(inqueue); ok {
		c, err := connOf(d)
		b := both{conn: c, most: maxMessage(l.engine.Connection())}
		if err == nil {
			b.tasks, err = spoolOf(ctx, d, "tasks")
		}
		if err == nil {
			b.results, err = spoolOf(ctx, d, "results")
		}
		return b, b, err
	}
	in, ok1 := inqueue.(*queues.SimpleQueue)
	out, ok2 := outqueue.(*queues.SimpleQueue)
	if !ok1 || !ok2 {
		return nil, nil, pickle.TypeError.New(fmt.Sprintf("a worker has two SimpleQueues, not a %s and a %s",
			pickle.TypeName(inqueue), pickle.TypeName(outqueue)))
	}
	in.CloseWriter()
	out.CloseReader()
	return in, out, nil
}

// attributes are those of a types.SimpleNamespace.
func attributes(v any) (*pickle.Dict, bool) {
	o, _ := v.(*pickle.Object)
	if o == nil || o.Class != namespaceClass || len(o.Ops) != 1 {
		return nil, false
	}
	d, ok := o.Ops[0].Items[0].(*pickle.Dict)
	return d, ok
}

// connOf takes the connection from (get=c.recv, put=c.send).
func connOf(attributes *pickle.Dict) (*connection.Conn, error) {
	get, _, _ := attributes.Get("get")
	if method, ok := get.(*pickle.Object); ok {
		if args, _ := method.Args.(pickle.Tuple); len(args) == 2 {
			if c, ok := args[0].(*connection.Conn); ok {
				return c, nil
			}
		}
	}
	return nil, pickle.TypeError.New("a worker's queue gets with a connection's recv, not with a " + pickle.TypeName(get))
}

// spoolOf takes a spool, if there is one.
func spoolOf(ctx context.Context, attributes *pickle.Dict, name string) (*spool, error) {
	v, _, _ := attributes.Get(name)
	d, ok := v.(*reduction.DupFD)
	if !ok {
		return new(spool), nil
	}
	f, err := d.Detach(ctx)
	if err != nil {
		return nil, fmt.Errorf("process: the spool: %w", err)
	}
	return &spool{file: f}, nil
}

var namespaceClass = pickle.Global{Module: "types", Name: "SimpleNamespace"}

// A duty is a task that a laborer was given: Python's (job, i, func, args, kwds).
type duty struct {
	*laborer
	job, index int64
	fn         any
	args       pickle.Tuple
	kwargs     *pickle.Dict
	err        error // why it cannot be done
}

// task reads a task; None, which tells a worker to go, is nil.
func (l *laborer) task(ctx context.Context, item []byte) (*duty, error) {
	codec := l.engine.Connection().Codec
	v, err := codec.Decode(ctx, item)
	if err != nil {
		return l.unreadable(ctx, item, err)
	}
	if v == nil {
		return nil, nil
	}
	t := &duty{laborer: l}
	parts, _ := v.(pickle.Tuple)
	if len(parts) != 5 {
		return nil, fmt.Errorf("process: a worker's task is (job, i, func, args, kwds), not a %s of %d", pickle.TypeName(v), len(parts))
	}
	var err1, err2 error
	t.job, err1 = pickle.As[int64](parts[0])
	t.index, err2 = pickle.As[int64](parts[1])
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("process: a worker's task has no number: %w", err)
	}
	t.fn = parts[2]
	var ok1, ok2 bool
	t.args, ok1 = sequence(parts[3])
	t.kwargs, ok2 = parts[4].(*pickle.Dict)
	if !ok1 || !ok2 {
		t.err = pickle.TypeError.New("the arguments of a task are a tuple and a dict")
	}
	return t, nil
}

// sequence is what Python would unpack with a star.
func sequence(v any) (pickle.Tuple, bool) {
	switch v := v.(type) {
	case pickle.Tuple:
		return v, true
	case *pickle.List:
		return v.Items, true
	}
	return nil, false
}

// unreadable is a task of which at least the number can be read, so that who waits
// for it gets the reason.
func (l *laborer) unreadable(ctx context.Context, item []byte, why error) (*duty, error) {
	var parts []pickle.Raw
	codec := l.engine.Connection().Codec
	if err := codec.Unmarshal(ctx, item, &parts); err != nil || len(parts) != 5 {
		return nil, why
	}
	job, err1 := parts[0].Value(ctx, codec)
	index, err2 := parts[1].Value(ctx, codec)
	j, ok1 := job.(int64)
	i, ok2 := index.(int64)
	if err := errors.Join(err1, err2); err != nil || !ok1 || !ok2 {
		return nil, why
	}
	return &duty{laborer: l, job: j, index: i, err: fmt.Errorf("the task cannot be read: %w", why)}, nil
}

// answer does the task, and returns the answer's pickle.
func (t *duty) answer(ctx context.Context) []byte {
	v, err, returned := any(nil), t.err, true
	switch {
	case err != nil:
	case t.fn == reraise && len(t.args) == 1:
		v, returned = t.args[0], false
	default:
		v, err = t.engine.Call(ctx, t.fn, t.args, t.kwargs)
	}
	codec := t.engine.Connection().Codec
	if err == nil {
		b, bad := codec.Marshal(ctx, pickle.Tuple{t.job, t.index, pickle.Tuple{returned, v}})
		if bad == nil {
			return b
		}
		err = unsendable(bad, v)
	} else {
		err = t.raised(t.called(), err, pickle.RemoteTraceback)
	}
	b, bad := codec.Marshal(ctx, pickle.Tuple{t.job, t.index, pickle.Tuple{false, engine.Exception(err)}})
	if bad != nil {
		b, _ = codec.Marshal(ctx, pickle.Tuple{t.job, t.index, pickle.Tuple{false, unsendable(bad, err)}})
	}
	return b
}

// called is the function of the program: a chunk's is in its arguments.
func (t *duty) called() any {
	if g, ok := t.fn.(pickle.Global); ok && g.Module == reraise.Module && len(t.args) == 1 {
		if chunk, _ := t.args[0].(pickle.Tuple); len(chunk) == 2 {
			return chunk[0]
		}
	}
	return t.fn
}

// raised is the exception for an error, with the traceback as its cause.
func (l *laborer) raised(fn any, err error, class pickle.ExceptionClass) *pickle.Exception {
	x := *engine.Exception(err)
	x.Cause = class.New("\n\"\"\"\n" + l.engine.Traceback(fn, err) + "\"\"\"")
	return &x
}

// unsendable is the exception for a value that cannot be pickled.
func unsendable(why error, v any) *pickle.Exception {
	return encodingError.New(why.Error(), fmt.Sprintf("%.200v", v))
}

// mapstar calls a function with each item of a chunk: (func, items).
func (l *laborer) mapstar(ctx context.Context, chunk pickle.Tuple) (any, error) {
	return l.each(ctx, chunk, func(item any) (pickle.Tuple, bool) { return pickle.Tuple{item}, true })
}

// starmapstar calls it with the items of each.
func (l *laborer) starmapstar(ctx context.Context, chunk pickle.Tuple) (any, error) {
	return l.each(ctx, chunk, sequence)
}

// chunk is concurrent.futures' starmapstar.
func (l *laborer) chunk(ctx context.Context, fn, items any) (any, error) {
	return l.each(ctx, pickle.Tuple{fn, items}, sequence)
}

func (l *laborer) each(ctx context.Context, chunk pickle.Tuple, args func(item any) (pickle.Tuple, bool)) (any, error) {
	if len(chunk) != 2 {
		return nil, pickle.TypeError.New("a chunk is a function and its items")
	}
	items, ok := sequence(chunk[1])
	if !ok {
		return nil, pickle.TypeError.New("the items of a chunk are a tuple, not a " + pickle.TypeName(chunk[1]))
	}
	values := make([]any, len(items))
	for i, item := range items {
		in, ok := args(item)
		if !ok {
			return nil, pickle.TypeError.New("argument after * must be an iterable, not " + pickle.TypeName(item))
		}
		v, err := l.engine.Call(ctx, chunk[0], in, nil)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return pickle.NewList(values...), nil
}

var pid = int64(os.Getpid())
