package pickle

import (
	"errors"
	"testing"
)

// The limits hold where variables are filled without making values first.
func TestTypedLimits(t *testing.T) {
	type nested []nested
	shared := "](" + "](" + times("]("+times("K\x01", 100)+"e", 50) + "eq\x00h\x00e." // a GET: it takes a tape
	for _, tt := range []struct {
		name, data, limit string
		limits            Limits
		into              any
	}{
		{"memory", shared, "Memory", Limits{Memory: 20_000}, new([][][]int64)},
		{"depth", times("]", 50) + "q\x00h\x00a" + times("a", 49) + ".", "Depth", Limits{Depth: 20}, new(nested)},
	} {
		err := Codec{Limits: tt.limits}.Unmarshal(t.Context(), []byte(tt.data), tt.into)
		var limit *LimitError
		if !errors.As(err, &limit) || limit.Limit != tt.limit {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err := (Codec{}).Unmarshal(t.Context(), []byte(shared), new([][][]int64)); err != nil {
			t.Errorf("with the usual limits: %v", err)
		}
	}
}
