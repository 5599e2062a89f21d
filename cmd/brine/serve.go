package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/managers/shmmanager"
	"github.com/brine-go/brine/managers/syncmanager"
)

// serveFlags are the flags of brine serve.
type serveFlags struct {
	addresses   []string
	aliases     []string
	authkeyFile string
	digests     []string
	shares      []string
	logLevel    string
	releaseDead bool
	pool        poolFlags
	classes     []string
	segments    shmmanager.Config
	private     bool
	cfg         managers.Config
	rlockGrace  time.Duration
}

const serveLong = `Serve lists, dicts, queues, locks and the other objects of Python's SyncManager.
Python programs connect with the standard library. None of their code runs here,
unless --pool-python or --register lets it run in Python workers.

An address is HOST:PORT ([V6]:PORT; port 0 picks one), the path of a Unix socket
(with a slash in it), or @NAME for an abstract one. The protocol is plain text:
beyond this host, let it run through a tunnel.

The key is the text in --authkey-file, else BRINE_AUTHKEY, else one that is made
once and kept in the user's state folder.`

const serveLimits = `
Limits:
  message                1 GiB, --max-message (less than 2 GiB)
  inside a message       a minute without a byte, in either direction
  nesting of values      10,000
  memo entries           16 M a message
  one integer            1 MiB; 4,300 digits as text
  memory while decoding  64 times the message, at least 32 MiB
  handshake              256 bytes a frame, --handshake-timeout
  handshakes at once     64 of another host
  after failed ones      up to 5 seconds until the next, of another host
  connections            65,536; more wait until one is free
`

func serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the objects of Python's SyncManager",
		Long:  serveLong,
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), &f, cmd.OutOrStdout()) },
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringArrayVar(&f.addresses, "address", []string{"127.0.0.1:50000"}, "listen on `A`; may be repeated")
	fl.StringArrayVar(&f.aliases, "advertise", nil, "clients may know us as address `A`, too")
	fl.StringVar(&f.authkeyFile, "authkey-file", "", "read the key from `FILE`")
	fl.BoolVar(&f.private, "private", false, "the key, in hex, is the first line of standard input; end where that ends")
	fl.StringArrayVar(&f.shares, "share", nil, "all share one object, `NAME=TYPE`: get_queue=Queue; may be repeated")
	fl.DurationVar(&f.cfg.Grace, "grace", 2*time.Second, "calls in progress get `TIME` at the end; those that wait for others get none")
	fl.DurationVar(&f.cfg.HandshakeTimeout, "handshake-timeout", 10*time.Second, "clients get `TIME` to prove their key")
	fl.Int64Var(&f.cfg.MaxMessage, "max-message", 1<<30, "longest request in `BYTES`")
	fl.DurationVar(&f.rlockGrace, "rlock-grace", 5*time.Second, "lost TCP clients keep RLocks for `TIME`; 0 is for ever")
	fl.BoolVar(&f.cfg.AdoptByName, "adopt-by-name", false, "the next TCP client of that host and process name gets them")
	fl.BoolVar(&f.releaseDead, "release-dead-locks", false, "lost clients lose Locks and Semaphores, too")
	f.pool.add(cmd)
	fl.StringArrayVar(&f.classes, "register", nil, "serve objects of a Python class, `NAME=CLASS`, as in Maths=module:Class; may be repeated. They live in a process of --pool-python, or python3, where clients can run code")
	fl.BoolVar(&f.segments.Keep, "keep-segments", false, "keep shared memory that no process has any more until the server ends, as Python does")
	fl.BoolVar(&f.cfg.AllowShutdown, "allow-shutdown", false, "clients may stop the server")
	fl.BoolVar(&f.cfg.Strict, "strict", false, "no MD5, no classes but builtin ones")
	fl.StringSliceVar(&f.cfg.AllowGlobals, "allow-global", nil, "with --strict: allow `MODULE.CLASS`, too")
	fl.StringSliceVar(&f.digests, "digests", nil, "allow these `NAMES` in handshakes: sha256,…")
	fl.StringVar(&f.logLevel, "log-level", "info", "`LEVEL` is debug, info, warn or error")
	cmd.MarkFlagsMutuallyExclusive("private", "authkey-file")
	cmd.SetUsageTemplate(usageOf(cmd) + serveLimits)
	return cmd
}

// serve runs the server until ctx ends.
func serve(ctx context.Context, f *serveFlags, out io.Writer) error {
	logger, err := newLogger(f.logLevel)
	if err != nil {
		return err
	}
	ctx, key, err := f.key(ctx)
	if err != nil {
		return err
	}
	if err := f.configure(key); err != nil {
		return err
	}
	if key.exposed() {
		logger.Warn("others may read the key: chmod 600 it", "file", key.file)
	}
	paceCollections()
	raiseFileLimit(logger)
	eng, err := engine.New(engine.Config{Authkey: key.bytes, Logger: logger})
	if err != nil {
		return err
	}
	defer eng.Close()
	server, err := f.newServer(eng)
	if err != nil {
		return err
	}
	host, err := f.hostClasses(eng, server)
	if err != nil {
		return err
	}
	defer host.Close()
	if err := server.Listen(ctx); err != nil {
		return fmt.Errorf("%w; choose another with --address", err)
	}
	for _, a := range server.Addrs() {
		warnWildcard(logger, a)
		fmt.Fprintf(out, "brine: serving %s (authkey %s)\n", a, key.origin())
	}
	if !f.private {
		fmt.Fprint(out, snippet(server.Addrs(), key))
	}
	return server.Serve(ctx)
}

// key finds the key, and for how long to serve.
func (f *serveFlags) key(ctx context.Context) (context.Context, authkey, error) {
	if f.private {
		return private(ctx, os.Stdin)
	}
	key, err := findKey(f.authkeyFile)
	return ctx, key, err
}

func (f *serveFlags) configure(key authkey) error {
	f.cfg.Authkey = key.bytes
	for _, text := range f.addresses {
		a, err := connection.Parse(text)
		if err != nil {
			return fmt.Errorf("--address: %w", err)
		}
		f.cfg.Addresses = append(f.cfg.Addresses, a)
	}
	for _, text := range f.aliases {
		a, err := connection.Parse(text)
		if err != nil {
			return fmt.Errorf("--advertise: %w", err)
		}
		f.cfg.Aliases = append(f.cfg.Aliases, a)
	}
	if n := f.cfg.MaxMessage; n < 1 || n > math.MaxInt32 {
		return fmt.Errorf("--max-message: %d is not from 1 to %d", n, math.MaxInt32)
	}
	if err := f.configureTimes(); err != nil {
		return err
	}
	return f.configureDigests()
}

// configureTimes tells the times that mean something else to a Config, where
// zero is the default and less than zero is never.
func (f *serveFlags) configureTimes() error {
	switch {
	case f.cfg.Grace < 0:
		return fmt.Errorf("--grace: %v is less than nothing", f.cfg.Grace)
	case f.rlockGrace < 0:
		return fmt.Errorf("--rlock-grace: %v is less than nothing; 0 is for ever", f.rlockGrace)
	case f.cfg.HandshakeTimeout <= 0:
		return fmt.Errorf("--handshake-timeout: no client proves its key in %v", f.cfg.HandshakeTimeout)
	}
	f.cfg.OwnerGrace = f.rlockGrace
	if f.rlockGrace == 0 {
		f.cfg.OwnerGrace = -1
	}
	if f.cfg.Grace == 0 {
		f.cfg.Grace = -1
	}
	return nil
}

func (f *serveFlags) configureDigests() error {
	all := []connection.Digest{connection.MD5, connection.SHA256, connection.SHA384, connection.SHA3_256, connection.SHA3_384}
	for _, name := range f.digests {
		known := false
		for _, d := range all {
			known = known || string(d) == name
		}
		if !known {
			return fmt.Errorf("--digests: %q is none of %v", name, all)
		}
		f.cfg.Digests = append(f.cfg.Digests, connection.Digest(name))
	}
	if f.cfg.Strict && len(f.digests) == 0 {
		f.cfg.Digests = all[1:]
	}
	return nil
}

func (f *serveFlags) newServer(eng *engine.Engine) (*managers.Server, error) {
	server, err := managers.NewServer(eng, f.cfg)
	if err != nil {
		return nil, err
	}
	workers, err := f.pool.config(eng)
	if err != nil {
		return nil, err
	}
	types := syncmanager.Types(syncmanager.Config{ReleaseDeadLocks: f.releaseDead, Pool: workers})
	for typeid, t := range types {
		if err := server.Register(typeid, t); err != nil {
			return nil, err
		}
	}
	shmmanager.Register(eng, server, f.segments)
	shared := map[string]bool{}
	for _, share := range f.shares {
		name, typeid, ok := strings.Cut(share, "=")
		t, known := types[typeid]
		if !ok || name == "" || !known {
			return nil, fmt.Errorf("--share %q: want NAME=TYPE, where TYPE is one of %s",
				share, strings.Join(slices.Sorted(maps.Keys(types)), ", "))
		}
		if shared[name] {
			return nil, fmt.Errorf("--share %q: there is another %s", share, name)
		}
		shared[name] = true
		if err := server.Register(name, managers.Shared(t)); err != nil {
			return nil, err
		}
	}
	return server, nil
}

// newLogger logs text for people and JSON for programs.
func newLogger(level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log-level: %q is none of debug, info, warn, error", level)
	}
	opts := &slog.HandlerOptions{Level: l}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		return slog.New(slog.NewTextHandler(os.Stderr, opts)), nil
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, opts)), nil
}

func warnWildcard(logger *slog.Logger, a connection.Address) {
	if a.Host == "0.0.0.0" || a.Host == "::" {
		logger.Warn("listening on every interface: the protocol is not encrypted", "address", a.String())
	}
}
