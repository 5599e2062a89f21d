package pyclass

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop/spawn"
)

//go:embed host.py
var hostSource string

// A worker is a Python process that hosts objects, and our conversation with it.
type worker struct {
	engine  *engine.Engine
	process *engine.Process
	conn    *connection.Conn
	life    *connection.Conn // closed by the kernel when we die
	codec   pickle.Codec
	view    pickle.View // of the reader

	running sync.WaitGroup // read, watch
	deaf    chan struct{}  // holds one when a question could not be sent
	ended   chan struct{}  // closed when it has, and nothing waits for it any more

	mu      sync.Mutex // guards what follows
	last    int64      // number given to a question
	waiting map[int64]func(answer)
	err     *LostError // why it is no more
	reason  string     // why we ended it, if we did
}

// An answer is what came for a question.
type answer struct {
	n     int64
	kind  string
	value any   // may be a pickle.Raw
	err   error // in place of all that
}

// A LostError tells that the worker that had an object has died.
type LostError struct {
	PID      int
	ExitCode int            // -1 where a signal ended it
	Signal   syscall.Signal // 0 where none did
	Reason   string         // why we ended it, if we did
}

func (e *LostError) Error() string {
	switch {
	case e.Reason != "":
		return fmt.Sprintf("the Python worker %d was ended: %s", e.PID, e.Reason)
	case e.Signal != 0:
		return fmt.Sprintf("the Python worker %d was killed by signal %d (%v)", e.PID, int(e.Signal), e.Signal)
	}
	return fmt.Sprintf("the Python worker %d exited with status %d", e.PID, e.ExitCode)
}

var execSource = pickle.Global{Module: "builtins", Name: "exec"}

// launch starts a worker. ready is called with what it says when it has found its
// classes.
func launch(cfg Config, ready func(answer)) (*worker, error) {
	conf := cfg.Engine.Connection()
	conf.Codec.Dialect.Package = cfg.Process.Package
	conf.StallTimeout = stallTime
	ours, theirs, err := connection.Pipe(true, conf)
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	theirLife, ourLife, err := connection.Pipe(false, connection.Config{})
	if err != nil {
		ours.Close()
		return nil, err
	}
	defer theirLife.Close()
	w := &worker{engine: cfg.Engine, conn: ours, life: ourLife, codec: conf.Codec,
		deaf: make(chan struct{}, 1), ended: make(chan struct{}), waiting: map[int64]func(answer){0: ready}}
	p := cfg.Process
	p.Name, p.Group = "ManagerWorker", true
	p.Target, p.Args, p.Kwargs = execSource, pickle.Tuple{spawn.Dying(hostSource), globals(cfg, theirs, theirLife)}, nil
	if w.process, err = cfg.Engine.StartProcess(context.Background(), p); err != nil {
		ours.Close()
		ourLife.Close()
		return nil, err
	}
	w.running.Go(w.read)
	return w, nil
}

// globals are those of host.py.
func globals(cfg Config, conn, life *connection.Conn) *pickle.Dict {
	names := pickle.NewDict(len(cfg.Classes))
	for typeid, class := range cfg.Classes {
		names.Set(typeid, class.Module+":"+class.Name) // a str is hashable
	}
	pkg := cfg.Process.Package
	if pkg == "" {
		pkg = "multiprocessing"
	}
	g := pickle.NewDict(4)
	g.Set("package", pkg)
	g.Set("names", names)
	g.Set("conn", conn)
	g.Set("life", life)
	return g
}

const (
	// stallTime is how long a worker may read nothing: one whose methods hold the
	// interpreter's lock does not.
	stallTime = time.Hour
	// leaveTime is what a worker may take to end that nobody needs any more.
	leaveTime = 10 * time.Second
)

// ask puts a question; then is called once, by another goroutine or by this one,
// and must not wait.
func (w *worker) ask(op string, key int64, name string, plain bool, given arguments, then func(answer)) {
	w.mu.Lock()
	if w.err != nil {
		w.mu.Unlock()
		then(answer{err: w.err})
		return
	}
	w.last++
	n := w.last
	w.waiting[n] = then
	w.mu.Unlock()
	if err := w.post(n, op, key, name, plain, given); err != nil {
		w.settle(answer{n: n, err: err})
	}
}

func (w *worker) post(n int64, op string, key int64, name string, plain bool, given arguments) error {
	ctx := context.Background()
	b, err := w.codec.Append(ctx, make([]byte, connection.Prefix, 256), pickle.Tuple{n, op, key, name, plain})
	if err == nil {
		b, err = w.codec.Append(ctx, b, pickle.Tuple{given.args, given.kwds})
	}
	if err != nil {
		return err
	}
	sent := func(err error) {
		if err != nil { // it has most likely died, which will show
			select {
			case w.deaf <- struct{}{}:
			default:
			}
		}
	}
	if done, err := w.conn.Post(sent, b); done {
		sent(err)
	}
	return nil
}

// tell posts what has no answer.
func (w *worker) tell(op string, key int64) {
	w.post(0, op, key, "", false, arguments{pickle.Tuple{}, pickle.NewDict(0)}) // it can be pickled
}

// kill ends the process.
func (w *worker) kill(reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.process.Sentinel(): // it has died before
	default:
		if w.reason == "" {
			w.reason = reason
		}
		w.process.Kill()
	}
}

// read reads answers until the worker has ended, and answers what is left.
func (w *worker) read() {
	defer close(w.ended)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.running.Go(func() { w.watch(ctx, cancel) })
	err := w.answers(ctx)
	if errors.Is(err, errMalformed) {
		w.kill(err.Error())
	}
	select {
	case <-w.process.Sentinel():
	case <-time.After(leaveTime):
		w.kill("it closed its connection")
		<-w.process.Sentinel()
	}
	w.lose()
}

// watch ends with the process, and kills one that does not read. It cancels what
// reads a second later: what the process wrote is in the socket, which children
// of its own may have open.
func (w *worker) watch(ctx context.Context, cancel func()) {
	select {
	case <-w.process.Sentinel():
	case <-w.deaf:
		select {
		case <-w.process.Sentinel():
		case <-time.After(leaveTime):
			w.kill("it did not read what it was asked")
			<-w.process.Sentinel()
		}
	}
	select {
	case <-ctx.Done():
	case <-time.After(time.Second):
		cancel()
	}
}

// lose answers all that waits.
func (w *worker) lose() {
	w.mu.Lock()
	code, _ := w.process.ExitCode()
	w.err = &LostError{PID: w.process.Pid(), ExitCode: code, Reason: w.reason}
	if code < 0 {
		w.err.ExitCode, w.err.Signal = -1, syscall.Signal(-code)
	}
	waiting := w.waiting
	w.waiting = nil
	w.mu.Unlock()
	for _, then := range waiting {
		then(answer{err: w.err})
	}
	w.conn.Close()
	w.life.Close()
}

var errMalformed = errors.New("it answered what is no answer")

func (w *worker) answers(ctx context.Context) error {
	for {
		f, err := w.conn.RecvFrame(ctx)
		if err != nil {
			return err
		}
		a, err := w.parse(ctx, f)
		f.Release()
		if err != nil {
			return err
		}
		w.settle(a)
	}
}

// largeAnswer is a size from which values are not copied out of a message.
const largeAnswer = 64 << 10

func (w *worker) parse(ctx context.Context, f *connection.Frame) (a answer, err error) {
	b := f.Bytes()
	if len(b) >= largeAnswer {
		b = f.Keep()
	}
	if w.look(b, &a) {
		return a, nil
	}
	v, err := w.codec.Decode(ctx, b)
	if err != nil {
		return a, fmt.Errorf("%w: %w", errMalformed, err)
	}
	var ok1, ok2 bool
	if t, _ := v.(pickle.Tuple); len(t) == 3 {
		a.n, ok1 = t[0].(int64)
		a.kind, ok2 = t[1].(string)
		a.value = t[2]
	}
	if !ok1 || !ok2 {
		return a, fmt.Errorf("%w: %s", errMalformed, pickle.TypeName(v))
	}
	return a, nil
}

// look takes the answer apart without building its value.
func (w *worker) look(b []byte, a *answer) bool {
	v := &w.view
	if v.Scan(b, w.codec.Limits) != nil || v.Len() != 3 {
		return false
	}
	n, ok1 := v.Int(v.At(0))
	kind, ok2 := v.Text(v.At(1))
	value, ok3 := v.Raw(v.At(2))
	*a = answer{n: n, kind: string(kind), value: value}
	return ok1 && ok2 && ok3
}

// settle hands on an answer, to whom it is for.
func (w *worker) settle(a answer) {
	w.mu.Lock()
	then := w.waiting[a.n]
	delete(w.waiting, a.n)
	w.mu.Unlock()
	if then != nil {
		then(a)
	}
}

// lost is why the worker is no more, if that is so.
func (w *worker) lost() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	return nil
}

// close ends the worker: it has nothing to do any more.
func (w *worker) close() {
	w.tell("leave", 0)
	select {
	case <-w.ended:
	case <-time.After(leaveTime):
		w.kill("it did not leave")
		<-w.ended
	}
	w.running.Wait()
}
