package connection

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A Listener accepts connections. It is Python's Listener.
type Listener struct {
	nl       listener
	cfg      *Config
	acceptor atomic.Pointer[acceptor] // set by Serve
}

// listener is what Listener needs of *net.TCPListener and *net.UnixListener.
type listener interface {
	net.Listener
	syscall.Conn
	SetDeadline(time.Time) error
}

// Listen listens at a. Only the user may connect to a Unix socket. A socket
// file that nobody listens on any more is replaced.
func Listen(ctx context.Context, a Address, cfg Config) (*Listener, error) {
	nl, err := listen(ctx, a)
	if errors.Is(err, syscall.EADDRINUSE) && a.IsUnix() && !a.IsAbstract() {
		nl, err = listenInstead(ctx, a, err)
	}
	if err != nil {
		return nil, fmt.Errorf("connection: cannot listen on %s: %w", a, cause(err))
	}
	return &Listener{nl: nl.(listener), cfg: cfg.withDefaults()}, nil
}

func listen(ctx context.Context, a Address) (net.Listener, error) {
	network, address := a.network()
	// What the listening socket has set, each accepted one inherits: four
	// system calls less for each connection.
	lc := net.ListenConfig{KeepAlive: -1, Control: prepare}
	return lc.Listen(ctx, network, address)
}

// Addr is the bound address, with the port that was picked.
func (l *Listener) Addr() Address { return addressOf(l.nl.Addr()) }

// Poll waits until Accept would not, and returns false when ctx ends before.
func (l *Listener) Poll(ctx context.Context) bool {
	raw, err := l.nl.SyscallConn()
	if err != nil {
		return true
	}
	return pollFor(ctx, raw)
}

// SyscallConn and SetUnlinkOnClose are for who takes the socket over, such as
// reduction.NewSocket.
func (l *Listener) SyscallConn() (syscall.RawConn, error) { return l.nl.SyscallConn() }

// SetUnlinkOnClose says whether Close removes the file of a Unix socket.
func (l *Listener) SetUnlinkOnClose(unlink bool) {
	if u, ok := l.nl.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(unlink)
	}
}

var errListener = errors.New("connection: a Listener cannot be pickled: it accepts without blocking, and that mode would be Python's too; hand its socket on, with reduction.NewSocket")

// MarshalPickle refuses. (Python pickles a Listener of TCP, and none of a Unix
// socket.)
func (l *Listener) MarshalPickle() (any, error) { return nil, errListener }

// Close stops listening and removes a Unix socket's file. Connections that
// were accepted live on.
func (l *Listener) Close() error {
	if a := l.acceptor.Load(); a != nil {
		return a.close()
	}
	return l.nl.Close()
}

// Serve accepts connections until Close, and returns at once. meet gets each,
// with the handshake to come: see Admit. It runs where connections are served,
// and must not wait. Before that room is asked whether there may be one more:
// if not, they stay in the backlog until Resume, and so they do while the
// process has no descriptors left.
func (l *Listener) Serve(room func() bool, meet func(*Conn)) error {
	if err := l.serve(room, meet); err != nil {
		return fmt.Errorf("connection: cannot accept connections: %w", err)
	}
	return nil
}

// Resume asks room again, if it said no.
func (l *Listener) Resume() {
	if a := l.acceptor.Load(); a != nil {
		a.resume()
	}
}

// Accept waits for a connection and, with an authkey, does the handshake
// before it accepts another. An *AuthenticationError, or any error that is not
// net.ErrClosed, concerns that one connection only.
func (l *Listener) Accept(ctx context.Context) (*Conn, error) {
	c, err := l.AcceptRaw(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.authenticate(ctx, c); err != nil {
		return nil, err
	}
	return c, nil
}

func (l *Listener) authenticate(ctx context.Context, c *Conn) error {
	if l.cfg.Authkey == nil {
		return nil
	}
	return c.Authenticate(ctx)
}

// AcceptRaw waits for a connection and leaves the handshake to the caller. It
// waits as well while the process has no descriptors left: the connections
// stay in the backlog.
func (l *Listener) AcceptRaw(ctx context.Context) (*Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	stop := watch(ctx, l.nl, listener.SetDeadline)
	defer stop()
	for delay := time.Millisecond; ; delay = min(2*delay, time.Second) {
		nc, err := l.nl.Accept()
		switch {
		case err == nil:
			return newConn(nc.(stream), l.cfg)
		case !scarce(err):
			return nil, because(ctx, plain(err))
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(delay):
		}
	}
}

// scarce reports whether accepting may work again later.
func scarce(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) ||
		errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.ENOMEM)
}

// Conns yields connections as they finish their handshakes, which go on side
// by side: one that stalls holds up nobody. A failed one is yielded as an
// error. The loop ends with ctx or the Listener.
func (l *Listener) Conns(ctx context.Context) iter.Seq2[*Conn, error] {
	return func(yield func(*Conn, error) bool) {
		type result struct {
			c   *Conn
			err error
		}
		ctx, cancel := context.WithCancel(ctx)
		results := make(chan result)
		var running sync.WaitGroup // the acceptor and the handshakes
		running.Go(func() {
			for {
				c, err := l.AcceptRaw(ctx)
				if err != nil {
					return
				}
				running.Go(func() {
					err := l.authenticate(ctx, c)
					select {
					case results <- result{c, err}:
					case <-ctx.Done():
						c.Close()
					}
				})
			}
		})
		go func() { running.Wait(); close(results) }()
		defer func() {
			cancel()
			for r := range results {
				r.c.Close()
			}
		}()
		for r := range results {
			if r.err != nil {
				r.c = nil
			}
			if !yield(r.c, r.err) {
				return
			}
		}
	}
}

// listenInstead takes the place of a socket file whose owner is gone: who
// connects to it is refused.
func listenInstead(ctx context.Context, a Address, inUse error) (net.Listener, error) {
	unlock, err := lockFolder(a.Path)
	if err != nil {
		return nil, inUse
	}
	defer unlock() // of two who find it stale, the second must find the first
	before, err := os.Lstat(a.Path)
	if err != nil || before.Mode().Type() != os.ModeSocket {
		return nil, fmt.Errorf("the file exists and is no socket: %w", inUse)
	}
	network, address := a.network()
	nc, err := net.Dial(network, address)
	if err == nil {
		nc.Close()
		return nil, inUse
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return nil, inUse
	}
	if err := os.Remove(a.Path); err != nil {
		return nil, err
	}
	return listen(ctx, a)
}
