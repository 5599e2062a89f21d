package sharedmemory

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/internal/shm"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop/tracker"
)

// A SharedMemory is a named segment, mapped. It is safe for use by many
// goroutines; what they write into it is theirs to order.
type SharedMemory struct {
	engine *engine.Engine
	name   string
	ours   bool // we made it

	mu    sync.RWMutex // guards bytes; held by With as long as they are in use
	bytes []byte       // nil once closed
}

// Create makes a segment of size bytes, all zero. The name is that of one file,
// of up to 255 bytes, and slashes in front of it do not count; "" picks one as
// Python does. If there is a segment of that name it is
// fs.ErrExist; where there is no room, a *SpaceError.
func Create(e *engine.Engine, name string, size int) (*SharedMemory, error) {
	if size <= 0 {
		return nil, pickle.ValueError.New("'size' must be a positive number different from zero")
	}
	for range 100 {
		s, err := create(e, name, size)
		if name != "" || !errors.Is(err, fs.ErrExist) {
			return s, err
		}
	}
	return nil, fmt.Errorf("sharedmemory: no name was free in 100 tries: %w", fs.ErrExist)
}

// A SpaceError tells that there is no room for a segment: what was asked for,
// and what there is.
type SpaceError = shm.SpaceError

// A FaultError tells that a byte of a segment has no memory behind it any more,
// or that there is no room for it: see SharedMemory.With.
type FaultError = shm.FaultError

func create(e *engine.Engine, name string, size int) (*SharedMemory, error) {
	if name == "" {
		b := make([]byte, 4)
		rand.Read(b)
		name = "psm_" + hex.EncodeToString(b)
	}
	name = bare(name)
	f, err := shm.Create(name, int64(size))
	if err != nil {
		return nil, fmt.Errorf("sharedmemory: %w", err)
	}
	defer f.Close()
	b, err := shm.Map(f, size)
	if err == nil {
		if err = e.Track(tracker.SharedMemory, slashed(name)); err == nil {
			return &SharedMemory{engine: e, name: name, ours: true, bytes: b}, nil
		}
		shm.Unmap(b)
	}
	shm.Unlink(name)
	return nil, fmt.Errorf("sharedmemory: %w", err)
}

// bare is a name without the slashes that may stand before it.
func bare(name string) string { return strings.TrimLeft(name, "/") }

// slashed is the name as trackers know it.
func slashed(name string) string { return "/" + bare(name) }

// Open maps an existing segment, of the size that it has: fs.ErrNotExist if
// there is none.
func Open(e *engine.Engine, name string) (*SharedMemory, error) {
	f, err := shm.Open(name)
	if err != nil {
		return nil, fmt.Errorf("sharedmemory: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && info.Size() == 0 {
		err = fmt.Errorf("the segment %q is empty: who makes it has not given it a size yet", name)
	}
	if err != nil {
		return nil, fmt.Errorf("sharedmemory: %w", err)
	}
	b, err := shm.Map(f, int(info.Size()))
	if err != nil {
		return nil, fmt.Errorf("sharedmemory: %w", err)
	}
	return &SharedMemory{engine: e, name: bare(name), bytes: b}, nil
}

// Name is what Open takes, without a slash.
func (s *SharedMemory) Name() string { return s.name }

// Size is how many bytes there are, 0 once closed.
func (s *SharedMemory) Size() int { return len(s.Bytes()) }

// Bytes is the memory itself, nil once closed. Where another process makes the
// segment shorter, the kernel ends a program that touches what is gone; so it
// does where a Python made one that /dev/shm has no room for. With gives an
// error.
func (s *SharedMemory) Bytes() []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.bytes
}

// With calls f with the memory and returns a *FaultError, instead of ending the
// program, where f touches a part of it that is not there any more; f has then
// done what came before. Close waits until f returns. Once closed, it is
// fs.ErrClosed.
func (s *SharedMemory) With(f func(b []byte)) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.bytes == nil {
		return fmt.Errorf("sharedmemory: %q: %w", s.name, fs.ErrClosed)
	}
	if err := shm.Guard(s.name, s.bytes, func() { f(s.bytes) }); err != nil {
		return fmt.Errorf("sharedmemory: %w", err)
	}
	return nil
}

// Close unmaps the segment here; others keep it, and its name and memory stay
// until Unlink, or until the engine of who made it is closed. Nothing that Bytes or View
// returned may be used any more: the program would crash.
func (s *SharedMemory) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes == nil {
		return nil
	}
	err := shm.Unmap(s.bytes)
	s.bytes = nil
	return err
}

// Unlink removes the name. Who has the segment mapped keeps it; its memory is
// free when nobody has. One process does it, once: fs.ErrNotExist after that.
func (s *SharedMemory) Unlink() error {
	err := shm.Unlink(s.name)
	if err != nil {
		err = fmt.Errorf("sharedmemory: %w", err)
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) { // what has the name later is not ours to remove
		err = cmp.Or(err, s.engine.Untrack(tracker.SharedMemory, slashed(s.name)))
	}
	return err
}

// String is Python's repr.
func (s *SharedMemory) String() string {
	return fmt.Sprintf("SharedMemory('%s', size=%d)", s.name, s.Size())
}
