package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop/spawn"
	"github.com/brine-go/brine/reduction"
)

// PrepareProcess starts a child that waits to be told what it does, by Run: the
// time that its start takes is spent before there is work. It is a process like
// any other meanwhile, which Terminate, the end of ctx and Close of the engine
// end.
//
// Of cfg it has all but Target, Args and Kwargs. A Target that is a function's name
// is what the child imports ahead; Run still decides.
func (e *Engine) PrepareProcess(ctx context.Context, cfg ProcessConfig) (*Process, error) {
	return e.startProcess(ctx, cfg, true)
}

var errNotPrepared = errors.New("it has its target, or has ended: only what PrepareProcess returned can Run, and once")

// Run tells a child of PrepareProcess what to do. What it is given is as for
// StartProcess, and may have been made after the child was started. If something
// cannot be pickled that is the error, and the child waits on.
func (p *Process) Run(ctx context.Context, target any, args pickle.Tuple, kwargs *pickle.Dict) error {
	p.prepared.mu.Lock() // also while it is pickled: the child may end meanwhile
	defer p.prepared.mu.Unlock()
	l := p.prepared.launch
	if l == nil {
		return fmt.Errorf("engine: cannot run %s: %w", p.name, errNotPrepared)
	}
	l.cfg.Target, l.cfg.Args, l.cfg.Kwargs = target, args, kwargs
	payload, err := spawn.MarshalProcessObject(reduction.WithInheritance(ctx, l.inherit), l.codec(), l.object())
	if err != nil {
		l.inherit.Withdraw()
		return fmt.Errorf("engine: cannot run %s: %w", p.name, err)
	}
	p.prepared.launch = nil
	p.payloads <- payload // there is room
	close(p.payloads)
	return nil
}

// ahead is what a prepared Python does while it waits.
func (l *launch) ahead() []byte {
	if l.cfg.Python == nil {
		return nil
	}
	pkg := l.cfg.Package
	if pkg == "" {
		pkg = "multiprocessing"
	}
	names := []pickle.Global{
		{Module: pkg + ".connection", Name: "rebuild_connection"}, {Module: pkg + ".resource_sharer", Name: "DupFd"},
		{Module: pkg + ".queues", Name: "Queue"}, {Module: "hmac", Name: "new"}, // for the sharer's handshake
	}
	if target, ok := l.cfg.Target.(pickle.Global); ok {
		names = append(names, target)
	}
	return spawn.Ahead(names...)
}

// prepared is the launch of a child that waits for Run.
type prepared struct {
	mu      sync.Mutex // guards what follows
	launch  *launch    // nil once it was told
	inherit *reduction.Inheritance
}

func (p *prepared) waits() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.launch != nil
}

// forget lets nobody tell the process what to do, and takes back descriptors that
// it did not fetch: it has ended.
func (p *Process) forget() {
	p.prepared.mu.Lock()
	defer p.prepared.mu.Unlock()
	if p.prepared.launch != nil {
		p.prepared.launch = nil
		close(p.payloads)
	}
	if h := p.prepared.inherit; h != nil {
		p.prepared.inherit = nil
		h.Withdraw()
	}
}
