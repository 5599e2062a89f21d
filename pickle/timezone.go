package pickle

import (
	"errors"
	"time"
)

var errRange = errors.New("it is out of the range of Python's class")

// A Timedelta is Python's datetime.timedelta: the sum of its fields, with
// seconds from 0 to 86399 and microseconds from 0 to 999999, so that only the
// days may be negative. They may be 999999999 at most.
type Timedelta struct{ Days, Seconds, Microseconds int32 }

const maxDays = 999_999_999

// TimedeltaOf returns a duration as a Timedelta. What is finer than a
// microsecond is cut off.
func TimedeltaOf(d time.Duration) Timedelta { return timedeltaOf(int64(d / time.Microsecond)) }

func timedeltaOf(micros int64) Timedelta {
	const day = 86400 * 1e6
	days, rest := micros/day, micros%day
	if rest < 0 {
		days, rest = days-1, rest+day
	}
	return Timedelta{int32(days), int32(rest / 1e6), int32(rest % 1e6)}
}

// Duration returns the timedelta as a duration, which it fits in up to 292 years.
func (t Timedelta) Duration() (d time.Duration, ok bool) {
	const most = 106751 // days
	if t.Days < -most || t.Days >= most {
		return 0, false
	}
	return time.Duration(t.micros()) * time.Microsecond, true
}

// micros fits for all that fit in a timedelta: it is below 2**63 for 292,000 years.
func (t Timedelta) micros() int64 {
	return (int64(t.Days)*86400+int64(t.Seconds))*1e6 + int64(t.Microseconds)
}

func (t Timedelta) valid() bool {
	return t.Days >= -maxDays && t.Days <= maxDays &&
		uint32(t.Seconds) < 86400 && uint32(t.Microseconds) < 1e6
}

// String returns the timedelta as Python's str does: "1 day, 2:03:04".
func (t Timedelta) String() string { return goString(t) }

var timedeltaClass = Global{"datetime", "timedelta"}

func makeTimedelta(_ *decoder, args Tuple) (any, bool, error) {
	if len(args) != 3 {
		return nil, false, nil
	}
	var n [3]int32
	for i, arg := range args {
		x, ok := arg.(int64)
		if n[i] = int32(x); !ok || int64(n[i]) != x {
			return nil, false, nil
		}
	}
	t := Timedelta{n[0], n[1], n[2]}
	return t, t.valid(), nil
}

func (t Timedelta) write(e *encoder) error {
	if !t.valid() {
		return e.fail(t, errRange)
	}
	return e.call("datetime", "timedelta", int64(t.Days), int64(t.Seconds), int64(t.Microseconds))
}

func (t Timedelta) native() any {
	return recipe(timedeltaClass, int64(t.Days), int64(t.Seconds), int64(t.Microseconds))
}

// A Timezone is Python's datetime.timezone: a fixed offset from UTC of less
// than a day, with a name or without.
type Timezone struct {
	Offset time.Duration // of whole microseconds
	Name   string
	Named  bool // else Python makes a name of the offset
}

// UTC is Python's datetime.timezone.utc.
var UTC = Timezone{}

var utc any = Timezone{} // boxed once

const day = 24 * time.Hour

func (z Timezone) valid() bool {
	return -day < z.Offset && z.Offset < day && z.Offset%time.Microsecond == 0 && (z.Named || z.Name == "")
}

// String returns the name of the time zone as Python's str does.
func (z Timezone) String() string { return goString(z) }

func makeTimezone(_ *decoder, args Tuple) (any, bool, error) {
	if len(args) == 0 || len(args) > 2 {
		return nil, false, nil
	}
	offset, ok := args[0].(Timedelta)
	if !ok {
		return nil, false, nil
	}
	var z Timezone
	if z.Offset, ok = offset.Duration(); !ok {
		return nil, false, nil
	}
	if len(args) == 2 {
		if z.Name, z.Named = args[1].(string); !z.Named {
			return nil, false, nil
		}
	}
	return z, z.valid(), nil
}

// args are what the class is called with.
func (z Timezone) args() []any {
	if z.Named {
		return []any{TimedeltaOf(z.Offset), z.Name}
	}
	return []any{TimedeltaOf(z.Offset)}
}

var timezoneClass = Global{"datetime", "timezone"}

func (z Timezone) write(e *encoder) error {
	if !z.valid() {
		return e.fail(z, errRange)
	}
	return e.once(z, func() error { return e.call("datetime", "timezone", z.args()...) })
}

func (z Timezone) native() any { return recipe(timezoneClass, z.args()...) }

// A ZoneInfo is Python's zoneinfo.ZoneInfo by its key in the IANA database,
// such as "Europe/Berlin".
type ZoneInfo string

var zoneInfoClass = Global{"zoneinfo", "ZoneInfo"}

// makeZoneInfo makes what ZoneInfo(key) returns. One that is not in Python's
// cache has an identity, and stays an Object.
func makeZoneInfo(_ *decoder, args Tuple) (any, bool, error) {
	if len(args) != 2 || !isTrue(args[1]) {
		return nil, false, nil
	}
	key, ok := args[0].(string)
	return ZoneInfo(key), ok, nil
}

// isTrue tells the flag of ZoneInfo, which CPython writes as an int and PyPy
// as a bool.
func isTrue(v any) bool { return v == true || v == int64(1) }

func (z ZoneInfo) write(e *encoder) error {
	return e.once(z, func() error {
		getattr := recipe(getattrFunction, zoneInfoClass, "_unpickle")
		if err := e.value(getattr); err != nil {
			return err
		}
		if err := e.freshTuple([]any{string(z), int64(1)}); err != nil {
			return err
		}
		e.op(opReduce)
		return nil
	})
}

func (z ZoneInfo) native() any { return recipe(zoneInfoClass, string(z)) }

// isZone tells what may be the zone of a time.
func isZone(v any) bool {
	switch v.(type) {
	case Timezone, ZoneInfo, *Object, PersistentID:
		return true
	}
	return !isPython(v)
}

// findZone returns the node of a time zone that has been written.
func (e *encoder) findZone(zone any) (n int, ok bool) {
	switch zone.(type) {
	case Timezone, ZoneInfo:
		n, ok = e.zones[zone]
	}
	return n, ok
}

// once writes a value that has no identity but is worth a memo entry.
func (e *encoder) once(v any, write func() error) error {
	if n, ok := e.zones[v]; ok {
		e.refer(n)
		return nil
	}
	if err := write(); err != nil {
		return err
	}
	if e.zones == nil {
		e.zones = map[any]int{}
	}
	e.nodes = append(e.nodes, node{made: len(e.out)})
	e.zones[v] = len(e.nodes) - 1
	return nil
}
