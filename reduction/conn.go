package reduction

import (
	"context"
	"fmt"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
)

var connClass = pickle.Global{Module: "multiprocessing.connection", Name: "rebuild_connection"}

// RegisterConn has Conns leave and arrive as Python's Connections, a descriptor
// and what it is for, and Sockets as its sockets. Those that arrive outside of a
// start are fetched from their owner while they are unpickled, so r should be
// for peers who know the authkey of the family. cfg is that of the Conns.
func RegisterConn(r *pickle.Registry, cfg connection.Config) {
	registerSocket(r)
	pickle.Register(r, connClass.String(), pickle.Class[*connection.Conn]{
		Reduce: func(_ context.Context, c *connection.Conn) (*pickle.Object, error) {
			f, readable, writable, err := c.File()
			if err != nil {
				return nil, err
			}
			return &pickle.Object{Class: connClass, Args: pickle.Tuple{NewDupFD(f), readable, writable}}, nil
		},
		Rebuild: func(ctx context.Context, args pickle.Tuple, _ *pickle.Dict) (*connection.Conn, error) {
			if len(args) != 3 {
				return nil, fmt.Errorf("reduction: a Connection is rebuilt of a descriptor, readable and writable, not of %d arguments", len(args))
			}
			f, err := detach(ctx, "Connection", args[0])
			if err != nil {
				return nil, err
			}
			return connection.FromFile(f, cfg)
		},
	})
}
