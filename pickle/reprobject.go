package pickle

import (
	"fmt"
	"slices"
	"strings"
)

// Classes of the standard library that print themselves. A function tells
// whether the object has the shape that its class gives it; if not, nothing
// was written.
var objectReprs map[Global]func(*printer, *Object) (bool, error)

func init() { // printers refer to the table through repr
	objectReprs = map[Global]func(*printer, *Object) (bool, error){
		{"array", "array"}:                    (*printer).array,
		{"builtins", "type"}:                  (*printer).typeOf,
		{"collections", "Counter"}:            (*printer).counter,
		{"collections", "OrderedDict"}:        (*printer).orderedDict,
		{"collections", "defaultdict"}:        (*printer).defaultDict,
		{"collections", "deque"}:              (*printer).deque,
		{"datetime", "date"}:                  (*printer).date,
		{"datetime", "datetime"}:              (*printer).datetime,
		{"datetime", "time"}:                  (*printer).time,
		{"datetime", "timedelta"}:             (*printer).timedelta,
		{"datetime", "timezone"}:              (*printer).timezone,
		{"decimal", "Decimal"}:                (*printer).decimal,
		{"fractions", "Fraction"}:             (*printer).fraction,
		{"pathlib", "PosixPath"}:              (*printer).path,
		{"pathlib", "PureWindowsPath"}:        (*printer).path,
		{"pathlib", "WindowsPath"}:            (*printer).path,
		{"pathlib", "PurePosixPath"}:          (*printer).path,
		{"pathlib._local", "PosixPath"}:       (*printer).path,
		{"pathlib._local", "PureWindowsPath"}: (*printer).path,
		{"pathlib._local", "WindowsPath"}:     (*printer).path,
		{"pathlib._local", "PurePosixPath"}:   (*printer).path,
		{"ipaddress", "IPv4Address"}:          (*printer).ipAddress,
		{"ipaddress", "IPv6Address"}:          (*printer).ipAddress,
		{"ipaddress", "IPv4Network"}:          (*printer).ipAddress,
		{"ipaddress", "IPv6Network"}:          (*printer).ipAddress,
		{"ipaddress", "IPv4Interface"}:        (*printer).ipAddress,
		{"ipaddress", "IPv6Interface"}:        (*printer).ipAddress,
		{"re", "_compile"}:                    (*printer).pattern,
		{"types", "SimpleNamespace"}:          (*printer).namespace,
		{"uuid", "UUID"}:                      (*printer).uuid,
		{"zoneinfo", "ZoneInfo"}:              (*printer).zoneInfo,
	}
}

func (p *printer) object(o *Object) error {
	class := o.className()
	if repr := objectReprs[class]; repr != nil {
		if id, _ := identify(o); p.isActive(id) {
			p.write(o.mark())
			return nil
		}
		known := false
		err := p.within(o, "", func(*printer, any) (err error) {
			known, err = repr(p, o)
			return err
		})
		if known || err != nil {
			return err
		}
	}
	name := class.String()
	if class.isBuiltin() {
		name = class.Name
	}
	p.address(name, o)
	return nil
}

// mark is what stands for an object inside itself.
func (o *Object) mark() string {
	switch o.className().Name {
	case "deque":
		return "[...]"
	case "SimpleNamespace":
		return "namespace(...)"
	case "defaultdict":
		if args := o.arguments(); len(args) == 1 {
			return defaultDictMark(args[0])
		}
	}
	return "..."
}

// defaultDictMark stands for a defaultdict inside itself.
func defaultDictMark(factory any) string {
	g, ok := factory.(Global)
	if !ok {
		return "..."
	}
	var p printer
	p.global(g)
	return "defaultdict(" + string(p.buf) + ", {...})"
}

// arguments returns those that the class was called with.
func (o *Object) arguments() Tuple {
	args, _ := o.Args.(Tuple)
	return args
}

// state returns the first attribute dictionary that was given to the object.
func (o *Object) state() *Dict {
	for c := o.changes(); c.next(); {
		if d, ok := c.item.(*Dict); ok && c.kind == Build {
			return d
		}
	}
	return new(Dict)
}

// extension returns what was appended.
func (o *Object) extension() []any {
	var items []any
	for _, op := range o.Ops {
		if op.Kind == Append {
			items = append(items, op.Items...)
		}
	}
	return items
}

// entries returns what was set by key. Keys that this package refuses, Python
// would have refused.
func (o *Object) entries() (*Dict, bool) {
	d, w := new(Dict), newWalk()
	for _, op := range o.Ops {
		if op.Kind != SetItems || len(op.Items)%2 != 0 {
			continue
		}
		for pair := range slices.Chunk(op.Items, 2) {
			if d.table().set(w, pair[0], pair[1]) != nil {
				return nil, false
			}
		}
	}
	return d, true
}

func (p *printer) orderedDict(o *Object) (bool, error) {
	d, ok := o.entries()
	if !ok || len(o.arguments()) > 0 { // Python 2 passes the items to the class
		return false, nil
	}
	return true, p.wrapped("OrderedDict", d)
}

func (p *printer) counter(o *Object) (bool, error) {
	args := o.arguments()
	if len(args) == 0 {
		d, ok := o.entries()
		if !ok {
			return false, nil
		}
		return true, p.counts(d)
	}
	d, ok := args[0].(*Dict)
	if !ok || len(args) != 1 {
		return false, nil
	}
	return true, p.counts(d)
}

// counts writes a Counter, the most frequent first.
func (p *printer) counts(d *Dict) error {
	all := make([]sortItem, 0, d.Len())
	for k, count := range d.All() {
		all = append(all, sortItem{count, k})
	}
	if sortItems(all, true) == nil {
		sorted := NewDict(len(all))
		for _, item := range all {
			if err := sorted.Set(item.value, item.key); err != nil {
				return err
			}
		}
		d = sorted
	}
	return p.wrapped("Counter", d)
}

// wrapped writes a dict as the argument of its class.
func (p *printer) wrapped(class string, d *Dict) error {
	if d.Len() == 0 {
		return p.call(class)
	}
	return p.call(class, d)
}

func (p *printer) defaultDict(o *Object) (bool, error) {
	d, ok := o.entries()
	args := o.arguments()
	if !ok || len(args) > 1 {
		return false, nil
	}
	var factory any
	if len(args) == 1 {
		factory = args[0]
	}
	return true, p.call("defaultdict", factory, d)
}

func (p *printer) deque(o *Object) (bool, error) {
	args := o.arguments()
	var items []any
	var limit any
	switch len(args) {
	case 2:
		limit = args[1]
		fallthrough
	case 1:
		switch first := args[0].(type) {
		case Tuple:
			items = first
		case *List:
			items = first.Items
		default:
			return false, nil
		}
	}
	items = append(slices.Clip(items), o.extension()...)
	if n, ok := limit.(int64); ok && n >= 0 && n < int64(len(items)) {
		items = items[int64(len(items))-n:]
	}
	return true, p.dequeOf(items, limit)
}

func (p *printer) dequeOf(items []any, limit any) error {
	p.write("deque(")
	if err := p.bracketed("[", items, "]"); err != nil {
		return err
	}
	if limit != nil {
		p.write(", maxlen=")
		if err := p.repr(limit); err != nil {
			return err
		}
	}
	p.write(")")
	return nil
}

func (p *printer) namespace(o *Object) (bool, error) { return true, p.namespaceOf(o.state()) }

func (p *printer) namespaceOf(d *Dict) error {
	p.write("namespace(")
	first := true
	for k, v := range d.All() {
		if !first {
			p.write(", ")
		}
		first = false
		name, err := Str(k)
		if err != nil {
			return err
		}
		p.write(name + "=")
		if err := p.repr(v); err != nil {
			return err
		}
	}
	p.write(")")
	return nil
}

// instance writes a mutable value of the standard library.
func (p *printer) instance(v mutable) error {
	switch x := v.(type) {
	case *OrderedDict:
		return p.within(v, "...", func(p *printer, _ any) error { return p.wrapped("OrderedDict", &x.Dict) })
	case *Counter:
		return p.within(v, "...", func(p *printer, _ any) error { return p.counts(&x.Dict) })
	case *DefaultDict:
		return p.within(v, defaultDictMark(x.Factory), func(p *printer, _ any) error {
			return p.call("defaultdict", x.Factory, &x.Dict)
		})
	case *Deque:
		var limit any
		if x.MaxLen != nil {
			limit = int64(*x.MaxLen)
		}
		return p.within(v, "[...]", func(p *printer, _ any) error { return p.dequeOf(x.Items, limit) })
	case *Array:
		items, ok := x.list()
		_, err := p.arrayCall(string(rune(x.Typecode)), items, ok)
		return err
	case *SimpleNamespace:
		return p.within(v, "namespace(...)", func(p *printer, _ any) error { return p.namespaceOf(&x.Dict) })
	}
	p.address(v.class().String(), v)
	return nil
}

// typeOf writes type(None) and its like, which have no name to go by.
func (p *printer) typeOf(o *Object) (bool, error) {
	args := o.arguments()
	if len(args) != 1 {
		return false, nil
	}
	switch args[0] {
	case nil, any(NotImplemented), any(Ellipsis):
		p.write("<class '" + TypeName(args[0]) + "'>")
		return true, nil
	}
	return false, nil
}

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
