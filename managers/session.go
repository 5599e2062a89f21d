package managers

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
)

// A session is one connection of a client. Its requests are handled one after
// another; only a Waiter's answer may come from elsewhere.
type session struct {
	srv  *Server
	conn *connection.Conn
	ctx  context.Context // names the session to the classes that are pickled for it
	peer connection.Peer
	at   connection.Address // the listener's

	codec  pickle.Codec // in the client's dialect, once known
	known  bool         // the dialect
	long   bool         // reads messages of more than 2 GiB: Python 3.8 does
	inside bool         // the handshake went well
	served bool         // methods may be called: accept_connection came
	owner  *Owner       // of a served one
	waiter atomic.Pointer[Waiter]

	leases  []*object // of the last reply
	spelled any       // our address as the client last wrote it
}

// largeFrame is the size from which a frame's memory is given to the values
// that it brings rather than used again.
const largeFrame = 64 << 10

func newSession(s *Server, conn *connection.Conn, at connection.Address) *session {
	sess := &session{srv: s, conn: conn, peer: conn.Peer(), at: at, codec: s.codec}
	sess.ctx = context.WithValue(context.Background(), sessionKey{}, sess)
	return sess
}

type sessionKey struct{}

func sessionOf(ctx context.Context) *session {
	s, _ := ctx.Value(sessionKey{}).(*session)
	return s
}

func (s *session) modern() bool { return s.peer.Modern }

// work is what one request needs. It goes round, so that an idle connection
// has none.
type work struct {
	view  pickle.View
	call  Call
	reply Reply
	sent  func(error) // (*work).end, made once
}

var works sync.Pool // of *work

func newWork() *work {
	wk, _ := works.Get().(*work)
	if wk == nil {
		wk = new(work)
		wk.sent = wk.end
	}
	return wk
}

// end is called when the reply is out.
func (wk *work) end(err error) {
	if r := &wk.reply; err != nil {
		if r.undo != nil {
			r.undo()
		}
		r.s.conn.Close()
	}
	wk.reply.trim()
	works.Put(wk)
}

// admit begins the handshake.
func (s *session) admit() { s.conn.Admit(s.admitted, s.handle, s.done) }

func (s *session) admitted() {
	s.inside = true
	s.peer.Modern = s.conn.Modern()
	s.srv.door.depart(s.peer.Addr, nil)
}

// done is called when the connection has ended.
func (s *session) done(err error) {
	if s.inside {
		s.srv.farewell(s, err)
		return
	}
	s.srv.door.depart(s.peer.Addr, err)
	s.srv.refuse(s, err)
}

// handle answers one request.
func (s *session) handle(f *connection.Frame) {
	frame := f.Bytes()
	if len(frame) > largeFrame {
		frame = f.Keep()
	}
	if w := s.waiter.Load(); len(frame) == 0 || w != nil && !w.settled.Load() {
		s.conn.Close() // a hang-up in Python's eyes; or a request before the answer
		return
	}
	if !s.srv.calls.TryRLock() {
		return // the server stops, and the loop that serves others may not wait
	}
	defer s.srv.calls.RUnlock()
	if s.srv.stopped {
		return
	}
	s.waiter.Store(nil)
	s.dropLeases()

	wk := newWork()
	wk.call.reset(s, &wk.reply, &wk.view, frame)
	wk.reply.reset(s)
	after, err := s.route(&wk.call, &wk.reply)
	if err != nil {
		wk.reply.fail(err)
	}
	if wk.reply.parked {
		wk.end(nil)
		return
	}
	s.answer(wk, after == nil)
	if after != nil {
		after()
	}
}

// answer sends the reply, together with those to others where it can wait.
func (s *session) answer(wk *work, canWait bool) {
	send := s.conn.Post
	if canWait {
		send = s.conn.Answer
	}
	b, more := wk.reply.pieces()
	if done, err := send(wk.sent, b, more...); done {
		wk.end(err)
	}
}

// route finds out what a request asks for, and does it.
func (s *session) route(c *Call, r *Reply) (after func(), err error) {
	id, err := c.open()
	if err != nil {
		return nil, &refusal{err}
	}
	if id == nil {
		return s.function(c, r)
	}
	o := s.srv.objects.get(id)
	if o == nil {
		return nil, &refusal{pickle.KeyError.New(string(id))}
	}
	return nil, s.method(o, c, r)
}

// method calls a method of an object.
func (s *session) method(o *object, c *Call, r *Reply) error {
	if s.owner == nil { // a client that is none of Python's
		s.owner = &Owner{PID: s.peer.PID, Peer: peerName(s.peer)}
	}
	c.obj = o
	err := o.ref.Call(s.ctx, c, r)
	if err == ErrNoMethod {
		return s.fallback(o, c, r)
	}
	return err
}

// fallbacks are the methods that every object has, by what Python calls them.
var fallbacks = map[string]*Signature{
	"__str__": Sig("Server.fallback_str(conn, ident, obj)"), "__repr__": Sig("Server.fallback_repr(conn, ident, obj)"),
	"#GETVALUE": Sig("Server.fallback_getvalue(conn, ident, obj)"),
}

// fallback answers the methods that every object has.
func (s *session) fallback(o *object, c *Call, r *Reply) error {
	if sig := fallbacks[string(c.method)]; sig != nil && c.NArgs() > 0 {
		return &refusal{sig.checkCount(len(sig.params) + c.NArgs())}
	}
	switch string(c.method) {
	case "__str__", "__repr__":
		text, err := o.repr()
		if err != nil {
			return err
		}
		return r.Return(s.native(text))
	case "#GETVALUE":
		v, ok := o.ref.(Valuer)
		if !ok {
			return &unserializable{pickle.TypeError.New("cannot pickle '" + o.typeid + "' object")}
		}
		value, err := v.Value()
		if err != nil {
			return &unserializable{err}
		}
		return r.Return(value)
	}
	return &refusal{pickle.KeyError.New(c.Method())}
}

// native returns text as a str of the client's own.
func (s *session) native(text string) any {
	if s.codec.Dialect.Python2 {
		return pickle.ByteString(text)
	}
	return text
}

func (o *object) repr() (string, error) {
	if r, ok := o.ref.(Reprer); ok {
		return r.Repr()
	}
	return "<" + o.typeid + " object at 0x" + o.id + ">", nil
}

// learn infers the client's dialect from its requests.
func (s *session) learn(p pickle.Protocol, multiprocess bool) {
	if !s.known {
		s.known, s.long = true, p >= pickle.Protocol4
		s.codec.Dialect.Package = ""
		if !s.peer.Modern && (p == pickle.Protocol2 || p == pickle.Protocol1 || p == pickle.Protocol0) {
			s.codec.Dialect.Python2 = true
			s.codec.Protocol = pickle.Protocol2
		}
		if p == pickle.Protocol5 {
			s.codec.Protocol = pickle.Protocol4
		}
	}
	if multiprocess {
		s.codec.Dialect.Package = "multiprocess"
	}
}

// reading is the codec for what the client sends.
func (s *session) reading() pickle.Codec {
	c := s.srv.codec
	c.Dialect.Python2 = s.codec.Dialect.Python2
	return c
}

// lease keeps o until the client has had a chance to refer to it.
func (s *session) lease(o *object) {
	s.srv.objects.lease(o)
	s.leases = append(s.leases, o)
}

func (s *session) dropLeases() {
	if len(s.leases) > 0 {
		s.srv.objects.unlease(s.leases)
		s.leases = nil
	}
}

// end cleans up when the connection has closed.
func (s *session) end() {
	if w := s.waiter.Load(); w != nil {
		w.leave()
	}
	s.dropLeases()
	if s.owner != nil {
		s.srv.owners.orphan(s.owner)
	}
}

// linger is how long a client gets to close a connection that has served.
const linger = 200 * time.Millisecond
