package connection

// Answers to requests that came together are held until all are handled, and
// then written one after another. The first wakes a client that serves many
// connections, and the others it finds in its turn; written one by one, between
// requests, they would let it go to sleep again and again. Nor do our reads and
// writes then push each other's data out of the caches.

const (
	// heldFrom is how many events a wait must bring for answers to be held. With
	// few, clients have something to do while we have.
	heldFrom = 16
	// largestHeld is the longest answer that is held.
	largestHeld = 4 << 10
)

// hold keeps an answer for settle, unless others must go first.
func (c *Conn) hold(sent func(error), b []byte, more [][]byte) bool {
	s := c.served.Load()
	if s == nil || !s.together || len(more) > 0 || len(b) > largestHeld {
		return false
	}
	r, err := framed(b, nil)
	if err != nil || !c.sending.TryLock() {
		return false
	}
	defer c.sending.Unlock()
	if s.fd < 0 || s.held.sent != nil || len(s.late) > 0 {
		return false
	}
	s.held = lateFrame{r, sent}
	return true
}

// settle writes the answer that is held.
func (s *served) settle() {
	s.c.sending.Lock()
	f, err := s.release()
	s.c.sending.Unlock()
	f.end(err)
}

// release writes the answer that is held, and returns what has come to its end.
// sending is locked.
func (s *served) release() (f lateFrame, err error) {
	if s.held.sent == nil {
		return f, nil
	}
	f, s.held = s.held, f
	_, err = f.writeTo(s.c, uintptr(s.fd))
	if err == nil && !f.empty() {
		s.c.postpone(f.rest, f.sent)
		return lateFrame{}, nil
	}
	return f, s.c.sendEnded(f.inside, err)
}

// releaseFirst is release before something else. Our caller may have locks that
// the end of the answer needs. sending is locked.
func (s *served) releaseFirst() {
	if f, err := s.release(); f.sent != nil {
		s.ends.Go(func() { f.end(err) })
	}
}
