package pickle

// raw writes a value that is still as its peer wrote it: by splicing, unless
// its opcodes mean something else to the reader.
func (e *encoder) raw(r Raw) error {
	if limit := e.codec.Limits.orDefault(0).Bytes; int64(len(e.out)+len(r.ops)) > limit {
		return &LimitError{"Bytes", limit} // a short request may name a long value often
	}
	if !e.noSplice && r.fits(e.codec) {
		e.out = r.splice(e.out)
		e.spliced = e.spliced || len(r.ops) > 1
		return nil
	}
	v, err := r.Value(e.ctx, e.codec)
	if err != nil {
		return err
	}
	return e.value(v)
}

// splice appends the opcodes as they are.
func (r Raw) splice(dst []byte) []byte {
	if len(r.ops) == 0 {
		return append(dst, opNone)
	}
	return append(dst, r.ops...)
}
