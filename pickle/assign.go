package pickle

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
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
	fills *fills                     // that are told of what is copied
	depth int

	memory int64 // that may still be taken: what is one value may be many variables
	limit  int64 // of all memory
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
	if o, ok := v.(*Object); ok && o != nil && o.aside && r.Type().Elem() != typeRaw {
		v = o.Args
	}
	a := assigner{ctx: ctx, codec: c, memory: memory, limit: c.Limits.Memory}
	return a.assign(r.Elem(), v)
}

// charge takes n bytes from the memory that there is.
func (a *assigner) charge(n int) error {
	if a.memory -= int64(n); a.memory < 0 {
		return &LimitError{"Memory", a.limit}
	}
	return nil
}

// chargeCopy charges for what each variable has a copy of.
func (a *assigner) chargeCopy(v any) error {
	switch x := v.(type) {
	case ByteString:
		return a.charge(len(x))
	case *big.Int:
		return a.charge(x.BitLen() / 8)
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
	if a.fills != nil && v != nil && !reflect.TypeOf(v).AssignableTo(t) {
		if err := a.fills.copying(a, v); err != nil {
			return err
		}
	}
	if t == typeRaw {
		return a.assignRaw(dst, v)
	}
	if dst.Kind() != reflect.Pointer && dst.CanAddr() {
		if u, ok := dst.Addr().Interface().(Unmarshaler); ok {
			if a.fills.atEnd() {
				dst.SetZero() // what it was before is of the same value
			}
			return unmarshalBy(u, t, v)
		}
	}
	if assignAsIs(dst, v) {
		return nil
	}
	return a.assignConverted(dst, v)
}

// assignAsIs stores a value in a variable of its type, or of the type that it points to:
// that of a List or Dict, say. Copies of numbers would share their digits.
func assignAsIs(dst reflect.Value, value any) bool {
	switch v, t := reflect.ValueOf(value), dst.Type(); {
	case v.IsValid() && v.Type().AssignableTo(t):
		dst.Set(v)
	case v.Kind() == reflect.Pointer && v.Type().Elem() == t && !v.IsNil() && t.PkgPath() != "math/big":
		dst.Set(v.Elem())
	default:
		return false
	}
	return true
}

// assignConverted stores a value in a variable of another type.
func (a *assigner) assignConverted(dst reflect.Value, v any) error {
	t := dst.Type()
	if k := knownTypes[t]; k != nil && k.convert != nil {
		if err := a.charge(conversionCost(t, v)); err != nil {
			return err
		}
		if k.convert(v, variableOf(dst.Addr())) {
			return nil
		}
	}
	if s, ok := v.(Assigner); ok && dst.Kind() != reflect.Pointer {
		if ok, err := a.assignBy(s, dst); ok || err != nil {
			return err
		}
	}
	if err := a.chargeCopy(v); err != nil || assignKind(dst, v) {
		return err
	}
	switch dst.Kind() {
	case reflect.Pointer:
		return a.assignPointer(dst, v)
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Struct:
		return a.assignShared(dst, v)
	}
	return mismatch(t, v, nil)
}

// assignBy has the value's method fill the variable.
func (a *assigner) assignBy(s Assigner, dst reflect.Value) (ok bool, err error) {
	ok, err = s.AssignPickle(dst.Addr().Interface(), a.charge)
	if _, limit := errors.AsType[*LimitError](err); limit {
		return ok, err
	}
	return ok, placed(err, dst.Type(), s)
}

// unmarshalBy has a type's method take the value.
func unmarshalBy(u Unmarshaler, t reflect.Type, v any) error {
	return placed(u.UnmarshalPickle(v), t, v)
}

// placed is what a method found wrong as an error that gets its place.
func placed(err error, t reflect.Type, v any) error {
	if _, placed := errors.AsType[*UnmarshalTypeError](err); err == nil || placed {
		return err
	}
	return mismatch(t, v, err)
}

// assignRaw stores a value as its opcodes, written once: each costs as much as if it had
// its own, for whoever writes them all.
func (a *assigner) assignRaw(dst reflect.Value, v any) error {
	raw, ok := v.(Raw)
	if ok {
		dst.Set(reflect.ValueOf(raw))
		return nil
	}
	k, shared := identityOf(v)
	id := assigned{k, typeRaw}
	if p, again := a.same[id]; shared && again {
		dst.Set(p.Elem())
		return a.charge(3 * len(p.Interface().(*Raw).ops))
	}
	data, err := Codec{Registry: a.codec.Registry}.Marshal(a.ctx, v)
	if err != nil {
		return err
	}
	if err := a.charge(3 * len(data)); err != nil { // for writing, reading and keeping them
		return err
	}
	if raw, err = NewRaw(data); err != nil {
		return err
	}
	dst.Set(reflect.ValueOf(raw))
	if shared {
		a.remember(id, reflect.ValueOf(&raw))
	}
	return nil
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
		return unmarshalBy(u, t, v)
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
