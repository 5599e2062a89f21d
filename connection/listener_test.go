package connection

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestListenAddr(t *testing.T) {
	abstract := Address{Path: fmt.Sprintf("\x00brine-test-%d", os.Getpid())}
	for _, a := range []Address{loopback, {Host: "::1"}, socketPath(t), abstract} {
		l, err := Listen(bounded(t), a, Config{})
		if a.Host == "::1" && (errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)) {
			t.Log("no IPv6 here")
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		got := l.Addr()
		if !a.IsUnix() {
			if got.Port == 0 {
				t.Errorf("%v: port 0 is still 0", a)
			}
			a.Port = got.Port
		}
		if got != a {
			t.Errorf("listening on %v, want %v", got, a)
		}
		client, err := Dial(bounded(t), got, Config{})
		if err != nil {
			t.Error(err)
		} else {
			client.Close()
		}
		l.Close()
	}
}

func TestWildcard(t *testing.T) {
	for _, host := range []string{"", "0.0.0.0"} {
		if got := listenAt(t, Address{Host: host}, Config{}).Addr().Host; got != "0.0.0.0" {
			t.Errorf("listening on %q is listening on %q, want every IPv4 address", host, got)
		}
	}
}

func TestAddressInUse(t *testing.T) {
	file := Address{Path: socketPath(t).Path}
	if err := os.WriteFile(file.Path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, a := range []Address{loopback, socketPath(t), {Path: fmt.Sprintf("\x00brine-used-%d", os.Getpid())}} {
		l := listenAt(t, a, Config{})
		_, err := Listen(bounded(t), l.Addr(), Config{})
		want := fmt.Sprintf("connection: cannot listen on %v: address already in use", l.Addr())
		if err == nil || err.Error() != want || !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("listening twice: %v, want %s", err, want)
		}
	}
	_, err := Listen(bounded(t), file, Config{})
	if err == nil || !strings.Contains(err.Error(), "exists and is no socket") {
		t.Errorf("listening where a file is: %v", err)
	}
	if b, _ := os.ReadFile(file.Path); string(b) != "precious" {
		t.Errorf("the file holds %q", b)
	}
	if _, err = Dial(bounded(t), socketPath(t), Config{}); !errors.Is(err, syscall.ENOENT) || !strings.HasPrefix(err.Error(), "connection: cannot connect to /") {
		t.Errorf("dialling nobody: %v", err)
	}
}

func TestSocketFile(t *testing.T) {
	a := socketPath(t)
	stale, err := net.Listen("unix", a.Path)
	if err != nil {
		t.Fatal(err)
	}
	stale.(*net.UnixListener).SetUnlinkOnClose(false)
	stale.Close()
	l := listenAt(t, a, Config{})
	info, err := os.Stat(a.Path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm() &^ 0o600; got != 0 {
		t.Errorf("the socket's mode is %v", info.Mode())
	}
	l.Close()
	if _, err := os.Lstat(a.Path); !os.IsNotExist(err) {
		t.Errorf("after Close the socket is still there: %v", err)
	}
}

// TestReplaceOnce lets many find the same stale file; one may have it.
func TestReplaceOnce(t *testing.T) {
	a := socketPath(t)
	stale, err := net.Listen("unix", a.Path)
	if err != nil {
		t.Fatal(err)
	}
	stale.(*net.UnixListener).SetUnlinkOnClose(false)
	stale.Close()
	var trying sync.WaitGroup
	winners := make(chan *Listener, 8)
	for range cap(winners) {
		trying.Go(func() {
			if l, err := Listen(bounded(t), a, Config{}); err == nil {
				winners <- l
			}
		})
	}
	trying.Wait()
	if len(winners) != 1 {
		t.Fatalf("%d of %d listen at one path", len(winners), cap(winners))
	}
	c, err := Dial(bounded(t), a, Config{})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	(<-winners).Close()
}

func TestAcceptContext(t *testing.T) {
	l := listenAt(t, loopback, Config{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := l.Accept(ctx); err != context.DeadlineExceeded {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	client, err := Dial(bounded(t), l.Addr(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c, err := l.Accept(bounded(t))
	if err != nil {
		t.Fatalf("after a context ended: %v", err)
	}
	c.Close()
	l.Close()
	if _, err := l.Accept(bounded(t)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// TestConns: one peer says nothing, one has the wrong key, one is served.
func TestConns(t *testing.T) {
	key := []byte("k")
	l := listenAt(t, loopback, Config{Authkey: key})
	silent, err := Dial(bounded(t), l.Addr(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	var dialling sync.WaitGroup
	dialling.Go(func() {
		if _, err := Dial(bounded(t), l.Addr(), Config{Authkey: []byte("wrong")}); err == nil {
			t.Error("a wrong key was accepted")
		}
		c, err := Dial(bounded(t), l.Addr(), Config{Authkey: key})
		if err != nil {
			t.Error(err)
			return
		}
		c.Close()
	})
	served, failed := 0, 0
	for c, err := range l.Conns(bounded(t)) { // in any order
		var auth *AuthenticationError
		switch {
		case err == nil:
			served++
			c.Close()
		case errors.As(err, &auth):
			failed++
		default:
			t.Errorf("got %v, want an AuthenticationError", err)
		}
		if served+failed == 2 {
			break
		}
	}
	dialling.Wait()
	if served != 1 || failed != 1 {
		t.Errorf("%d served and %d failed handshakes, want one of each", served, failed)
	}
	l.Close()
	for _, err := range l.Conns(bounded(t)) {
		t.Errorf("a closed Listener yields %v", err)
	}
}
