package pickle

import "slices"

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
		if known, err := p.arrayCall(string(rune(x.Typecode)), items, ok); known || err != nil {
			return err
		}
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
