package pickle

import (
	"fmt"
	"path"
	"strings"
	"sync"
	"time"
)

// DatetimeOf returns a Go time as an aware datetime: in UTC, in the ZoneInfo of a
// location whose name has a slash and is one that time.LoadLocation knows, or else at
// the fixed offset that the location has then: a name such as CET may be that of a
// fixed zone. What is finer than a microsecond is cut off. The error tells a year
// that Python does not have.
func DatetimeOf(t time.Time) (Datetime, error) {
	d, err := awareOf(t)
	if err != nil {
		err = fmt.Errorf("pickle: %w", err)
	}
	return d, err
}

func awareOf(t time.Time) (Datetime, error) {
	zone, fold := zoneOf(t)
	_, offset := t.Zone()
	d, ok := civil(t.Unix()+int64(offset), int32(t.Nanosecond()/1e3))
	if !ok {
		return Datetime{}, fmt.Errorf("Python has no year %d", t.Year())
	}
	d.Zone, d.Fold = zone, fold
	return d, nil
}

// Time returns the datetime as a Go time; a naive one is taken to be in UTC,
// which In and TimeIn change. The error tells a time zone that is not known
// here: of a class of tzinfo other than Timezone and ZoneInfo, or a key that
// time.LoadLocation does not find.
func (d Datetime) Time() (time.Time, error) {
	switch zone := d.Zone.(type) {
	case nil:
		return time.Unix(d.seconds(), int64(d.Microsecond)*1e3).UTC(), nil
	case Timezone:
		return d.at(zone), nil
	case ZoneInfo:
		loc, err := zone.Location()
		if err != nil {
			return time.Time{}, err
		}
		return d.TimeIn(loc), nil
	}
	return time.Time{}, fmt.Errorf("pickle: the time zone is %s, which only Python can read", describe(d.Zone))
}

// TimeIn returns the time when clocks in a location show the date and time,
// whatever its zone is. Of two such times Fold tells which; a time that clocks
// skip over is one as far before or after it, as in Python.
func (d Datetime) TimeIn(loc *time.Location) time.Time {
	wall := d.seconds()
	return time.Unix(wall-offsetIn(loc, wall, d.Fold), int64(d.Microsecond)*1e3).In(loc)
}

// at returns the time at a fixed offset.
func (d Datetime) at(zone Timezone) time.Time {
	t := time.Unix(d.seconds(), int64(d.Microsecond)*1e3).Add(-zone.Offset)
	return t.In(zone.Location())
}

// Location returns the time zone as Go has it, to the second.
func (z Timezone) Location() *time.Location {
	if z == UTC {
		return time.UTC
	}
	return time.FixedZone(z.Name, int(z.Offset/time.Second))
}

// Location returns the time zone that time.LoadLocation knows by the key.
func (z ZoneInfo) Location() (*time.Location, error) {
	if loc, ok := locations.Load(string(z)); ok {
		return loc.(*time.Location), nil
	}
	if z == "" || z == "Local" || path.Clean(string(z)) != string(z) { // which mean something else to Go, or too many things
		return nil, fmt.Errorf("pickle: there is no time zone %q", string(z))
	}
	loc, err := time.LoadLocation(string(z))
	if err != nil {
		return nil, fmt.Errorf("pickle: time zone %q: %w", string(z), err)
	}
	locations.Store(strings.Clone(string(z)), loc)
	return loc, nil
}

// locations holds those that were found: there are only so many, by keys that are clean.
var locations sync.Map // of string to *time.Location

// zoneOf returns the zone of a time, and whether it is the later of two times
// that clocks there show alike.
func zoneOf(t time.Time) (zone any, fold bool) {
	loc := t.Location()
	if loc == time.UTC {
		return utc, false
	}
	abbreviation, offset := t.Zone()
	if name := loc.String(); strings.Contains(name, "/") { // a fixed zone is not called so
		known, err := ZoneInfo(name).Location()
		if err == nil {
			if _, same := t.In(known).Zone(); same == offset {
				return ZoneInfo(name), repeated(t, int64(offset))
			}
		}
	}
	z := Timezone{Offset: time.Duration(offset) * time.Second}
	if abbreviation != "" && abbreviation[0] != '+' && abbreviation[0] != '-' {
		z.Name, z.Named = abbreviation, true
	}
	return z, false
}

// repeated tells whether clocks have shown the time before.
func repeated(t time.Time, offset int64) bool {
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return false
	}
	_, before := start.Add(-1).Zone()
	return t.Unix()+offset-int64(before) < start.Unix()
}

// offsetIn returns the offset in seconds of a location when clocks there show
// so many seconds since 1970.
func offsetIn(loc *time.Location, wall int64, fold bool) int64 {
	guess := time.Unix(wall, 0).In(loc)
	_, first := guess.Zone()
	t := time.Unix(wall-int64(first), 0).In(loc)
	_, now := t.Zone()
	offset := int64(now)

	start, end := t.ZoneBounds()
	if !start.IsZero() {
		_, o := start.Add(-1).Zone()
		before := int64(o)
		switch repeats, skipped := wall-before < start.Unix(), wall-offset < start.Unix(); {
		case repeats && !fold, skipped && !fold:
			return before
		case repeats, skipped:
			return offset
		}
	}
	if !end.IsZero() {
		_, o := end.Zone()
		after := int64(o)
		switch repeats, skipped := wall-after >= end.Unix(), wall-offset >= end.Unix(); {
		case skipped && repeats: // not this zone's any more
			return after
		case repeats && fold, skipped && fold:
			return after
		}
	}
	return offset
}

// seconds counts from 1970 as if the datetime were in UTC.
func (d *Datetime) seconds() int64 {
	return daysSince1970(int64(d.Year), int64(d.Month), int64(d.Day))*86400 +
		int64(d.Hour)*3600 + int64(d.Minute)*60 + int64(d.Second)
}

// Years begin in March here, so that the odd day is their last; 400 of them
// have as many days as any other 400.
const (
	daysIn400  = 146097
	daysTo1970 = 719468 // from March of the year 0
)

func daysSince1970(year, month, day int64) int64 {
	if month -= 3; month < 0 {
		month += 12
		year--
	}
	return year*365 + year/4 - year/100 + year/400 + (month*153+2)/5 + day - 1 - daysTo1970
}

// civil returns the naive datetime so many seconds after the start of 1970,
// and false outside the years 1 to 9999.
func civil(seconds int64, micro int32) (d Datetime, ok bool) {
	const (
		first = -62135596800 // of the year 1
		end   = 253402300800 // of the year 9999
	)
	if seconds < first || seconds >= end {
		return d, false
	}
	days := (seconds-first)/86400 + 306 // from March of the year 0
	rest := (seconds - first) % 86400
	era := days / daysIn400
	inEra := days % daysIn400
	ofEra := (inEra - inEra/1460 + inEra/36524 - inEra/146096) / 365
	inYear := inEra - (365*ofEra + ofEra/4 - ofEra/100)
	month := (5*inYear + 2) / 153
	day := inYear - (153*month+2)/5 + 1
	year := era*400 + ofEra
	if month += 3; month > 12 {
		month -= 12
		year++
	}
	return Datetime{
		Year: uint16(year), Month: uint8(month), Day: uint8(day),
		Hour: uint8(rest / 3600), Minute: uint8(rest / 60 % 60), Second: uint8(rest % 60),
		Microsecond: uint32(micro),
	}, true
}
