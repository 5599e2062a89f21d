package connection

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// A handshake is the conversation in which both sides prove that they know the
// key. It goes from message to message, so that a loop can have many.
type handshake struct {
	c         *Conn
	key       []byte
	steps     []step // that are left
	challenge []byte // ours, which the peer has to answer
}

// A step is a part of a handshake. Each but deliver begins with a message.
type step uint8

const (
	deliver  step = iota // send a challenge
	judge                // the answer to it
	prove                // that we know the key, to a challenge
	welcomed             // the answer was right
)

var (
	accepting = []step{deliver, judge, prove, welcomed}
	dialling  = []step{prove, welcomed, deliver, judge}
)

// Authenticate is the handshake of the side that accepted. It closes the Conn
// when it fails. Config.HandshakeTimeout bounds it.
func (c *Conn) Authenticate(ctx context.Context) error {
	return c.handshake(ctx, c.cfg.Authkey, accepting)
}

// introduce is the handshake of the side that dialled.
func (c *Conn) introduce(ctx context.Context) error {
	return c.handshake(ctx, c.cfg.Authkey, dialling)
}

// DeliverChallenge lets the peer prove that it knows key.
func DeliverChallenge(ctx context.Context, c *Conn, key []byte) error {
	return c.handshake(ctx, key, accepting[:2])
}

// AnswerChallenge proves to the peer that we know key.
func AnswerChallenge(ctx context.Context, c *Conn, key []byte) error {
	return c.handshake(ctx, key, dialling[:2])
}

// handshake waits for one, with a deadline.
func (c *Conn) handshake(ctx context.Context, key []byte, steps []step) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.in.limit = maxHandshake
	c.nc.SetDeadline(time.Now().Add(c.cfg.HandshakeTimeout))
	stop := watch(ctx, c.nc, stream.SetDeadline)
	h := handshake{c: c, key: key, steps: steps}
	err := h.begin()
	for err == nil && len(h.steps) > 0 {
		var b []byte
		if b, err = c.RecvBytes(context.Background()); err == nil {
			err = h.take(b)
		}
	}
	stop()
	if err == nil {
		c.in.limit = c.cfg.MaxMessage
		c.nc.SetDeadline(time.Time{})
		return nil
	}
	c.Close()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return h.failed(err, errors.Is(err, os.ErrDeadlineExceeded))
}

// failed says why the handshake ended.
func (h *handshake) failed(err error, late bool) error {
	switch {
	case late:
		return fmt.Errorf("%w after %v", ErrHandshakeTimeout, h.c.cfg.HandshakeTimeout)
	case err == io.EOF || err == nil || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET):
		return fmt.Errorf("connection: closed by the peer during the handshake: %w", io.ErrUnexpectedEOF)
	}
	return err
}

// begin sends the challenge if it is our turn.
func (h *handshake) begin() error {
	if len(h.steps) == 0 || h.steps[0] != deliver {
		return nil
	}
	h.steps = h.steps[1:]
	message := h.c.cfg.challenge([]byte(challengeMark))
	h.challenge = message[len(challengeMark):]
	return h.c.sendBytes(message)
}

// take does the next step, with the message that it begins with.
func (h *handshake) take(b []byte) error {
	var err error
	switch h.steps[0] {
	case judge:
		err = h.judge(b)
	case prove:
		err = h.prove(b)
	case welcomed:
		err = h.welcomed(b)
	}
	if err != nil {
		return err
	}
	h.steps = h.steps[1:]
	return h.begin()
}

func (h *handshake) judge(answer []byte) error {
	if err := h.c.cfg.verify(h.key, h.challenge, answer); err != nil {
		h.c.sendBytes([]byte(failure))
		return err
	}
	return h.c.sendBytes([]byte(welcome))
}

func (h *handshake) prove(b []byte) error {
	challenge, ok := bytes.CutPrefix(b, []byte(challengeMark))
	if !ok {
		return &AuthenticationError{fmt.Sprintf("protocol error: expected a challenge, got %.40q", b)}
	}
	answer, err := h.c.cfg.answer(h.key, challenge)
	if err != nil {
		return err
	}
	h.c.modern = len(challenge) != legacyLength
	return h.c.sendBytes(answer)
}

func (h *handshake) welcomed(b []byte) error {
	if string(b) != welcome {
		return &AuthenticationError{"digest sent was rejected"}
	}
	// The peer that dialled writes its first request behind this welcome, and
	// Nagle keeps that back until the welcome is acknowledged.
	h.c.QuickAck()
	return nil
}
