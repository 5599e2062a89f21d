package conformance

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/managers/shmmanager"
	"github.com/brine-go/brine/managers/syncmanager"
	"github.com/brine-go/brine/pickle"
)

// What CPython's tests register with managers of their own, in Go. The test binary serves it
// when it is started as "brine serve --private" is.

type fooBar struct{}

func newFooBar() *fooBar { return new(fooBar) }

func (*fooBar) F() string { return "f()" }
func (*fooBar) G() error  { return pickle.ValueError.New() }
func (*fooBar) H() string { return "_h()" }

func baz() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range 10 {
			if !yield(i * i) {
				return
			}
		}
	}
}

func registerCustom(eng *engine.Engine, s *managers.Server) error {
	shmmanager.Register(eng, s, shmmanager.Config{})
	return errors.Join(
		managers.Register(s, "Foo", managers.Class{New: newFooBar, Methods: map[string]string{"H": ""}}),
		managers.Register(s, "Bar", managers.Class{New: newFooBar, Methods: map[string]string{"G": "", "H": "_h()"}}),
		managers.Register(s, "baz", managers.Class{New: baz}),
		s.Register("get_queue", managers.Shared(syncmanager.Types(syncmanager.Config{})["Queue"])),
	)
}

// serveCustom is told its address by --address, and the key by the first line of in; it ends with
// in. It is strict: a test expects that a function cannot be put into a queue.
func serveCustom(args []string, in io.Reader, out io.Writer) error {
	signal.Ignore(os.Interrupt)
	lines := bufio.NewReader(in)
	line, err := lines.ReadString('\n')
	if err != nil {
		return err
	}
	key, err := hex.DecodeString(strings.TrimSpace(line))
	if err != nil {
		return err
	}
	address, err := connection.Parse(args[slices.Index(args, "--address")+1])
	if err != nil {
		return err
	}
	eng, err := engine.New(engine.Config{Authkey: key, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer eng.Close()
	s, err := managers.NewServer(eng, managers.Config{
		Addresses: []connection.Address{address}, AllowShutdown: true, Strict: true,
	})
	if err != nil {
		return err
	}
	if err := registerCustom(eng, s); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := s.Listen(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "brine: serving %s (authkey from the test)\n", s.Addrs()[0])
	go func() { // ends with the process
		io.Copy(io.Discard, lines)
		cancel()
	}()
	return s.Serve(ctx)
}
