//go:build !linux

package connection

import "context"

// An acceptor accepts connections on a goroutine.
type acceptor struct {
	nl    listener
	again chan struct{}
}

func (l *Listener) serve(room func() bool, meet func(*Conn)) error {
	a := &acceptor{l.nl, make(chan struct{}, 1)}
	l.acceptor.Store(a)
	go func() { // ends with the Listener
		for {
			for !room() {
				<-a.again
			}
			c, err := l.AcceptRaw(context.Background())
			if err != nil {
				return
			}
			meet(c)
		}
	}()
	return nil
}

func (a *acceptor) resume() {
	select {
	case a.again <- struct{}{}:
	default:
	}
}

func (a *acceptor) close() error {
	err := a.nl.Close()
	a.resume()
	return err
}
