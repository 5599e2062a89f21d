package pickle

import "math/big"

// essence is what ranges are equal by: how many numbers they have, the first,
// and the step if there are several.
func (r Range) essence() []any {
	n, ok := r.len()
	if !ok {
		return []any{r.Start, r.Stop, r.Step}
	}
	switch {
	case n.Sign() == 0:
		return []any{n}
	case n.IsInt64() && n.Int64() == 1:
		return []any{n, r.Start}
	}
	return []any{n, r.Start, r.Step}
}

// read spends the steps for the arithmetic on large bounds.
func (r Range) read(w *walk) error {
	bits := 0
	for _, bound := range []any{r.Start, r.Stop, r.Step} {
		if n, ok := bound.(*big.Int); ok {
			bits += n.BitLen()
		}
	}
	return w.read(bits / 8 * (1 + bits>>12))
}

// len returns how many numbers the range has; ok is false if the bounds are
// not those of a range.
func (r Range) len() (n *big.Int, ok bool) {
	start, ok1 := bigOf(r.Start)
	stop, ok2 := bigOf(r.Stop)
	step, ok3 := bigOf(r.Step)
	if !ok1 || !ok2 || !ok3 || step.Sign() == 0 {
		return nil, false
	}
	n = new(big.Int).Sub(stop, start)
	if n.Sign() != step.Sign() {
		return new(big.Int), true
	}
	n.Abs(n).Sub(n, big.NewInt(1)).Quo(n, new(big.Int).Abs(step))
	return n.Add(n, big.NewInt(1)), true
}
