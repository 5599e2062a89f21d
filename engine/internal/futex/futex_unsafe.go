//go:build linux

package futex

import (
	"os"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Operations and flags of linux/futex.h, which x/sys does not name.
const (
	opWait  = 0
	opWake  = 1
	private = 128 // the word is in no other process

	size32 = 2 // of futex_waitv: the word has 32 bits
)

// slice is how long a sleep lasts where the kernel cannot wait for two words
// at once: no longer does a cancelled sleeper go on.
const slice = 10 * time.Millisecond

// waitv is what futex_waitv is told of each word.
type waitv struct {
	value    uint64
	address  uint64
	flags    uint32
	reserved uint32
}

// single is set once futex_waitv has turned out to be missing: before Linux
// 5.16, and where a sandbox forbids it.
var single atomic.Bool

// A Cancel makes one sleeper give up. The zero Cancel is ready for use; it must
// be on the heap, since the kernel keeps its address.
type Cancel struct{ word uint32 }

// Cancelled tells whether Cancel was called. A nil Cancel never is.
func (c *Cancel) Cancelled() bool { return c != nil && atomic.LoadUint32(&c.word) != 0 }

// Cancel wakes the sleeper, or keeps it from falling asleep.
func (c *Cancel) Cancel() {
	atomic.StoreUint32(&c.word, 1)
	wake(&c.word, 1, opWake|private)
}

// Wait sleeps while *word has that value and c, if there is one, is not
// cancelled. It may return earlier: look at both again.
func Wait(word *uint32, value uint32, c *Cancel) error {
	if c == nil {
		return waitForOne(word, value, nil)
	}
	if !single.Load() {
		switch err := waitForTwo(word, value, c); err {
		case unix.ENOSYS, unix.EPERM:
			single.Store(true)
		case 0, unix.EAGAIN, unix.EINTR:
			return nil
		default:
			return os.NewSyscallError("futex_waitv", err)
		}
	}
	if c.Cancelled() {
		return nil
	}
	timeout := unix.NsecToTimespec(slice.Nanoseconds())
	return waitForOne(word, value, &timeout)
}

func waitForTwo(word *uint32, value uint32, c *Cancel) unix.Errno {
	words := [2]waitv{
		{value: uint64(value), address: uint64(uintptr(unsafe.Pointer(word))), flags: size32},
		{value: 0, address: uint64(uintptr(unsafe.Pointer(&c.word))), flags: size32 | private},
	}
	_, _, err := unix.Syscall6(unix.SYS_FUTEX_WAITV, uintptr(unsafe.Pointer(&words)), uintptr(len(words)), 0, 0, 0, 0)
	runtime.KeepAlive(word)
	runtime.KeepAlive(c)
	return err
}

func waitForOne(word *uint32, value uint32, timeout *unix.Timespec) error {
	_, _, err := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), opWait, uintptr(value),
		uintptr(unsafe.Pointer(timeout)), 0, 0)
	switch err {
	case 0, unix.EAGAIN, unix.EINTR, unix.ETIMEDOUT:
		return nil
	default:
		return os.NewSyscallError("futex", err)
	}
}

// Yield lets others run that this core has work for.
func Yield() { unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }

// Wake wakes up to n sleepers.
func Wake(word *uint32, n int) error { return wake(word, n, opWake) }

func wake(word *uint32, n int, op uintptr) error {
	_, _, err := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), op, uintptr(n), 0, 0, 0)
	if err != 0 {
		return os.NewSyscallError("futex", err)
	}
	return nil
}
