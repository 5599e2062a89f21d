package managers

import (
	"context"
	"net/netip"
	"slices"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
)

// A ProxyRef is a proxy as a value: what Python's RebuildProxy makes. It stays
// a proxy when it is stored and leaves as one. Proxies are equal when they are
// the same one.
type ProxyRef struct {
	Func  any // the proxy class, or the function AutoProxy
	Token *Token
	Kwds  *pickle.Dict

	serializer any
	obj        *object // nil where another manager owns it
}

// Referent returns the object that p stands for, nil if another manager owns it.
func (p *ProxyRef) Referent() Referent {
	if p.obj == nil {
		return nil
	}
	return p.obj.ref
}

// Repr is Python's repr of a proxy.
func (p *ProxyRef) Repr() (string, error) {
	return "<" + p.TypeName() + " object, typeid '" + p.Token.TypeID + "' at 0x" + p.Token.ID + ">", nil
}

// TypeName is the name of the proxy's class.
func (p *ProxyRef) TypeName() string {
	if g, ok := p.Func.(pickle.Global); ok && g.Name != "AutoProxy" {
		return g.Name
	}
	return "AutoProxy[" + p.Token.TypeID + "]"
}

// registerProxies lets proxies and tokens be read and written.
func registerProxies(r *pickle.Registry) {
	pickle.Register(r, rebuild, pickle.Class[any]{Rebuild: rebuildProxy})
	pickle.Register(r, rebuild, pickle.Class[*ProxyRef]{Reduce: reduceProxy})
	pickle.Register(r, pythonManagers+".Token", pickle.Class[*Token]{
		Rebuild: func(context.Context, pickle.Tuple, *pickle.Dict) (*Token, error) { return new(Token), nil },
		SetState: func(_ context.Context, t *Token, state any) error {
			s, ok := state.(pickle.Tuple)
			if !ok || len(s) != 3 {
				return pickle.ValueError.New("a Token's state is (typeid, address, id)")
			}
			*t = Token{TypeID: textOf(s[0]), Address: s[1], ID: textOf(s[2])}
			return nil
		},
		Reduce: func(ctx context.Context, t *Token) (*pickle.Object, error) {
			native := func(text string) any { return text }
			if s := sessionOf(ctx); s != nil {
				native = s.native
			}
			o := tokenObject("", t.Address, "")
			o.Ops[0].Items[0] = pickle.Tuple{native(t.TypeID), t.Address, native(t.ID)}
			return o, nil
		},
	})
}

const rebuild = pythonManagers + ".RebuildProxy"

// rebuildProxy reads RebuildProxy(func, token, serializer, kwds). To a server,
// a token of its own must name an object; to a client it is a *Proxy of its
// own. One of another manager is left alone, and nobody is dialled to find out.
func rebuildProxy(ctx context.Context, args pickle.Tuple, _ *pickle.Dict) (any, error) {
	if len(args) != 4 {
		return nil, pickle.TypeError.New("RebuildProxy() takes 4 positional arguments")
	}
	token, ok := tokenOf(args[1])
	kwds, isDict := args[3].(*pickle.Dict)
	if !ok || !isDict {
		return nil, pickle.TypeError.New("RebuildProxy() wants a Token and a dict")
	}
	p := &ProxyRef{Func: args[0], Token: &token, serializer: args[2], Kwds: kwds}
	s := sessionOf(ctx)
	if s == nil {
		if c, ok := ctx.Value(clientKey{}).(*Client); ok {
			return c.receive(ctx, p)
		}
		return p, nil
	}
	address, err := connection.FromPython(token.Address)
	if err != nil || !s.srv.ours(address) {
		return p, nil
	}
	p.obj = s.srv.objects.get([]byte(token.ID))
	switch {
	case p.obj == nil && s.dialled(address):
		return nil, pickle.KeyError.New(token.ID)
	case p.obj == nil: // a manager of another host has the same port
		return p, nil
	}
	s.spelled = token.Address
	s.lease(p.obj)
	return p, nil
}

// reduceProxy writes a proxy for the client of the session: our address in its
// own spelling, and the key, which it has proved to know and without which a
// program that only connects could not use the proxy.
func reduceProxy(ctx context.Context, p *ProxyRef) (*pickle.Object, error) {
	token, kwds := p.Token, p.Kwds
	if s := sessionOf(ctx); s != nil && p.obj != nil {
		s.lease(p.obj)
		token = &Token{TypeID: token.TypeID, Address: s.address(token.Address), ID: token.ID}
		kwds = pickle.NewDict(kwds.Len() + 1)
		for k, v := range p.Kwds.All() {
			if err := kwds.Set(s.native(textOf(k)), v); err != nil {
				return nil, err
			}
		}
		if err := kwds.Set(s.native("authkey"), s.key()); err != nil {
			return nil, err
		}
	}
	return &pickle.Object{
		Class: pickle.Global{Module: pythonManagers, Name: "RebuildProxy"},
		Args:  pickle.Tuple{p.Func, token, p.serializer, kwds},
	}, nil
}

// key is the authkey as a bytes of the client's own.
func (s *session) key() any {
	if s.codec.Dialect.Python2 {
		return pickle.ByteString(s.srv.cfg.Authkey)
	}
	return s.srv.cfg.Authkey
}

// dialled tells whether a is, word for word, where the client found us.
func (s *session) dialled(a connection.Address) bool {
	local := s.conn.Local()
	ip, err := netip.ParseAddr(local.Host)
	loopback := err == nil && ip.IsLoopback() && a.Host == "localhost" && a.Port == local.Port
	return a == s.at || a == local || loopback || slices.Contains(s.srv.cfg.Aliases, a)
}

// address is ours as the client knows it: as it last wrote it, else as it was
// stored by a client that came the same way, else the listener's.
func (s *session) address(stored any) any {
	if s.spelled != nil {
		return s.spelled
	}
	a := s.at
	if !a.IsUnix() {
		a = s.conn.Local()
	}
	if b, err := connection.FromPython(stored); err == nil && b.IsUnix() == a.IsUnix() && (b.Port == a.Port || s.srv.alias(b)) {
		a = b
	}
	if a.IsUnix() {
		return s.native(a.Path) // Python 2 takes no unicode here, Python 3.6 no bytes
	}
	return pickle.Tuple{s.native(a.Host), int64(a.Port)}
}
