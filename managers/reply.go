package managers

import (
	"errors"
	"fmt"
	"math"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
)

// A Reply is the answer to a Call, (kind, payload), encoded as it is given
// into the bytes that are sent.
type Reply struct {
	s      *session
	buf    []byte       // connection.Prefix bytes of head room, then the pickle
	refs   []pickle.Ref // long values in it, which are sent from where they are kept
	parked bool
	undo   func()
}

// A kind says what a reply is.
type kind string

const (
	kindReturn         kind = "#RETURN"
	kindError          kind = "#ERROR"
	kindTraceback      kind = "#TRACEBACK"
	kindUnserializable kind = "#UNSERIALIZABLE"
	kindProxy          kind = "#PROXY"
)

// An unserializable error tells that a method's result cannot be sent.
type unserializable struct{ err error }

func (e *unserializable) Error() string { return e.err.Error() }
func (e *unserializable) Unwrap() error { return e.err }

// Return answers with v: ('#RETURN', v). v is encoded before Return returns.
func (r *Reply) Return(v any) error { return r.encode(kindReturn, v) }

// Object answers with a proxy for ref, a new object of that typeid:
// ('#PROXY', (exposed, token)).
func (r *Reply) Object(typeid string, ref Referent) error {
	o := r.s.srv.objects.add(typeid, ref)
	token := &Token{TypeID: typeid, Address: r.s.address(nil), ID: o.id}
	return r.encode(kindProxy, pickle.Tuple{r.s.exposed(o), token})
}

// created answers create with an object.
func (r *Reply) created(typeid string, ref Referent) error {
	o := r.s.srv.objects.add(typeid, ref)
	return r.Return(pickle.Tuple{r.s.native(o.id), r.s.exposed(o)})
}

// Undo has f called if the answer cannot be written: it puts back what the
// answer took.
func (r *Reply) Undo(f func()) { r.undo = f }

func (r *Reply) reset(s *session) {
	if r.buf == nil {
		r.buf = make([]byte, connection.Prefix, 256)
	}
	*r = Reply{s: s, buf: r.buf[:connection.Prefix], refs: r.refs[:0]}
}

// trim drops a buffer that is too large to keep.
func (r *Reply) trim() {
	if cap(r.buf) > largeFrame {
		r.buf = nil
	}
	if len(r.refs) > 0 {
		r.refs = nil
	}
	r.s, r.undo = nil, nil
}

// encode writes the reply. Everyone reads protocol 4, but for Python 2.
func (r *Reply) encode(k kind, v any) error {
	b := r.buf[:connection.Prefix]
	if r.s.codec.Dialect.Python2 {
		b = append(b, 0x80, 2, 'U', byte(len(k)))
	} else {
		b = append(b, 0x80, 4, 0x8c, byte(len(k)))
	}
	b = append(b, k...)
	codec := r.s.codec
	r.refs = r.refs[:0]
	codec.Refs = &r.refs
	b, err := codec.AppendValue(r.s.ctx, b, v)
	if err != nil {
		return &unserializable{err}
	}
	r.buf = append(b, 0x86, '.')
	if n := r.size(); n > math.MaxInt32 && !r.s.long {
		return &unserializable{pickle.ValueError.New(fmt.Sprintf("an answer of %d bytes is too long for Python before 3.8", n))}
	}
	return nil
}

// size is the length of the message.
func (r *Reply) size() int {
	n := len(r.buf) - connection.Prefix
	for _, ref := range r.refs {
		n += len(ref.Bytes)
	}
	return n
}

// pieces is the message as SendFrame takes it.
func (r *Reply) pieces() (b []byte, more [][]byte) { return pieces(r.buf, r.refs) }

// pieces puts long values where they belong in what was written around them.
func pieces(buf []byte, refs []pickle.Ref) (b []byte, more [][]byte) {
	if len(refs) == 0 {
		return buf, nil
	}
	all, at := make([][]byte, 0, 2*len(refs)+1), 0
	for _, ref := range refs {
		all = append(all, buf[at:ref.At], ref.Bytes)
		at = ref.At
	}
	all = append(all, buf[at:])
	return all[0], all[1:]
}

// fail answers with an error.
func (r *Reply) fail(err error) {
	r.parked = false
	var text string
	if no, ok := errors.AsType[*refusal](err); ok {
		r.text(kindTraceback, traceback(no.err))
		return
	}
	if no, ok := errors.AsType[*unserializable](err); ok {
		r.text(kindUnserializable, traceback(no.err))
		return
	}
	if e, ok := errors.AsType[*RemoteError](err); ok {
		r.text(kindTraceback, e.Traceback)
		return
	}
	if e, ok := errors.AsType[*Raised](err); ok && r.encode(kindError, e.Value) == nil {
		return
	}
	if e, ok := errors.AsType[*pickle.Exception](err); ok {
		if bad := r.encode(kindError, r.s.translate(e)); bad == nil {
			return
		}
		text = traceback(e)
	} else {
		r.s.srv.log.Error("a method failed", "error", err)
		text = traceback(err)
	}
	r.text(kindTraceback, text)
}

// text answers with text of the server's own, which may hold anything.
func (r *Reply) text(k kind, text string) {
	if err := r.encode(k, r.s.native(text)); err != nil {
		r.encode(k, r.s.native("Traceback (most recent call last):\nRuntimeError: unprintable error\n"))
	}
}

// translate makes an exception one that the client can import.
func (s *session) translate(e *pickle.Exception) *pickle.Exception {
	if e.Class == pickle.QueueShutDown && !s.peer.Modern {
		return pickle.QueueEmpty.New()
	}
	if s.codec.Dialect.Python2 && e.Class != pickle.KeyError { // whose argument is the key itself
		return s.spoken(e)
	}
	return e
}

// spoken is the exception with its messages as strs of the client's own.
func (s *session) spoken(e *pickle.Exception) *pickle.Exception {
	own := *e
	own.Args = make(pickle.Tuple, len(e.Args))
	for i, arg := range e.Args {
		if text, ok := arg.(string); ok {
			arg = s.native(text)
		}
		own.Args[i] = arg
	}
	return &own
}

// exposed is the tuple of an object's methods for the client's AutoProxy.
func (s *session) exposed(o *object) pickle.Tuple {
	if e, ok := o.ref.(Exposer); ok {
		return s.names(e.Exposed())
	}
	t := s.srv.types[o.typeid]
	all := s.names(t.Exposed)
	if s.codec.Dialect.Python2 {
		all = append(all, s.names(t.Python2)...)
	}
	return all
}

// names is a tuple of native strs.
func (s *session) names(list []string) pickle.Tuple {
	t := make(pickle.Tuple, len(list))
	for i, name := range list {
		t[i] = s.native(name)
	}
	return t
}
