package managers

import (
	"context"
	"sync"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
)

// A line is a connection on which methods are called, one after another.
type line struct {
	conn  *connection.Conn
	hang  func()    // closes conn; made once
	leave func()    // hangs up politely; made once
	rest  time.Time // since when nobody uses it; zero for one that served none
}

// line opens one; name is what the manager calls its thread.
func (c *Client) line(ctx context.Context, name string) (*line, error) {
	conn, err := connection.Dial(ctx, c.addr, c.cfg)
	if err != nil {
		return nil, err
	}
	a, err := converse(ctx, conn, nil, "accept_connection", pickle.Tuple{name}, nil)
	if err == nil {
		_, err = a.value(c)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	l := &line{conn: conn, hang: func() { conn.Close() }}
	l.leave = func() {
		conn.CloseWrite()
		time.AfterFunc(slice, l.hang)
	}
	return l, nil
}

// exchange sends a request and has the answer read. The end of ctx hangs up:
// after it nobody could tell which answer belongs to which request. A manager
// that sees that, as ours does, takes the call back and hangs up too; an answer
// that was under way by then is read all the same, so that nothing is lost with
// it. sent tells that the manager may have got the request; broken, that the
// line is of no more use.
func (l *line) exchange(ctx context.Context, r *request, read func(frame []byte) error) (sent, broken bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, false, err
	}
	stop := func() bool { return true }
	if ctx.Done() != nil {
		stop = context.AfterFunc(ctx, l.leave)
	}
	b, more := pieces(r.buf, r.refs)
	f, sent, err := l.conn.Ask(b, more...)
	if hungUp := !stop(); err != nil {
		return sent, true, because(ctx, err)
	} else {
		err = read(f.Bytes())
		f.Release()
		return true, hungUp, err
	}
}

// because returns the end of ctx in place of the error that it brought about.
func because(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// A request is (id, method, args, kwds), pickled. It goes round.
type request struct {
	buf  []byte       // connection.Prefix bytes of head room, then the pickle
	refs []pickle.Ref // long values in it, which are sent from where they are
}

var requests = sync.Pool{New: func() any {
	return &request{buf: make([]byte, connection.Prefix, 256)}
}}

func (r *request) release() {
	if cap(r.buf) > largeFrame || len(r.refs) > 0 {
		return
	}
	requests.Put(r)
}

// Opcodes of a request.
const (
	opProto     = 0x80
	opMark      = '('
	opTuple     = 't'
	opEmptyDict = '}'
	opStop      = '.'
)

// encode writes the request. What several arguments share stays shared.
func (r *request) encode(ctx context.Context, codec pickle.Codec, id, method string, args []any, kwds *pickle.Dict) (err error) {
	protocol := byte(4)
	if codec.Protocol > 0 {
		protocol = byte(codec.Protocol)
	}
	r.refs = r.refs[:0]
	codec.Refs = &r.refs
	b := append(r.buf[:connection.Prefix], opProto, protocol)
	if kwds != nil || !apart(args) {
		if kwds == nil {
			kwds = pickle.NewDict(0)
		}
		b, err = codec.AppendValue(ctx, b, pickle.Tuple{id, method, append(pickle.Tuple{}, args...), kwds})
	} else {
		b, err = appendApart(ctx, codec, b, id, method, args)
	}
	r.buf = append(b, opStop)
	return err
}

// apart tells whether each argument may be written by itself: at most one has
// parts.
func apart(args []any) bool {
	containers := 0
	for _, a := range args {
		switch a.(type) {
		case nil, bool, string, int, int64, float64:
		default:
			containers++
		}
	}
	return containers <= 1
}

func appendApart(ctx context.Context, codec pickle.Codec, b []byte, id, method string, args []any) (_ []byte, err error) {
	b = appendText(appendText(append(b, opMark), id), method)
	b = append(b, opMark)
	for _, a := range args {
		if b, err = codec.AppendValue(ctx, b, a); err != nil {
			return b, err
		}
	}
	return append(b, opTuple, opEmptyDict, opTuple), nil
}

// appendText appends a short str as protocol 2 writes it, too.
func appendText(b []byte, s string) []byte {
	n := len(s)
	b = append(b, 'X', byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	return append(b, s...)
}
