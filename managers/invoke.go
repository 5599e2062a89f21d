package managers

import (
	"bytes"
	"context"
	"errors"

	"github.com/brine-go/brine/pickle"
)

// A result is a variable that takes what a method returns.
type result interface {
	// read takes it from the answer itself; false where that cannot be.
	read(ctx context.Context, codec pickle.Codec, answer []byte) (ok bool, err error)
	// set takes it as a value: a *Proxy, or what was decoded.
	set(ctx context.Context, codec pickle.Codec, v any) error
}

// invoke calls a method. A request that a line did not get, since the manager
// had closed it, goes out on another; so does one that may run twice.
func (p *Proxy) invoke(ctx context.Context, method string, args []any, kwds *pickle.Dict, out result) error {
	r := requests.Get().(*request)
	defer r.release()
	if err := r.encode(ctx, p.c.cfg.Codec, p.id, method, args, kwds); err != nil {
		return err
	}
	read := func(frame []byte) error { return p.c.read(ctx, frame, out) }
	if p.by != nil {
		return p.invokeBy(ctx, method, r, read)
	}
	for {
		l, err := p.c.take(ctx)
		if err != nil {
			return err
		}
		used := !l.rest.IsZero()
		sent, broken, err := l.exchange(ctx, r, read)
		if !broken {
			p.c.put(l)
			return err
		}
		l.hang()
		if err == nil || !used || ctx.Err() != nil || sent && !p.repeatable(method) {
			return p.lost(ctx, method, sent, err)
		}
	}
}

func (p *Proxy) invokeBy(ctx context.Context, method string, r *request, read func([]byte) error) error {
	l, err := p.by.take(ctx)
	if err != nil {
		return err
	}
	sent, broken, err := l.exchange(ctx, r, read)
	if !broken {
		p.by.put(l, nil)
		return err
	}
	cause := err
	if cause == nil {
		cause = ctx.Err()
	}
	p.by.put(l, cause)
	return p.lost(ctx, method, sent, err)
}

// lost says what became of a call whose line is lost: nothing, if it had its
// answer.
func (p *Proxy) lost(ctx context.Context, method string, sent bool, err error) error {
	if err == nil || !sent || ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return err
	}
	return &LostError{p.typeid, method, err}
}

var returned = []byte("#RETURN")

// read has the result take what the answer brings.
func (c *Client) read(ctx context.Context, frame []byte, out result) error {
	if bytes.Contains(frame, rebuildName) {
		ctx = context.WithValue(ctx, clientKey{}, c) // to whom proxies in it belong
	}
	const kindEnds = 32 // a frame's header, the kind and what memoizes it
	if bytes.Contains(frame[:min(len(frame), kindEnds)], returned) {
		if ok, err := out.read(ctx, c.cfg.Codec, frame); ok || err != nil {
			return err
		}
	}
	v, err := c.cfg.Codec.Decode(ctx, frame)
	if err != nil {
		return err
	}
	a, err := answerOf(v)
	if err == nil {
		v, err = a.value(c)
	}
	if err != nil {
		return err
	}
	return out.set(ctx, c.cfg.Codec, v)
}

// An untyped result is whatever comes.
type untyped struct{ v any }

func (u *untyped) read(context.Context, pickle.Codec, []byte) (bool, error) { return false, nil }

func (u *untyped) set(_ context.Context, _ pickle.Codec, v any) error {
	u.v = v
	return nil
}

// noResult is one that nobody looks at.
type noResult struct{}

func (noResult) read(context.Context, pickle.Codec, []byte) (bool, error) { return true, nil }
func (noResult) set(context.Context, pickle.Codec, any) error             { return nil }

// A typed result is read straight from the answer.
type typed[R any] struct {
	_     struct{} `pickle:",tuple"`
	Kind  string
	Value R
}

func (t *typed[R]) read(ctx context.Context, codec pickle.Codec, answer []byte) (bool, error) {
	return true, codec.Unmarshal(ctx, answer, t)
}

func (t *typed[R]) set(ctx context.Context, codec pickle.Codec, v any) error {
	return codec.Assign(ctx, &t.Value, v)
}

// CallFor is p.Call for a method whose result is read into an R, as
// pickle.Unmarshal does.
func CallFor[R any](ctx context.Context, p *Proxy, method string, args ...any) (R, error) {
	var t typed[R]
	err := p.do(ctx, method, args, &t)
	return t.Value, err
}
