package connection

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// counting is n bytes 0, 1, 2 …
func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func unhex(t *testing.T, s string) string {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAnswer(t *testing.T) {
	modern := "{sha256}" + string(counting(40))
	legacy := string(counting(20))
	tests := []struct {
		name      string
		digests   []Digest
		challenge string
		want      string // an error begins with "connection: "
	}{
		{"3.11 and before: bare HMAC-MD5", nil, legacy, unhex(t, "b5b4bbed3ac433b774f3d4f6736f72fa")},
		{"3.12 and after: digest in braces", nil, modern, "{sha256}" + unhex(t, "e2d18d2266efaf3d644ed631dfa02c401ec26e092bef5993514fbbe8a5cd1f7e")},
		{"20 bytes are legacy whatever they say", nil, "{sha256}" + legacy[:12], string(MD5.mac([]byte("k"), []byte("{sha256}"+legacy[:12])))},
		{"legacy refused", []Digest{SHA256}, legacy, refusedMD5.Error()},
		{"short", nil, legacy[:19], "connection: challenge too short: 19 bytes"},
		{"no digest", nil, legacy + "x", "connection: the peer's challenge names no digest that is allowed here"},
		{"sha1", nil, "{sha1}" + modern, "connection: the peer's challenge names no digest that is allowed here"},
		{"sha512", nil, "{sha512}" + modern, "connection: the peer's challenge names no digest that is allowed here"},
		{"upper case", nil, "{SHA256}" + modern, "connection: the peer's challenge names no digest that is allowed here"},
		{"not allowed", []Digest{SHA384}, modern, "connection: the peer's challenge names no digest that is allowed here"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := &Config{Digests: tt.digests}
			got, err := cfg.answer([]byte("k"), []byte(tt.challenge))
			if err != nil {
				got = []byte(err.Error())
			}
			if string(got) != tt.want {
				t.Errorf("answer(%q) = %q, want %q", tt.challenge, got, tt.want)
			}
		})
	}
}

func TestVerify(t *testing.T) {
	challenge := "{sha256}" + string(counting(40))
	mac := func(d Digest) string { return string(d.mac([]byte("k"), []byte(challenge))) }
	const wrong = "connection: digest received was wrong"
	tests := []struct {
		name    string
		digests []Digest
		answer  string
		want    string
	}{
		{"legacy client", nil, unhex(t, "2371b68a98c1c6c3e4b83ab05be865f2"), ""},
		{"md5", nil, "{md5}" + mac(MD5), ""},
		{"sha256", nil, "{sha256}" + mac(SHA256), ""},
		{"sha384", nil, "{sha384}" + mac(SHA384), ""},
		{"sha3_256", nil, "{sha3_256}" + mac(SHA3_256), ""},
		{"sha3_384", nil, "{sha3_384}" + mac(SHA3_384), ""},
		{"only sha256", []Digest{SHA256}, "{sha256}" + mac(SHA256), ""},
		{"legacy client refused", []Digest{SHA256}, mac(MD5), refusedMD5.Error()},
		{"md5 refused", []Digest{SHA256}, "{md5}" + mac(MD5), refusedMD5.Error()},
		{"sha384 refused", []Digest{SHA256}, "{sha384}" + mac(SHA384), "connection: the peer answers with sha384, which is not allowed here"},
		{"sha1", nil, "{sha1}01234567890123456789", "connection: the peer's answer names no digest that is known here"},
		{"empty", nil, "", "connection: the peer's answer names no digest that is known here"},
		{"brace", nil, "{", "connection: the peer's answer names no digest that is known here"},
		{"wrong md5", nil, "0123456789abcdef", wrong},
		{"wrong sha256", nil, "{sha256}" + strings.Repeat("x", 32), wrong},
		{"cut", nil, "{sha256}" + mac(SHA256)[:31], wrong},
		{"no mac", nil, "{sha256}", wrong},
		{"mac of another digest", nil, "{sha3_256}" + mac(SHA256), wrong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := &Config{Digests: tt.digests}
			got := ""
			if err := cfg.verify([]byte("k"), []byte(challenge), []byte(tt.answer)); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("verify(%q): %q, want %q", tt.answer, got, tt.want)
			}
		})
	}
}

func TestChallenge(t *testing.T) {
	tests := []struct {
		digests []Digest
		prefix  string
	}{
		{nil, "{sha256}"},
		{[]Digest{SHA256}, "{sha256}"},
		{[]Digest{MD5, SHA3_384}, "{sha3_384}"},
		{[]Digest{MD5}, "{md5}"},
	}
	for _, tt := range tests {
		cfg := &Config{Digests: tt.digests}
		a, b := cfg.challenge(nil), cfg.challenge(nil)
		if !strings.HasPrefix(string(a), tt.prefix) || len(a) != len(tt.prefix)+40 || string(a) == string(b) {
			t.Errorf("with %v: %q then %q, want %s and 40 fresh random bytes", tt.digests, a, b, tt.prefix)
		}
	}
}

// dialAndAccept does both halves of a handshake.
func dialAndAccept(t *testing.T, server, client Config) (accepting, dialling error) {
	t.Helper()
	l := listenAt(t, loopback, server)
	done := make(chan error)
	go func() {
		c, err := l.Accept(bounded(t))
		if err == nil {
			if c.Peer().Modern != (server.Authkey != nil) {
				t.Errorf("Modern is %v", c.Peer().Modern)
			}
			if b, err := c.RecvBytes(bounded(t)); err != nil || string(b) != "hello" {
				t.Errorf("after the handshake: %q, %v", b, err)
			}
			c.Close()
		}
		done <- err
	}()
	c, err := Dial(bounded(t), l.Addr(), client)
	if err == nil {
		c.SendBytes(bounded(t), []byte("hello"))
		defer c.Close()
	}
	return <-done, err
}

func TestHandshake(t *testing.T) {
	secret := []byte("secret")
	tests := []struct {
		name           string
		server, client Config
		accepting      string
		dialling       string
	}{
		{name: "no key"},
		{name: "same key", server: Config{Authkey: secret}, client: Config{Authkey: secret}},
		{name: "empty key", server: Config{Authkey: []byte{}}, client: Config{Authkey: []byte{}}},
		{name: "long key", server: Config{Authkey: counting(200)}, client: Config{Authkey: counting(200)}},
		{name: "wrong key", server: Config{Authkey: secret}, client: Config{Authkey: []byte("Secret")},
			accepting: "connection: digest received was wrong", dialling: "connection: digest sent was rejected"},
		{name: "different digests", server: Config{Authkey: secret, Digests: []Digest{SHA256, SHA384}}, client: Config{Authkey: secret, Digests: []Digest{SHA256}}},
		{name: "no digest in common", server: Config{Authkey: secret, Digests: []Digest{SHA256}}, client: Config{Authkey: secret, Digests: []Digest{SHA384}},
			accepting: "connection: closed by the peer during the handshake: unexpected EOF", dialling: "connection: the peer's challenge names no digest that is allowed here"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			accepting, dialling := dialAndAccept(t, tt.server, tt.client)
			for _, x := range []struct {
				side string
				err  error
				want string
			}{{"Accept", accepting, tt.accepting}, {"Dial", dialling, tt.dialling}} {
				if got := fmt.Sprint(x.err); x.want == "" && x.err != nil || x.want != "" && got != x.want {
					t.Errorf("%s: %v, want %q", x.side, x.err, x.want)
				}
			}
		})
	}
}

// legacy plays a Python before 3.12 on a bare Conn.
func legacy(t *testing.T, c *Conn, key []byte, serves bool) {
	ctx := bounded(t)
	deliver := func() {
		challenge := counting(20)
		c.SendBytes(ctx, append([]byte(challengeMark), challenge...))
		answer, err := c.RecvBytes(ctx)
		if want := MD5.mac(key, challenge); err != nil || string(answer) != string(want) {
			t.Errorf("answer %x, %v; want %x", answer, err, want)
		}
		c.SendBytes(ctx, []byte(welcome))
	}
	answer := func() {
		b, err := c.RecvBytes(ctx)
		if err != nil {
			t.Error(err)
			return
		}
		c.SendBytes(ctx, MD5.mac(key, b[len(challengeMark):]))
		if b, err = c.RecvBytes(ctx); err != nil || string(b) != welcome {
			t.Errorf("verdict %q, %v", b, err)
		}
	}
	if serves {
		deliver()
		answer()
	} else {
		answer()
		deliver()
	}
}

func TestLegacyPeers(t *testing.T) {
	key := []byte("secret")
	var peers sync.WaitGroup
	l := listenAt(t, loopback, Config{Authkey: key})
	peers.Go(func() {
		c, err := Dial(bounded(t), l.Addr(), Config{})
		if err != nil {
			t.Error(err)
			return
		}
		legacy(t, c, key, false)
	})
	c, err := l.Accept(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	if c.Peer().Modern {
		t.Error("a peer with a 20-byte challenge is called modern")
	}
	c.Close()

	l = listenAt(t, loopback, Config{})
	peers.Go(func() {
		c, err := l.Accept(bounded(t))
		if err != nil {
			t.Error(err)
			return
		}
		legacy(t, c, key, true)
	})
	if c, err = Dial(bounded(t), l.Addr(), Config{Authkey: key}); err != nil {
		t.Fatal(err)
	}
	c.Close()
	peers.Wait()
}

func TestHandshakeGarbage(t *testing.T) {
	tests := []struct{ name, answer, want string }{
		{"closes", "", "closed by the peer during the handshake"},
		{"half an answer", "\x00\x00\x00\x10abc", "cut at 7 of 20 bytes"},
		{"long answer", "\x00\x00\x01\x01" + strings.Repeat("x", 257), "message of 257 bytes, only 256 are allowed"},
		{"2^62", "\xff\xff\xff\xff\x40\x00\x00\x00\x00\x00\x00\x00", "only 256 are allowed"},
		{"HTTP", "GET / HTTP/1.1\r\n\r\n", "only 256 are allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, peer := accepted(t, loopback, Config{Authkey: []byte("k")})
			io.WriteString(peer, tt.answer)
			peer.(*net.TCPConn).CloseWrite()
			err := c.Authenticate(bounded(t))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if _, err := io.ReadAll(peer); err != nil && !strings.Contains(err.Error(), "reset") {
				t.Errorf("the connection is still open: %v", err)
			}
		})
	}
}

// TestFailureIsLast: who does not know the key is told so, and nothing else.
func TestFailureIsLast(t *testing.T) {
	c, peer := accepted(t, loopback, Config{Authkey: []byte("k")})
	io.WriteString(peer, "\x00\x00\x00\x100123456789abcdef")
	var auth *AuthenticationError
	if err := c.Authenticate(bounded(t)); !errors.As(err, &auth) {
		t.Errorf("got %v, want an AuthenticationError", err)
	}
	b, err := io.ReadAll(peer)
	if rest := b[min(len(b), 4+11+48):]; err != nil || string(rest) != "\x00\x00\x00\x09#FAILURE#" {
		t.Errorf("after the challenge came %q, %v", rest, err)
	}
}

func TestHandshakeTimeout(t *testing.T) {
	c, _ := accepted(t, loopback, Config{Authkey: []byte("k"), HandshakeTimeout: 10 * time.Millisecond})
	err := c.Authenticate(context.Background())
	if !errors.Is(err, ErrHandshakeTimeout) || err.Error() != "connection: handshake timed out after 10ms" {
		t.Errorf("got %v", err)
	}
	c, _ = accepted(t, loopback, Config{Authkey: []byte("k")})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := c.Authenticate(ctx); err != context.DeadlineExceeded {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
}
