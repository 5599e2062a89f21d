package connection

import (
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// A loop waits for all served connections at once, and handles what has come
// one message after another on one goroutine. Under load a wait brings many
// events, so a message costs two system calls and no switch of goroutines, and
// clients that run on other cores are not disturbed by ours.
//
// Where a handler takes long, another goroutine goes on with the batch and
// waits from then on; the one that was stuck ends with its handler.
type loop struct {
	epoll int
	timer *time.Timer // calls check
	vigil vigil       // of the goroutine that waits

	mu      sync.Mutex
	users   []user   // by descriptor
	term    uint64   // of the goroutine that waits next
	batch   *batch   // its batch, or the one that it was left
	rounds  uint64   // batches so far
	waiting bool     // it waits, now
	watched bool     // check will be called
	seen    progress // by check
}

// A batch is what one wait brought. What is in it changes under the loop's mu,
// and only by the goroutine whose it is, in its term.
type batch struct {
	next   atomic.Int32 // to be attended to
	n      int32
	events [maxBatch]unix.EpollEvent
	users  [maxBatch]user
}

// A user has a descriptor that the loop waits for.
type user interface {
	// event attends to events; together tells that settle will follow.
	event(events uint32, together bool)
	// settle ends what event put off.
	settle()
	// hot tells that more events are likely to follow the last one at once.
	hot() bool
	// slow is how many events more go to goroutines of their own.
	slow() *atomic.Int32
}

// slowness is that of a user.
type slowness struct{ events atomic.Int32 }

func (s *slowness) slow() *atomic.Int32 { return &s.events }

// progress tells how far the loop has come.
type progress struct {
	rounds uint64
	next   int32
}

const (
	maxBatch = 128
	// stuckAfter is how often check looks.
	stuckAfter = 10 * time.Millisecond
	// maxTurn is how long the loop's goroutine runs at a time. After 10 ms the
	// runtime would take it for stuck, and look every 50 us whether it still is.
	maxTurn = 5 * time.Millisecond
	// slowEvents is how many events of a user that held up the loop go to
	// goroutines of their own: more of the same may come.
	slowEvents = 100
	// always is what every Conn waits for. Room to write is not among it: each
	// answer that a peer reads would be an event.
	always = unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET
)

// one is the process's loop: made for the first connection, it stays.
var one struct {
	sync.Once
	loop *loop
	err  error
}

func theLoop() (*loop, error) {
	one.Do(func() { one.loop, one.err = newLoop() })
	return one.loop, one.err
}

func newLoop() (*loop, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	l := &loop{epoll: fd, batch: new(batch), watched: true}
	l.mu.Lock() // a busy machine may call check before it lets us keep the timer
	l.timer = time.AfterFunc(stuckAfter, l.check)
	l.mu.Unlock()
	go l.run(0, l.batch)
	return l, nil
}

func (l *loop) add(fd int, u user, events uint32) error {
	l.mu.Lock()
	if more := fd + 1 - len(l.users); more > 0 {
		l.users = append(l.users, make([]user, more)...)
	}
	l.users[fd] = u
	l.mu.Unlock()
	return l.control(unix.EPOLL_CTL_ADD, fd, events)
}

// watch has the loop wait for other events.
func (l *loop) watch(fd int, events uint32) { l.control(unix.EPOLL_CTL_MOD, fd, events) }

func (l *loop) control(op, fd int, events uint32) error {
	event := unix.EpollEvent{Events: events, Fd: int32(fd)}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(l.epoll, op, fd, &event))
}

// remove forgets a descriptor that will be closed.
func (l *loop) remove(fd int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users[fd] = nil
}

// run attends to what another left, then waits and attends to what comes, as
// long as its term lasts.
func (l *loop) run(term uint64, left *batch) {
	left.settle() // what the other cannot
	left.attend()
	left.settle()
	b := new(batch)
	since := time.Now()
	for l.begin(term, b) {
		n, err := l.wait(b)
		if err != nil && err != unix.EINTR {
			panic(err) // the descriptor is ours, and open
		}
		l.end(b, max(n, 0))
		b.attend()
		b.settle()
		if now := time.Now(); now.Sub(since) > maxTurn {
			since = now
			runtime.Gosched()
		}
	}
}

// wait waits for events, which take the place of those that b has. A busy loop
// finds some without giving up its thread. One that has a single busy client
// keeps a vigil: with it a proxy was created over TCP in 0.8 of the time.
func (l *loop) wait(b *batch) (n int, err error) {
	look := func() bool {
		n = poll(l.epoll, b.events[:])
		return n > 0
	}
	if !look() && b.n == 1 && b.users[0] != nil && b.users[0].hot() {
		l.vigil.keep(look)
	}
	if n > 0 {
		return n, nil
	}
	return unix.EpollWait(l.epoll, b.events[:], -1)
}

// begin begins a wait, unless the term is over.
func (l *loop) begin(term uint64, b *batch) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.term != term {
		return false
	}
	l.batch, l.waiting = b, true
	return true
}

// end ends a wait that brought n events, and finds out whose they are.
func (l *loop) end(b *batch, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, e := range b.events[:n] {
		b.users[i] = l.users[e.Fd]
	}
	b.n = int32(n)
	b.next.Store(0)
	l.rounds++
	l.waiting = false
	if !l.watched {
		l.watched = true
		l.timer.Reset(stuckAfter)
	}
}

// attend attends to what is left of a batch.
func (b *batch) attend() {
	for {
		i := b.next.Add(1) - 1
		if i >= b.n {
			return
		}
		u, events := b.users[i], b.events[i].Events
		switch {
		case u == nil: // closed meanwhile
		case u.slow().Load() > 0:
			u.slow().Add(-1)
			go u.event(events, false)
		default:
			u.event(events, b.together())
		}
	}
}

// together tells that what came is put off and settled together.
func (b *batch) together() bool { return b.n >= heldFrom }

func (b *batch) settle() {
	if !b.together() {
		return
	}
	for _, u := range b.users[:b.n] {
		if u != nil {
			u.settle()
		}
	}
}

// check runs while there is something to do. When nothing moved since it last
// looked, a handler takes long, or the machine leaves us no time.
func (l *loop) check() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := progress{l.rounds, l.batch.next.Load()}
	still := now == l.seen
	l.seen = now
	if still && l.waiting {
		l.watched = false
		return
	}
	if still {
		l.relieve()
	}
	l.timer.Reset(stuckAfter)
}

// relieve has another goroutine go on for one that is stuck. mu is locked.
func (l *loop) relieve() {
	b := l.batch
	if i := b.next.Load(); 0 < i && i <= b.n && b.users[i-1] != nil {
		b.users[i-1].slow().Store(slowEvents)
	}
	l.term++
	go l.run(l.term, b)
}
