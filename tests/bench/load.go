//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A replay sends prepared requests over many connections from one epoll loop,
// one request in flight a connection: nothing of the load generator is in the
// way but its two system calls a request.
type replay struct {
	requests [][]byte
	talk     talk
	epoll    int
	lanes    []lane
	scratch  []byte // where replies go; only their heads are looked at
}

// A talk knows how replies begin.
type talk struct {
	// size tells how long the whole reply is, 0 while head is too short.
	size func(head []byte) int
	fine func(head []byte) bool
}

// A lane is a connection.
type lane struct {
	fd    int
	next  int    // request
	out   []byte // what is left to write of it
	head  []byte // of the reply, headSize bytes at most
	got   int    // of the reply
	start time.Time
	busy  bool
	index int32 // among the lanes
	late  bool  // some of out waits for room
}

const headSize = 64

var managerTalk = talk{
	size: func(head []byte) int {
		if len(head) < 4 {
			return 0
		}
		return 4 + int(binary.BigEndian.Uint32(head))
	},
	fine: func(head []byte) bool { return bytes.Contains(head, []byte("#RETURN")) },
}

var redisTalk = talk{
	size: func(head []byte) int {
		end := bytes.Index(head, []byte("\r\n"))
		if end < 0 {
			return 0
		}
		if head[0] != '$' {
			return end + 2
		}
		n, err := strconv.Atoi(string(head[1:end]))
		if err != nil || n < 0 {
			return end + 2
		}
		return end + 2 + n + 2
	},
	fine: func(head []byte) bool { return head[0] != '-' },
}

// newReplay connects n times and sends hello on each.
func newReplay(p *peer, b *bench, n int, hello []byte, requests [][]byte) (*replay, error) {
	r := &replay{requests: requests, talk: managerTalk, scratch: make([]byte, 256<<10)}
	if p.name == "redis" {
		r.talk = redisTalk
	}
	var err error
	if r.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for i := range n {
		c, err := p.dial(ctx, b.key)
		if err == nil && hello != nil {
			err = greet(c, hello)
		}
		if err == nil {
			err = r.add(c, i)
		}
		if err != nil {
			r.close()
			return nil, fmt.Errorf("%s, connection %d: %w", p.name, i, err)
		}
	}
	return r, nil
}

func greet(c net.Conn, hello []byte) error {
	if _, err := c.Write(hello); err != nil {
		return err
	}
	_, err := readFrame(c)
	return err
}

// add takes the descriptor of c away from Go's poller.
func (r *replay) add(c net.Conn, i int) error {
	defer c.Close()
	file, err := c.(interface {
		SyscallConn() (syscall.RawConn, error)
	}).SyscallConn()
	if err != nil {
		return err
	}
	fd := -1
	if e := file.Control(func(f uintptr) { fd, err = unix.FcntlInt(f, unix.F_DUPFD_CLOEXEC, 0) }); e != nil {
		return e
	}
	if err != nil {
		return err
	}
	// Lanes start at different requests, so that the mix is even at any time.
	r.lanes = append(r.lanes, lane{fd: fd, next: i % len(r.requests), head: make([]byte, 0, headSize), index: int32(i)})
	return unix.EpollCtl(r.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{
		Events: unix.EPOLLIN | unix.EPOLLET,
		Fd:     int32(i),
	})
}

func (r *replay) close() {
	for i := range r.lanes {
		unix.Close(r.lanes[i].fd)
	}
	unix.Close(r.epoll)
}

// run replays for d and then waits for the answers in flight, so that nothing
// runs on into another peer's window.
func (r *replay) run(d time.Duration) (work, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	start := time.Now()
	deadline, giveUp := start.Add(d), start.Add(d+10*time.Second)
	var took []int64
	flying := 0
	for i := range r.lanes {
		if err := r.send(&r.lanes[i]); err != nil {
			return work{}, err
		}
		flying++
	}
	events := make([]unix.EpollEvent, len(r.lanes))
	for flying > 0 {
		n, err := unix.EpollWait(r.epoll, events, 100)
		if err != nil && err != unix.EINTR {
			return work{}, err
		}
		now := time.Now()
		if now.After(giveUp) {
			return work{}, fmt.Errorf("%d requests without an answer after 10 s", flying)
		}
		for _, e := range events[:max(n, 0)] {
			l := &r.lanes[e.Fd]
			if !l.busy {
				continue
			}
			done, err := r.progress(l)
			if err != nil {
				return work{}, err
			}
			if !done {
				continue
			}
			now = time.Now()
			took = append(took, int64(now.Sub(l.start)))
			if now.After(deadline) {
				flying--
			} else if err := r.send(l); err != nil {
				return work{}, err
			}
		}
	}
	elapsed := time.Since(start)
	p50, p99 := percentiles(took)
	return work{ops: len(took), elapsed: elapsed, p50: p50, p99: p99}, nil
}

// send begins the lane's next request.
func (r *replay) send(l *lane) error {
	l.out = r.requests[l.next]
	l.next = (l.next + 1) % len(r.requests)
	l.head, l.got = l.head[:0], 0
	l.start, l.busy = time.Now(), true
	return r.flush(l)
}

// flush writes what can be. Room for the rest is waited for only then: a server
// that reads a request makes room, which would wake us for nothing.
func (r *replay) flush(l *lane) error {
	for len(l.out) > 0 {
		n, err := unix.Write(l.fd, l.out)
		if err == unix.EAGAIN {
			return r.watch(l, unix.EPOLLOUT)
		}
		if err != nil {
			return err
		}
		l.out = l.out[n:]
	}
	if l.late {
		return r.watch(l, 0)
	}
	return nil
}

// watch waits for answers, and for more than those or no longer.
func (r *replay) watch(l *lane, more uint32) error {
	l.late = more != 0
	return unix.EpollCtl(r.epoll, unix.EPOLL_CTL_MOD, l.fd, &unix.EpollEvent{
		Events: unix.EPOLLIN | unix.EPOLLET | more,
		Fd:     l.index,
	})
}

// progress writes and reads what can be; done tells that the reply is whole.
func (r *replay) progress(l *lane) (done bool, err error) {
	if len(l.out) > 0 {
		if err := r.flush(l); err != nil || len(l.out) > 0 {
			return false, err
		}
	}
	for {
		n, err := unix.Read(l.fd, r.scratch)
		if err == unix.EAGAIN {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if n == 0 {
			return false, errors.New("the server closed a connection")
		}
		l.got += n
		if room := headSize - len(l.head); room > 0 {
			l.head = append(l.head, r.scratch[:min(n, room)]...)
		}
		total := r.talk.size(l.head)
		if total > 0 && l.got >= total {
			l.busy = false
			if !r.talk.fine(l.head) {
				return false, fmt.Errorf("the server answered %q", l.head)
			}
			return true, nil
		}
		if n < len(r.scratch) {
			return false, nil // drained: a full read is the only one that may leave more
		}
	}
}
