package connection

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// A served Conn has a descriptor that the runtime's poller knows nothing of:
// a loop waits for it, and no goroutine belongs to it.
type served struct {
	c      *Conn
	loop   *loop
	handle func(*Frame)
	done   func(error)

	// turns counts events. Who counts the first attends to the Conn, which
	// gives it the input and the next fields, until all are seen to.
	turns    atomic.Int32
	ended    bool   // the peer writes no more, which is told once
	timed    bool   // overdue will be set
	together bool   // answers may be held: settle follows
	moved    uint64 // bytes in both directions when timed was
	taken    uint64 // bytes that flush wrote

	overdue atomic.Bool // StallTimeout is over
	clogged atomic.Bool // late is not empty
	slowness

	ends sync.WaitGroup // of answers, which finish waits for

	late []lateFrame // guarded by Conn.sending
	held lateFrame   // likewise: an answer, with sent, or nothing

	mu sync.Mutex // guards fd, which changes with Conn.sending locked, too
	fd int        // -1 when closed
}

// A lateFrame is what the peer has yet to take of a frame.
type lateFrame struct {
	rest
	sent func(error) // or nil
}

// serve has the loop wait for the Conn.
func (c *Conn) serve(handle func(*Frame), done func(error)) error {
	l, err := theLoop()
	if err != nil {
		return err
	}
	s := c.served.Load()
	if s == nil {
		if s, err = c.move(); err != nil {
			return err
		}
	}
	s.loop, s.handle, s.done = l, handle, done
	early := c.in.buf != nil // a message came with the end of the handshake
	if err := l.add(s.fd, s, always); err != nil {
		s.turns.Add(1)
		go s.finish(err)
	} else if early {
		go s.event(0, false)
	}
	return nil
}

// move takes the socket away from the runtime's poller.
func (c *Conn) move() (*served, error) {
	s := &served{c: c}
	var err error
	duplicate := func(fd uintptr) { // the runtime gives none away
		s.fd, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0)
	}
	if e := c.raw.Control(duplicate); e != nil {
		err = e
	}
	if err != nil {
		return nil, fmt.Errorf("connection: %w", err)
	}
	c.sending.Lock()
	c.served.Store(s)
	c.sending.Unlock()
	c.nc.Close()
	if c.state.Load()&closed != 0 {
		s.shutdown()
	}
	return s, nil
}

// adopt makes a Conn of a socket that the runtime's poller knows nothing of.
func adopt(fd int, tcp bool, cfg *Config) *Conn {
	c := &Conn{cfg: cfg, tcp: tcp}
	c.in.limit, c.in.exact = cfg.MaxMessage, cfg.Exact
	c.served.Store(&served{c: c, fd: fd})
	return c
}

// serveOn replaces what Serve was told. It is called by handle.
func (c *Conn) serveOn(handle func(*Frame), done func(error)) {
	s := c.served.Load()
	s.handle, s.done = handle, done
}

// event has somebody attend to the Conn: the caller, unless somebody does.
func (s *served) event(events uint32, together bool) {
	if s.turns.Add(1) == 1 {
		s.attend(events, together)
	}
}

// hot is false once nobody waits for what we do next.
func (s *served) hot() bool { return s.c.state.Load()&closed == 0 && s.c.idle.Load() == nil }

// attend sees to all events.
func (s *served) attend(events uint32, together bool) {
	s.together = together
	for {
		if err := s.step(events); err != nil {
			s.finish(err)
			return
		}
		if s.turns.CompareAndSwap(1, 0) {
			return
		}
		s.turns.Store(1)
		events = unix.EPOLLIN
	}
}

// step writes what is late and handles what has come. It returns nil to be
// called at the next event.
//
// A read that got less than it asked for has emptied the socket, and what
// comes later is another event; so a request costs one read and one write. But
// the end of the stream may have come before that read, and is told only once.
func (s *served) step(events uint32) error {
	c, in := s.c, &s.c.in
	s.ended = s.ended || events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0
	if events&unix.EPOLLIN != 0 {
		in.drained = false
	}
	if s.clogged.Load() {
		s.flush()
	}
	for {
		for in.whole() {
			if c.state.Load()&closed != 0 {
				return net.ErrClosed
			}
			if s.clogged.Load() { // it asks for more than it takes
				return s.await()
			}
			s.handle(in.next())
			in.release()
		}
		empty := in.err == nil && in.drained && !s.ended
		if !empty && in.err == nil {
			empty = !c.fill(uintptr(s.fd))
		}
		switch {
		case in.err == io.EOF && s.clogged.Load(): // it may read on
			return s.await()
		case in.err != nil:
			return in.err
		case empty:
			return s.await()
		}
	}
}

// await ends a step. A peer that stopped inside a message, or does not take
// what is late, has Config.StallTimeout to go on.
func (s *served) await() error {
	in := &s.c.in
	stuck := in.buf != nil || s.clogged.Load()
	moved := in.total + s.taken
	if s.overdue.Swap(false) {
		s.timed = false
		switch {
		case !stuck || moved != s.moved:
		case in.buf != nil:
			return in.cut(os.ErrDeadlineExceeded)
		default:
			return fmt.Errorf("connection: the peer does not read: %w", os.ErrDeadlineExceeded)
		}
	}
	if stuck && !s.timed {
		s.timed, s.moved = true, moved
		time.AfterFunc(s.c.cfg.StallTimeout, func() {
			s.overdue.Store(true)
			s.event(0, false)
		})
	}
	return nil
}

// finish is the end. Its turn lasts for ever, so that nobody attends again.
func (s *served) finish(err error) {
	c := s.c
	c.calm()
	c.in.drop()
	c.state.Or(closed)
	s.settle()
	c.sending.Lock()
	late := s.late
	s.late = nil
	s.mu.Lock()
	s.loop.remove(s.fd)
	unix.Close(s.fd)
	s.fd = -1
	s.mu.Unlock()
	c.sending.Unlock()
	for _, f := range late {
		f.end(net.ErrClosed)
	}
	s.ends.Wait() // none begins after the descriptor is closed
	if err == io.EOF || errors.Is(err, net.ErrClosed) {
		err = nil
	}
	s.done(err)
}

// closeServed ends both directions, which is an event. Nobody waits for those
// of a Conn that nobody serves yet.
func (c *Conn) closeServed(state uint32) bool {
	s := c.served.Load()
	switch {
	case s == nil:
		return false
	case state&(receiving|closed) == 0:
		s.mu.Lock()
		defer s.mu.Unlock()
		unix.Close(s.fd)
		s.fd = -1
	default:
		if c.sending.TryLock() { // who has it writes what is held
			s.releaseFirst()
			c.sending.Unlock()
		}
		s.shutdown()
	}
	return true
}

// controlServed calls f with the descriptor, unless the Conn is not served.
func (c *Conn) controlServed(f func(fd uintptr)) bool {
	s := c.served.Load()
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd >= 0 {
		f(uintptr(s.fd))
	}
	return true
}

func (s *served) shutdown() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd >= 0 {
		unix.Shutdown(s.fd, unix.SHUT_RDWR)
	}
}

// sendServed writes what the socket takes of r, unless the Conn is not served.
// sending is locked.
func (c *Conn) sendServed(r *rest) (err error, ok bool) {
	s := c.served.Load()
	switch {
	case s == nil:
		return nil, false
	case s.fd < 0:
		return net.ErrClosed, true
	}
	s.releaseFirst()
	if len(s.late) > 0 {
		return nil, true
	}
	_, err = r.writeTo(c, uintptr(s.fd))
	return err, true
}

// postpone has r written when the peer takes it. sending is locked.
func (c *Conn) postpone(r rest, sent func(error)) bool {
	s := c.served.Load()
	if s == nil {
		return false
	}
	s.late = append(s.late, lateFrame{r, sent})
	s.clogged.Store(true)
	s.loop.watch(s.fd, always|unix.EPOLLOUT)
	if s.turns.Add(1) == 1 { // await must see it, but our caller may have locks
		go s.attend(0, false)
	}
	return true
}

// mark has taken called when what is late is written, if anything is. sending
// is locked.
func (c *Conn) mark(taken func(error)) bool {
	s := c.served.Load()
	if s == nil {
		return false
	}
	s.releaseFirst()
	if len(s.late) == 0 {
		return false
	}
	s.late = append(s.late, lateFrame{sent: taken})
	return true
}

// flush writes what is late.
func (s *served) flush() {
	var gone []lateFrame
	var err error
	s.c.sending.Lock()
	for len(s.late) > 0 && err == nil {
		f := &s.late[0]
		var n int
		n, err = f.writeTo(s.c, uintptr(s.fd))
		s.taken += uint64(n)
		if err == nil && !f.empty() {
			break
		}
		gone = append(gone, *f)
		s.late = s.late[1:]
	}
	if len(s.late) == 0 {
		s.late = nil
		s.clogged.Store(false)
		s.loop.watch(s.fd, always)
	}
	s.c.sending.Unlock()
	if err != nil {
		s.c.Close()
	}
	for i, f := range gone {
		if i < len(gone)-1 {
			f.end(nil)
		} else {
			f.end(err)
		}
	}
}

func (f lateFrame) end(err error) {
	if f.sent != nil {
		f.sent(err)
	}
}
