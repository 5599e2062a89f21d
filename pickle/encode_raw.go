package pickle

// raw writes a value that is still as its peer wrote it: by splicing, unless
// its opcodes mean something else to the reader.
func (e *encoder) raw(r Raw) error {
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
