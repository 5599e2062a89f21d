package syncmanager

import (
	"context"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// Instances of Python's own container classes arrive as the recipes by which
// they are pickled.

// objectElements returns what iterating over the object that o describes would
// yield.
func (b *budget) objectElements(ctx context.Context, o *pickle.Object) ([]any, error) {
	args, _ := o.Args.(pickle.Tuple)
	switch o.Class {
	case pickle.Global{Module: "builtins", Name: "iter"}:
		if len(args) == 1 {
			items, err := b.elements(ctx, args[0])
			return items[min(max(iterPosition(o, 0), 0), len(items)):], err
		}
	case pickle.Global{Module: "builtins", Name: "reversed"}:
		if len(args) == 1 {
			items, err := b.elements(ctx, args[0])
			if err == nil {
				err = b.spend(len(items))
			}
			if err != nil {
				return nil, err
			}
			last := min(max(iterPosition(o, len(items)-1), -1), len(items)-1)
			return reversedCopy(items[:last+1]), nil
		}
	case pickle.Global{Module: "builtins", Name: "enumerate"}:
		return b.enumerated(ctx, args)
	case pickle.Global{Module: "builtins", Name: "zip"}:
		return b.zipped(ctx, args)
	}
	if a, ok := arrayOf(o); ok {
		return a.items, nil
	}
	if items, ok := dillView(o); ok {
		return items, nil
	}
	if entries, ok := objectEntries(o); ok {
		keys := make([]any, len(entries))
		for i, e := range entries {
			keys[i] = e.key
		}
		return keys, nil
	}
	if items, ok := appended(o); ok {
		return items, nil
	}
	return nil, notIterable(o)
}

// iterPosition is where an iterator stands: its state, if it has one.
func iterPosition(o *pickle.Object, start int) int {
	for _, op := range o.Ops {
		if op.Kind == pickle.Build && len(op.Items) == 1 {
			if n, ok := op.Items[0].(int64); ok {
				start = int(n)
			}
		}
	}
	return start
}

func reversedCopy(items []any) []any {
	out := make([]any, len(items))
	for i, item := range items {
		out[len(out)-1-i] = item
	}
	return out
}

func (b *budget) enumerated(ctx context.Context, args pickle.Tuple) ([]any, error) {
	if len(args) == 0 {
		return nil, pickle.TypeError.New("enumerate() missing required argument 'iterable' (pos 1)")
	}
	items, err := b.elements(ctx, args[0])
	if err == nil {
		err = b.spend(len(items))
	}
	if err != nil {
		return nil, err
	}
	var n int64
	if len(args) > 1 {
		n, _ = args[1].(int64)
	}
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = pickle.Tuple{n + int64(i), item}
	}
	return out, nil
}

func (b *budget) zipped(ctx context.Context, args pickle.Tuple) ([]any, error) {
	var out []any
	for i, arg := range args {
		items, err := b.elements(ctx, arg)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			if err := b.spend(len(items) * len(args)); err != nil {
				return nil, err
			}
			out = make([]any, len(items))
			for j := range out {
				out[j] = make(pickle.Tuple, len(args))
			}
		}
		out = out[:min(len(out), len(items))]
		for j := range out {
			out[j].(pickle.Tuple)[i] = items[j]
		}
	}
	return out, nil
}

// dillView reads a dict view as dill writes it: the method dict.keys, values or
// items, applied to a dict.
func dillView(o *pickle.Object) ([]any, bool) {
	method, ok := o.Class.(*pickle.Object)
	if !ok || method.Class != (pickle.Global{Module: "dill._dill", Name: "_getattr"}) {
		return nil, false
	}
	from, _ := method.Args.(pickle.Tuple)
	args, _ := o.Args.(pickle.Tuple)
	if len(from) < 2 || len(args) != 1 {
		return nil, false
	}
	d, ok := args[0].(*pickle.Dict)
	if !ok {
		return nil, false
	}
	items := make([]any, 0, d.Len())
	for key, v := range d.All() {
		switch text(from[1]) {
		case "keys":
			items = append(items, key)
		case "values":
			items = append(items, v)
		case "items":
			items = append(items, pickle.Tuple{key, v})
		default:
			return nil, false
		}
	}
	return items, true
}

// appended returns the items of an instance of a class derived from list, set
// or deque, which are put into it after its construction.
func appended(o *pickle.Object) ([]any, bool) {
	var items []any
	found := o.Class == pickle.Global{Module: "collections", Name: "deque"}
	for _, op := range o.Ops {
		if op.Kind == pickle.Append || op.Kind == pickle.AddItems {
			found = true
			items = append(items, op.Items...)
		}
	}
	return items, found
}

// An entry is a key of a mapping and its value.
type entry struct{ key, value any }

// objectEntries returns the entries of an instance of dict's relatives.
func objectEntries(o *pickle.Object) ([]entry, bool) {
	var entries []entry
	found := false
	switch o.Class {
	case pickle.Global{Module: "collections", Name: "OrderedDict"},
		pickle.Global{Module: "collections", Name: "defaultdict"}:
		found = true
	case pickle.Global{Module: "collections", Name: "Counter"}:
		found = true
		if args, ok := o.Args.(pickle.Tuple); ok && len(args) == 1 {
			if d, ok := args[0].(*pickle.Dict); ok {
				entries = dictEntries(d)
			}
		}
	}
	for _, op := range o.Ops {
		if op.Kind == pickle.SetItems {
			found = true
			for i := 0; i+1 < len(op.Items); i += 2 {
				entries = append(entries, entry{op.Items[i], op.Items[i+1]})
			}
		}
	}
	return entries, found
}

func dictEntries(d *pickle.Dict) []entry {
	entries := make([]entry, 0, d.Len())
	for key, v := range d.All() {
		entries = append(entries, entry{key, v})
	}
	return entries
}

// entriesOf returns what dict(v) would hold. With an error come the entries
// before the bad one: Python has stored them by then.
func (b *budget) entriesOf(ctx context.Context, v any) ([]entry, error) {
	switch v := v.(type) {
	case *pickle.Dict:
		return dictEntries(v), nil
	case *pickle.Object:
		if entries, ok := objectEntries(v); ok {
			return entries, nil
		}
	case *managers.ProxyRef:
		if d, ok := v.Referent().(*dict); ok {
			return d.entries(), nil
		}
	}
	items, err := b.elements(ctx, v)
	if err != nil {
		return nil, err
	}
	entries := make([]entry, 0, len(items))
	for i, item := range items {
		e, err := b.pair(ctx, i, item)
		if err != nil {
			return entries, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func (b *budget) pair(ctx context.Context, i int, v any) (entry, error) {
	items, err := b.elements(ctx, v)
	if e, ok := err.(*pickle.Exception); ok && e.Class == pickle.TypeError {
		return entry{}, pickle.TypeError.New("cannot convert dictionary update sequence element #" + itoa(i) + " to a sequence")
	}
	if err != nil {
		return entry{}, err
	}
	if len(items) != 2 {
		return entry{}, pickle.ValueError.New("dictionary update sequence element #" + itoa(i) +
			" has length " + itoa(len(items)) + "; 2 is required")
	}
	key, err := built(ctx, items[0])
	return entry{key, items[1]}, err
}
