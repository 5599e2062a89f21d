package pickle

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A clock is what the bytes in a pickled date, time or datetime say.
type clock struct {
	year, month, day                  int
	hour, minute, second, microsecond int
	fold                              bool
	zone                              any // nil if naive
}

// clock reads the arguments of datetime (10 bytes), date (4) or time (6).
func (o *Object) clock(size int) (c clock, ok bool) {
	args := o.arguments()
	if len(args) == 0 || len(args) > 2 {
		return c, false
	}
	b, ok := stateBytes(args[0])
	if !ok || len(b) != size {
		return c, false
	}
	if len(args) == 2 {
		c.zone = args[1]
	}
	if size >= 4 && size != 6 {
		c.fold = b[2]&0x80 != 0
		c.year, c.month, c.day = int(b[0])<<8|int(b[1]), int(b[2]&0x7f), int(b[3])
		b = b[4:]
		if c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31 {
			return c, false
		}
	} else {
		c.fold = b[0]&0x80 != 0
		b = append([]byte{b[0] & 0x7f}, b[1:]...)
	}
	if len(b) > 0 {
		c.hour, c.minute, c.second = int(b[0]), int(b[1]), int(b[2])
		c.microsecond = int(b[3])<<16 | int(b[4])<<8 | int(b[5])
	}
	return c, c.hour < 24 && c.minute < 60 && c.second < 60 && c.microsecond < 1e6
}

// stateBytes returns the bytes of a pickled time. Below protocol 3 they may
// come as text that means Latin-1.
func stateBytes(v any) ([]byte, bool) {
	switch x := v.(type) {
	case []byte:
		return x, true
	case ByteString:
		return textBytes(string(x)), true
	case string:
		if len(x) > 2*10 { // the state of a datetime, each byte as two
			return nil, false
		}
		var b []byte
		for _, r := range x {
			if r > 0xff {
				return nil, false
			}
			b = append(b, byte(r))
		}
		return b, true
	}
	return nil, false
}

func (p *printer) datetime(o *Object) (bool, error) {
	c, ok := o.clock(10)
	if !ok {
		return false, nil
	}
	p.clock("datetime.datetime", c, c.year, c.month, c.day, c.hour, c.minute)
	p.fold(c)
	return true, p.zone(c)
}

func (p *printer) time(o *Object) (bool, error) {
	c, ok := o.clock(6)
	if !ok {
		return false, nil
	}
	p.clock("datetime.time", c, c.hour, c.minute)
	err := p.zone(c)
	p.fold(c) // here it comes last
	return true, err
}

func (p *printer) date(o *Object) (bool, error) {
	c, ok := o.clock(4)
	if !ok {
		return false, nil
	}
	return true, p.call("datetime.date", c.year, c.month, c.day)
}

// clock writes a call that may be continued. Seconds and microseconds are left
// out if they are zero.
func (p *printer) clock(name string, c clock, args ...int) {
	if c.second != 0 || c.microsecond != 0 {
		args = append(args, c.second)
	}
	if c.microsecond != 0 {
		args = append(args, c.microsecond)
	}
	p.write(name + "(")
	for i, n := range args {
		if i > 0 {
			p.write(", ")
		}
		p.buf = strconv.AppendInt(p.buf, int64(n), 10)
	}
	p.write(")")
}

// reopen takes back the last parenthesis, for another argument.
func (p *printer) reopen() { p.buf = p.buf[:len(p.buf)-1] }

func (p *printer) fold(c clock) {
	if c.fold {
		p.reopen()
		p.write(", fold=1)")
	}
}

func (p *printer) zone(c clock) error {
	if c.zone == nil {
		return nil
	}
	p.reopen()
	p.write(", tzinfo=")
	err := p.repr(c.zone)
	p.write(")")
	return err
}

// timedeltaParts returns days, seconds and microseconds.
func timedeltaParts(v any) (d [3]int64, ok bool) {
	if t, isKnown := v.(Timedelta); isKnown {
		v = t.native()
	}
	o, isObject := v.(*Object)
	if !isObject || o.className() != (Global{"datetime", "timedelta"}) || len(o.arguments()) != 3 {
		return d, false
	}
	for i, arg := range o.arguments() {
		if d[i], ok = arg.(int64); !ok {
			return d, false
		}
	}
	return d, d[1] >= 0 && d[1] < 86400 && d[2] >= 0 && d[2] < 1e6
}

func (p *printer) timedelta(o *Object) (bool, error) {
	d, ok := timedeltaParts(o)
	if !ok {
		return false, nil
	}
	var parts []string
	for i, name := range []string{"days", "seconds", "microseconds"} {
		if d[i] != 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", name, d[i]))
		}
	}
	if parts == nil {
		parts = []string{"0"}
	}
	p.write("datetime.timedelta(" + strings.Join(parts, ", ") + ")")
	return true, nil
}

func (p *printer) timezone(o *Object) (bool, error) {
	args := o.arguments()
	if len(args) == 0 || len(args) > 2 {
		return false, nil
	}
	d, ok := timedeltaParts(args[0])
	if !ok {
		return false, nil
	}
	if len(args) == 1 && d == [3]int64{} {
		p.write("datetime.timezone.utc")
		return true, nil
	}
	return true, p.call("datetime.timezone", args...)
}

// datetimeTexts are str of the classes of datetime.
var datetimeTexts = map[string]func(*Object) (string, bool){
	"date": func(o *Object) (string, bool) {
		c, ok := o.clock(4)
		return c.isoDate(), ok
	},
	"datetime": func(o *Object) (string, bool) {
		c, ok := o.clock(10)
		offset, known := offsetText(c.fixed(), "")
		return c.isoDate() + " " + c.isoTime() + offset, ok && known
	},
	"time": func(o *Object) (string, bool) {
		c, ok := o.clock(6)
		offset, known := offsetText(c.always(), "")
		return c.isoTime() + offset, ok && known
	},
	"timedelta": timedeltaText,
	"timezone":  timezoneText,
}

func (c clock) isoDate() string { return fmt.Sprintf("%04d-%02d-%02d", c.year, c.month, c.day) }

func (c clock) isoTime() string {
	s := fmt.Sprintf("%02d:%02d:%02d", c.hour, c.minute, c.second)
	if c.microsecond != 0 {
		s += fmt.Sprintf(".%06d", c.microsecond)
	}
	return s
}

func timedeltaText(o *Object) (string, bool) {
	d, ok := timedeltaParts(o)
	s := fmt.Sprintf("%d:%02d:%02d", d[1]/3600, d[1]/60%60, d[1]%60)
	if d[2] != 0 {
		s += fmt.Sprintf(".%06d", d[2])
	}
	switch d[0] {
	case 0:
	case 1, -1:
		s = fmt.Sprintf("%d day, %s", d[0], s)
	default:
		s = fmt.Sprintf("%d days, %s", d[0], s)
	}
	return s, ok
}

// location returns that of a ZoneInfo which is found, and nil for other zones.
func (c clock) location() *time.Location {
	key, ok := c.zone.(ZoneInfo)
	if !ok {
		return nil
	}
	loc, err := key.Location()
	if err != nil {
		return nil
	}
	return loc
}

// fixed returns the offset that a ZoneInfo has then, and other zones as they are.
func (c clock) fixed() any {
	loc := c.location()
	if loc == nil {
		return c.zone
	}
	wall := daysSince1970(int64(c.year), int64(c.month), int64(c.day))*86400 +
		int64(c.hour)*3600 + int64(c.minute)*60 + int64(c.second)
	return Timezone{Offset: time.Duration(offsetIn(loc, wall, c.fold)) * time.Second}
}

// always returns the offset that a ZoneInfo has whatever the date is, none if it depends
// on that, and other zones as they are.
func (c clock) always() any {
	loc := c.location()
	if loc == nil {
		return c.zone
	}
	t := time.Unix(0, 0).In(loc)
	if start, end := t.ZoneBounds(); !start.IsZero() || !end.IsZero() {
		return nil
	}
	_, offset := t.Zone()
	return Timezone{Offset: time.Duration(offset) * time.Second}
}

func timezoneText(o *Object) (string, bool) {
	if args := o.arguments(); len(args) == 2 {
		name, ok := args[1].(string)
		return name, ok
	}
	offset, ok := offsetText(o, "UTC")
	if offset == "UTC+00:00" {
		offset = "UTC"
	}
	return offset, ok
}

// offsetText returns a prefix and the offset of a time zone that is none or a
// fixed one.
func offsetText(zone any, prefix string) (string, bool) {
	if zone == nil {
		return "", true
	}
	if z, isKnown := zone.(Timezone); isKnown {
		zone = z.native()
	}
	o, ok := zone.(*Object)
	if !ok || o.className() != (Global{"datetime", "timezone"}) || len(o.arguments()) == 0 {
		return "", false
	}
	d, ok := timedeltaParts(o.arguments()[0])
	micros := (d[0]*86400+d[1])*1e6 + d[2]
	sign := "+"
	if micros < 0 {
		sign, micros = "-", -micros
	}
	seconds := micros / 1e6
	s := fmt.Sprintf("%s%s%02d:%02d", prefix, sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 || micros%1e6 != 0 {
		s += fmt.Sprintf(":%02d", seconds%60)
	}
	if micros%1e6 != 0 {
		s += fmt.Sprintf(".%06d", micros%1e6)
	}
	return s, ok
}

func (p *printer) zoneInfo(o *Object) (bool, error) {
	args := o.arguments()
	if len(args) != 1 {
		return false, nil
	}
	p.write("zoneinfo.ZoneInfo(key=")
	err := p.repr(args[0])
	p.write(")")
	return true, err
}
