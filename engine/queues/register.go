package queues

import (
	"context"
	"fmt"
	"strings"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

// Register has queues leave and arrive as those of multiprocessing.queues, with
// the locks and connections in them. They pickle while a process is being
// started, and at no other time.
func Register(e *engine.Engine) {
	synchronize.Register(e)
	cfg := e.Connection()
	cfg.Exact = true
	reduction.RegisterConn(e.Registry(), cfg)
	register(e, executorQueue, func() *Queue { return new(Queue) }) // leaves as the next
	register(e, "multiprocessing.queues.Queue", func() *Queue { return new(Queue) })
	register(e, "multiprocessing.queues.SimpleQueue", func() *SimpleQueue { return new(SimpleQueue) })
	register(e, "multiprocessing.queues.JoinableQueue", func() *JoinableQueue { return new(JoinableQueue) })
}

type stateful interface {
	state() pickle.Tuple
	setState(e *engine.Engine, t pickle.Tuple) error
}

// executorQueue is that of ProcessPoolExecutor, a Queue that notices what it
// cannot pickle.
const executorQueue = "concurrent.futures.process._SafeQueue"

func register[T stateful](e *engine.Engine, full string, empty func() T) {
	i := strings.LastIndexByte(full, '.')
	class := pickle.Global{Module: full[:i], Name: full[i+1:]}
	name := class.Name
	pickle.Register(e.Registry(), full, pickle.Class[T]{
		Reduce: func(ctx context.Context, q T) (*pickle.Object, error) {
			if _, err := reduction.Inheriting(ctx, name); err != nil {
				return nil, err
			}
			return &pickle.Object{
				How: pickle.NewObj, Class: class, Args: pickle.Tuple{},
				Ops: []pickle.Op{{Kind: pickle.Build, Items: []any{q.state()}}},
			}, nil
		},
		Rebuild: func(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (T, error) {
			if len(args) > 0 {
				return *new(T), fmt.Errorf("queues: a pickled %s has no arguments, this one has %d", name, len(args))
			}
			return empty(), nil
		},
		SetState: func(_ context.Context, q T, state any) error {
			t, ok := state.(pickle.Tuple)
			if !ok {
				return fmt.Errorf("queues: the state of a %s is a tuple, not a %s", name, pickle.TypeName(state))
			}
			return q.setState(e, t)
		},
	})
}

// setPipe takes (reader, writer, rlock, wlock).
func setPipe(name string, in *inbox, out *outbox, t pickle.Tuple) error {
	var ok bool
	for i, c := range []**connection.Conn{&in.conn, &out.conn} {
		if *c, ok = t[i].(*connection.Conn); !ok {
			return badPart(name, "connection", t[i])
		}
	}
	for i, l := range []**synchronize.Lock{&in.lock, &out.lock} {
		if *l, ok = t[2+i].(*synchronize.Lock); !ok {
			return badPart(name, "lock", t[2+i])
		}
	}
	in.start()
	return nil
}

func badState(name string, got, want int) error {
	return fmt.Errorf("queues: the state of a %s has %d parts, not %d", name, want, got)
}

func badPart(name, want string, got any) error {
	return fmt.Errorf("queues: the state of a %s has a %s where a %s should be", name, pickle.TypeName(got), want)
}
