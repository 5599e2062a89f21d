package reduction

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
)

// patience is how long one exchange of a descriptor may take.
const patience = 10 * time.Second

// A Sharer sends descriptors to whom they were pickled for, at any time: it is
// Python's resource_sharer. The pickle names a socket of ours and a key; who
// connects with the authkey and names the key gets the descriptor, once:
//
//	client → handshake, then (key, pid) as a pickle
//	sharer → one byte with the descriptor
type Sharer struct {
	cfg connection.Config

	mu       sync.Mutex // guards what follows
	dir      string     // of the socket
	listener *connection.Listener
	files    map[int64]*os.File
	last     int64
	closed   bool
	stop     context.CancelFunc

	running sync.WaitGroup // serve and its answers; Close waits for them
}

// NewSharer returns a Sharer that admits who knows cfg.Authkey. It listens from
// the first descriptor on.
func NewSharer(cfg connection.Config) *Sharer {
	cfg.Exact = true
	return &Sharer{cfg: cfg, files: map[int64]*os.File{}}
}

// share keeps a duplicate of f for one who asks.
func (s *Sharer) share(f *os.File) (address string, key int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.start(); err != nil {
		return "", 0, err
	}
	dup, err := duplicate(f)
	if err != nil {
		return "", 0, err
	}
	s.last++
	s.files[s.last] = dup
	return s.listener.Addr().Path, s.last, nil
}

// withdraw closes the duplicate that nobody has asked for.
func (s *Sharer) withdraw(key int64) {
	if f := s.take(key); f != nil {
		f.Close()
	}
}

// take returns the duplicate, once; nil where there is none.
func (s *Sharer) take(key int64) *os.File {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[key]
	delete(s.files, key)
	return f
}

func (s *Sharer) start() error {
	switch {
	case s.closed:
		return errors.New("reduction: the engine is closed, so nobody could ask for the descriptor")
	case s.listener != nil:
		return nil
	}
	dir, err := os.MkdirTemp("", "pymp-") // for this user only
	if err != nil {
		return fmt.Errorf("reduction: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s.listener, err = connection.Listen(ctx, connection.Address{Path: filepath.Join(dir, "listener")}, s.cfg)
	if err != nil {
		stop()
		os.Remove(dir)
		return fmt.Errorf("reduction: %w", err)
	}
	s.dir, s.stop = dir, stop
	s.running.Go(func() { s.serve(ctx, s.listener) })
	return nil
}

// serve answers one after another: each is a message and a descriptor.
func (s *Sharer) serve(ctx context.Context, l *connection.Listener) {
	for c, err := range l.Conns(ctx) {
		if err != nil {
			continue // who does not know the key
		}
		s.running.Go(func() {
			defer c.Close()
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			s.answer(ctx, c)
		})
	}
}

// answer sends what is asked for. Nobody hears of an error but the one who
// asks, whose connection ends.
func (s *Sharer) answer(ctx context.Context, c *connection.Conn) {
	v, err := c.Recv(ctx)
	t, _ := v.(pickle.Tuple)
	if err != nil || len(t) != 2 {
		return
	}
	key, err := pickle.As[int64](t[0])
	if err != nil {
		return
	}
	if f := s.take(key); f != nil {
		SendHandles(ctx, c, true, f)
		f.Close()
	}
}

// redeem asks another process's sharer.
func (s *Sharer) redeem(ctx context.Context, owner connection.Address, key int64) (*os.File, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := connection.Dial(ctx, owner, s.cfg)
	if err != nil {
		return nil, fmt.Errorf("reduction: who shares the descriptor cannot be reached: %w", err)
	}
	defer c.Close()
	if err := c.Send(ctx, pickle.Tuple{key, int64(os.Getpid())}); err != nil {
		return nil, fmt.Errorf("reduction: %w", err)
	}
	files, err := RecvHandles(ctx, c, true, 1)
	if err != nil {
		return nil, fmt.Errorf("%w (descriptor %d at %s: each is given once)", err, key, owner)
	}
	return files[0], nil
}

// Close ends sharing. Descriptors that nobody has asked for are closed.
func (s *Sharer) Close() error {
	s.mu.Lock()
	s.closed = true
	files, listener := s.files, s.listener
	s.files = nil
	s.mu.Unlock()
	for _, f := range files {
		f.Close()
	}
	if listener == nil {
		return nil
	}
	s.stop()
	err := listener.Close()
	s.running.Wait()
	return errors.Join(err, os.Remove(s.dir))
}
