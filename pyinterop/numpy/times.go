package numpy

import (
	"fmt"
	"math"
	"math/bits"
	"time"
)

// units are those of datetime64 that a number of seconds or a part of one makes; years
// and months have none.
var units = map[string]struct {
	seconds, parts int64 // one unit is seconds, or a second has so many parts
}{
	"Y": {}, "M": {},
	"W": {seconds: 7 * 86400}, "D": {seconds: 86400}, "h": {seconds: 3600}, "m": {seconds: 60}, "s": {seconds: 1},
	"ms": {parts: 1e3}, "us": {parts: 1e6}, "ns": {parts: 1e9},
	"ps": {parts: 1e12}, "fs": {parts: 1e15}, "as": {parts: 1e18},
}

// NaT is the item of datetime64 and timedelta64 that is no time.
const NaT = math.MinInt64

// time returns what an item of datetime64 stands for, in UTC. What is finer than a
// nanosecond is cut off.
func (d *Dtype) time(n int64) (any, error) {
	unit, known := units[d.Unit]
	count, ok := times(n, int64(d.Count))
	if n == NaT || !known || !ok {
		return nil, fmt.Errorf("numpy: %d of %v is no time", n, d)
	}
	const farYear = 290_000_000_000 // what time.Time can tell
	switch {
	case d.Unit == "Y" || d.Unit == "M":
		if d.Unit == "Y" {
			count, ok = times(count, 12)
		}
		if !ok || count > 12*farYear/1000 || count < -12*farYear/1000 {
			return nil, fmt.Errorf("numpy: %d of %v is too far away", n, d)
		}
		return time.Date(1970, time.Month(1+count), 1, 0, 0, 0, 0, time.UTC), nil
	case unit.parts == 0:
		seconds, ok := times(count, unit.seconds)
		if !ok {
			return nil, fmt.Errorf("numpy: %d of %v is too far away", n, d)
		}
		return time.Unix(seconds, 0).UTC(), nil
	}
	seconds, rest := count/unit.parts, count%unit.parts
	return time.Unix(seconds, parts(rest, unit.parts)).UTC(), nil
}

// parts returns parts of a second as nanoseconds, rounded down.
func parts(n, of int64) int64 {
	if of <= 1e9 {
		return n * (1e9 / of)
	}
	per := of / 1e9
	if n < 0 {
		return -((-n + per - 1) / per)
	}
	return n / per
}

// duration returns what an item of timedelta64 stands for.
func (d *Dtype) duration(n int64) (any, error) {
	unit, known := units[d.Unit]
	count, ok := times(n, int64(d.Count))
	if n == NaT || !known || !ok || d.Unit == "Y" || d.Unit == "M" {
		return nil, fmt.Errorf("numpy: %d of %v is no duration", n, d)
	}
	if unit.parts > 1e9 {
		return time.Duration(parts(count, unit.parts)), nil
	}
	per := int64(1e9) * unit.seconds
	if unit.parts > 0 {
		per = 1e9 / unit.parts
	}
	nanos, ok := times(count, per)
	if !ok {
		return nil, fmt.Errorf("numpy: %d of %v is more than a time.Duration holds", n, d)
	}
	return time.Duration(nanos), nil
}

// times multiplies, and tells whether the product fits.
func times(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(max(a, -a)), uint64(max(b, -b)))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

// Times returns the items of an array of datetime64, which all must be times.
func (a *Array) Times() ([]time.Time, error) { return itemsOf[time.Time](a, 'M') }

// Durations returns the items of an array of timedelta64.
func (a *Array) Durations() ([]time.Duration, error) { return itemsOf[time.Duration](a, 'm') }

func itemsOf[T any](a *Array, kind byte) ([]T, error) {
	if a.Dtype == nil || a.Dtype.Kind != kind {
		return nil, fmt.Errorf("numpy: items of %v are no %T", a.Dtype, *new(T))
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	items := make([]T, a.Len())
	for i := range items {
		v, err := a.Item(i)
		if err != nil {
			return nil, err
		}
		items[i] = v.(T)
	}
	return items, nil
}

// NewTimes returns an array of datetime64[ns] of one dimension. The error tells a time
// that is more than 292 years from 1970.
func NewTimes(items []time.Time) (*Array, error) {
	nanos := make([]int64, len(items))
	for i, t := range items {
		const most = math.MaxInt64 / 1_000_000_000 // seconds
		if t.Unix() >= most || t.Unix() <= -most {
			return nil, fmt.Errorf("numpy: %v is no datetime64[ns]", t)
		}
		nanos[i] = t.UnixNano()
	}
	a := New([]int{len(items)}, nanos)
	a.Dtype = &Dtype{Kind: 'M', Size: 8, Order: nativeOrder, Unit: "ns", Count: 1}
	return a, nil
}
