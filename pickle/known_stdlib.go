package pickle

import (
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"slices"
	"time"
)

// Go types that stand for classes of the standard library, wherever a variable
// is of them. Those of this package take their own class; the others:
//
//	time.Time      datetime (a naive one as UTC), date (its midnight in UTC)
//	time.Duration  timedelta of up to 292 years
//	*big.Rat       Fraction, int, float, Decimal
//	*big.Float     Decimal, float, int: exactly, or rounded to 256 bits
//	[16]byte       UUID, 16 bytes
//	netip.Addr     IPv4Address, IPv6Address, str
//	netip.Prefix   IPv4Network, IPv6Interface and their like, str
func init() {
	know(asTime, nil,
		classReader[time.Time]{datetimeClass, readGoTime},
		classReader[time.Time]{dateClass, readMidnight})
	know(asDuration, nil, classReader[time.Duration]{timedeltaClass, readDuration})
	know(asRat, nil)
	know(asFloat, nil)
	know(asBytes16, nil)
	know(asAddr, nil)
	know(asPrefix, nil)
	know(asUUID, nil)

	know(as[Datetime], nil, classReader[Datetime]{datetimeClass, readDatetime})
	know(as[Date], nil, classReader[Date]{dateClass, readDate})
	know(as[Time], nil)
	know(as[Timedelta], nil, classReader[Timedelta]{timedeltaClass, readTimedelta})
	know(as[Timezone], nil)
	know(as[ZoneInfo], nil)
	know(as[Decimal], nil, classReader[Decimal]{decimalClass, readDecimal})
	know(as[IPNetwork], nil)
	know(as[IPInterface], nil)
	know(as[PurePosixPath], nil)
	know(as[PosixPath], nil)
	know(as[PureWindowsPath], nil)
	know(as[WindowsPath], nil)

}

// as takes a value of the type itself, or an Object that stands for one.
func as[T any](v any) (t T, ok bool) {
	t, ok = standardOf(v).(T)
	return t, ok
}

// standardOf returns what Stdlib would have made of an Object, if that is small,
// and other values as they are. Containers are made once or not at all: many
// variables may take one.
func standardOf(v any) any {
	const levels = 3 // a datetime, its timezone and the timedelta of that
	return standardWithin(v, levels)
}

// standardWithin goes no deeper, and looks at no more arguments, than such classes need:
// objects that share their arguments may have exponentially many paths.
func standardWithin(v any, levels int) any {
	o, ok := v.(*Object)
	if !ok || levels == 0 {
		return v
	}
	d := decoder{codec: Codec{Registry: standardRegistry}}
	d.memory, d.most = math.MaxInt64, 1
	g, ok := d.callee(o.Class)
	if c := standard.names[g.String()]; ok && c != nil && o.How == Reduce && len(o.Ops) == 0 {
		args := slices.Clone(o.arguments())
		for i, arg := range args[:min(len(args), maxArguments)] {
			args[i] = standardWithin(arg, levels-1)
		}
		made, ok, err := c.make(&d, args)
		if _, large := made.(mutable); ok && err == nil && !large {
			return made
		}
	}
	return v
}

func asTime(v any) (time.Time, bool) {
	var d Datetime
	switch x := standardOf(v).(type) {
	case Datetime:
		d = x
	case Date:
		d = Time{}.On(x)
	default:
		return time.Time{}, false
	}
	t, err := d.Time()
	return t, err == nil
}

func asDuration(v any) (time.Duration, bool) {
	if n, ok := v.(int64); ok { // it is one of Go's integers, after all
		return time.Duration(n), true
	}
	d, ok := standardOf(v).(Timedelta)
	if !ok {
		return 0, false
	}
	return d.Duration()
}

func asRat(v any) (*big.Rat, bool) {
	switch x := standardOf(v).(type) {
	case nil:
		return nil, true
	case *big.Rat:
		return x, true
	case Decimal:
		r, err := x.Rat()
		return r, err == nil
	case float64:
		r := new(big.Rat).SetFloat64(x)
		return r, r != nil
	case int64:
		return new(big.Rat).SetInt64(x), true
	case *big.Int:
		return new(big.Rat).SetInt(x), true
	}
	return nil, false
}

var typeRat, typeBigFloat = reflect.TypeFor[*big.Rat](), reflect.TypeFor[*big.Float]()

// conversionCost is what to charge, mostly for the time, for a Decimal that becomes one
// of Go's numbers: of a few bytes it may have 100,000 digits.
func conversionCost(t reflect.Type, v any) int {
	if t != typeRat && t != typeBigFloat {
		return 0
	}
	if d, ok := standardOf(v).(Decimal); ok {
		if n := d.expanded(); n > maxName {
			return 8 * n
		}
	}
	return 0
}

// maxPrecision is what numbers are rounded to that have no end in binary.
const maxPrecision = 256

func asFloat(v any) (*big.Float, bool) {
	switch x := standardOf(v).(type) {
	case nil:
		return nil, true
	case Decimal:
		f, err := x.Float(maxPrecision)
		return f, err == nil
	case float64:
		if x != x {
			return nil, false
		}
		return big.NewFloat(x), true
	case int64:
		return new(big.Float).SetInt64(x), true
	case *big.Int:
		return new(big.Float).SetInt(x), true
	}
	return nil, false
}

func asUUID(v any) (UUID, bool) {
	if o, ok := v.(*Object); ok {
		return o.uuid()
	}
	u, ok := v.(UUID)
	return u, ok
}

func asBytes16(v any) (b [16]byte, ok bool) {
	if u, ok := asUUID(v); ok {
		return u, true
	}
	if s, ok := v.([]byte); ok && len(s) == len(b) {
		return [16]byte(s), true
	}
	return b, false
}

func asAddr(v any) (netip.Addr, bool) {
	switch x := standardOf(v).(type) {
	case netip.Addr:
		return x, true
	case string:
		a, err := netip.ParseAddr(x)
		return a, err == nil
	}
	return netip.Addr{}, false
}

func asPrefix(v any) (netip.Prefix, bool) {
	switch x := standardOf(v).(type) {
	case IPNetwork:
		return x.Prefix, true
	case IPInterface:
		return x.Prefix, true
	case string:
		p, err := netip.ParsePrefix(x)
		return p, err == nil
	}
	return netip.Prefix{}, false
}

// readDatetime reads a datetime where it lies in the pickle.
func readDatetime(in *creation) (d Datetime, ok bool, err error) {
	if in.len() == 0 || in.len() > 2 {
		return d, false, nil
	}
	state, ok := in.bytes(0)
	if !ok || len(state) != datetimeState {
		return d, false, nil
	}
	if d, ok = datetimeOf(state); !ok || in.len() == 1 {
		return d, ok, nil
	}
	d.Zone, err = in.zone(1)
	return d, d.Zone == nil || isZone(d.Zone), err
}

// zone returns the time zone that an argument is. Many times share one.
func (in *creation) zone(i int) (any, error) {
	v := in.r.follow(in.args[i].v)
	if v.made != 0 && v == in.r.lastZone.v {
		return in.r.lastZone.zone, nil
	}
	zone, err := in.value(i)
	if err != nil {
		return nil, err
	}
	zone = standardOf(zone)
	in.r.lastZone = zoneRef{v, zone, nil}
	return zone, nil
}

// A zoneRef is the zone of the last time that was read.
type zoneRef struct {
	v    ref
	zone any
	loc  *time.Location // once it is known
}

func readGoTime(in *creation) (time.Time, bool, error) {
	if in.len() == 1 { // which is most frequent
		if state, ok := in.bytes(0); ok && len(state) == datetimeState {
			t, ok := naiveTime((*[datetimeState]byte)(state))
			return t, ok, nil
		}
	}
	d, ok, err := readDatetime(in)
	if !ok || err != nil {
		return time.Time{}, false, err
	}
	last := &in.r.lastZone
	switch zone := d.Zone.(type) {
	case nil:
		return time.Unix(d.seconds(), int64(d.Microsecond)*1e3).UTC(), true, nil
	case Timezone:
		if last.loc == nil {
			last.loc = zone.Location()
		}
		t := time.Unix(d.seconds(), int64(d.Microsecond)*1e3).Add(-zone.Offset)
		return t.In(last.loc), true, nil
	}
	t, err := d.Time()
	return t, err == nil, nil
}

// naiveTime returns the time of a naive datetime's state, as Time does.
func naiveTime(b *[datetimeState]byte) (t time.Time, ok bool) {
	date := Date{uint16(b[0])<<8 | uint16(b[1]), b[2] &^ foldBit, b[3]}
	hour, minute, second := int64(b[4]), int64(b[5]), int64(b[6])
	micro := int64(b[7])<<16 | int64(b[8])<<8 | int64(b[9])
	if !date.valid() || hour >= 24 || minute >= 60 || second >= 60 || micro >= 1e6 {
		return t, false
	}
	days := daysSince1970(int64(date.Year), int64(date.Month), int64(date.Day))
	return time.Unix(days*86400+hour*3600+minute*60+second, micro*1e3).UTC(), true
}

func readDate(in *creation) (d Date, ok bool, err error) {
	if in.len() != 1 {
		return d, false, nil
	}
	state, ok := in.bytes(0)
	if !ok || len(state) != dateState {
		return d, false, nil
	}
	d, ok = dateOf(state)
	return d, ok, nil
}

func readMidnight(in *creation) (time.Time, bool, error) {
	d, ok, err := readDate(in)
	midnight := Time{}.On(d)
	return time.Unix(midnight.seconds(), 0).UTC(), ok, err
}

func readTimedelta(in *creation) (t Timedelta, ok bool, err error) {
	if in.len() != 3 {
		return t, false, nil
	}
	days, ok1 := in.int(0)
	seconds, ok2 := in.int(1)
	micros, ok3 := in.int(2)
	t = Timedelta{int32(days), int32(seconds), int32(micros)}
	return t, ok1 && ok2 && ok3 && int64(t.Days) == days && int64(t.Seconds) == seconds &&
		int64(t.Microseconds) == micros && t.valid(), nil
}

func readDuration(in *creation) (time.Duration, bool, error) {
	t, ok, err := readTimedelta(in)
	if !ok || err != nil {
		return 0, false, err
	}
	d, ok := t.Duration()
	return d, ok, nil
}

func readDecimal(in *creation) (d Decimal, ok bool, err error) {
	if in.len() != 1 {
		return d, false, nil
	}
	s, ok := in.text(0)
	if !ok {
		return d, false, nil
	}
	if err := in.r.charge(len(s)); err != nil {
		return d, false, err
	}
	d, ok = decimalOf(string([]byte(s)))
	return d, ok, nil
}
