package engine

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop/spawn"
	"github.com/brine-go/brine/reduction"
)

// A launch is a child that is about to be started.
type launch struct {
	engine   *Engine
	cfg      *ProcessConfig
	identity []int

	ours, theirs []*os.File // the ends of pipes

	later   bool   // what the child does is not known yet
	payload []byte // the two pickles, or the first
	inherit *reduction.Inheritance
	report  *os.File // our name for what the child reports with
}

// The numbers of descriptors in a spawned child.
const (
	pipeFD    = 3 + iota // the pickles
	trackerFD            // the family's tracker
	firstFD              // what is in the pickles
)

// start starts the child and the reading of what it writes.
func (l *launch) start(ctx context.Context) (p *Process, err error) {
	defer func() {
		closeAll(l.theirs)
		if err != nil {
			closeAll(l.ours)
		}
	}()
	tracker, err := l.engine.names.pipe()
	if err != nil {
		return nil, err
	}
	var read, write [4]*os.File
	for i := range read { // what it reads, its stdout, stderr and reports
		if read[i], write[i], err = l.pipe(i > 0); err != nil {
			return nil, err
		}
	}
	if l.payload, err = l.pickle(ctx, write); err != nil {
		return nil, err
	}
	out, err := newOutput(read[1], read[2], read[3], l.cfg)
	if err != nil {
		return nil, err
	}
	c, err := l.child(ctx, read[0], tracker, write)
	if err != nil {
		out.report.Close()
		return nil, err
	}
	p = &Process{engine: l.engine, name: l.cfg.Name, daemon: l.cfg.Daemon, grace: l.cfg.Grace, child: c, output: out}
	p.sentinel = make(chan struct{})
	l.inherit.Born()
	out.start(l.engine.logger.With("process", p.name, "pid", c.pid()))
	return p, nil
}

// A child is a process that was started for us.
type child interface {
	pid() int
	// write writes what the child reads, and keeps the pipe open. The result
	// comes once all payloads are read, or the child is reaped and the channel
	// closed.
	write(payloads <-chan []byte) <-chan error
	// exited returns what is closed when the child has ended.
	exited() <-chan struct{}
	// reap takes the exit code of one that has, and ends its group.
	reap() (code int)
	// signal sends the child, or its group, a signal. One that has ended gets
	// none.
	signal(syscall.Signal) error
}

// child starts the process, which reads data and writes to the pipes.
func (l *launch) child(ctx context.Context, data, tracker *os.File, write [4]*os.File) (child, error) {
	if l.cfg.ForkServer {
		server, err := l.engine.forks.client(l.cfg, l.engine)
		if err != nil {
			return nil, err
		}
		c, err := server.Fork(ctx, data, tracker, l.inherit.Files()...)
		if err != nil {
			return nil, err
		}
		return forkedChild(c, l.cfg.Group, write[0]), nil
	}
	cmd, err := l.command()
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = write[1], write[2]
	cmd.ExtraFiles = append([]*os.File{data, tracker}, l.inherit.Files()...)
	return spawnChild(cmd, l.cfg.Group, write[0])
}

// pipe makes a pipe, and notes which end is ours.
func (l *launch) pipe(reads bool) (r, w *os.File, err error) {
	if r, w, err = os.Pipe(); err != nil {
		return nil, nil, err
	}
	if reads {
		l.ours, l.theirs = append(l.ours, r), append(l.theirs, w)
	} else {
		l.ours, l.theirs = append(l.ours, w), append(l.theirs, r)
	}
	return r, w, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// command is what runs the child.
func (l *launch) command() (*exec.Cmd, error) {
	args := spawn.Command{Package: l.cfg.Package, Pipe: pipeFD, Tracker: trackerFD}.Args()
	path, err := "", error(nil)
	if py := l.cfg.Python; py != nil {
		path, args = py.Path, append(slices.Clone(py.Flags), args...)
	} else if path, err = l.engine.names.program(); err != nil {
		return nil, err
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(environ(), l.cfg.Env...)
	return cmd, nil
}

// environ is the environment that Pythons are started with.
func environ() []string {
	if _, set := os.LookupEnv("PYTHONUNBUFFERED"); set {
		return os.Environ()
	}
	return append(os.Environ(), "PYTHONUNBUFFERED=1") // lines come as they are written
}

// pickle writes what the child reads; the pipes are those that it writes to.
func (l *launch) pickle(ctx context.Context, write [4]*os.File) ([]byte, error) {
	prep, err := l.preparation()
	if err != nil {
		return nil, err
	}
	if l.cfg.ForkServer {
		l.inherit.ForkServer = true
		prep.StartMethod, prep.First = "forkserver", l.forkedFirst(write)
	} else {
		l.inherit.First = firstFD
	}
	l.report = write[3]
	ctx = reduction.WithInheritance(ctx, l.inherit)
	if l.later {
		l.inherit.Add(l.report)
		first, err := spawn.MarshalPreparation(ctx, l.codec(), prep)
		return append(first, l.ahead()...), err
	}
	var b bytes.Buffer
	err = spawn.Write(ctx, &b, l.codec(), prep, l.object())
	return b.Bytes(), err
}

func (l *launch) codec() pickle.Codec {
	codec := l.engine.Connection().Codec
	codec.Dialect.Package = l.cfg.Package
	return codec
}

func (l *launch) preparation() (*spawn.Preparation, error) {
	p := &spawn.Preparation{
		Name: l.cfg.Name, Authkey: l.engine.authkey, Dir: l.cfg.Dir, StartMethod: "spawn",
	}
	if l.cfg.Python != nil && len(l.cfg.Path) > 0 {
		p.SysPath = append(append(slices.Clone(l.cfg.Path), ""), l.cfg.Python.SysPath...)
	}
	main := l.cfg.Main
	if !strings.HasSuffix(main, ".py") && !strings.ContainsRune(main, filepath.Separator) {
		p.MainName = main
		return p, nil
	}
	path, err := filepath.Abs(main)
	p.MainPath = path
	return p, err
}

func (l *launch) object() *spawn.ProcessObject {
	e := l.engine
	return &spawn.ProcessObject{
		Class:  pickle.Global{Module: "multiprocessing.context", Name: l.cfg.class()},
		Target: l.cfg.Target, Args: l.cfg.Args, Kwargs: l.cfg.Kwargs,
		Name: l.cfg.Name, Identity: l.identity, Authkey: e.authkey, Daemon: l.cfg.Daemon,
		ParentPid: os.Getpid(), ParentName: e.name,
		Run: spawn.Run(l.cfg.Package, e.pythonLevel()), Report: reduction.NewDupFD(l.report),
	}
}
