package reduction

import (
	"context"
	"fmt"
	"net"
	"os"
	"syscall"

	"github.com/brine-go/brine/pickle"
)

// A Socket is one of Python's socket.socket: a descriptor, in blocking mode
// where Go made it, and what it is.
type Socket struct {
	file                   *os.File
	family, kind, protocol int // as the kernel numbers them
}

// NewSocket takes a connection or listener of package net, such as *net.TCPConn
// or *net.UnixListener, to be pickled. It is closed: the Socket has it.
func NewSocket(c interface {
	syscall.Conn
	Close() error
}) (*Socket, error) {
	f, err := takeOver(c)
	if err != nil {
		return nil, fmt.Errorf("reduction: %w", err)
	}
	return socketOf(f)
}

// socketOf takes f over.
func socketOf(f *os.File) (*Socket, error) {
	s := &Socket{file: f}
	var err error
	if s.family, s.kind, s.protocol, err = describe(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("reduction: %s is no socket: %w", f.Name(), err)
	}
	return s, nil
}

// File is the descriptor, which belongs to the Socket.
func (s *Socket) File() *os.File { return s.file }

// Close closes the descriptor here; others keep theirs.
func (s *Socket) Close() error { return s.file.Close() }

// Conn returns the socket as a connection of package net, and closes the Socket.
// It puts the socket in non-blocking mode, also for those who have it besides: a
// Python then must have closed its own.
func (s *Socket) Conn() (net.Conn, error) { return opened(s, net.FileConn) }

// PacketConn is Conn for a socket of datagrams.
func (s *Socket) PacketConn() (net.PacketConn, error) { return opened(s, net.FilePacketConn) }

// Listener is Conn for a socket that listens.
func (s *Socket) Listener() (net.Listener, error) { return opened(s, net.FileListener) }

func opened[T any](s *Socket, open func(*os.File) (T, error)) (T, error) {
	v, err := open(s.file)
	if err != nil {
		return v, fmt.Errorf("reduction: %w", err)
	}
	s.Close() // package net has a duplicate
	return v, nil
}

var socketClass = pickle.Global{Module: "multiprocessing.reduction", Name: "_rebuild_socket"}

// registerSocket has Sockets leave and arrive as (descriptor, family, type,
// protocol). Who gets one asks the kernel what it is.
func registerSocket(r *pickle.Registry) {
	pickle.Register(r, socketClass.String(), pickle.Class[*Socket]{
		Reduce: func(_ context.Context, s *Socket) (*pickle.Object, error) {
			return &pickle.Object{Class: socketClass, Args: pickle.Tuple{
				NewDupFD(s.file), int64(s.family), int64(s.kind), int64(s.protocol),
			}}, nil
		},
		Rebuild: func(ctx context.Context, args pickle.Tuple, _ *pickle.Dict) (*Socket, error) {
			if len(args) != 4 {
				return nil, fmt.Errorf("reduction: a socket is rebuilt of a descriptor, family, type and protocol, not of %d arguments", len(args))
			}
			f, err := detach(ctx, "socket", args[0])
			if err != nil {
				return nil, err
			}
			return socketOf(f)
		},
	})
}

// detach redeems what a value comes with.
func detach(ctx context.Context, what string, v any) (*os.File, error) {
	d, ok := v.(*DupFD)
	if !ok {
		return nil, fmt.Errorf("reduction: a %s comes with a descriptor, not with a %s", what, pickle.TypeName(v))
	}
	return d.Detach(ctx)
}
