package reduction

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/brine-go/brine/connection"
)

// acknowledge is what 3.14 answers a descriptor with.
const acknowledge = 'A'

// maxHandles is what the kernel takes in one message.
const maxHandles = 253

// SendHandles sends descriptors beside the messages of a Unix socket: one byte,
// their number modulo 256, carries them. It is Python's sendfds. The files stay
// the caller's.
//
// With ack it waits for the byte by which Python 3.14 and later say that they
// have them. An older one says nothing; a peer that closes is no error.
func SendHandles(ctx context.Context, c *connection.Conn, ack bool, files ...*os.File) error {
	if n := len(files); n == 0 || n > maxHandles {
		return fmt.Errorf("reduction: cannot send %d descriptors at once: 1 to %d", n, maxHandles)
	}
	fds := make([]int, len(files))
	for i, f := range files {
		raw, err := f.SyscallConn()
		if err != nil {
			return fmt.Errorf("reduction: %w", err)
		}
		// The number stays valid: the caller keeps f open.
		if err := raw.Control(func(fd uintptr) { fds[i] = int(fd) }); err != nil {
			return fmt.Errorf("reduction: %w", err)
		}
	}
	socket, stop, err := c.UnixSocket(ctx)
	if err != nil {
		return fmt.Errorf("reduction: %w", err)
	}
	defer stop()
	rights := unix.UnixRights(fds...)
	var sent error
	err = socket.Write(func(fd uintptr) bool {
		sent = unix.Sendmsg(int(fd), []byte{byte(len(files))}, rights, nil, unix.MSG_NOSIGNAL)
		return sent != unix.EAGAIN && sent != unix.EINTR
	})
	if err == nil {
		err = sent
	}
	if err != nil {
		return fmt.Errorf("reduction: cannot send descriptors: %w", because(ctx, err))
	}
	if ack {
		return awaitAck(ctx, socket)
	}
	return nil
}

// awaitAck reads the acknowledgement, or the end of the stream.
func awaitAck(ctx context.Context, socket syscall.RawConn) error {
	var b [1]byte
	n, err := recv(socket, func(fd int) (int, error) { return unix.Read(fd, b[:]) })
	switch {
	case err == unix.ECONNRESET || err == nil && n == 0:
		return nil
	case err != nil:
		return fmt.Errorf("reduction: the peer does not say that it has the descriptors: %w", because(ctx, err))
	case b[0] != acknowledge:
		return fmt.Errorf("reduction: the peer answers descriptors with 0x%02x, not with 'A'", b[0])
	}
	return nil
}

// RecvHandles receives descriptors that a peer sends beside the messages: up
// to n. With ack it tells the peer that they have come, as Python 3.14 expects.
func RecvHandles(ctx context.Context, c *connection.Conn, ack bool, n int) ([]*os.File, error) {
	if n < 1 || n > maxHandles {
		return nil, fmt.Errorf("reduction: cannot receive %d descriptors at once: 1 to %d", n, maxHandles)
	}
	if got := c.Buffered(); got > 0 {
		return nil, fmt.Errorf("reduction: %d bytes have been read ahead, and a descriptor with them is lost: receive descriptors with Config.Exact", got)
	}
	socket, stop, err := c.UnixSocket(ctx)
	if err != nil {
		return nil, fmt.Errorf("reduction: %w", err)
	}
	defer stop()
	var b [1]byte
	control := make([]byte, unix.CmsgLen(4*n))
	var controls, flags int
	got, err := recv(socket, func(fd int) (n int, err error) {
		n, controls, flags, _, err = unix.Recvmsg(fd, b[:], control, unix.MSG_CMSG_CLOEXEC)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reduction: cannot receive descriptors: %w", because(ctx, err))
	}
	files, err := received(control[:controls])
	switch {
	case err != nil:
	case got == 0 && len(files) == 0:
		err = fmt.Errorf("reduction: the peer closed before it sent a descriptor: %w", io.EOF)
	case flags&unix.MSG_CTRUNC != 0:
		err = fmt.Errorf("reduction: more than %d descriptors came, or more than this process may have open", n)
	case len(files) == 0:
		err = fmt.Errorf("reduction: a byte 0x%02x came without a descriptor: the peer sends something else", b[0])
	case b[0] != 0 && int(b[0]) != len(files)%256: // Python 2 sends 0
		err = fmt.Errorf("reduction: %d descriptors came where the peer says %d", len(files), b[0])
	}
	if err != nil {
		closeAll(files)
		return nil, err
	}
	if ack {
		socket.Write(func(fd uintptr) bool { // one who is gone needs none
			_, err := unix.Write(int(fd), []byte{acknowledge})
			return err != unix.EAGAIN
		})
	}
	return files, nil
}

// received are the descriptors of a control message.
func received(control []byte) (files []*os.File, err error) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil, fmt.Errorf("reduction: %w", err)
	}
	for _, m := range messages {
		fds, err := unix.ParseUnixRights(&m)
		if err != nil {
			continue // of another kind
		}
		for _, fd := range fds {
			// Its mode belongs to the sender too: it stays as it is.
			files = append(files, os.NewFile(uintptr(fd), fmt.Sprintf("descriptor %d", fd)))
		}
	}
	return files, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// recv calls read until it does not have to wait.
func recv(socket syscall.RawConn, read func(fd int) (int, error)) (n int, err error) {
	failed := socket.Read(func(fd uintptr) bool {
		for {
			if n, err = read(int(fd)); err != unix.EINTR {
				return err != unix.EAGAIN
			}
		}
	})
	if failed != nil {
		err = failed
	}
	return n, err
}

// because is the reason why a wait ended.
func because(ctx context.Context, err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
