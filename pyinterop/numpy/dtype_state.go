package numpy

import (
	"context"
	"fmt"
	"slices"

	"github.com/brine-go/brine/pickle"
)

var dtypeClass = pickle.Global{Module: "numpy", Name: "dtype"}

// rebuildDtype reads dtype(code, align, copy).
func rebuildDtype(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (*Dtype, error) {
	if len(args) == 0 || len(args) > 3 {
		return nil, pickle.ErrUnclaimed
	}
	code, ok := text(args[0])
	if !ok {
		return nil, pickle.ErrUnclaimed
	}
	d, ok := parseCode(code)
	if !ok {
		return nil, pickle.ErrUnclaimed
	}
	return d, nil
}

// setDtypeState takes what numpy's dtype.__reduce__ gives as the state:
//
//	(3, order, subarray, names, fields, size, alignment, flags)
//	(4, …, metadata)
func setDtypeState(_ context.Context, d *Dtype, state any) error {
	s, ok := state.(pickle.Tuple)
	if !ok || d.used || len(s) != 8 && len(s) != 9 || s[0] != int64(len(s)-5) {
		return pickle.ErrUnclaimed
	}
	next := *d
	order, ok := text(s[1])
	if !ok || len(order) != 1 {
		return pickle.ErrUnclaimed
	}
	switch order[0] {
	case '<', '>', '|':
		next.Order = order[0]
	default:
		return pickle.ErrUnclaimed
	}
	ok = next.setSizes(s[5], s[6], s[7]) && next.setSubarray(s[2]) && next.setFields(s[3], s[4]) &&
		(len(s) == 8 || next.setMetadata(s[8]))
	if !ok || d.used { // a part of itself
		return pickle.ErrUnclaimed
	}
	*d = next
	return nil
}

func (d *Dtype) setSizes(size, alignment, flags any) bool {
	n, ok1 := size.(int64)
	a, ok2 := alignment.(int64)
	f, ok3 := flags.(int64)
	if !ok1 || !ok2 || !ok3 {
		return false
	}
	d.flags = f
	if n == -1 && a == -1 {
		return !d.sized()
	}
	d.Alignment = int(a)
	return d.sized() && n == int64(d.Size) && a >= 0 && a <= 64
}

func (d *Dtype) setSubarray(v any) bool {
	if v == nil {
		return true
	}
	s, ok := v.(pickle.Tuple)
	if !ok || len(s) != 2 || d.Kind != 'V' {
		return false
	}
	base, ok := s[0].(*Dtype)
	shape, ok2 := shapeOf(s[1])
	if !ok || !ok2 {
		return false
	}
	n, ok := product(shape, base.Size)
	if !ok || n != d.Size {
		return false
	}
	d.Base, d.Shape, d.objects = base.use(), shape, base.hasObjects()
	return true
}

func (d *Dtype) setFields(names, fields any) bool {
	if names == nil && fields == nil {
		return true
	}
	list, ok := names.(pickle.Tuple)
	dict, ok2 := fields.(*pickle.Dict)
	if !ok || !ok2 || d.Kind != 'V' {
		return false
	}
	d.Fields = []Field{}
	for _, name := range list {
		v, found, err := dict.Get(name)
		if err != nil || !found {
			return false
		}
		f, ok := fieldOf(name, v)
		if !ok || f.Offset > d.Size-f.Dtype.Size {
			return false
		}
		f.Dtype.use()
		d.objects = d.objects || f.Dtype.hasObjects()
		d.Fields = append(d.Fields, f)
	}
	titles := 0
	for _, f := range d.Fields {
		if f.Title != "" {
			titles++
		}
	}
	return dict.Len() == len(list)+titles
}

// fieldOf reads (dtype, offset) or (dtype, offset, title).
func fieldOf(name, v any) (f Field, ok bool) {
	t, ok := v.(pickle.Tuple)
	if !ok || len(t) != 2 && len(t) != 3 {
		return f, false
	}
	offset, ok1 := t[1].(int64)
	f.Dtype, ok = t[0].(*Dtype)
	f.Name, _ = text(name)
	if len(t) == 3 {
		if f.Title, _ = text(t[2]); f.Title == "" {
			return f, false
		}
	}
	f.Offset = int(offset)
	return f, ok && ok1 && f.Name != "" && offset >= 0 && offset <= maxItem
}

// setMetadata reads a dict, and for times a pair of it and of (unit, count, 1, 1).
func (d *Dtype) setMetadata(v any) bool {
	if d.Kind != 'M' && d.Kind != 'm' {
		d.Metadata = v
		_, ok := v.(*pickle.Dict)
		return ok || v == nil
	}
	pair, ok := v.(pickle.Tuple)
	if !ok || len(pair) != 2 {
		return false
	}
	if dict, ok := pair[0].(*pickle.Dict); ok && dict.Len() > 0 {
		d.Metadata = dict
	} else if !ok && pair[0] != nil {
		return false
	}
	unit, ok := pair[1].(pickle.Tuple)
	if !ok || len(unit) != 4 || unit[2] != int64(1) || unit[3] != int64(1) {
		return false
	}
	count, ok := unit[1].(int64)
	if d.Unit, ok = text(unit[0]); !ok {
		return false
	}
	d.Count = int(count)
	_, known := units[d.Unit]
	return count > 0 && count < 1<<31 && (known || d.Unit == "generic" && count == 1)
}

// text returns str, or bytes that numpy keeps names in.
func text(v any) (string, bool) {
	switch s := v.(type) {
	case string:
		return s, true
	case pickle.ByteString:
		return string(s), true
	case []byte:
		return string(s), true
	}
	return "", false
}

func reduceDtype(_ context.Context, d *Dtype) (*pickle.Object, error) {
	return &pickle.Object{
		How: pickle.Reduce, Class: dtypeClass,
		Args: pickle.Tuple{d.code(), false, true},
		Ops:  []pickle.Op{{Kind: pickle.Build, Items: []any{d.state()}}},
	}, nil
}

func (d *Dtype) state() pickle.Tuple {
	version, size, alignment := int64(3), int64(-1), int64(-1)
	if d.sized() {
		size, alignment = int64(d.Size), int64(max(d.Alignment, 1))
	}
	var subarray, names, fields any
	if d.Base != nil {
		subarray = pickle.Tuple{d.Base, shapeTuple(d.Shape)}
	}
	if d.Fields != nil {
		names, fields = d.fieldStates()
	}
	s := pickle.Tuple{version, string(rune(d.Order)), subarray, names, fields, size, alignment, d.flags}
	switch {
	case d.Kind == 'M' || d.Kind == 'm':
		metadata := d.Metadata
		if metadata == nil {
			metadata = new(pickle.Dict)
		}
		unit := pickle.Tuple{[]byte(d.Unit), int64(d.Count), int64(1), int64(1)}
		s[0] = int64(4)
		s = append(s, pickle.Tuple{metadata, unit})
	case d.Metadata != nil:
		s[0] = int64(4)
		s = append(s, d.Metadata)
	}
	return s
}

func (d *Dtype) fieldStates() (names pickle.Tuple, fields *pickle.Dict) {
	names, fields = pickle.Tuple{}, pickle.NewDict(len(d.Fields))
	for _, f := range d.Fields {
		names = append(names, f.Name)
		v := pickle.Tuple{f.Dtype, int64(f.Offset)}
		if f.Title != "" {
			v = append(v, f.Title)
		}
		fields.Set(f.Name, v) // a str can be a key
		if f.Title != "" {
			fields.Set(f.Title, slices.Clone(v))
		}
	}
	return names, fields
}

// MarshalPickle writes the dtype for a codec that does not know numpy.
func (d *Dtype) MarshalPickle() (any, error) { return reduceDtype(context.Background(), d) }

// UnmarshalPickle takes a dtype from a codec that knows numpy.
func (d *Dtype) UnmarshalPickle(v any) error {
	b, ok := v.(*Dtype)
	if !ok {
		return fmt.Errorf("numpy: %s is no dtype; does the codec's Registry know numpy?", pickle.TypeName(v))
	}
	*d = *b
	return nil
}
