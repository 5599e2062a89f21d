package faults

import (
	"net"
	"strings"
	"testing"
	"time"
)

// TestStrangers: who does not know the key, or does not speak the protocol,
// is turned away and told nothing.
func TestStrangers(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		s := serve(t, network)
		memory := watchMemory(t, s)
		for _, tt := range []struct{ name, says string }{
			{"HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
			{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("\x5a", 512)},
			{"noise", strings.Repeat("\xde\xad\xbe\xef", 4096)},
			{"an empty frame", framed("")},
			{"an answer of 257 bytes", framed(strings.Repeat("x", 257))},
			{"a length of 2 GiB", "\x7f\xff\xff\xff" + "x"},
			{"a negative length", "\x80\x00\x00\x00" + "x"},
			{"a length of 2^62", "\xff\xff\xff\xff\x40\x00\x00\x00\x00\x00\x00\x00" + "x"},
			{"a request at once", framed(request("", "number_of_objects"))},
			{"the wrong key", framed(string(md5MAC([]byte("wrong"), []byte("whatever"))))},
			{"an unknown digest", framed("{sha1}" + strings.Repeat("x", 20))},
			{"a digest without end", framed("{" + strings.Repeat("a", 200))},
			{"an empty answer to a digest", framed("{sha256}")},
		} {
			t.Run(tt.name, func(t *testing.T) {
				p := connectRaw(t, s)
				if got, err := p.fate(); got != challengeMark {
					t.Fatalf("the server began with %q, %v", got, err)
				}
				p.Write([]byte(tt.says)) // an error means that it was closed already
				got, err := p.fate()
				if err != nil || got != "closed" && got != "#FAILURE#" {
					t.Errorf("the server answered %q, %v; want that it closes, or %q", got, err, "#FAILURE#")
				}
			})
		}
		memory.atMost(t, 32<<20)
	})
}

// TestKeyIsNeeded: a peer that skips its own proof is not served, whatever it
// sends afterwards.
func TestKeyIsNeeded(t *testing.T) {
	s := serve(t, "tcp")
	p := connectRaw(t, s)
	if err := p.authenticate([]byte("not the key")); err == nil || !strings.Contains(err.Error(), "#FAILURE#") {
		t.Fatalf("a wrong key was answered with %v", err)
	}
	p.send(request("", "number_of_objects"))
	if got, err := p.fate(); got != "closed" {
		t.Errorf("after #FAILURE# the server sent %q, %v", got, err)
	}
}

// TestHandshakeThatNeverEnds: connections that stop anywhere in the handshake
// are closed after --handshake-timeout, however many they are.
func TestHandshakeThatNeverEnds(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		const limit, many = 500 * time.Millisecond, 300
		s := serve(t, network, "--handshake-timeout", limit.String())
		memory := watchMemory(t, s)
		stops := []func(p *rawPeer){
			func(p *rawPeer) {},                        // says nothing
			func(p *rawPeer) { p.Write([]byte{0, 0}) }, // half a length
			func(p *rawPeer) { p.Write([]byte("\x00\x00\x00\x10half")) },
			func(p *rawPeer) { // proves itself and asks for no proof
				m, _ := p.recv()
				p.send(string(md5MAC([]byte(s.Authkey), []byte(strings.TrimPrefix(string(m), challengeMark)))))
				p.recv()
			},
		}
		var peers []*rawPeer
		start := time.Now()
		for i := range many {
			p := connectRaw(t, s)
			stops[i%len(stops)](p)
			peers = append(peers, p)
		}
		for i, p := range peers {
			if err := p.drained(); err != nil {
				t.Fatalf("connection %d (stop %d) was not closed %v after its handshake began: %v", i, i%len(stops), time.Since(start), err)
			}
		}
		awaitLog(t, s, "handshake timed out after "+limit.String())
		if first := time.Since(start); first < limit/2 {
			t.Errorf("all were closed after %v: they had %v", first, limit)
		}
		memory.atMost(t, 64<<20)
	})
}

// drained reads until the server closes; the error is that it does not.
func (p *rawPeer) drained() error {
	buf := make([]byte, 4096)
	for {
		_, err := p.Read(buf)
		if e, ok := err.(net.Error); ok && e.Timeout() {
			return err
		}
		if err != nil {
			return nil
		}
	}
}
