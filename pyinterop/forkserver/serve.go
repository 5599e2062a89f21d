package forkserver

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/reduction"
)

// A Request is a child that a client wants. The files are the server's.
type Request struct {
	Data, Alive, Tracker *os.File
	Files                []*os.File // those that its pickles name by place

	status *os.File
}

// fixed is how many descriptors come before those of the pickles.
const fixed = 4

// maxFiles is what the kernel passes in one message.
const maxFiles = 253

// Serve serves who connects until the alive pipe ends, when no client is left.
// start starts a child and returns its pid and what waits for its exit code:
// of one that a signal ended, the negative number of that. It must not keep the
// files.
func Serve(ctx context.Context, c Command, start func(Request) (pid int, wait func() int, err error), report io.Writer) error {
	cfg := connection.Config{Exact: true}
	if c.Key >= 0 {
		pipe := os.NewFile(uintptr(c.Key), "authkey")
		cfg.Authkey = make([]byte, keySize)
		_, err := io.ReadFull(pipe, cfg.Authkey)
		pipe.Close()
		if err != nil {
			return fmt.Errorf("forkserver: the key: %w", err)
		}
	}
	socket := os.NewFile(uintptr(c.Listener), "listener")
	l, err := connection.ListenFile(socket, cfg)
	socket.Close()
	if err != nil {
		return fmt.Errorf("forkserver: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() { // ends with the last client; then so do we
		os.NewFile(uintptr(c.Alive), "alive").Read(make([]byte, 1))
		stop()
	}()
	var running sync.WaitGroup
	defer running.Wait()
	for conn, err := range l.Conns(ctx) {
		if err != nil {
			fmt.Fprintln(report, "forkserver:", err) // concerns one client
			continue
		}
		running.Go(func() {
			if err := serveOne(ctx, conn, start); err != nil && ctx.Err() == nil {
				fmt.Fprintln(report, "forkserver:", err)
			}
		})
	}
	return l.Close()
}

func serveOne(ctx context.Context, conn *connection.Conn, start func(Request) (int, func() int, error)) error {
	files, err := reduction.RecvHandles(ctx, conn, true, maxFiles)
	conn.Close()
	if err != nil {
		return err
	}
	defer closeAll(files)
	if len(files) < fixed {
		return fmt.Errorf("a client sent %d descriptors, fewer than the %d of every child", len(files), fixed)
	}
	status := files[1]
	pid, wait, err := start(Request{Data: files[0], Alive: files[2], Tracker: files[3], Files: files[fixed:], status: status})
	if err != nil {
		return err // the client sees the status pipe end
	}
	closeAll(files[:1])
	closeAll(files[2:]) // the child's now
	if err := writeStatus(status, pid); err != nil {
		wait()
		return nil // the client has gone
	}
	writeStatus(status, wait())
	return nil
}

func writeStatus(w io.Writer, n int) error {
	_, err := w.Write(binary.NativeEndian.AppendUint64(nil, uint64(n)))
	return err
}

func readStatus(r io.Reader) (int, error) {
	var b [8]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return 0, err
	}
	return int(int64(binary.NativeEndian.Uint64(b[:]))), nil
}

func closeAll(files []*os.File) error {
	var errs []error
	for _, f := range files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
