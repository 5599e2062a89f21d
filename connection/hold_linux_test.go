package connection

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
)

func message(text string) []byte { return append(make([]byte, Prefix), text...) }

// TestHeld has answers held until something else is about to happen to the
// connection, in each of the ways there are: none is lost, or comes too late.
func TestHeld(t *testing.T) {
	tests := []struct {
		name  string
		next  func(server, client *Conn)
		after string // what follows the answer
	}{
		{"all were handled", func(server, _ *Conn) { server.served.Load().settle() }, ""},
		{"another message", func(server, _ *Conn) { server.SendFrame(message("next")) }, "next"},
		{"another request", func(_, client *Conn) { client.SendBytes(t.Context(), []byte("again")) }, "again"},
		{"a flush", func(server, _ *Conn) { server.Flush(t.Context()) }, ""},
		{"we close", func(server, _ *Conn) { server.Close() }, ""},
		{"the peer writes no more", func(_, client *Conn) { client.nc.CloseWrite() }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server, client := connected(t, socketPath(t))
			held, sent := make(chan bool, 2), make(chan error, 2)
			server.Serve(func(f *Frame) {
				s := server.served.Load()
				s.together = len(held) == 0 // as if others' requests had come with this one
				done, err := server.Answer(func(err error) { sent <- err }, message(string(f.Bytes())))
				held <- !done && err == nil && s.held.sent != nil
			}, func(error) {})
			if err := client.SendBytes(bounded(t), []byte("asked")); err != nil {
				t.Fatal(err)
			}
			if !<-held {
				t.Fatal("the answer was not held")
			}
			held <- true
			tt.next(server, client)
			for _, want := range []string{"asked", tt.after} {
				if want == "" {
					continue
				}
				if b, err := client.RecvBytes(bounded(t)); string(b) != want || err != nil {
					t.Errorf("received %q, %v; want %q", b, err, want)
				}
			}
			if err := <-sent; err != nil {
				t.Errorf("sent with %v", err)
			}
		})
	}
}

// TestHeldGone has a peer go that has yet to be answered: who answered is told.
func TestHeldGone(t *testing.T) {
	server, client := connected(t, socketPath(t))
	sent := make(chan error, 1)
	server.Serve(func(f *Frame) {
		server.served.Load().together = true
		server.Answer(func(err error) { sent <- err }, message("too late"))
	}, func(error) {})
	client.nc.Write([]byte("\x00\x00\x00\x01a"))
	client.Close()
	if err := <-sent; err == nil {
		t.Error("the answer was sent to nobody")
	}
}

// TestAnswersTogether has requests of many peers come at once, while the handler of one
// of them is stuck: the others' answers are not held until it goes on.
func TestAnswersTogether(t *testing.T) {
	const peers, rounds = 4 * heldFrom, 50
	stuck, entered := make(chan struct{}), make(chan struct{})
	goOn := sync.OnceFunc(func() { close(stuck) })
	defer goOn()
	clients := make([]*Conn, peers)
	for i := range clients {
		server, client := connected(t, socketPath(t))
		clients[i] = client
		server.Serve(func(f *Frame) {
			if string(f.Bytes()) == "stuck" {
				close(entered)
				<-stuck
			}
			done, err := server.Answer(func(err error) {
				if err != nil {
					t.Error(err)
				}
			}, message(string(f.Bytes())))
			if done && err != nil {
				t.Error(err)
			}
		}, func(error) {})
	}
	for round := range rounds {
		for i, c := range clients[1:] {
			if err := c.SendBytes(bounded(t), fmt.Append(nil, round, i)); err != nil {
				t.Fatal(err)
			}
			if round == rounds/2 && i == peers/2 { // others have asked, others will
				if err := clients[0].SendBytes(bounded(t), []byte("stuck")); err != nil {
					t.Fatal(err)
				}
			}
		}
		for i, c := range clients[1:] {
			if b, err := c.RecvBytes(bounded(t)); !bytes.Equal(b, fmt.Append(nil, round, i)) || err != nil {
				t.Fatalf("received %q, %v in round %d", b, err, round)
			}
		}
	}
	<-entered
	goOn()
	if b, err := clients[0].RecvBytes(bounded(t)); string(b) != "stuck" || err != nil {
		t.Errorf("who was stuck answers %q, %v", b, err)
	}
}
