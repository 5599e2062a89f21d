package faults

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestCrowd: thousands that connect and never prove that they know the key keep
// nobody out, and cost little.
func TestCrowd(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		const many, each = 3000, 16 << 10
		s := serve(t, network)
		memory := watchMemory(t, s)
		for i := range many {
			p := connectRaw(t, s)
			switch i % 4 {
			case 1:
				p.Write([]byte{0, 0, 0})
			case 2: // it is gone, without a word
				if tcp, ok := p.Conn.(*net.TCPConn); ok {
					tcp.SetLinger(0)
				}
				p.Close()
			case 3:
				p.Write([]byte("\x00\x00\x00\x10"))
			}
		}
		owner := newClient(t, s)
		owner.do("o = m.list([1])")
		owner.expect("1", "o.pop()")
		dialServed(t, s)
		memory.atMost(t, many*each+(32<<20))
	})
}

// TestPromises: a length that may come is not memory that is taken, however
// many claim it.
func TestPromises(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		const many, promised = 200, 900 << 20
		s := serve(t, network)
		memory := watchMemory(t, s)
		for i := range many {
			p := dialServed(t, s)
			p.Write(binary.BigEndian.AppendUint32(nil, promised))
			if i%2 == 0 {
				p.Write(bytes.Repeat([]byte{0x80}, 1000))
			}
		}
		newClient(t, s).settle()
		memory.atMost(t, 128<<20)
	})
}

// TestSlowWriters: a request that comes byte by byte is answered when it has
// come, and keeps nobody waiting.
func TestSlowWriters(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		s := serve(t, network)
		owner := newClient(t, s)
		owner.do("o = m.list()")
		ident := owner.give("o")
		const many = 20
		large := framed(request(ident, "append", text(strings.Repeat("x", 100_000))))
		small := framed(request(ident, "__len__"))
		var slow []*rawPeer
		for range many {
			slow = append(slow, dialServed(t, s))
		}
		write := func(b string) {
			for _, p := range slow {
				if _, err := io.WriteString(p, b); err != nil {
					t.Fatal(err)
				}
			}
		}
		for i := range small { // every piece is a segment of its own
			write(small[i : i+1])
		}
		owner.expect("0", "len(o)")
		for b := large; len(b) > 0; b = b[min(len(b), 999):] {
			write(b[:min(len(b), 999)])
		}
		for i, p := range slow {
			for range 2 {
				if got, err := p.fate(); got != "#RETURN" || err != nil {
					t.Fatalf("slow writer %d was answered %q, %v", i, got, err)
				}
			}
		}
		owner.expect("20", "len(o)")
	})
}

// TestReaderDies: who goes in the middle of its answer takes nobody along.
func TestReaderDies(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		s := serve(t, network)
		owner := newClient(t, s)
		owner.do("q = m.Queue()")
		ident := owner.give("q")
		for range 10 {
			owner.do("q.put(bytes(16 << 20))")
			p := dialServed(t, s)
			if err := p.send(request(ident, "get")); err != nil {
				t.Fatal(err)
			}
			p.recvSome(t)
			p.Close()
			// The item could not be delivered, and is there for the next.
			owner.expect("16777216", "len(q.get(True, 20))")
			owner.expect("True", "q.empty()")
		}
	})
}

// TestSlowHandshakes: bytes of a handshake that trickle in do not keep a
// connection alive beyond its time.
func TestSlowHandshakes(t *testing.T) {
	s := serve(t, "tcp", "--handshake-timeout", "300ms")
	p := connectRaw(t, s)
	ended := make(chan error, 1)
	go func() { ended <- p.drained() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
			return
		case <-time.After(20 * time.Millisecond):
			p.Write([]byte{0}) // a length of zero, in time; then the next
		}
	}
}

// TestCrowdOfWaiters: a thousand that wait for items and go at once take none.
func TestCrowdOfWaiters(t *testing.T) {
	onEachNetwork(t, func(t *testing.T, network string) {
		s := serve(t, network)
		owner := newClient(t, s)
		owner.do("o = m.Queue()")
		get := request(owner.give("o"), "get")
		var crowd []*rawPeer
		for range 1000 {
			p := dialServed(t, s)
			if err := p.send(get); err != nil {
				t.Fatal(err)
			}
			crowd = append(crowd, p)
		}
		for _, p := range crowd {
			p.Close()
		}
		owner.settle()
		for i := range 3 {
			owner.do("o.put(%d)", i)
		}
		owner.expect("[0, 1, 2]", "[o.get(timeout=20) for _ in range(3)]")
	})
}
