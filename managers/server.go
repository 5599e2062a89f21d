package managers

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// A Config says how a Server serves. The zero Config is useful: it listens on
// a port of the loopback interface that the system picks.
type Config struct {
	// Addresses to listen on.
	Addresses []connection.Address
	// Aliases are further addresses that clients know us by.
	Aliases []connection.Address
	// Authkey is what clients must know. nil is the engine's.
	Authkey []byte
	// Digests allowed in handshakes; none means all.
	Digests []connection.Digest
	// HandshakeTimeout bounds a handshake: 10 seconds.
	HandshakeTimeout time.Duration
	// MaxMessage is the longest request, and the longest value in an answer:
	// 1 GiB. At most 2 GiB - 1 can be.
	MaxMessage int64
	// MaxConns bounds the connections; more wait in the backlog: 65,536.
	MaxConns int
	// Grace is how long calls in progress get when the server stops: 2 seconds.
	// Negative means no time.
	Grace time.Duration
	// OwnerGrace is how long an RLock or Condition stays with an owner whose
	// connection closed, where only that is known of it: 5 seconds. Negative
	// means for ever.
	OwnerGrace time.Duration
	// AdoptByName gives what such an owner holds to the next client of the
	// same host and name. Several processes of a host may have one name.
	AdoptByName bool
	// AllowShutdown lets clients stop the server.
	AllowShutdown bool
	// Strict refuses pickles that name classes other than those of builtin
	// values, proxies, and AllowGlobals.
	Strict       bool
	AllowGlobals []string
}

func (cfg *Config) setDefaults(e *engine.Engine) {
	if len(cfg.Addresses) == 0 {
		cfg.Addresses = []connection.Address{{Host: "127.0.0.1"}}
	}
	if cfg.Authkey == nil {
		cfg.Authkey = e.Authkey()
	}
	cfg.MaxMessage = min(orDefault(cfg.MaxMessage, 1<<30), math.MaxInt32)
	cfg.MaxConns = orDefault(cfg.MaxConns, 65536)
	cfg.Grace = orDefault(cfg.Grace, 2*time.Second)
	cfg.OwnerGrace = orDefault(cfg.OwnerGrace, 5*time.Second)
}

func orDefault[T comparable](v, d T) T {
	var zero T
	if v == zero {
		return d
	}
	return v
}

// A Server owns objects and serves them. It is Python's managers.Server.
type Server struct {
	cfg     Config
	codec   pickle.Codec
	log     *slog.Logger
	types   map[string]Type
	classes map[reflect.Type]*class // of registered Go types
	allowed map[string]bool         // globals, when Strict

	functions map[string]serverFunction // besides those that every server has
	finally   []func()
	finishing sync.Once

	objects  objects
	channels channels
	owners   owners
	door     door

	listeners []*connection.Listener
	running   sync.WaitGroup // failed answers, objects that close; Serve waits for all
	methods   sync.WaitGroup // of Go types that wait; Serve waits for them while Grace lasts

	calls    sync.RWMutex // read while a call runs; written once, to stop
	stopped  bool         // guarded by calls
	shutdown chan struct{}
	once     sync.Once // closes shutdown

	mu       sync.Mutex            // guards what follows
	sessions map[*session]struct{} // nil when no more may begin
}

// NewServer returns a server of e's family. Register its types, then Listen
// and Serve.
func NewServer(e *engine.Engine, cfg Config) (*Server, error) {
	cfg.setDefaults(e)
	s := &Server{
		cfg: cfg,
		codec: pickle.Codec{
			Registry: e.Registry(), Dialect: pickle.Dialect{Package: "multiprocess"},
			Limits: pickle.Limits{Bytes: cfg.MaxMessage},
		},
		log:      e.Logger(),
		types:    make(map[string]Type),
		classes:  make(map[reflect.Type]*class),
		sessions: make(map[*session]struct{}),
		shutdown: make(chan struct{}),
	}
	s.objects.init()
	s.objects.close = func(c Closer) { s.running.Go(c.Close) }
	s.door.init(cfg.MaxConns, s.resume)
	s.owners.init(s)
	s.allowed = allowList(cfg)
	registerProxies(e.Registry())
	return s, nil
}

// Register adds a type. It must come before Serve.
func (s *Server) Register(typeid string, t Type) error {
	if t.New == nil || t.Signature == nil {
		return fmt.Errorf("managers: type %q: New and Signature must be set", typeid)
	}
	s.types[typeid] = t
	return nil
}

// Listen starts to listen on every address.
func (s *Server) Listen(ctx context.Context) error {
	conf := connection.Config{
		Authkey: s.cfg.Authkey, Digests: s.cfg.Digests, Codec: s.codec,
		MaxMessage: s.cfg.MaxMessage, HandshakeTimeout: s.cfg.HandshakeTimeout,
	}
	for _, a := range s.cfg.Addresses {
		l, err := connection.Listen(ctx, a, conf)
		if err != nil {
			s.closeListeners()
			return err
		}
		s.listeners = append(s.listeners, l)
	}
	return nil
}

// Addrs are the bound addresses, in the Config's order.
func (s *Server) Addrs() []connection.Address {
	addrs := make([]connection.Address, len(s.listeners))
	for i, l := range s.listeners {
		addrs[i] = l.Addr()
	}
	return addrs
}

func (s *Server) closeListeners() {
	for _, l := range s.listeners {
		l.Close()
	}
}

// Serve serves until ctx ends or a client shuts the server down. Then no call
// begins any more; those in progress may finish and have their answers read,
// for the Config's Grace at most, and every connection is closed. Calls that
// wait for what another call would do are cut at once.
func (s *Server) Serve(ctx context.Context) error {
	for _, l := range s.listeners {
		at := l.Addr()
		if err := l.Serve(s.door.room, func(conn *connection.Conn) { s.meet(conn, at) }); err != nil {
			s.closeListeners()
			return err
		}
	}
	select {
	case <-ctx.Done():
	case <-s.shutdown:
	}
	s.closeListeners()
	idle := s.stopCalls()
	s.grace(func(ctx context.Context) {
		await(ctx, idle)
		s.flush(ctx)
	})
	s.closeSessions()
	s.grace(func(ctx context.Context) {
		if !await(ctx, idle) {
			s.log.Error("a method does not end; it is left behind")
		}
	})
	s.owners.close()
	s.objects.clear()
	s.running.Wait()
	s.finish()
	return nil
}

// Shutdown makes Serve return.
func (s *Server) Shutdown() { s.once.Do(func() { close(s.shutdown) }) }

// stopCalls lets no further call begin. The channel closes when none runs.
func (s *Server) stopCalls() (idle <-chan struct{}) {
	done := make(chan struct{})
	go func() { // ends with the last call: closing its connection makes it
		s.calls.Lock()
		s.stopped = true
		s.calls.Unlock()
		s.methods.Wait()
		close(done)
	}()
	return done
}

// grace calls f with a context that ends when the Config's Grace is over.
func (s *Server) grace(f func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.Grace)
	defer cancel()
	f(ctx)
}

// await is true when the calls in progress ended before ctx.
func await(ctx context.Context, idle <-chan struct{}) bool {
	select {
	case <-idle:
		return true
	case <-ctx.Done():
		return false
	}
}

// flush lets clients read their answers.
func (s *Server) flush(ctx context.Context) {
	s.mu.Lock()
	sessions := slices.Collect(maps.Keys(s.sessions))
	s.mu.Unlock()
	for _, sess := range sessions {
		if ctx.Err() == nil {
			sess.conn.Flush(ctx)
		}
	}
}

func (s *Server) closeSessions() {
	s.mu.Lock()
	sessions := s.sessions
	s.sessions = nil
	s.mu.Unlock()
	for sess := range sessions {
		sess.conn.Close()
	}
}

func (s *Server) resume() {
	for _, l := range s.listeners {
		l.Resume()
	}
}

// meet takes a connection: first comes the handshake.
func (s *Server) meet(conn *connection.Conn, at connection.Address) {
	sess := newSession(s, conn, at)
	if !s.register(sess) {
		conn.Close()
		return
	}
	s.door.enter()
	delay, err := s.door.arrive(sess.peer.Addr)
	switch {
	case err != nil:
		conn.Close()
		s.refuse(sess, err)
	case delay > 0:
		time.AfterFunc(delay, sess.admit)
	default:
		sess.admit()
	}
}

// register is false when the server stops.
func (s *Server) register(sess *session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sessions == nil {
		return false
	}
	s.sessions[sess] = struct{}{}
	return true
}

// forget is true unless the server stops.
func (s *Server) forget(sess *session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, sess)
	return s.sessions != nil
}

// refuse cleans up after a connection that was not let in.
func (s *Server) refuse(sess *session, err error) {
	running := s.forget(sess)
	s.door.leave()
	if running {
		s.log.Warn("refused a client", "peer", peerName(sess.peer), "error", err)
	}
}

// farewell cleans up after one that was.
func (s *Server) farewell(sess *session, err error) {
	sess.end()
	s.forget(sess)
	s.door.leave()
	if err != nil {
		s.log.Info("lost a client", "peer", peerName(sess.peer), "error", err)
	}
}

func peerName(p connection.Peer) string {
	if p.PID != 0 {
		return fmt.Sprintf("pid %d", p.PID)
	}
	return p.Addr.String()
}

// ours tells whether a may be an address of this server. Hosts have many
// spellings, so a port decides.
func (s *Server) ours(a connection.Address) bool {
	return among(s.Addrs(), a) || s.alias(a)
}

// alias tells whether clients were said to know us by a.
func (s *Server) alias(a connection.Address) bool { return among(s.cfg.Aliases, a) }

func among(addrs []connection.Address, a connection.Address) bool {
	return slices.ContainsFunc(addrs, func(b connection.Address) bool { return a.Path == b.Path && a.Port == b.Port })
}
