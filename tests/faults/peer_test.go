package faults

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/tests/harness"
)

// patience is how long anything may take that must happen; tests end long
// before it.
const patience = 20 * time.Second

// A rawPeer writes bytes of its own choice.
type rawPeer struct {
	net.Conn
}

// connectRaw connects and does nothing more.
func connectRaw(t *testing.T, s *harness.Server) *rawPeer {
	t.Helper()
	c, err := net.DialTimeout(networkOf(s), s.Address, patience)
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { c.Close() })
	return &rawPeer{c}
}

// networkOf is what package net calls the server's.
func networkOf(s *harness.Server) string {
	if strings.HasPrefix(s.Address, "/") {
		return "unix"
	}
	return "tcp"
}

// dialRaw connects and does the handshake of Python 3.11. The server takes one
// request, such as create.
func dialRaw(t *testing.T, s *harness.Server) *rawPeer {
	t.Helper()
	p := connectRaw(t, s)
	if err := p.authenticate([]byte(s.Authkey)); err != nil {
		t.Fatalf("handshake: %v", err)
	}
	return p
}

// dialServed is dialRaw for requests to objects.
func dialServed(t *testing.T, s *harness.Server) *rawPeer {
	t.Helper()
	p := dialRaw(t, s)
	if reply := p.ask(t, request("", "accept_connection", text("raw"))); !bytes.Contains(reply, []byte("#RETURN")) {
		t.Fatalf("accept_connection was answered with %q", reply)
	}
	return p
}

// stages are the two kinds of connections that a request may come on.
var stages = map[string]func(*testing.T, *harness.Server) *rawPeer{"one request": dialRaw, "served": dialServed}

// onEachStage sends body on a connection of each stage; judge sees what became
// of it.
func onEachStage(t *testing.T, s *harness.Server, body string, judge func(stage, fate string, err error)) {
	t.Helper()
	for stage, dial := range stages {
		p := dial(t, s)
		p.send(body) // an error means that it was closed already
		fate, err := p.fate()
		judge(stage, fate, err)
		p.Close()
	}
}

const challengeMark = "#CHALLENGE#"

func (p *rawPeer) authenticate(key []byte) error {
	m, err := p.recv()
	if err != nil {
		return err
	}
	if err := p.send(string(md5MAC(key, bytes.TrimPrefix(m, []byte(challengeMark))))); err != nil {
		return err
	}
	if m, err = p.recv(); err != nil || string(m) != "#WELCOME#" {
		return fmt.Errorf("the server answered %q, %v", m, err)
	}
	ours := "twenty bytes or more"
	if err := p.send(challengeMark + ours); err != nil {
		return err
	}
	if m, err = p.recv(); err != nil || !hmac.Equal(m, md5MAC(key, []byte(ours))) {
		return fmt.Errorf("the server answered our challenge with %q, %v", m, err)
	}
	return p.send("#WELCOME#")
}

func md5MAC(key, m []byte) []byte {
	h := hmac.New(md5.New, key)
	h.Write(m)
	return h.Sum(nil)
}

func (p *rawPeer) send(body string) error {
	_, err := p.Write([]byte(framed(body)))
	return err
}

func (p *rawPeer) recv() ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(p, head[:]); err != nil {
		return nil, err
	}
	body := make([]byte, min(binary.BigEndian.Uint32(head[:]), 64<<20))
	_, err := io.ReadFull(p, body)
	return body, err
}

// ask sends a request and returns the reply.
func (p *rawPeer) ask(t *testing.T, body string) []byte {
	t.Helper()
	if err := p.send(body); err != nil {
		t.Fatal(err)
	}
	reply, err := p.recv()
	if err != nil {
		t.Fatalf("no reply: %v", err)
	}
	return reply
}

// fate tells what became of a peer: "closed", or the kind of the reply.
func (p *rawPeer) fate() (string, error) {
	reply, err := p.recv()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "", errors.New("neither answered nor closed")
	}
	if err != nil {
		return "closed", nil
	}
	for _, kind := range []string{"#RETURN", "#ERROR", "#TRACEBACK", "#UNSERIALIZABLE", "#PROXY", "#FAILURE#", challengeMark} {
		if bytes.Contains(reply, []byte(kind)) {
			return kind, nil
		}
	}
	return "", fmt.Errorf("unknown reply %q", reply[:min(len(reply), 80)])
}

// framed puts the length in front.
func framed(body string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(body)))) + body
}

// Opcodes as text: a request is put together from them, so that it may be as
// wrong as one likes.

func text(s string) string {
	return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

func tuple(items ...string) string { return "(" + strings.Join(items, "") + "t" }

// request is (ident, method, args, {}); an empty ident is None.
func request(ident, method string, args ...string) string {
	id := "N"
	if ident != "" {
		id = text(ident)
	}
	return "\x80\x02" + tuple(id, text(method), tuple(args...), "}") + "."
}
