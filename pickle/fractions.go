package pickle

import (
	"math/big"
	"strings"
)

// A fraction is Python's fractions.Fraction, which is a *big.Rat to users.
type fraction struct{ *big.Rat }

// Larger fractions stay Objects: reducing them could take long.
const maxFraction = 64 << 10 // bits of either part

func makeFraction(d *decoder, args Tuple) (any, bool, error) {
	switch len(args) {
	case 1: // Python before 3.11
		s, ok := textOfValue(args[0])
		if !ok {
			return nil, false, nil
		}
		r, ok := fractionOf(s)
		return r, ok, nil
	case 2:
		n, ok1 := bigOf(args[0])
		m, ok2 := bigOf(args[1])
		if !ok1 || !ok2 || m.Sign() == 0 || n.BitLen() > maxFraction || m.BitLen() > maxFraction {
			return nil, false, nil
		}
		if err := d.charge(8 * (n.BitLen() + m.BitLen())); err != nil { // for the time it takes
			return nil, false, err
		}
		return new(big.Rat).SetFrac(n, m), true, nil
	}
	return nil, false, nil
}

// fractionOf reads what str of a Fraction is: "3/4" or "5".
func fractionOf(s string) (*big.Rat, bool) {
	n, d, both := strings.Cut(s, "/")
	if !both {
		d = "1"
	}
	if len(n) > maxDigits+1 || len(d) > maxDigits || d == "" || !allDigits(strings.TrimPrefix(n, "-")) || !allDigits(d) {
		return nil, false
	}
	r, ok := new(big.Rat).SetString(n + "/" + d)
	return r, ok
}

func (f fraction) write(e *encoder) error {
	k := keyOf(f.Rat)
	if e.again(k) {
		return nil
	}
	if err := e.call("fractions", "Fraction", normal(f.Num()), normal(f.Denom())); err != nil {
		return err
	}
	e.made(k)
	return nil
}

func (f fraction) native() any {
	return recipe(Global{"fractions", "Fraction"}, normal(f.Num()), normal(f.Denom()))
}
