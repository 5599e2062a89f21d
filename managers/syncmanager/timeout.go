package syncmanager

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"time"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// forever is a wait without an end.
const forever time.Duration = -1

// maxSeconds is the longest timeout that CPython's clocks take.
const maxSeconds = 9223372036

// seconds reads a number of seconds; ok is false for None.
func seconds(ctx context.Context, c *managers.Call, i int) (s float64, ok bool, err error) {
	v, err := c.Value(ctx, i)
	if err != nil || v == nil {
		return 0, false, err
	}
	switch v := v.(type) {
	case int64:
		return float64(v), true, nil
	case float64:
		if math.IsNaN(v) {
			return 0, false, pickle.ValueError.New("Invalid value NaN (not a number)")
		}
		return v, true, nil
	case bool:
		if v {
			return 1, true, nil
		}
		return 0, true, nil
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return f, true, nil
	}
	return 0, false, pickle.TypeError.New(fmt.Sprintf("'%s' object cannot be interpreted as an integer", pickle.TypeName(v)))
}

// duration converts seconds that are not negative.
func duration(s float64) (time.Duration, error) {
	if s > maxSeconds {
		return 0, pickle.OverflowError.New("timestamp too large to convert to C PyTime_t")
	}
	return time.Duration(s * float64(time.Second)), nil
}

// waitTimeout is the timeout of parameter i where None waits for ever and
// what is negative does not wait, as in threading's wait methods.
func waitTimeout(ctx context.Context, c *managers.Call, i int) (time.Duration, error) {
	s, ok, err := seconds(ctx, c, i)
	if err != nil || !ok {
		return forever, err
	}
	return duration(max(s, 0))
}

// flag is the truth of parameter i.
func flag(ctx context.Context, c *managers.Call, i int, absent bool) (bool, error) {
	if !c.Has(i) {
		return absent, nil
	}
	v, err := c.Value(ctx, i)
	return truth(v), err
}
