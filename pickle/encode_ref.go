package pickle

// A Ref is a part of a pickle that its encoder did not copy: Bytes belong in
// front of what stands at offset At of the bytes it wrote. They are those of a
// value, which must not change before they are sent.
type Ref struct {
	At    int
	Bytes []byte
}

// put appends what a value consists of, or refers to it if it is long.
func (c *Codec) put(dst, b []byte) []byte {
	if len(b) < largeItem || c.Refs == nil {
		return appendLarge(dst, b)
	}
	*c.Refs = append(*c.Refs, Ref{len(dst), b})
	return dst
}

// putText writes a str.
func (c *Codec) putText(dst []byte, s string, version int) []byte {
	if len(s) < largeItem || version == 0 {
		return putText(dst, s, version)
	}
	return c.put(putTextHead(dst, len(s), version), textBytes(s))
}

// putBytes writes bytes at a protocol that has an opcode for them.
func (c *Codec) putBytes(dst, b []byte) []byte { return c.put(putBytesHead(dst, len(b)), b) }

// splice writes a Raw's opcodes as they are.
func (c *Codec) splice(dst []byte, r Raw) []byte {
	if len(r.ops) == 0 {
		return append(dst, opNone)
	}
	return c.put(dst, r.ops)
}

// raw writes a value that is still as its peer wrote it: by splicing, unless
// its opcodes mean something else to the reader.
func (e *encoder) raw(r Raw) error {
	if limit := e.codec.Limits.orDefault(0).Bytes; e.size()+int64(len(r.ops)) > limit {
		return &LimitError{"Bytes", limit} // a short request may name a long value often
	}
	if !e.noSplice && r.fits(&e.codec) {
		e.out = e.codec.splice(e.out, r)
		e.spliced = e.spliced || len(r.ops) > 1
		return nil
	}
	v, err := r.Value(e.ctx, e.codec)
	if err != nil {
		return err
	}
	return e.value(v)
}

// size is how long the pickle is so far.
func (e *encoder) size() int64 {
	for ; e.refs < e.codec.refs(); e.refs++ {
		e.referred += int64(len((*e.codec.Refs)[e.refs].Bytes))
	}
	return int64(len(e.out)) + e.referred
}

// refs is how many Refs there are.
func (c *Codec) refs() int {
	if c.Refs == nil {
		return 0
	}
	return len(*c.Refs)
}

// truncateRefs forgets all but the first n.
func (c *Codec) truncateRefs(n int) {
	if c.Refs != nil {
		*c.Refs = (*c.Refs)[:n]
	}
}
