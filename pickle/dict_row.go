package pickle

// A row holds the values of a dict that has the same keys as others: records have
// the same again and again.
type row struct {
	form *table // of the keys, which never changes
	vals []any
}

func (r *row) len() int { return len(r.vals) }

func (r *row) lookup(w *walk, key any) (pos int, err error) { return r.form.lookup(w, key) }

func (r *row) next(pos int) (int, bool) {
	pos = max(pos, 0)
	return pos, pos < len(r.vals)
}

func (r *row) entry(pos int, _ *atomBoxes) (key, v any) { return r.form.keys[pos], r.vals[pos] }

func (r *row) thawed() *table {
	n := len(r.vals)
	return &table{keys: r.form.keys[:n:n], vals: r.vals, index: r.form.index, live: int32(n), shared: true}
}
