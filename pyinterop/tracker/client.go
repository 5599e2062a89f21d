package tracker

import (
	"fmt"
	"io"
)

// A Client tells a tracker what its process has made. Only who made a name
// registers it. Many goroutines, and many processes, may write to one pipe.
type Client struct {
	w    io.Writer
	form Form
}

// NewClient writes to the pipe w in the form that the tracker reads: Plain is
// for every Python since 3.8.
func NewClient(w io.Writer, form Form) *Client { return &Client{w, form} }

// Register has name removed when all processes of the family have ended.
func (c *Client) Register(k Kind, name string) error { return c.send(Line{Register, name, k}) }

// Unregister takes it back, after the name has been removed.
func (c *Client) Unregister(k Kind, name string) error { return c.send(Line{Unregister, name, k}) }

// Probe fails if nobody reads the pipe any more.
func (c *Client) Probe() error { return c.send(Line{Probe, "0", "noop"}) }

func (c *Client) send(l Line) error {
	b, err := l.Append(make([]byte, 0, maxLine), c.form)
	if err != nil {
		return err
	}
	if _, err := c.w.Write(b); err != nil { // one write, or lines mix
		return fmt.Errorf("tracker: cannot say %s of %q: %w", l.Verb, l.Name, err)
	}
	return nil
}
