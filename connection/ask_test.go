package connection

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// TestAsk has answers of all sizes come to who asked, one busy Conn or many at a
// time; some peers take their time, so that nobody waits for them awake.
func TestAsk(t *testing.T) {
	for _, n := range []int{1, 8} {
		var all sync.WaitGroup
		for range n {
			server, client := connected(t, socketPath(t))
			all.Go(func() { answer(t, server) })
			all.Go(func() {
				defer client.Close()
				for i := range 200 {
					want := body([]int{0, 1, 1000, smallSize, 300 << 10}[i%5])
					f, sent, err := client.Ask(make([]byte, Prefix), want)
					if err != nil || !sent || !bytes.Equal(f.Bytes(), want) {
						t.Errorf("of %d bytes: sent %v, %v", len(want), sent, err)
						return
					}
					f.Release()
				}
			})
		}
		all.Wait()
	}
}

// answer answers each message with itself, every 50th after a round trip through
// the scheduler's queues.
func answer(t *testing.T, server *Conn) {
	n := 0
	for f, err := range server.Frames(t.Context()) {
		if err != nil {
			t.Error(err)
			return
		}
		if n++; n%50 == 0 {
			for range 1000 {
				yield()
			}
		}
		if err := server.SendBytes(t.Context(), f.Bytes()); err != nil {
			t.Error(err)
			return
		}
	}
}

// What the peer said unasked comes first.
func TestAskBehindMessage(t *testing.T) {
	server, client := connected(t, loopback)
	if err := server.SendAll(bounded(t), [][]byte{[]byte("one"), []byte("two")}); err != nil {
		t.Fatal(err)
	}
	if b, err := client.RecvBytes(bounded(t)); err != nil || string(b) != "one" {
		t.Fatalf("got %q, %v", b, err)
	}
	f, sent, err := client.Ask([]byte("....three"))
	if err != nil || !sent || string(f.Bytes()) != "two" {
		t.Errorf("sent %v, %v; want two", sent, err)
	}
	if b, err := server.RecvBytes(bounded(t)); err != nil || string(b) != "three" {
		t.Errorf("the server got %q, %v", b, err)
	}
}

// sent tells whether the peer may have the message.
func TestAskLost(t *testing.T) {
	server, client := connected(t, socketPath(t))
	if _, sent, err := client.Ask([]byte("...")); err == nil || sent {
		t.Errorf("without room for a length: sent %v, %v", sent, err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		if _, err := server.RecvBytes(bounded(t)); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	if _, sent, err := client.Ask([]byte("....hello")); err != io.EOF || !sent {
		t.Errorf("a peer that closed in place of an answer: sent %v, %v", sent, err)
	}
	serving.Wait()
	if _, sent, err := client.Ask([]byte("....hello")); err == nil || sent {
		t.Errorf("a peer that has closed: sent %v, %v", sent, err)
	}

	_, client = connected(t, socketPath(t))
	serving.Go(func() { client.Close() })
	if _, _, err := client.Ask([]byte("....hello")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("our own Close: %v", err)
	}
	serving.Wait()
}
