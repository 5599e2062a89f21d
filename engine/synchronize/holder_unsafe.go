package synchronize

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/internal/shm"
	"github.com/brine-go/brine/pyinterop/tracker"
)

// A record is where Go processes write that they hold an RLock: the segment
// sem.NAME.holder beside the semaphore, of two words.
//
//	+--------------------------+----------------------+
//	| u64 holder, 0 for nobody | u64 PID namespace of |
//	| and for a Python         | those who write      |
//	+--------------------------+----------------------+
//
// It is written with the lock held: after it was taken, and before it is given
// back. So it never names a process when another one has the lock.
type record struct {
	mem    *[recordSize]byte
	me     process
	buried atomic.Uint64 // a holder that has been found dead
}

const recordSize = 16

func (r *record) holder() *uint64    { return (*uint64)(unsafe.Pointer(&r.mem[0])) }
func (r *record) namespace() *uint64 { return (*uint64)(unsafe.Pointer(&r.mem[8])) }

// recordName is the segment's name, for the tracker too.
func recordName(name string) string { return shm.Semaphore(name) + ".holder" }

// createRecord makes the record of a semaphore that this process made.
func createRecord(e *engine.Engine, name string) (*record, error) {
	f, err := shm.Create(recordName(name), recordSize)
	if err != nil {
		return nil, fmt.Errorf("synchronize: %w", err)
	}
	f.Close()
	r, err := openRecord(name)
	if err == nil {
		atomic.StoreUint64(r.namespace(), r.me.namespace)
		err = e.Track(tracker.SharedMemory, recordName(name))
	}
	if err != nil {
		shm.Unlink(recordName(name))
		return nil, err
	}
	return r, nil
}

// removeRecord removes its name, if there is one.
func removeRecord(e *engine.Engine, name string) error {
	err := shm.Unlink(recordName(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return e.Untrack(tracker.SharedMemory, recordName(name))
}

func openRecord(name string) (*record, error) {
	me, err := self()
	if err != nil {
		return nil, err
	}
	f, err := shm.Open(recordName(name))
	if err != nil {
		return nil, fmt.Errorf("synchronize: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() != recordSize {
		return nil, &LayoutError{name, fmt.Sprintf("a record of its holder that is not %d bytes long", recordSize)}
	}
	b, err := shm.Map(f, recordSize)
	if err != nil {
		return nil, fmt.Errorf("synchronize: %w", err)
	}
	r := &record{mem: (*[recordSize]byte)(b), me: me}
	runtime.AddCleanup(r, func(b []byte) { shm.Unmap(b) }, b)
	return r, nil
}

// findRecord opens the record of a semaphore, or returns nil: where its maker
// keeps none, and where processes have other numbers than here.
func findRecord(name string) (*record, error) {
	r, err := openRecord(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || atomic.LoadUint64(r.namespace()) != r.me.namespace {
		return nil, err
	}
	return r, nil
}

func (r *record) taken()    { atomic.StoreUint64(r.holder(), uint64(r.me.identity)) }
func (r *record) released() { atomic.StoreUint64(r.holder(), 0) }

// look finds out whether the holder has died.
func (r *record) look() {
	if word := atomic.LoadUint64(r.holder()); word != 0 && identity(word).dead() {
		r.buried.Store(word)
	}
}

// known tells whether the holder has been found dead.
func (r *record) known() bool {
	word := atomic.LoadUint64(r.holder())
	return word != 0 && word == r.buried.Load()
}

// inherit makes this process the holder in place of one that has died. Of many
// that try, one does.
func (r *record) inherit() bool {
	r.look()
	dead := r.buried.Load()
	return dead != 0 && atomic.CompareAndSwapUint64(r.holder(), dead, uint64(r.me.identity))
}
