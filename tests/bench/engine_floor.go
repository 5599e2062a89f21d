//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/brine-go/brine/engine"
)

// The floor of pipes does the system calls and no more: it waits in them, and
// uses one buffer again and again.

// floorEnd starts the other end as otherEnd does; it is a Python, or floorSink.
func floorEnd(mode string, other []string) (*os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	here, there := os.NewFile(uintptr(fds[0]), "pipe"), os.NewFile(uintptr(fds[1]), "pipe")
	defer there.Close()
	if len(other) == 0 {
		other, mode = []string{os.Args[0], "engine"}, "floor"+mode
	}
	cmd := exec.Command(other[0], append(other[1:], mode, "3")...)
	cmd.ExtraFiles = []*os.File{there}
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return here, cmd.Start()
}

// floorFrames is n frames, as they lie on the wire.
func floorFrames(n, size int) []byte {
	frame := binary.BigEndian.AppendUint32(nil, uint32(size))
	return bytes.Repeat(append(frame, bytes.Repeat([]byte("x"), size)...), n)
}

func floorStreamMode(_ *engine.Engine, size int, other []string) (func(time.Time) (int, error), error) {
	f, err := floorEnd("sink", other)
	if err != nil {
		return nil, err
	}
	n := together
	if size > 4096 {
		n = 1
	}
	frames, end, all := floorFrames(n, size), make([]byte, 4), make([]byte, 7)
	return func(deadline time.Time) (int, error) {
		sent, err := until(deadline, 1, func() error { _, err := f.Write(frames); return err })
		if err == nil {
			_, err = f.Write(end)
		}
		if err == nil {
			_, err = io.ReadFull(f, all)
		}
		return sent * n, err
	}, nil
}

func floorPingPongMode(_ *engine.Engine, size int, other []string) (func(time.Time) (int, error), error) {
	f, err := floorEnd("echo", other)
	if err != nil {
		return nil, err
	}
	frame := floorFrames(1, size)
	return func(deadline time.Time) (int, error) {
		return until(deadline, 10, func() error {
			if _, err := f.Write(frame); err != nil {
				return err
			}
			_, err := io.ReadFull(f, frame)
			return err
		})
	}, nil
}

// floorSink reads until an empty message, which it answers: small ones many at a
// time, each large one in its place.
func floorSink() error {
	f := os.NewFile(3, "pipe")
	buf := make([]byte, 64<<10)
	from, to := 0, 0
	for {
		for to-from >= 4 {
			size := int(binary.BigEndian.Uint32(buf[from:]))
			if size == 0 {
				if _, err := f.Write([]byte("\x00\x00\x00\x03all")); err != nil {
					return err
				}
			}
			if len(buf) < 4+size {
				buf = append(buf, make([]byte, 4+size-len(buf))...)
			}
			if to-from < 4+size {
				break
			}
			from += 4 + size
		}
		to = copy(buf, buf[from:to])
		from = 0
		n, err := f.Read(buf[to:])
		if err != nil {
			return nil // the other has ended
		}
		to += n
	}
}
