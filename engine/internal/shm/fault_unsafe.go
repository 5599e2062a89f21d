package shm

import (
	"fmt"
	"runtime/debug"
	"unsafe"
)

// A FaultError tells that a byte of a mapping has no memory behind it: another
// process has made the file shorter, or its maker reserved no room for it and
// there is none now.
type FaultError struct {
	Name string
	Size int // bytes that are mapped
	At   int // the one that was touched
}

func (e *FaultError) Error() string {
	return fmt.Sprintf("byte %d of the %d that are mapped of %q has no memory: another process has cut it short, or there is no room left in %s",
		e.At, e.Size, e.Name, Dir)
}

// Guard calls f, which touches b, and returns a *FaultError where that is not
// there. Elsewhere the kernel's SIGBUS ends the program. f may have done a part.
func Guard(name string, b []byte, f func()) (err error) {
	defer caught(name, b, debug.SetPanicOnFault(true), &err)
	f()
	return nil
}

// caught makes an error of a fault in b. Any other panic goes on.
func caught(name string, b []byte, before bool, err *error) {
	debug.SetPanicOnFault(before)
	switch p := recover().(type) {
	case nil:
	case interface{ Addr() uintptr }: // a runtime.Error, of a fault
		at := p.Addr() - uintptr(unsafe.Pointer(unsafe.SliceData(b)))
		if at >= uintptr(len(b)) {
			panic(p)
		}
		*err = &FaultError{name, len(b), int(at)}
	default:
		panic(p)
	}
}
