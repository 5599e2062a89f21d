package reduction

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
)

// A DupFD is a descriptor inside a pickle, in one of Python's three forms:
//
//	popen_spawn_posix._DupFd    number in the child that is being started
//	popen_forkserver._DupFd     place among those sent to the fork server
//	resource_sharer.DupFd       address and key under which its owner sends it
//
// One that was decoded is only a promise: Detach redeems it, once.
type DupFD struct {
	file *os.File // of one made here

	form   form
	number int
	owner  connection.Address
	key    int64
	redeem redeemer

	mu       sync.Mutex // guards detached
	detached bool
}

type form uint8

const (
	made form = iota
	inherited
	shared
)

// A redeemer gets descriptors that others share.
type redeemer interface {
	redeem(ctx context.Context, owner connection.Address, key int64) (*os.File, error)
}

// NewDupFD wraps f for a pickle. f stays the caller's, and open until then.
func NewDupFD(f *os.File) *DupFD { return &DupFD{file: f} }

// Inherited tells that the descriptor came by birth, so that Detach talks to
// nobody.
func (d *DupFD) Inherited() bool { return d.form == inherited }

var errDetached = errors.New("reduction: the descriptor was detached before; that works once")

// Detach returns the descriptor, which is then the caller's.
func (d *DupFD) Detach(ctx context.Context) (*os.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.detached {
		return nil, errDetached
	}
	f, err := d.get(ctx)
	d.detached = err == nil
	return f, err
}

func (d *DupFD) get(ctx context.Context) (*os.File, error) {
	switch d.form {
	case inherited:
		return bornWith(ctx, d.number)
	case shared:
		return d.redeem.redeem(ctx, d.owner, d.key)
	}
	return duplicate(d.file)
}

var (
	spawnFD      = pickle.Global{Module: "multiprocessing.popen_spawn_posix", Name: "_DupFd"}
	forkServerFD = pickle.Global{Module: "multiprocessing.popen_forkserver", Name: "_DupFd"}
	sharerFD     = pickle.Global{Module: "multiprocessing.resource_sharer", Name: "DupFd"}
)

// registerDupFD registers the three forms. Those that leave outside of a start
// are shared by s.
func registerDupFD(r *pickle.Registry, s *Sharer) {
	class := pickle.Class[*DupFD]{
		Reduce: func(ctx context.Context, d *DupFD) (*pickle.Object, error) { return d.reduce(ctx, s) },
		Rebuild: func(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (*DupFD, error) {
			if len(args) > 0 {
				return nil, fmt.Errorf("reduction: a DupFd has no arguments, this one has %d", len(args))
			}
			return &DupFD{redeem: s}, nil
		},
		SetState: func(_ context.Context, d *DupFD, state any) error { return d.setState(state) },
	}
	for _, g := range []pickle.Global{spawnFD, forkServerFD, sharerFD} {
		pickle.Register(r, g.String(), class)
	}
}

func (d *DupFD) reduce(ctx context.Context, s *Sharer) (*pickle.Object, error) {
	if d.form != made {
		return nil, errors.New("reduction: a descriptor that came in a pickle must be detached before it is sent on")
	}
	h, born := inheriting(ctx)
	if born {
		number, ok := h.name(d.file)
		switch {
		case ok && h.ForkServer:
			return withState(forkServerFD, "ind", int64(number)), nil
		case ok:
			return withState(spawnFD, "fd", int64(number)), nil
		}
	}
	address, key, err := s.share(d.file)
	if err != nil {
		return nil, err
	}
	if born {
		h.shared(func() { s.withdraw(key) })
	}
	return withState(sharerFD, "_id", pickle.Tuple{address, key}), nil
}

// withState is an empty object with one attribute.
func withState(class pickle.Global, name string, v any) *pickle.Object {
	state := pickle.NewDict(1)
	state.Set(name, v)
	return &pickle.Object{
		How: pickle.NewObj, Class: class, Args: pickle.Tuple{},
		Ops: []pickle.Op{{Kind: pickle.Build, Items: []any{state}}},
	}
}

func (d *DupFD) setState(state any) error {
	attributes, _ := state.(*pickle.Dict)
	if attributes == nil {
		return fmt.Errorf("reduction: the state of a DupFd is a dict, not a %s", pickle.TypeName(state))
	}
	for _, name := range []string{"fd", "ind"} {
		if v, ok, _ := attributes.Get(name); ok {
			n, err := pickle.As[int](v)
			if err != nil || n < 0 {
				return fmt.Errorf("reduction: a DupFd cannot have the number %v", v)
			}
			d.form, d.number = inherited, n
			return nil
		}
	}
	id, _, _ := attributes.Get("_id")
	t, _ := id.(pickle.Tuple)
	if len(t) != 2 {
		return errors.New("reduction: a DupFd needs fd, ind, or (address, key) as _id")
	}
	path, err := pickle.As[string](t[0])
	if err != nil || path == "" {
		return fmt.Errorf("reduction: a descriptor is shared at the path of a Unix socket, not at %v", t[0])
	}
	if d.key, err = pickle.As[int64](t[1]); err != nil {
		return fmt.Errorf("reduction: the key of a descriptor is an int: %w", err)
	}
	d.form, d.owner = shared, connection.Address{Path: path}
	return nil
}
