//go:build !race

package syncmanager

import (
	"bytes"
	"context"
	"sync"
	"testing"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// parrot is a manager that answers every method with 7, and allocates nothing
// for it: what a call allocates is then the client's.
func parrot(t *testing.T) *managers.Client {
	t.Helper()
	e, err := engine.New(engine.Config{Authkey: []byte("k")})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l, err := connection.Listen(ctx, connection.Address{Host: "127.0.0.1"}, e.Connection())
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for conn, err := range l.Conns(ctx) {
			if err == nil {
				running.Go(func() { repeat(ctx, conn) })
			}
		}
	})
	c, err := managers.Dial(ctx, e, l.Addr(), managers.ClientConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close(ctx)
		cancel()
		l.Close()
		running.Wait()
		e.Close()
	})
	return c
}

func repeat(ctx context.Context, conn *connection.Conn) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	seven, err := pickle.Codec{}.Append(ctx, make([]byte, connection.Prefix), pickle.Tuple{"#RETURN", 7})
	if err != nil {
		return
	}
	made, err := pickle.Codec{}.Append(ctx, make([]byte, connection.Prefix), pickle.Tuple{"#RETURN", pickle.Tuple{"1f", pickle.Tuple{}}})
	if err != nil {
		return
	}
	for {
		f, err := conn.RecvFrame(context.Background())
		if err != nil {
			return
		}
		answer := seven
		if bytes.Contains(f.Bytes(), []byte("create")) {
			answer = made
		}
		f.Release()
		if conn.SendFrame(answer) != nil {
			return
		}
	}
}

// TestAllocations: what a typed call costs the garbage collector.
func TestAllocations(t *testing.T) {
	ctx := context.Background()
	c := parrot(t)
	d, err := NewDict[string, int64](ctx, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	key := "a key"
	get := func() {
		if v, err := d.Get(ctx, key); v != 7 || err != nil {
			t.Fatal(v, err)
		}
	}
	set := func() {
		if err := d.Set(ctx, key, 7); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		call func()
		most float64
	}{{"get", get, 2}, {"set", set, 2}} {
		if got := testing.AllocsPerRun(1000, tt.call); got > tt.most {
			t.Errorf("%s allocates %v times, at most %v are wanted", tt.name, got, tt.most)
		} else {
			t.Logf("%s allocates %v times", tt.name, got)
		}
	}
}
