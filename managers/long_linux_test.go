package managers

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
)

// An ocean has 3 GiB of memory that nobody ever touched.
type ocean struct{ water []byte }

func (o *ocean) All() []byte  { return o.water }
func (o *ocean) Drop() []byte { return o.water[:1<<20] }

// TestLongAnswers: an answer of more than 2 GiB has the long form, and goes to
// those only that read it. It is sent from where the value is kept.
func TestLongAnswers(t *testing.T) {
	const size = 3 << 30
	water, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ, syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		t.Fatal(err)
	}
	g := newRig(t, func(s *Server) error { return Register(s, "ocean", Class{Value: &ocean{water}}) })
	t.Cleanup(func() { g.stop(); syscall.Munmap(water) })
	p := g.create(t, "ocean")
	for _, tt := range []struct {
		name     string
		protocol pickle.Protocol
		long     bool
	}{
		{"2.7", pickle.Protocol2, false},
		{"3.6", pickle.Protocol3, false},
		{"3.8", pickle.Protocol4, true},
		{"3.14", pickle.Protocol5, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, err := Dial(t.Context(), g.engine, g.server.Addrs()[0], ClientConfig{Protocol: tt.protocol})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close(t.Context())
			conn := byHand(t, client)
			ask(t, conn, p, "all")
			b, err := conn.RecvBytes(t.Context())
			if tt.long {
				long, ok := errors.AsType[*connection.LengthError](err)
				if !ok || long.Length < size || long.Length > size+100 {
					t.Errorf("the answer is one of %d bytes, %v; want 3 GiB, which are too long for us", len(b), err)
				}
				return
			}
			if text := string(b); err != nil || !strings.Contains(text, "#UNSERIALIZABLE") || !strings.Contains(text, "too long for Python before 3.8") {
				t.Errorf("%.200q, %v", text, err)
			}
			ask(t, conn, p, "drop") // the connection is none the worse
			if b, err := conn.RecvBytes(t.Context()); err != nil || len(b) < 1<<20 {
				t.Errorf("then %d bytes, %v", len(b), err)
			}
		})
	}
}
