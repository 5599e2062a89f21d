package connection

import (
	"errors"
	"fmt"
	"net"
	"os"
)

// Pipe returns two connected Conns of this process, for descriptors to hand to
// others. There is no handshake. It is Python's Pipe: without duplex the first only receives and the
// second only sends.
func Pipe(duplex bool, cfg Config) (r, w *Conn, err error) {
	a, b, err := newPipe(duplex)
	if err != nil {
		return nil, nil, fmt.Errorf("connection: %w", err)
	}
	if r, err = FromFile(a, cfg); err != nil {
		b.Close()
		return nil, nil, err
	}
	if w, err = FromFile(b, cfg); err != nil {
		r.Close()
		return nil, nil, err
	}
	return r, w, nil
}

// A pipeEnd is a stream of one direction.
type pipeEnd struct {
	*os.File          // a description of our own, which does not block
	shared   *os.File // the one that other processes have
	writes   bool
}

// Close ends both.
func (p *pipeEnd) Close() error {
	return errors.Join(p.File.Close(), p.shared.Close())
}

// CloseRead wakes who receives.
func (p *pipeEnd) CloseRead() error { return p.SetReadDeadline(past) }

// CloseWrite wakes who sends.
func (p *pipeEnd) CloseWrite() error { return p.SetWriteDeadline(past) }

// descriptorAddr is the address of what has none.
type descriptorAddr struct{}

func (descriptorAddr) Network() string { return "pipe" }
func (descriptorAddr) String() string  { return "" }

func (p *pipeEnd) LocalAddr() net.Addr  { return descriptorAddr{} }
func (p *pipeEnd) RemoteAddr() net.Addr { return descriptorAddr{} }

// A handed stream has a descriptor that other processes may have too.
type handed interface {
	stream
	descriptor() (f *os.File, readable, writable bool)
}

func (p *pipeEnd) descriptor() (f *os.File, readable, writable bool) {
	return p.shared, !p.writes, p.writes
}

// File is the descriptor of a Conn, for other processes to have too, and what it
// is for. It belongs to the Conn. It is in blocking mode: Python would not
// understand another.
//
// The Conn stays usable; who receives from it competes with those processes. One
// that was dialled or accepted must not be in use meanwhile, and is read a
// little more slowly from then on.
func (c *Conn) File() (f *os.File, readable, writable bool, err error) {
	s, ok := c.nc.(handed)
	if !ok {
		if err := c.hand(); err != nil {
			return nil, false, false, err
		}
		s = c.nc.(handed)
	}
	f, readable, writable = s.descriptor()
	return f, readable, writable, nil
}
