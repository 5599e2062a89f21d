package managers

import (
	"log/slog"
	"testing"

	"github.com/brine-go/brine/connection"
)

type held struct{}

func (*held) OwnerGone(*Owner) string { return "" }

// TestAdopt: who comes back for what it holds.
func TestAdopt(t *testing.T) {
	tcp := func(host string) connection.Peer {
		return connection.Peer{Addr: connection.Address{Host: host, Port: 1}}
	}
	unix := func(pid int) connection.Peer { return connection.Peer{PID: pid} }
	for _, tt := range []struct {
		name          string
		byName        bool
		first, next   connection.Peer
		firstN, next2 string
		want          bool
	}{
		{"same process", false, unix(7), unix(7), "Main", "Main", true},
		{"another thread of it", false, unix(7), unix(7), "Main", "Main|T", false},
		{"another process", true, unix(7), unix(8), "Main", "Main", false},
		{"same host and name", true, tcp("10.0.0.1"), tcp("10.0.0.1"), "Main", "Main", true},
		{"same host and name, not asked for", false, tcp("10.0.0.1"), tcp("10.0.0.1"), "Main", "Main", false},
		{"another host", true, tcp("10.0.0.1"), tcp("10.0.0.2"), "Main", "Main", false},
		{"another name", true, tcp("10.0.0.1"), tcp("10.0.0.1"), "Main", "Process-1", false},
		{"a socket's process, over TCP", true, unix(7), tcp(""), "Main", "Main", false},
	} {
		s := &Server{cfg: Config{OwnerGrace: -1, AdoptByName: tt.byName}, log: slog.New(slog.DiscardHandler)}
		s.owners.init(s)
		o := s.owners.adopt(tt.first, tt.firstN)
		o.Hold(new(held))
		s.owners.orphan(o)
		if got := s.owners.adopt(tt.next, tt.next2) == o; got != tt.want {
			t.Errorf("%s: adopted is %v, want %v", tt.name, got, tt.want)
		}
		s.owners.close()
	}
}
