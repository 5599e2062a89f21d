package process

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop/spawn"
	"github.com/brine-go/brine/reduction"
)

//go:embed loop.py
var loopSource string

// The Python names that a worker is started with.
var (
	poolWorker = pickle.Global{Module: "multiprocessing.pool", Name: "worker"}
	namespace  = pickle.Global{Module: "types", Name: "SimpleNamespace"}
	execSource = pickle.Global{Module: "builtins", Name: "exec"}
	getitem    = pickle.Global{Module: "_operator", Name: "getitem"}
	getpid     = pickle.Global{Module: "os", Name: "getpid"}
)

// launch starts the process of a worker and the reading of its answers.
func (s *slot) launch(ctx context.Context) (*worker, error) {
	q := s.backend.queue
	cfg := q.Engine().Connection()
	cfg.Codec.Dialect.Package = s.group.Process.Package
	if py := s.group.Process.Python; py != nil && py.Version.PicklesBuffers() {
		cfg.Codec.Protocol = pickle.Protocol5
	}
	ours, theirs, err := connection.Pipe(true, cfg)
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	w := &worker{slot: s, queue: q, conn: ours, codec: cfg.Codec, ready: make(chan struct{}), ended: make(chan struct{}),
		room: make(chan struct{}, 1), tasks: newSpool(), results: newSpool(), journal: new(journal), most: maxMessage(cfg)}
	if err := w.launch(ctx, theirs); err != nil {
		w.close()
		return nil, err
	}
	// What was written before it died can be read; the rest is an error of
	// reading.
	w.running.Go(w.read)
	hello := pickle.Tuple{int64(helloJob), int64(0), getpid, pickle.Tuple{}, new(pickle.Dict)}
	w.conn.Send(ctx, hello)
	return w, nil
}

func (w *worker) launch(ctx context.Context, theirs *connection.Conn) error {
	g := w.slot.group
	p := g.Process
	p.Name, p.Daemon, p.Group = w.slot.name, true, true
	p.Target, p.Kwargs = poolWorker, nil
	var queue *pickle.Object
	if p.Python == nil {
		queue = methods(theirs, w.tasks, w.results)
	} else {
		p.Preload = append(slices.Clip(p.Preload), cmp.Or(p.Package, "multiprocessing")+".pool", "mmap")
		theirLife, ourLife, err := connection.Pipe(false, connection.Config{})
		if err != nil {
			return err
		}
		defer theirLife.Close()
		w.life = ourLife
		w.batches, w.journal = true, newJournal()
		w.glance = time.AfterFunc(time.Hour, w.glanceAtJournal)
		w.glance.Stop()
		queue = w.functions(theirs, theirLife)
	}
	var most any
	if n := g.MaxTasksPerChild; n > 0 {
		most = int64(n) + 1 // the hello is one
	}
	initargs := g.InitArgs
	if initargs == nil {
		initargs = pickle.Tuple{}
	}
	p.Args = pickle.Tuple{queue, queue, g.Initializer, initargs, most, true}
	w.out = newOutput(w)
	p.Stdout, p.Stderr = w.out.lines[0], w.out.lines[1]
	process, err := w.queue.Engine().StartProcess(ctx, p)
	if err != nil {
		return fmt.Errorf("it cannot be started: %w", err)
	}
	w.process = process
	return nil
}

// methods are a worker's queue: get is the connection's recv, put its send.
func methods(c *connection.Conn, tasks, results *spool) *pickle.Object {
	return namespaceOf("get", reduction.Method(c, "recv"), "put", reduction.Method(c, "send"),
		"tasks", inherited(tasks.file), "results", inherited(results.file))
}

// inherited is a file for a child that is started; nil is None.
func inherited(f *os.File) any {
	if f == nil {
		return nil
	}
	return reduction.NewDupFD(f)
}

// functions are a queue whose get and put loop.py defines. They read many tasks
// at once, and a task that cannot be unpickled is answered.
func (w *worker) functions(c, life *connection.Conn) *pickle.Object {
	globals := pickle.NewDict(6)
	globals.Set("package", cmp.Or(w.slot.group.Process.Package, "multiprocessing"))
	globals.Set("conn", c)
	globals.Set("life", life)
	globals.Set("tasks", inherited(w.tasks.file))
	globals.Set("results", inherited(w.results.file))
	globals.Set("journal", inherited(w.journal.file))
	item := func(name string) *pickle.Object {
		return &pickle.Object{Class: getitem, Args: pickle.Tuple{globals, name}}
	}
	define := &pickle.Object{Class: execSource, Args: pickle.Tuple{spawn.Dying(loopSource), globals}}
	return namespaceOf("defined", define, "get", item("get"), "put", item("put"))
}

func namespaceOf(pairs ...any) *pickle.Object {
	d := pickle.NewDict(len(pairs) / 2)
	for i := 0; i < len(pairs); i += 2 {
		d.Set(pairs[i], pairs[i+1])
	}
	return &pickle.Object{
		Class: namespace, Args: pickle.Tuple{},
		Ops: []pickle.Op{{Kind: pickle.Build, Items: []any{d}}},
	}
}
