package syncmanager

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// dial starts a server with all types and returns a client of it.
func dial(t *testing.T) *managers.Client {
	t.Helper()
	e, err := engine.New(engine.Config{Authkey: []byte("secret")})
	if err != nil {
		t.Fatal(err)
	}
	s, err := managers.NewServer(e, managers.Config{
		Addresses: []connection.Address{{Path: t.TempDir() + "/socket"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := Register(s, Config{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	c, err := managers.Dial(t.Context(), e, s.Addrs()[0], managers.ClientConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close(context.Background())
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return c
}

// TestCalls makes the calls that testdata/generate.py made of Python's own
// objects, and wants the answers that they gave.
func TestCalls(t *testing.T) {
	f, err := os.Open("testdata/calls.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	client := dial(t)
	var p *managers.Proxy
	made, state := "", ""
	for in, n := bufio.NewScanner(f), 1; in.Scan(); n++ {
		fields := strings.Split(in.Text(), "\t")
		if len(fields) != 5 {
			t.Fatalf("calls.txt:%d: %d fields, want 5", n, len(fields))
		}
		method, shown, answer, after := fields[0], fields[1], fields[2], fields[3]
		args := unpack(t, fields[4])
		if method == "new" {
			if p != nil {
				p.Close(t.Context())
			}
			typeid, _, _ := strings.Cut(shown, "(")
			if p, err = client.Create(t.Context(), typeid, args...); err != nil {
				t.Fatalf("calls.txt:%d: %s: %v", n, shown, err)
			}
			made, state = shown, ""
			continue
		}
		if got := outcome(t, p, method, args); got != answer {
			t.Errorf("calls.txt:%d: %s: %s.%s(%s)\n gave %s\n want %s", n, made, state, method, shown, got, answer)
		}
		if after != "same" {
			state = after
		}
		if got := current(t, p); got != state {
			t.Errorf("calls.txt:%d: %s: after %s(%s)\n is   %s\n want %s", n, made, method, shown, got, state)
			state = got
		}
	}
}

func unpack(t *testing.T, pickled string) []any {
	t.Helper()
	data, err := hex.DecodeString(pickled)
	if err != nil {
		t.Fatal(err)
	}
	v, err := pickle.Codec{}.Decode(t.Context(), data)
	if err != nil {
		t.Fatalf("%s: %v", pickled, err)
	}
	call := v.(pickle.Tuple)
	args := append([]any(nil), call[0].(pickle.Tuple)...)
	if kwds := call[1].(*pickle.Dict); kwds.Len() > 0 {
		named := managers.Kwargs{}
		for k, v := range kwds.All() {
			named[k.(string)] = v
		}
		args = append(args, named)
	}
	return args
}

// outcome is what a call gave, as generate.py shows it.
func outcome(t *testing.T, p *managers.Proxy, method string, args []any) string {
	t.Helper()
	v, err := p.Call(t.Context(), method, args...)
	if err == nil {
		return show(t, v)
	}
	e, ok := errors.AsType[*pickle.Exception](err)
	if !ok {
		return "error: " + err.Error()
	}
	text, err := pickle.Repr(e.Args)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(string(e.Class), "builtins.") + text
}

// current is the object's repr, as generate.py shows it.
func current(t *testing.T, p *managers.Proxy) string {
	t.Helper()
	if p.Token().TypeID == "set" {
		v, err := p.Value(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return show(t, v)
	}
	text, err := p.Repr(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func show(t *testing.T, v any) string {
	t.Helper()
	prefix := ""
	switch x := v.(type) {
	case *pickle.Set:
		prefix, v = "set", sorted(t, collect(x.Len(), x.All()))
	case *pickle.FrozenSet:
		prefix, v = "frozenset", sorted(t, collect(x.Len(), x.All()))
	case *pickle.Object:
		if isIterator(x) {
			items, err := newBudget().objectElements(t.Context(), x)
			if err != nil {
				t.Fatal(err)
			}
			prefix, v = "iter", pickle.NewList(items...)
		}
		if args, ok := x.Args.(pickle.Tuple); ok && x.Class == (pickle.Global{Module: "types", Name: "GenericAlias"}) {
			prefix, v = "set", pickle.NewList(args[1].(pickle.Tuple)...)
		}
	}
	text, err := pickle.Repr(v)
	if err != nil {
		t.Fatal(err)
	}
	return prefix + text
}

// sorted orders items by type and value.
func sorted(t *testing.T, items []any) *pickle.List {
	t.Helper()
	keyed := make([]any, len(items))
	for i, item := range items {
		keyed[i] = pickle.Tuple{pickle.TypeName(item), item}
	}
	if err := pickle.Sort(keyed, false); err != nil {
		t.Fatal(err)
	}
	for i, pair := range keyed {
		items[i] = pair.(pickle.Tuple)[1]
	}
	return pickle.NewList(items...)
}
