package pickle

import (
	"fmt"
	"strings"
)

// str returns str of an object where it is not the repr.
func (o *Object) str() (string, bool) {
	var text func(*Object) (string, bool)
	switch class := o.className(); class.Module {
	case "datetime":
		text = datetimeTexts[class.Name]
	case "decimal", "fractions", "uuid", "pathlib", "pathlib._local":
		text = plainTexts[class.Name]
	case "ipaddress":
		text = (*Object).ipAddress
	}
	if text == nil {
		return "", false
	}
	return text(o)
}

var plainTexts = map[string]func(*Object) (string, bool){
	"Decimal":         (*Object).decimal,
	"Fraction":        (*Object).fraction,
	"PosixPath":       (*Object).path,
	"PurePosixPath":   (*Object).path,
	"PureWindowsPath": (*Object).path,
	"WindowsPath":     (*Object).path,
	"UUID":            (*Object).uuidText,
}

// quoted writes a class around the text of an object.
func (p *printer) quoted(class string, o *Object, text func(*Object) (string, bool)) (bool, error) {
	s, ok := text(o)
	if !ok {
		return false, nil
	}
	return true, p.call(class, s)
}

func (p *printer) decimal(o *Object) (bool, error) {
	return p.quoted("Decimal", o, (*Object).decimal)
}

func (p *printer) uuid(o *Object) (bool, error) { return p.quoted("UUID", o, (*Object).uuidText) }

func (p *printer) path(o *Object) (bool, error) {
	return p.quoted(o.className().Name, o, func(o *Object) (string, bool) {
		s, ok := o.path()
		if strings.Contains(o.className().Name, "Windows") {
			s = strings.ReplaceAll(s, `\`, "/")
		}
		return s, ok
	})
}

func (p *printer) fraction(o *Object) (bool, error) {
	s, ok := o.fraction()
	if !ok {
		return false, nil
	}
	numerator, denominator, ok := strings.Cut(s, "/")
	if !ok {
		denominator = "1"
	}
	p.write("Fraction(" + numerator + ", " + denominator + ")")
	return true, nil
}

func (p *printer) ipAddress(o *Object) (bool, error) {
	return p.quoted(o.className().Name, o, (*Object).ipAddress)
}

// ipAddress is the text of an address, network or interface.
func (o *Object) ipAddress() (string, bool) {
	c := standard.names[o.className().String()]
	if c == nil {
		return "", false
	}
	v, ok, _ := c.make(nil, o.arguments())
	s, isText := v.(fmt.Stringer)
	if !ok || !isText {
		return "", false
	}
	return s.String(), true
}

func (o *Object) decimal() (string, bool) {
	args := o.arguments()
	return onlyStr(args)
}

func (o *Object) fraction() (string, bool) {
	args := o.arguments()
	if len(args) != 2 {
		return onlyStr(args)
	}
	numerator, ok := bigOf(args[0])
	denominator, ok2 := bigOf(args[1])
	switch {
	case !ok || !ok2 || numerator.BitLen() > maxFraction || denominator.BitLen() > maxFraction:
		return "", false
	case isInt(denominator, 1):
		return numerator.String(), true
	}
	return numerator.String() + "/" + denominator.String(), true
}

func (o *Object) uuidText() (string, bool) {
	u, ok := o.uuid()
	return u.String(), ok
}

func (o *Object) path() (string, bool) {
	if strings.Contains(o.className().Name, "Windows") {
		return windowsPath(o.arguments())
	}
	return posixPath(o.arguments())
}

// onlyStr returns the only argument, which is a str.
func onlyStr(args Tuple) (string, bool) {
	if len(args) != 1 {
		return "", false
	}
	return textOfValue(args[0])
}
