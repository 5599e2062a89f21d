package connection

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/brine-go/brine/pickle"
)

// A Config says how connections are made. The zero Config asks for no key and
// knows no classes.
type Config struct {
	// Authkey is what both sides must know. nil means no handshake; an empty
	// key that is not nil is a key.
	Authkey []byte
	// Codec writes and reads the values of Send and Recv.
	Codec pickle.Codec
	// Digests are those allowed in a handshake; none means all.
	Digests []Digest
	// MaxMessage is the longest message that is received: 1 GiB.
	MaxMessage int64
	// HandshakeTimeout bounds the handshake: 10 seconds.
	HandshakeTimeout time.Duration
	// Exact reads no further than the end of a message, which costs a system
	// call more: descriptors that follow a message are then not lost, and other
	// processes may read the next one. A context that ends inside a message
	// does not close the Conn: who receives next gets that message.
	Exact bool
	// StallTimeout is how long SendFrame waits for a peer that takes nothing,
	// and Serve for the rest of a message: a minute.
	StallTimeout time.Duration
}

func (cfg Config) withDefaults() *Config {
	if cfg.MaxMessage <= 0 {
		cfg.MaxMessage = 1 << 30
	}
	cfg.MaxMessage = min(cfg.MaxMessage, math.MaxInt-longHeader)
	if cfg.HandshakeTimeout <= 0 {
		cfg.HandshakeTimeout = 10 * time.Second
	}
	if cfg.StallTimeout <= 0 {
		cfg.StallTimeout = time.Minute
	}
	return &cfg
}

// A Conn carries messages in both directions. It is Python's Connection.
type Conn struct {
	nc    stream
	raw   syscall.RawConn
	cfg   *Config // shared with the Listener
	in    input
	ready func(fd uintptr) bool // c.readable, made once
	later func(fd uintptr) bool // c.readableLater, likewise

	served atomic.Pointer[served] // set by Serve; then nc is closed
	idle   atomic.Pointer[time.Timer]

	sending sync.Mutex    // held for a whole frame
	state   atomic.Uint32 // receiving, closed
	sent    atomic.Bool   // since the loop in Frames last looked
	turn    uint64        // of the last Ask
	vigil   vigil         // of Ask
	tcp     bool
	pipe    bool // no socket
	shared  bool // a socket in blocking mode, which other processes may have
	early   bool // nothing has been looked for by later
	modern  bool // the peer's challenge named a digest
}

// stream is what Conn needs of *net.TCPConn and *net.UnixConn.
type stream interface {
	net.Conn
	syscall.Conn
	CloseRead() error
	CloseWrite() error
}

// The bits of Conn.state. Who closes while another goroutine is receiving
// leaves the descriptor to that one.
const (
	receiving = 1 << iota
	closed
)

func newConn(nc stream, cfg *Config) (*Conn, error) {
	raw, err := nc.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("connection: %w", err)
	}
	c := &Conn{nc: nc, raw: raw, cfg: cfg}
	_, c.tcp = nc.(*net.TCPConn)
	_, c.pipe = nc.(*pipeEnd)
	c.in.limit, c.in.exact = cfg.MaxMessage, cfg.Exact
	c.ready, c.later = c.readable, c.readableLater
	return c, nil
}

// Recv receives a message and returns the value that it pickles.
func (c *Conn) Recv(ctx context.Context) (any, error) {
	b, err := c.RecvBytes(ctx)
	if err != nil {
		return nil, err
	}
	if len(b) == 0 { // Python: EOFError('Ran out of input')
		return nil, fmt.Errorf("connection: empty message where a pickle should be: %w", io.EOF)
	}
	return c.cfg.Codec.Decode(ctx, b)
}

// RecvBytes receives one message. The bytes belong to the caller.
func (c *Conn) RecvBytes(ctx context.Context) ([]byte, error) {
	f, err := c.RecvFrame(ctx)
	if err != nil {
		return nil, err
	}
	defer f.Release()
	return f.Keep(), nil
}

// RecvFrame receives one message in a buffer of the Conn: it is valid until
// its Release, which must come before the next call. io.EOF tells that the
// peer closed between two messages.
func (c *Conn) RecvFrame(ctx context.Context) (*Frame, error) {
	if err := c.receive(ctx); err != nil {
		return nil, err
	}
	return c.in.next(), nil
}

// receive waits until a whole frame has come.
func (c *Conn) receive(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	if c.in.whole() {
		return nil
	}
	if c.shared && c.sent.Swap(false) && c.in.buf == nil {
		c.early = true
		return c.read(ctx, c.later)
	}
	return c.read(ctx, c.ready)
}

// Frames yields messages until the peer closes or Close is called, which ends
// the loop without an error. A frame is valid in the loop's body only. The body runs where the
// socket is read and may call Close, but no other method that receives.
//
// A body that sends its answer before it ends costs one read and one write for
// each message; after one that does not, the socket is looked at once more, so
// that a peer that went away while it waits is noticed.
func (c *Conn) Frames(ctx context.Context) iter.Seq2[*Frame, error] {
	return func(yield func(*Frame, error) bool) {
		err := c.enter()
		if err == nil {
			c.in.yield = yield
			err = c.read(ctx, c.ready)
			c.in.yield = nil
			c.leave()
		}
		if err != nil && err != io.EOF && err != net.ErrClosed {
			yield(nil, err)
		}
	}
}

// Poll waits until Recv would not, which is true at the end of the stream too.
// It returns false when ctx ends first.
func (c *Conn) Poll(ctx context.Context) bool {
	if c.enter() != nil {
		return true
	}
	defer c.leave()
	if c.in.buf != nil || c.in.err != nil {
		return true
	}
	arrived := func(fd uintptr) bool { return c.fill(fd) || c.in.err != nil }
	err := c.read(ctx, arrived)
	return err == nil || ctx.Err() == nil
}

// read calls ready whenever the socket may have bytes, until it returns true,
// fails or ctx ends.
func (c *Conn) read(ctx context.Context, ready func(fd uintptr) bool) error {
	if c.in.err != nil {
		return c.in.err
	}
	stop := watch(ctx, c.nc, stream.SetReadDeadline)
	err := c.raw.Read(ready)
	stop()
	if c.in.err != nil {
		return c.in.err
	}
	if err == nil {
		return nil
	}
	if c.state.Load()&closed != 0 {
		err = net.ErrClosed
	}
	err = because(ctx, plain(err))
	if c.in.buf == nil || c.cfg.Exact && c.state.Load()&closed == 0 {
		return err
	}
	// Interrupted inside a frame: nobody could tell where the next begins.
	c.in.err = c.in.cut(err)
	c.in.drop()
	c.Close()
	return c.in.err
}

// readable takes what the socket has. Run by the runtime's poller at every
// arrival, it waits by returning false, with no buffer in hand. As long as it
// does not return true, no arrival is lost; that is why, after a read that
// emptied the socket and a body that answered, it need not try another read.
// (A peer that closed in the same instant makes that answer fail.)
func (c *Conn) readable(fd uintptr) bool {
	in := &c.in
	for {
		for in.whole() {
			if in.yield == nil {
				return true
			}
			c.sent.Store(false)
			more := in.yield(in.next(), nil)
			in.release()
			if !more {
				return true
			}
			if in.buf == nil && in.drained && c.sent.Load() {
				return false
			}
		}
		if in.err != nil {
			in.drop()
			return true
		}
		if !c.fill(fd) {
			return in.err != nil
		}
	}
}

// readableLater is readable for who has just sent and waits for the answer, which
// is not here yet: a look before the first wait would be a system call in vain. (A
// socket that the runtime's poller has must be looked at, or an arrival is lost.)
func (c *Conn) readableLater(fd uintptr) bool {
	if c.early {
		c.early = false
		return false
	}
	return c.readable(fd)
}

// take is read(2) on a descriptor that it does not wait for.
func (c *Conn) take(fd uintptr, room []byte) (int, error) {
	if c.pipe {
		return readFile(fd, room)
	}
	return read(fd, room)
}

// fill reads once. It returns false when nothing came: the socket is empty,
// or in.err tells why there will be nothing more.
func (c *Conn) fill(fd uintptr) bool {
	in := &c.in
	room := in.room()
	n, err := c.take(fd, room)
	switch {
	case n > 0:
		in.to += n
		in.total += uint64(n)
		in.drained = n < len(room)
		if in.drained && c.tcp && !in.whole() {
			quickAck(fd) // Python sends a large message in two writes: Nagle
		}
		return true
	case c.state.Load()&closed != 0:
		in.err = net.ErrClosed
	case err == nil:
		in.err = io.EOF
	case errors.Is(err, syscall.EAGAIN):
		if in.from == in.to {
			in.drop()
		}
		return false
	case c.pipe && errors.Is(err, syscall.EBADF):
		in.err = errOnlySends
	default:
		in.err = fmt.Errorf("connection: %w", err)
	}
	if in.from != in.to {
		in.err = in.cut(in.err)
	}
	in.drop()
	return false
}

// cut says that the stream ended inside a frame.
func (in *input) cut(err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return &FrameError{Want: int64(in.size), Got: int64(in.to - in.from), Err: err}
}

// enter makes the caller the one who receives.
func (c *Conn) enter() error {
	switch old := c.state.Or(receiving); {
	case old&receiving != 0:
		return errBusy
	case old&closed != 0:
		c.state.And(^uint32(receiving))
		return net.ErrClosed
	}
	return nil
}

// leave undoes enter, and closes for one who could not.
func (c *Conn) leave() {
	if c.state.And(^uint32(receiving))&closed != 0 {
		c.nc.Close()
	}
}

// Close ends both directions. It never waits, and may be called by anyone at
// any time, more than once.
func (c *Conn) Close() error {
	switch old := c.state.Or(closed); {
	case c.closeServed(old) || old&closed != 0:
		return nil
	case old&receiving == 0:
		return c.nc.Close()
	}
	// Wakes the receiver, who then closes. The runtime's Close would wait for
	// it here, for ever if that is our caller.
	c.nc.CloseWrite()
	c.nc.CloseRead()
	return nil
}

// QuickAck sends the acknowledgements that the kernel holds back. It spares a
// peer that wrote half of something, and now waits for them, 40 milliseconds.
func (c *Conn) QuickAck() {
	if c.tcp {
		c.control(quickAck)
	}
}

// control calls f with the descriptor.
func (c *Conn) control(f func(fd uintptr)) {
	if !c.controlServed(f) {
		c.raw.Control(f)
	}
}

// A Peer is what we know of the other side.
type Peer struct {
	// Modern is set when its challenge named a digest: Python 3.12 or newer,
	// or brine.
	Modern bool
	// PID and UID are told by the kernel, on Unix sockets; else zero.
	PID, UID int
	Addr     Address
}

// Modern is Peer's, known after the handshake.
func (c *Conn) Modern() bool { return c.modern }

// Peer describes the other side. Who it is can be told before Serve only.
func (c *Conn) Peer() Peer {
	p := Peer{Modern: c.modern}
	if c.nc != nil {
		p.Addr = addressOf(c.nc.RemoteAddr())
	} else if c.tcp {
		c.control(func(fd uintptr) { p.Addr = remoteAddress(int(fd)) })
	}
	if !c.tcp {
		c.control(func(fd uintptr) { p.PID, p.UID = credentials(int(fd)) })
	}
	return p
}

// Local is our own address.
func (c *Conn) Local() (a Address) {
	if c.nc != nil {
		return addressOf(c.nc.LocalAddr())
	}
	c.control(func(fd uintptr) { a = localAddress(int(fd)) })
	return a
}
