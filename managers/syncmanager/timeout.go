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

// A timeout is an argument of that name: seconds, or None.
type timeout struct {
	given   bool
	seconds float64
	modern  bool // the caller's Python words things the newer way
}

// timeoutOf reads parameter i. What is no number gets the TypeError of the
// operation that Python does with it first, such as "'<' not supported …";
// %s in it is the type's name.
func timeoutOf(ctx context.Context, c *managers.Call, i int, complaint string) (timeout, error) {
	if !c.Has(i) {
		return timeout{}, nil
	}
	v, err := c.Value(ctx, i)
	if err != nil || v == nil {
		return timeout{}, err
	}
	s, ok := real64(v)
	if !ok {
		return timeout{}, pickle.TypeError.New(fmt.Sprintf(complaint, pickle.TypeName(v)))
	}
	return timeout{given: true, seconds: s, modern: c.Modern()}, nil
}

// durationOf reads parameter i as how long a call waits.
func durationOf(ctx context.Context, c *managers.Call, i int, complaint string) (time.Duration, error) {
	t, err := timeoutOf(ctx, c, i, complaint)
	if err != nil {
		return 0, err
	}
	return t.duration()
}

// What Python says of a timeout that is no number.
const (
	notLess    = "'<' not supported between instances of '%s' and 'int'"
	notGreater = "'>' not supported between instances of '%s' and 'int'"
	notAdded   = "unsupported operand type(s) for +: 'float' and '%s'"
	notInteger = "'%s' object cannot be interpreted as an integer"
)

// real64 is Python's float(v) for int and float.
func real64(v any) (float64, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return f, true
	}
	return 0, false
}

// negative tells whether a timeout was given that is less than 0.
func (t timeout) negative() bool { return t.given && t.seconds < 0 }

// duration is how long to wait, or forever. It may be longer than Python can
// wait: a wait that is not needed does not fail.
func (t timeout) duration() (time.Duration, error) {
	switch {
	case !t.given:
		return forever, nil
	case t.seconds <= 0:
		return 0, nil
	case math.IsNaN(t.seconds):
		return 0, pickle.ValueError.New("Invalid value NaN (not a number)")
	case t.seconds >= math.MaxInt64:
		return 0, pickle.OverflowError.New("timestamp out of range for platform time_t")
	case t.seconds*1e9 >= math.MaxInt64:
		return 0, t.tooLarge()
	}
	return time.Duration(math.Ceil(t.seconds * 1e9)), nil
}

func (t timeout) tooLarge() error {
	if t.modern {
		return pickle.OverflowError.New("timestamp too large to convert to C PyTime_t")
	}
	return pickle.OverflowError.New("timestamp too large to convert to C _PyTime_t")
}

// lockTimeout reads acquire(blocking=True, timeout=-1) of Lock and RLock,
// where -1 is forever and a call that does not block waits 0.
func lockTimeout(ctx context.Context, c *managers.Call) (time.Duration, error) {
	if n := c.NArgs(); n > 2 {
		return 0, pickle.TypeError.New(fmt.Sprintf("acquire() takes at most 2 arguments (%d given)", n))
	}
	blocking, err := flag(ctx, c, 0, true)
	if err != nil {
		return 0, err
	}
	if !c.Has(1) {
		if blocking {
			return forever, nil
		}
		return 0, nil
	}
	t, err := timeoutOf(ctx, c, 1, notInteger)
	if err == nil && !t.given {
		err = pickle.TypeError.New(fmt.Sprintf(notInteger, "NoneType"))
	}
	if err != nil {
		return 0, err
	}
	d, err := t.duration()
	switch {
	case err != nil:
		return 0, err
	case !blocking && t.seconds != -1:
		return 0, pickle.ValueError.New("can't specify a timeout for a non-blocking call")
	case !blocking:
		return 0, nil
	case t.seconds == -1:
		return forever, nil
	case t.negative() && t.modern:
		return 0, pickle.ValueError.New("timeout value must be a non-negative number")
	case t.negative():
		return 0, pickle.ValueError.New("timeout value must be positive")
	}
	return d, nil
}

// flag reads parameter i as Python's bool.
func flag(ctx context.Context, c *managers.Call, i int, absent bool) (bool, error) {
	if !c.Has(i) {
		return absent, nil
	}
	v, err := c.Value(ctx, i)
	return truth(v), err
}
