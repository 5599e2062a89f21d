package managers

// A Reply is the answer to a Call, encoded as it is given into the
// connection's write buffer.
type Reply struct {
	s      *session
	buf    []byte // the frame: connection.Prefix bytes of head room, then the pickle
	parked bool
	undo   func()
}

// Return answers with v: ('#RETURN', v). v is encoded before Return returns.
func (r *Reply) Return(v any) error { return r.encode(kindReturn, v) }

// Object answers with a proxy for ref, a new object of that typeid:
// ('#PROXY', (exposed, token)).
func (r *Reply) Object(typeid string, ref Referent) error { return r.proxy(typeid, ref) }

// Undo has f called if the answer cannot be written: it puts back what the
// answer took.
func (r *Reply) Undo(f func()) { r.undo = f }
