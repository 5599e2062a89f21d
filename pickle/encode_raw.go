package pickle

// raw writes a value that is still as its peer wrote it.
func (e *encoder) raw(r Raw) error {
	v, err := r.Value(e.ctx, e.codec)
	if err != nil {
		return err
	}
	return e.value(v)
}
