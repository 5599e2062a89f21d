package connection

import (
	"fmt"
	"net"
	"os"
)

// ListenFile listens on a socket that was made elsewhere and inherited. f stays
// the caller's; the file of a Unix socket stays when the Listener is closed.
func ListenFile(f *os.File, cfg Config) (*Listener, error) {
	nl, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("connection: cannot listen on %s: %w", f.Name(), err)
	}
	l, ok := nl.(listener)
	if !ok {
		nl.Close()
		return nil, fmt.Errorf("connection: cannot listen on %s, which is a %T", f.Name(), nl)
	}
	return &Listener{nl: l, cfg: cfg.withDefaults()}, nil
}
