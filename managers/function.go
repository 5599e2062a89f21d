package managers

import (
	"context"
	"fmt"
	"strings"

	"github.com/brine-go/brine/pickle"
)

// A serverFunction is one entry of functions.
type serverFunction struct {
	do        func(*session, *Call, *Reply) error
	signature *Signature
}

// Function adds a function that clients may ask of the server itself, as
// Python's SharedMemoryServer adds some: the signature is
// "SharedMemoryServer.track_segment(c, segment_name)", where c is the
// connection, and Call's accessors count from what follows it. It must come
// before Serve.
func (s *Server) Function(name string, do func(context.Context, *Call, *Reply) error, signature string) {
	if s.functions == nil {
		s.functions = make(map[string]serverFunction)
	}
	s.functions[name] = serverFunction{
		do:        func(sess *session, c *Call, r *Reply) error { return do(sess.ctx, c, r) },
		signature: Sig(signature),
	}
}

// Finally has f called before a client is told that it has shut the server
// down, or else before Serve returns.
func (s *Server) Finally(f func()) { s.finally = append(s.finally, f) }

// finish calls what Finally was given, once.
func (s *Server) finish() {
	s.finishing.Do(func() {
		for _, f := range s.finally {
			f()
		}
	})
}

// functions are what a client may ask of the server itself, on a connection of
// its own that is closed afterwards.
var functions = map[string]serverFunction{
	"dummy":             {(*session).dummy, Sig("Server.dummy(c)")},
	"create":            {(*session).create, Sig("Server.create(c, typeid, *args, **kwds)")},
	"accept_connection": {(*session).acceptConnection, Sig("Server.accept_connection(c, name)")},
	"incref":            {(*session).incref, Sig("Server.incref(c, ident)")},
	"decref":            {(*session).decref, Sig("Server.decref(c, ident)")},
	"get_methods":       {(*session).getMethods, Sig("Server.get_methods(c, token)")},
	"number_of_objects": {(*session).numberOfObjects, Sig("Server.number_of_objects(c)")},
	"debug_info":        {(*session).debugInfo, Sig("Server.debug_info(c)")},
	"shutdown":          {(*session).shutdown, Sig("Server.shutdown(c)")},
}

// function runs a function of the server. Any error of it is the server's.
func (s *session) function(c *Call, r *Reply) (after func(), err error) {
	f, ok := functions[string(c.method)]
	if !ok {
		f, ok = s.srv.functions[string(c.method)]
	}
	if !ok {
		return nil, &refusal{pickle.AssertionError.New(fmt.Sprintf("'%s' unrecognized", c.method))}
	}
	if err := c.bindFunction(f.signature); err != nil {
		return nil, &refusal{err}
	}
	if err := f.do(s, c, r); err != nil {
		return nil, &refusal{err}
	}
	if s.served {
		return nil, nil
	}
	return s.hangUp, nil
}

// hangUp ends a connection that has served its purpose. The client closes at
// once, and should be the first.
func (s *session) hangUp() { s.conn.CloseIdle(linger) }

// bindFunction checks arguments of which the first, the connection, is ours.
func (c *Call) bindFunction(sig *Signature) error {
	for i := range c.params {
		c.params[i] = absent
	}
	n := c.NArgs()
	want := len(sig.params) - 1
	if n < want {
		return sig.missing(func(i int) bool { return i <= n }) // the first is ours
	}
	if n > want && !sig.variadic {
		return pickle.TypeError.New(fmt.Sprintf("%s() takes %d positional arguments but %d were given",
			sig.name, want+2, n+2))
	}
	for i := range want {
		c.params[i] = int32(i)
	}
	if sig.kwargs {
		return nil
	}
	return c.Keywords(func(name string, _ any) error { return sig.unexpected(name) })
}

func (s *session) dummy(c *Call, r *Reply) error { return r.Return(nil) }

// create makes an object. The reference that it counts is the client's.
func (s *session) create(c *Call, r *Reply) error {
	typeid, err := c.text(0)
	if err != nil {
		return err
	}
	t, ok := s.srv.types[typeid]
	if !ok {
		return pickle.KeyError.New(typeid)
	}
	c.drop(1)
	if err := c.bind(t.Signature); err != nil {
		return err
	}
	ref, err := t.New(s.ctx, c)
	if err != nil || r.parked {
		return err
	}
	return r.created(typeid, ref)
}

// acceptConnection makes this a connection on which methods are called.
func (s *session) acceptConnection(c *Call, r *Reply) error {
	name, err := c.text(0)
	if err != nil {
		return err
	}
	s.served = true
	if s.owner == nil {
		s.owner = s.srv.owners.adopt(s.peer, name)
	}
	return r.Return(nil)
}

func (s *session) incref(c *Call, r *Reply) error {
	id, err := c.text(0)
	if err != nil {
		return err
	}
	if !s.srv.objects.incref(id) {
		return pickle.KeyError.New(id)
	}
	return r.Return(nil)
}

func (s *session) decref(c *Call, r *Reply) error {
	id, err := c.text(0)
	if err != nil {
		return err
	}
	if err := s.srv.objects.decref(id); err != nil {
		return err
	}
	return r.Return(nil)
}

func (s *session) getMethods(c *Call, r *Reply) error {
	v, err := c.Value(s.ctx, 0)
	if err != nil {
		return err
	}
	token, ok := tokenOf(v)
	if !ok {
		return pickle.AttributeError.New("'" + pickle.TypeName(v) + "' object has no attribute 'id'")
	}
	o := s.srv.objects.get([]byte(token.ID))
	if o == nil {
		return pickle.KeyError.New(token.ID)
	}
	return r.Return(s.exposed(o))
}

func (s *session) numberOfObjects(c *Call, r *Reply) error {
	return r.Return(int64(s.srv.objects.count()))
}

// debugInfo lists the objects in Python's words.
func (s *session) debugInfo(c *Call, r *Reply) error {
	var lines []string
	for _, o := range s.srv.objects.all() {
		text, err := o.repr()
		if err != nil {
			text = "<" + o.typeid + ">"
		}
		if runes := []rune(text); len(runes) > 75 {
			text = string(runes[:75])
		}
		lines = append(lines, fmt.Sprintf("  %s:       refcount=%d\n    %s", o.id, o.refs, text))
	}
	return r.Return(s.native(strings.Join(lines, "\n")))
}

func (s *session) shutdown(c *Call, r *Reply) error {
	if !s.srv.cfg.AllowShutdown {
		return pickle.ExceptionClass("builtins.PermissionError").New(
			"this server does not let clients shut it down; start it with --allow-shutdown")
	}
	s.srv.finish()
	if err := r.Return(nil); err != nil {
		return err
	}
	s.srv.Shutdown()
	return nil
}

// text returns the argument for parameter i, a str.
func (c *Call) text(i int) (string, error) {
	v, err := c.Value(c.s.ctx, i)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case pickle.ByteString:
		return string(v), nil
	}
	return "", pickle.KeyError.New(v)
}
