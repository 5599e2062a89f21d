//go:build linux && (amd64 || arm64)

package synchronize

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/brine-go/brine/engine/internal/futex"
	"github.com/brine-go/brine/engine/internal/shm"
)

// A semaphore is what glibc keeps for a named semaphore on 64-bit Linux. It
// stays mapped for as long as somebody may look at it.
type semaphore struct{ mem *[semaphoreSize]byte }

const (
	semaphoreSize = 32
	shared        = 0x80 // the word at 8: FUTEX_SHARED
	maxValue      = math.MaxInt32
	oneWaiter     = 1 << 32
)

func (s *semaphore) state() *uint64 { return (*uint64)(unsafe.Pointer(&s.mem[0])) } // value and waiters
func (s *semaphore) word() *uint32  { return (*uint32)(unsafe.Pointer(&s.mem[0])) } // the futex: value

// createSemaphore makes one of that name: fs.ErrExist if it exists.
func createSemaphore(name string, value uint32) (*semaphore, error) {
	var content [semaphoreSize]byte
	binary.LittleEndian.PutUint32(content[0:], value)
	binary.LittleEndian.PutUint32(content[8:], shared)
	if err := shm.Publish(shm.Semaphore(name), content[:]); err != nil {
		return nil, fmt.Errorf("synchronize: %w", err)
	}
	s, err := openSemaphore(name)
	if err != nil {
		shm.Unlink(shm.Semaphore(name))
	}
	return s, err
}

// openSemaphore maps an existing one.
func openSemaphore(name string) (*semaphore, error) {
	f, err := shm.Open(shm.Semaphore(name))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = missing(name, err)
		}
		return nil, fmt.Errorf("synchronize: %w", err)
	}
	defer f.Close()
	if err := checkSize(f, name); err != nil {
		return nil, err
	}
	b, err := shm.Map(f, semaphoreSize)
	if err != nil {
		return nil, fmt.Errorf("synchronize: %w", err)
	}
	if kind := binary.LittleEndian.Uint32(b[8:]); kind != shared {
		shm.Unmap(b)
		return nil, &LayoutError{name, fmt.Sprintf("0x%x where glibc has 0x80", kind)}
	}
	s := &semaphore{(*[semaphoreSize]byte)(b)}
	runtime.AddCleanup(s, func(b []byte) { shm.Unmap(b) }, b)
	return s, nil
}

// checkSize looks whether glibc of this machine made the file.
func checkSize(f *os.File, name string) error {
	info, err := f.Stat()
	switch {
	case err != nil:
		return fmt.Errorf("synchronize: %w", err)
	case info.Size() == 16:
		return &LayoutError{name, "16 bytes, those of a 32-bit glibc"}
	case info.Size() != semaphoreSize:
		return &LayoutError{name, fmt.Sprintf("%d bytes where glibc has 32", info.Size())}
	}
	return nil
}

// missing tells a semaphore that musl made from one that is not there.
func missing(name string, notFound error) error {
	if f, err := shm.Open(name); err == nil {
		f.Close()
		return &LayoutError{name, "a file without the sem. in its name, as musl makes it"}
	}
	return notFound
}

// The memory goes when the collector finds the semaphore unreachable, which may be
// in the middle of its last use: so each use ends with KeepAlive.

// try takes one without waiting.
func (s *semaphore) try() bool {
	p := s.state()
	for {
		old := atomic.LoadUint64(p)
		taken := uint32(old) != 0 && atomic.CompareAndSwapUint64(p, old, old-1)
		runtime.KeepAlive(s)
		if taken || uint32(old) == 0 {
			return taken
		}
	}
}

// post gives one back, unless there are limit already, and wakes a sleeper.
func (s *semaphore) post(limit uint32) bool {
	p := s.state()
	for {
		old := atomic.LoadUint64(p)
		full := uint32(old) >= limit
		given := !full && atomic.CompareAndSwapUint64(p, old, old+1)
		if given && old >= oneWaiter {
			futex.Wake(s.word(), 1)
		}
		runtime.KeepAlive(s)
		if given || full {
			return given
		}
	}
}

// wait takes one, asleep until it can or ctx ends.
func (s *semaphore) wait(ctx context.Context) error {
	// On one core, who is about to post may be the next to run: let it.
	if futex.Yield(); s.try() {
		return nil
	}
	var cancel *futex.Cancel
	if ctx.Done() != nil {
		cancel = new(futex.Cancel)
		stop := context.AfterFunc(ctx, cancel.Cancel)
		defer stop()
	}
	defer runtime.KeepAlive(s)
	p := s.state()
	atomic.AddUint64(p, oneWaiter)
	for {
		// Whoever is woken takes what there is before it looks whether it
		// was to give up: the wake may have been meant for nobody else.
		if s.takeAsWaiter() {
			return nil
		}
		if cancel.Cancelled() {
			break
		}
		if err := futex.Wait(s.word(), 0, cancel); err != nil {
			atomic.AddUint64(p, ^uint64(oneWaiter-1))
			return fmt.Errorf("synchronize: %w", err)
		}
	}
	atomic.AddUint64(p, ^uint64(oneWaiter-1))
	return ctx.Err()
}

// takeAsWaiter takes one and ends waiting in one step.
func (s *semaphore) takeAsWaiter() bool {
	defer runtime.KeepAlive(s)
	p := s.state()
	for {
		old := atomic.LoadUint64(p)
		if uint32(old) == 0 {
			return false
		}
		if atomic.CompareAndSwapUint64(p, old, old-1-oneWaiter) {
			return true
		}
	}
}

func (s *semaphore) value() int { return int(uint32(s.load())) }

// waiters is how many sleep in all processes, and how many were killed asleep.
func (s *semaphore) waiters() int { return int(s.load() >> 32) }

func (s *semaphore) load() uint64 {
	defer runtime.KeepAlive(s)
	return atomic.LoadUint64(s.state())
}
