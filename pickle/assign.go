package pickle

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/big"
	"reflect"
	"unicode/utf8"
)

// As converts a decoded value. T is the value's own type, any, or one that
// Unmarshal would fill with it.
func As[T any](v any) (T, error) {
	if t, ok := v.(T); ok {
		return t, nil
	}
	var t T
	err := assignTo(background, &Codec{}, &t, v, math.MaxInt64)
	return t, err
}

// Assign stores a decoded value in the variable that ptr points to, as Unmarshal
// would.
func (c Codec) Assign(ctx context.Context, ptr, v any) error {
	return assignTo(ctx, &c, ptr, v, math.MaxInt64)
}

// An assigner stores decoded values in typed variables. It is what typed decoding
// does where it cannot do without the decoded value.
type assigner struct {
	ctx   context.Context
	codec *Codec
	same  map[assigned]reflect.Value // pointers to the variables that values with identity are in
	depth int

	memory int64 // that may still be taken: what is one value may be many variables
}

// An assigned is a value with identity as a variable of one type.
type assigned struct {
	key key
	typ reflect.Type
}

// assignTo stores v in the variable that ptr points to, with so much memory.
func assignTo(ctx context.Context, c *Codec, ptr, v any, memory int64) error {
	if p, ok := ptr.(*any); ok && p != nil {
		*p = v
		return nil
	}
	r := reflect.ValueOf(ptr)
	if r.Kind() != reflect.Pointer || r.IsNil() {
		return &InvalidUnmarshalError{reflect.TypeOf(ptr)}
	}
	if o, ok := v.(*Object); ok && o.aside && r.Type().Elem() != typeRaw {
		v = o.Args
	}
	a := assigner{ctx: ctx, codec: c, memory: memory}
	return a.assign(r.Elem(), v)
}

// charge takes n bytes from the memory that there is.
func (a *assigner) charge(n int) error {
	if a.memory -= int64(n); a.memory < 0 {
		return &LimitError{"Memory", a.codec.Limits.Memory}
	}
	return nil
}

var (
	errHash   = errors.New("unhashable in Go")
	errKey    = errors.New("a key that is no str")
	errWithin = errors.New("it contains itself, which takes a pointer")
)

// mismatch is the error for a value that does not fit.
func mismatch(t reflect.Type, v any, err error) error {
	return &UnmarshalTypeError{Value: describeNumber(v), Type: t, Offset: -1, Err: err}
}

// describeNumber is describe that shows numbers, and how long a time is: they may be too
// large or not whole.
func describeNumber(v any) string {
	text := describe(v)
	switch x := v.(type) {
	case int64, float64:
		return fmt.Sprint(text, " ", x)
	case *big.Int:
		if x.BitLen() <= 128 {
			return fmt.Sprint(text, " ", x)
		}
		return fmt.Sprintf("%s of %d bits", text, x.BitLen())
	case Timedelta:
		return fmt.Sprint(text, " ", x)
	}
	return text
}

func (a *assigner) assign(dst reflect.Value, v any) error {
	if a.depth++; a.depth > defaultDepth {
		return &LimitError{"Depth", defaultDepth}
	}
	err := a.assignAny(dst, v)
	a.depth--
	return err
}

func (a *assigner) assignAny(dst reflect.Value, v any) error {
	t := dst.Type()
	if raw, ok := v.(Raw); ok && t != typeRaw && t.Kind() != reflect.Interface {
		built, err := built(raw)
		if err != nil {
			return err
		}
		v = built
	}
	if t == typeRaw {
		return a.assignRaw(dst, v)
	}
	if dst.Kind() != reflect.Pointer && dst.CanAddr() {
		if u, ok := dst.Addr().Interface().(Unmarshaler); ok {
			return u.UnmarshalPickle(v)
		}
	}
	if v != nil && reflect.TypeOf(v).AssignableTo(t) {
		dst.Set(reflect.ValueOf(v))
		return nil
	}
	if k := knownTypes[t]; k != nil && k.convert != nil && k.convert(v, variableOf(dst.Addr())) {
		return nil
	}
	if s, ok := v.(Assigner); ok && dst.Kind() != reflect.Pointer {
		if ok, err := s.AssignPickle(dst.Addr().Interface()); ok || err != nil {
			return err
		}
	}
	if assignKind(dst, v) {
		return nil
	}
	switch dst.Kind() {
	case reflect.Pointer:
		return a.assignPointer(dst, v)
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Struct:
		return a.assignShared(dst, v)
	}
	return mismatch(t, v, nil)
}

func (a *assigner) assignRaw(dst reflect.Value, v any) error {
	if raw, ok := v.(Raw); ok {
		dst.Set(reflect.ValueOf(raw))
		return nil
	}
	data, err := Codec{}.Marshal(a.ctx, v)
	if err != nil {
		return err
	}
	if err := a.charge(len(data)); err != nil {
		return err
	}
	raw, err := NewRaw(data)
	if err == nil {
		dst.Set(reflect.ValueOf(raw))
	}
	return err
}

// identityOf returns what tells a value with parts from others that are equal.
func identityOf(v any) (k key, ok bool) {
	switch x := v.(type) {
	case Tuple:
		return key{firstOf(x), len(x)}, len(x) > 0
	case *List, *Dict, *Set, *FrozenSet, *Object, mutable:
		return keyOf(v), true
	}
	return key{}, false
}

func (a *assigner) assignPointer(dst reflect.Value, v any) error {
	if v == nil {
		dst.SetZero()
		return nil
	}
	elem := dst.Type().Elem()
	k, ok := identityOf(v)
	if ok {
		if p, ok := a.same[assigned{k, elem}]; ok {
			dst.Set(p)
			return nil
		}
	}
	p := reflect.New(elem)
	if ok && elem.Kind() != reflect.Pointer && elem.Kind() != reflect.Interface {
		a.remember(assigned{k, elem}, p)
		dst.Set(p)
		return a.assignParts(p.Elem(), v)
	}
	if err := a.assign(p.Elem(), v); err != nil {
		return err
	}
	dst.Set(p)
	return nil
}

func (a *assigner) remember(k assigned, p reflect.Value) {
	if a.same == nil {
		a.same = map[assigned]reflect.Value{}
	}
	a.same[k] = p
}

// assignShared stores a value with parts, or what was made of it before.
func (a *assigner) assignShared(dst reflect.Value, v any) error {
	k, ok := identityOf(v)
	if !ok {
		return a.assignParts(dst, v)
	}
	id := assigned{k, dst.Type()}
	p, ok := a.same[id]
	if !ok {
		p = reflect.New(dst.Type())
		a.remember(id, p)
		if err := a.assignParts(p.Elem(), v); err != nil {
			return err
		}
	}
	dst.Set(p.Elem())
	return nil
}

func (a *assigner) assignParts(dst reflect.Value, v any) error {
	t := dst.Type()
	if u, ok := dst.Addr().Interface().(Unmarshaler); ok {
		return u.UnmarshalPickle(v)
	}
	switch dst.Kind() {
	case reflect.Slice, reflect.Array:
		if items, ok := itemsIn(v); ok {
			return a.assignItems(dst, v, items)
		}
		if v == nil && dst.Kind() == reflect.Slice {
			dst.SetZero()
			return nil
		}
	case reflect.Map:
		if v == nil {
			dst.SetZero()
			return nil
		}
		if entries, ok := entriesIn(v); ok {
			return a.assignMap(dst, v, entries)
		}
		if items, ok := itemsIn(v); ok && t.Elem().Size() == 0 {
			return a.assignSet(dst, items)
		}
	case reflect.Struct:
		return a.assignStruct(dst, v)
	}
	return mismatch(t, v, nil)
}

// assignKind stores values that are not made of others.
func assignKind(dst reflect.Value, v any) bool {
	switch dst.Kind() {
	case reflect.Interface:
		if v == nil {
			dst.SetZero()
		}
		return v == nil
	case reflect.Bool:
		b, ok := v.(bool)
		if ok {
			dst.SetBool(b)
		}
		return ok
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, ok := v.(int64)
		if ok = ok && !dst.OverflowInt(n); ok {
			dst.SetInt(n)
		}
		return ok
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		n, ok := unsigned(v)
		if ok = ok && !dst.OverflowUint(n); ok {
			dst.SetUint(n)
		}
		return ok
	case reflect.Float32, reflect.Float64:
		f, ok := float(v)
		if ok {
			dst.SetFloat(f)
		}
		return ok
	case reflect.Complex64, reflect.Complex128:
		c, ok := v.(complex128)
		if ok {
			dst.SetComplex(c)
		}
		return ok
	case reflect.String:
		s, ok := goText(v)
		if ok {
			dst.SetString(s)
		}
		return ok
	case reflect.Slice:
		b, ok := bytesIn(v)
		if ok = ok && dst.Type().Elem().Kind() == reflect.Uint8; ok {
			dst.SetBytes(b)
		}
		return ok
	case reflect.Array:
		b, ok := bytesIn(v)
		if ok = ok && dst.Type().Elem().Kind() == reflect.Uint8 && len(b) == dst.Len(); ok {
			reflect.Copy(dst, reflect.ValueOf(b))
		}
		return ok
	case reflect.Struct:
		return assignNumber(dst, v)
	}
	return false
}

// assignNumber stores numbers in those of math/big.
func assignNumber(dst reflect.Value, v any) bool {
	switch p := dst.Addr().Interface().(type) {
	case *big.Int:
		switch n := v.(type) {
		case int64:
			p.SetInt64(n)
			return true
		case *big.Int:
			p.Set(n)
			return true
		}
	case *big.Float:
		switch n := v.(type) {
		case float64:
			if !math.IsNaN(n) {
				p.SetFloat64(n)
			}
			return !math.IsNaN(n)
		case int64:
			p.SetInt64(n)
			return true
		case *big.Int:
			p.SetInt(n)
			return true
		}
	}
	return false
}

func unsigned(v any) (uint64, bool) {
	switch n := v.(type) {
	case int64:
		return uint64(n), n >= 0
	case *big.Int:
		return n.Uint64(), n.IsUint64()
	}
	return 0, false
}

// float returns a number that a float64 holds.
func float(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int64:
		f := float64(n)
		return f, math.Abs(f) <= 1<<53
	}
	return 0, false
}

func goText(v any) (string, bool) {
	switch s := v.(type) {
	case string:
		return s, true
	case ByteString:
		return string(s), utf8.ValidString(string(s))
	}
	return "", false
}

// bytesIn returns what bytes, a bytearray, a buffer or Python 2's str holds.
func bytesIn(v any) ([]byte, bool) {
	switch b := v.(type) {
	case *Buffer:
		return b.Bytes, true
	case ByteString:
		return []byte(b), true
	}
	return bytesOf(v)
}

// itemsIn returns what a sequence or a set holds; an instance may be one of a class
// that is such, as a deque is.
func itemsIn(v any) ([]any, bool) {
	switch x := v.(type) {
	case *List:
		return x.Items, true
	case Tuple:
		return x, true
	case *Object:
		return x.items()
	case interface{ All() iter.Seq[any] }:
		var items []any
		for item := range x.All() {
			items = append(items, item)
		}
		return items, true
	}
	return nil, false
}

// items returns what an instance holds that is filled like a list.
func (o *Object) items() (items []any, ok bool) {
	for _, op := range o.Ops {
		if op.Kind != Append && op.Kind != AddItems {
			return nil, false
		}
		items = append(items, op.Items...)
	}
	return items, len(items) > 0 || o.Class == Global{"collections", "deque"}
}

// entriesIn returns what a dict holds, or an instance that is filled like one.
func entriesIn(v any) (iter.Seq2[any, any], bool) {
	switch x := v.(type) {
	case *Object:
		return x.mapping()
	case interface{ All() iter.Seq2[any, any] }:
		return x.All(), true
	}
	return nil, false
}

// mappings are classes whose instances are dicts.
var mappings = map[Global]bool{
	{"collections", "OrderedDict"}: true,
	{"collections", "defaultdict"}: true,
	{"collections", "Counter"}:     true,
}

func (o *Object) mapping() (iter.Seq2[any, any], bool) {
	g, _ := o.Class.(Global)
	if args := o.arguments(); g == (Global{"collections", "Counter"}) && len(args) == 1 {
		return entriesIn(args[0])
	}
	for _, op := range o.Ops {
		if op.Kind != SetItems {
			return nil, false
		}
	}
	d, ok := o.entries()
	return d.All(), ok && (d.Len() > 0 || mappings[g])
}

func (a *assigner) assignItems(dst reflect.Value, v any, items []any) error {
	if err := a.charge(len(items) * int(dst.Type().Elem().Size())); err != nil {
		return err
	}
	if dst.Kind() == reflect.Slice {
		dst.Set(reflect.MakeSlice(dst.Type(), len(items), len(items)))
	} else if dst.Len() != len(items) {
		return mismatch(dst.Type(), v, fmt.Errorf("%d items", len(items)))
	}
	for i, item := range items {
		if err := a.assign(dst.Index(i), item); err != nil {
			return inItem(err, i)
		}
	}
	return nil
}

func (a *assigner) assignMap(dst reflect.Value, v any, entries iter.Seq2[any, any]) error {
	t := dst.Type()
	m := reflect.MakeMap(t)
	dst.Set(m)
	each := int(t.Key().Size()+t.Elem().Size()) + 16
	for k, v := range entries {
		if err := a.charge(each); err != nil {
			return err
		}
		key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if err := a.assign(key, k); err != nil {
			return inKey(err, key)
		}
		if !isMapKey(key) {
			return mismatch(t.Key(), k, errHash)
		}
		if err := a.assign(value, v); err != nil {
			return inKey(err, key)
		}
		m.SetMapIndex(key, value)
	}
	return nil
}

// isMapKey tells whether a value may be a key of a Go map. Slices and persistent
// ids may not: Go would look into them as often as they share their parts.
func isMapKey(key reflect.Value) bool {
	if key.Kind() == reflect.Interface && !key.IsNil() {
		switch key.Elem().Interface().(type) {
		case Slice, PersistentID:
			return false
		}
	}
	return key.Comparable()
}

// assignSet stores a set in a map that has nothing but keys.
func (a *assigner) assignSet(dst reflect.Value, items []any) error {
	t := dst.Type()
	m := reflect.MakeMap(t)
	dst.Set(m)
	if err := a.charge(len(items) * (int(t.Key().Size()) + 16)); err != nil {
		return err
	}
	for i, item := range items {
		key := reflect.New(t.Key()).Elem()
		if err := a.assign(key, item); err != nil {
			return inItem(err, i)
		}
		if !isMapKey(key) {
			return mismatch(t.Key(), item, errHash)
		}
		m.SetMapIndex(key, reflect.Zero(t.Elem()))
	}
	return nil
}
