package connection

import (
	"errors"
	"fmt"
)

var (
	// ErrTooLong tells that a message is longer than the receiver allows.
	ErrTooLong = errors.New("connection: message too long")
	// ErrHandshakeTimeout tells that the peer did not finish the handshake.
	ErrHandshakeTimeout = errors.New("connection: handshake timed out")

	errBusy         = errors.New("connection: another goroutine is receiving")
	errOnlyReceives = errors.New("connection: this end of the pipe only receives")
	errOnlySends    = errors.New("connection: this end of the pipe only sends")
)

// A FrameError tells that the stream ended inside a message.
type FrameError struct {
	Want, Got int64 // bytes promised, header included (0: not known yet), and bytes that came
	Err       error
}

func (e *FrameError) Error() string {
	if e.Want == 0 {
		return fmt.Sprintf("connection: message cut inside its length, at %d bytes: %v", e.Got, e.Err)
	}
	return fmt.Sprintf("connection: message cut at %d of %d bytes: %v", e.Got, e.Want, e.Err)
}

func (e *FrameError) Unwrap() error { return e.Err }

// A LengthError tells of a length that no message may have. It is ErrTooLong
// when the length is over the limit.
type LengthError struct{ Length, Limit int64 }

func (e *LengthError) Error() string {
	if e.Length < 0 {
		return fmt.Sprintf("connection: message with the negative length %d", e.Length)
	}
	return fmt.Sprintf("connection: message of %d bytes, only %d are allowed", e.Length, e.Limit)
}

func (e *LengthError) Is(target error) bool { return target == ErrTooLong && e.Length >= 0 }

// An AuthenticationError tells that one side did not prove to know the
// authkey, or not in a way that the other accepts.
type AuthenticationError struct{ Reason string }

func (e *AuthenticationError) Error() string { return "connection: " + e.Reason }
