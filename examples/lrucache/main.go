// Command lrucache shares a cache written in Go with Python processes.
//
//	go run ./examples/lrucache [-python python3]
//
// It serves one Cache to all who ask for get_cache, and any number of others,
// made by Cache(size); then it runs clients.py, which is plain Python.
package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
)

//go:embed clients.py
var clients []byte

func main() {
	python := flag.String("python", "python3", "the interpreter that runs clients.py")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *python, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "lrucache:", err)
		os.Exit(1)
	}
}

// asDict gives a Cache the methods of a dict.
var asDict = map[string]string{
	"Get": "__getitem__(key)",
	"Put": "__setitem__(key, value)",
	"Has": "__contains__(key)",
	"Len": "__len__()",
}

func newServer(eng *engine.Engine) (*managers.Server, error) {
	server, err := managers.NewServer(eng, managers.Config{})
	if err != nil {
		return nil, err
	}
	shared, err := NewCache(1000)
	if err != nil {
		return nil, err
	}
	if err := managers.Register(server, "get_cache", managers.Class{Value: shared, Methods: asDict}); err != nil {
		return nil, err
	}
	return server, managers.Register(server, "Cache", managers.Class{
		New: NewCache, Signature: "Cache(size=10)", Methods: asDict,
	})
}

// run serves until the clients are done. They print to out.
func run(ctx context.Context, python string, out io.Writer) error {
	key := rand.Text()
	eng, err := engine.New(engine.Config{Authkey: []byte(key)})
	if err != nil {
		return err
	}
	defer eng.Close()
	server, err := newServer(eng)
	if err != nil {
		return err
	}
	if err := server.Listen(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var serving sync.WaitGroup
	serving.Go(func() { server.Serve(ctx) })
	defer serving.Wait()
	defer stop()

	return runClients(ctx, python, out, server.Addrs()[0].Port, key)
}

func runClients(ctx context.Context, python string, out io.Writer, port int, key string) error {
	dir, err := os.MkdirTemp("", "lrucache")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	script := filepath.Join(dir, "clients.py")
	if err := os.WriteFile(script, clients, 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, python, script, strconv.Itoa(port))
	cmd.Env = append(os.Environ(), "CACHE_AUTHKEY="+key)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	return cmd.Run()
}
