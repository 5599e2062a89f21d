package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/tests/harness"
)

const key = "interop"

func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

var echo = filepath.Join("python", "echo.py")

// places are where both sides can meet: TCP, a file, an abstract name.
func places(t *testing.T) map[string]connection.Address {
	return map[string]connection.Address{
		"tcp":      {Host: "127.0.0.1", Port: harness.FreePort(t)},
		"unix":     {Path: harness.SocketPath(t)},
		"abstract": {Path: fmt.Sprintf("\x00brine-interop-%d-%d", os.Getpid(), harness.FreePort(t))},
	}
}

// TestPythonDials: Python's Client talks to our Listener, first with the key
// and then with another one.
func TestPythonDials(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		all := places(t)
		all["empty key"] = connection.Address{Path: harness.SocketPath(t)}
		for name, a := range all {
			t.Run(name, func(t *testing.T) {
				key := key
				if name == "empty key" { // is a key, too
					key = ""
				}
				l, err := connection.Listen(bounded(t), a, connection.Config{Authkey: []byte(key)})
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				refused := make(chan error, 1)
				go func() {
					for c, err := range l.Conns(t.Context()) {
						if err != nil {
							refused <- err
							return
						}
						if modern := py.AtLeast(3, 12); c.Peer().Modern != modern {
							t.Errorf("Modern is %v", !modern)
						}
						for f, err := range c.Frames(t.Context()) {
							if err != nil {
								t.Error(err)
								break
							}
							if err := c.SendBytes(t.Context(), f.Bytes()); err != nil {
								t.Error(err)
							}
						}
						c.Close()
					}
				}()
				out := py.With("MANAGER_AUTHKEY="+key).Run(bounded(t), t, echo, "dial", l.Addr().String())
				if got := strings.TrimSpace(string(out)); got != "AuthenticationError digest sent was rejected" {
					t.Errorf("with another key Python says %q", got)
				}
				var auth *connection.AuthenticationError
				if err := <-refused; !errors.As(err, &auth) {
					t.Errorf("with another key we say %v", err)
				}
			})
		}
	})
}

// TestGoDials: we talk to Python's Listener, first with the key and then with
// another one.
func TestGoDials(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		for name, a := range places(t) {
			t.Run(name, func(t *testing.T) {
				peer := py.With("MANAGER_AUTHKEY="+key).Start(t, echo, "listen", a.String())
				if got := peer.Line(t); got != "listening" {
					t.Fatalf("the listener says %q", got)
				}
				ctx := bounded(t)
				c, err := connection.Dial(ctx, a, connection.Config{Authkey: []byte(key)})
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range []int{1, 16384, 16385, 70000, 3000000} {
					want := bytes.Repeat([]byte("0123456789abcdef"), n/16+1)[:n]
					go c.SendBytes(ctx, want)
					if got, err := c.RecvBytes(ctx); err != nil || !bytes.Equal(got, want) {
						t.Fatalf("%d bytes, %v; want %d", len(got), err, n)
					}
				}
				c.Close()
				var auth *connection.AuthenticationError
				if _, err := connection.Dial(ctx, a, connection.Config{Authkey: []byte("another key")}); !errors.As(err, &auth) {
					t.Errorf("with another key: %v", err)
				}
				if got := peer.Line(t); got != "AuthenticationError digest received was wrong" {
					t.Errorf("with another key Python says %q", got)
				}
			})
		}
	})
}

// TestOnlySHA256 locks out Pythons that know HMAC-MD5 only, and says why.
func TestOnlySHA256(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		cfg := connection.Config{Authkey: []byte(key), Digests: []connection.Digest{connection.SHA256}}
		l, err := connection.Listen(bounded(t), connection.Address{Path: harness.SocketPath(t)}, cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		peer := py.With("MANAGER_AUTHKEY="+key).Start(t, echo, "dial", l.Addr().String())
		c, err := l.Accept(bounded(t))
		if py.AtLeast(3, 12) {
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
		} else if err == nil || !strings.Contains(err.Error(), "upgrade it to Python 3.12") {
			t.Errorf("got %v, want the advice to upgrade", err)
		}
		peer.Kill()
	})
}
