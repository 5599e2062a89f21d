package pickle

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// A Date is Python's datetime.date, in years 1 to 9999.
type Date struct {
	Year       uint16
	Month, Day uint8 // from 1
}

// A Time is Python's datetime.time: a time of day.
type Time struct {
	Hour, Minute, Second uint8
	Fold                 bool // the later of two equal times, when clocks are set back
	Microsecond          uint32
	Zone                 any // as Datetime.Zone
}

// A Datetime is Python's datetime.datetime. Go's time.Time leaves as one too,
// and Time returns it as that.
type Datetime struct {
	Year                             uint16 // 1 to 9999
	Month, Day, Hour, Minute, Second uint8  // months and days from 1
	Fold                             bool   // the later of two equal times, when clocks are set back
	Microsecond                      uint32

	// Zone is nil for a naive datetime, else a Timezone, a ZoneInfo or, for
	// other classes of tzinfo, what stands for the instance.
	Zone any
}

var (
	dateClass     = Global{"datetime", "date"}
	timeClass     = Global{"datetime", "time"}
	datetimeClass = Global{"datetime", "datetime"}
)

// Python pickles dates and times as the bytes it keeps them in, numbers with
// the most significant byte first:
//
//	date       year (2)  month  day
//	time       hour  minute  second  microsecond (3)
//	datetime   those of the date, then those of the time
//
// The fold is the highest bit of the month, or of the hour where there is none.
const (
	dateState     = 4
	timeState     = 6
	datetimeState = dateState + timeState
	foldBit       = 0x80
)

func dateOf(b []byte) (d Date, ok bool) {
	d = Date{uint16(b[0])<<8 | uint16(b[1]), b[2], b[3]}
	return d, d.valid()
}

func (d Date) valid() bool {
	return d.Year-1 < 9999 && d.Month-1 < 12 && d.Day-1 < 28 || d.Day-1 < daysIn(d.Year, d.Month)
}

// daysIn returns the days of a month, 0 if there is no such year or month.
func daysIn(year uint16, month uint8) uint8 {
	switch {
	case year-1 >= 9999 || month-1 >= 12:
		return 0
	case month != 2:
		return 30 + (month+month>>3)&1
	case year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	}
	return 28
}

func (d Date) append(b []byte) []byte {
	return append(b, byte(d.Year>>8), byte(d.Year), d.Month, d.Day)
}

func timeOf(b []byte) (t Time, ok bool) {
	t = Time{
		Hour: b[0] &^ foldBit, Minute: b[1], Second: b[2], Fold: b[0]&foldBit != 0,
		Microsecond: uint32(b[3])<<16 | uint32(b[4])<<8 | uint32(b[5]),
	}
	return t, t.valid()
}

func (t Time) valid() bool {
	return t.Hour < 24 && t.Minute < 60 && t.Second < 60 && t.Microsecond < 1e6
}

func (t Time) append(b []byte) []byte {
	return append(b, t.Hour, t.Minute, t.Second,
		byte(t.Microsecond>>16), byte(t.Microsecond>>8), byte(t.Microsecond))
}

// datetimeOf reads the ten bytes of a datetime, which is naive then.
func datetimeOf(b []byte) (d Datetime, ok bool) {
	_ = b[datetimeState-1]
	d = Datetime{
		Year: uint16(b[0])<<8 | uint16(b[1]), Month: b[2] &^ foldBit, Day: b[3],
		Hour: b[4], Minute: b[5], Second: b[6], Fold: b[2]&foldBit != 0,
		Microsecond: uint32(b[7])<<16 | uint32(b[8])<<8 | uint32(b[9]),
	}
	return d, d.valid()
}

func (d *Datetime) valid() bool {
	return Date{d.Year, d.Month, d.Day}.valid() &&
		d.Hour < 24 && d.Minute < 60 && d.Second < 60 && d.Microsecond < 1e6
}

// Date returns the date.
func (d Datetime) Date() Date { return Date{d.Year, d.Month, d.Day} }

// Clock returns the time of day, in the same zone.
func (d Datetime) Clock() Time {
	return Time{d.Hour, d.Minute, d.Second, d.Fold, d.Microsecond, d.Zone}
}

// On returns the time of day on a date, in the same zone.
func (t Time) On(d Date) Datetime {
	return Datetime{d.Year, d.Month, d.Day, t.Hour, t.Minute, t.Second, t.Fold, t.Microsecond, t.Zone}
}

// zoned returns the state and the zone that the class was called with.
func zoned(args Tuple, size int) (state []byte, zone any, ok bool) {
	if len(args) == 0 || len(args) > 2 {
		return nil, nil, false
	}
	if len(args) == 2 {
		if zone = args[1]; zone != nil && !isZone(zone) {
			return nil, nil, false
		}
	}
	state, ok = stateBytes(args[0])
	return state, zone, ok && len(state) == size
}

func makeDate(_ *decoder, args Tuple) (any, bool, error) {
	if len(args) != 1 {
		return nil, false, nil
	}
	state, ok := stateBytes(args[0])
	if !ok {
		return nil, false, nil
	}
	v, ok := dateOfState(nil, state)
	return v, ok, nil
}

func dateOfState(_ *decoder, state []byte) (any, bool) {
	if len(state) != dateState {
		return nil, false
	}
	d, ok := dateOf(state)
	return d, ok
}

func makeTime(_ *decoder, args Tuple) (any, bool, error) {
	state, zone, ok := zoned(args, timeState)
	if !ok {
		return nil, false, nil
	}
	t, ok := timeOf(state)
	t.Zone = zone
	return t, ok, nil
}

func makeDatetime(d *decoder, args Tuple) (any, bool, error) {
	state, zone, ok := zoned(args, datetimeState)
	if !ok {
		return nil, false, nil
	}
	v, ok := datetimeOf(state)
	if !ok {
		return nil, false, nil
	}
	v.Zone = zone
	return d.boxDatetime(v), true, nil
}

func timeOfState(_ *decoder, state []byte) (any, bool) {
	if len(state) != timeState {
		return nil, false
	}
	t, ok := timeOf(state)
	return t, ok
}

func datetimeOfState(d *decoder, state []byte) (any, bool) {
	if len(state) != datetimeState {
		return nil, false
	}
	v, ok := datetimeOf(state)
	if !ok {
		return nil, false
	}
	return d.boxDatetime(v), true
}

func (d Date) write(e *encoder) error {
	if !d.valid() {
		return e.fail(d, errRange)
	}
	return e.call("datetime", "date", d.append(nil))
}

func (t Time) write(e *encoder) error {
	if !t.valid() {
		return e.fail(t, errRange)
	}
	var room [datetimeState]byte
	return e.zoned(timeClass, t.state(room[:0], e.folds()), t.Zone)
}

// state appends what Python keeps the time in.
func (t Time) state(b []byte, fold bool) []byte {
	start := len(b)
	b = t.append(b)
	if t.Fold && fold {
		b[start] |= foldBit
	}
	return b
}

func (d Datetime) write(e *encoder) error {
	if !d.valid() {
		return e.fail(d, errRange)
	}
	var room [datetimeState]byte
	return e.zoned(datetimeClass, d.state(room[:0], e.folds()), d.Zone)
}

// state appends what Python keeps the datetime in.
func (d Datetime) state(b []byte, fold bool) []byte {
	start := len(b)
	b = append(b, byte(d.Year>>8), byte(d.Year), d.Month, d.Day, d.Hour, d.Minute, d.Second,
		byte(d.Microsecond>>16), byte(d.Microsecond>>8), byte(d.Microsecond))
	if d.Fold && fold {
		b[start+2] |= foldBit
	}
	return b
}

// folds tells whether the peer knows folds: Python does since 3.6.
func (e *encoder) folds() bool { return !e.codec.Dialect.Python2 }

var errZone = errors.New("it is no tzinfo, as Timezone and ZoneInfo are; DatetimeOf takes the zone of a time.Time")

// zoned writes the call of a class with a state and a zone.
func (e *encoder) zoned(class Global, state []byte, zone any) error {
	if _, ok := zone.(*time.Location); ok || zone != nil && !isZone(zone) {
		return inField(e.fail(zone, errZone), "Zone")
	}
	if e.version < 3 || e.eager || e.codec.Dialect.Python2 {
		return e.call(class.Module, class.Name, withZone(slices.Clone(state), zone)...)
	}
	if err := e.global(class); err != nil {
		return err
	}
	e.out = append(putBytesHead(e.out, len(state)), state...)
	if zone == nil {
		e.out = append(e.out, opTuple1, opReduce)
		return nil
	}
	if n, ok := e.findZone(zone); ok {
		e.refer(n)
	} else if err := e.value(zone); err != nil {
		return err
	}
	e.out = append(e.out, opTuple2, opReduce)
	return nil
}

func (d Date) native() any { return recipe(dateClass, d.append(nil)) }

func (t Time) native() any { return recipe(timeClass, withZone(t.state(nil, true), t.Zone)...) }

func (d Datetime) native() any { return recipe(datetimeClass, withZone(d.state(nil, true), d.Zone)...) }

func withZone(state []byte, zone any) []any {
	if zone == nil {
		return []any{state}
	}
	return []any{state, zone}
}

// String returns the date as isoformat does.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// String returns the time as isoformat does, without the zone if its offset
// depends on the date.
func (t Time) String() string { return goString(t) }

// String returns the datetime as Python's str does.
func (d Datetime) String() string { return goString(d) }

// goString is Python's str for messages.
func goString(v any) string {
	s, err := Str(v)
	if err != nil {
		return err.Error()
	}
	return s
}
