package connection

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// past is a deadline that has passed.
var past = time.Unix(1, 0)

// watch interrupts what obeys the deadline when ctx ends, until stop. It takes
// a method expression, since a method value would be an allocation.
func watch[T any](ctx context.Context, conn T, setDeadline func(T, time.Time) error) (stop func()) {
	if ctx.Done() == nil {
		return nothing // a literal would be an allocation in a generic function
	}
	return interrupt(ctx, func(t time.Time) { setDeadline(conn, t) })
}

func nothing() {}

// interrupt sets a deadline in the past when ctx ends, and none on stop.
func interrupt(ctx context.Context, setDeadline func(time.Time)) (stop func()) {
	fired := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		setDeadline(past)
		close(fired)
	})
	return func() {
		if !cancel() {
			<-fired
			setDeadline(time.Time{})
		}
	}
}

// because returns the end of ctx in place of the missed deadline it caused.
func because(ctx context.Context, err error) error {
	if err != nil && errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// plain makes errors of package net ours.
func plain(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return net.ErrClosed
	}
	return fmt.Errorf("connection: %w", cause(err))
}
