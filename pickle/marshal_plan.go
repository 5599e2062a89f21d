package pickle

import (
	"math"
	"math/big"
	"reflect"
	"slices"
	"time"
)

// A writeFunc writes the variable at p. What is written first for it is given the
// identity, which is that of a pointer or the zero key.
type writeFunc func(e *encoder, p pointer, k key) error

// mayStay tells whether variables of the plan's type can be written where an interface
// holds them: nobody is given their address, for a method or to change them.
func (pl *plan) mayStay() bool {
	t := pl.typ
	if pl.known != nil || !writtenByKind(t) {
		return t == typeAny
	}
	switch t.Kind() {
	case reflect.Array:
		return false
	case reflect.Struct:
		return !slices.ContainsFunc(pl.fields.fields, func(f field) bool {
			return f.omitZero || f.omitEmpty || f.flat && !f.plan.mayStay()
		})
	}
	return true
}

// writer returns how variables of the plan's type are written.
func (pl *plan) writer() writeFunc {
	t := pl.typ
	switch {
	case t.Implements(typeMarshaler) && t.Kind() != reflect.Interface:
		return pl.writeMarshaler
	case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(typeMarshaler):
		return pl.writeMarshalerAt
	case t == reflect.TypeFor[time.Time]():
		return pl.writeTime
	case t.Kind() == reflect.Interface || isStandIn(t):
		return pl.writeValue
	case valueTypes[t] || t == typeRaw:
		return pl.writeVariable
	}
	switch t.Kind() {
	case reflect.Bool:
		return func(e *encoder, p pointer, _ key) error {
			e.out = putBool(e.out, *(*bool)(p), e.version)
			return nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return pl.intWriter()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return pl.intWriter()
	case reflect.Float32:
		return func(e *encoder, p pointer, _ key) error {
			e.out = putFloat(e.out, float64(*(*float32)(p)), e.version)
			return nil
		}
	case reflect.Float64:
		return func(e *encoder, p pointer, _ key) error {
			e.out = putFloat(e.out, *(*float64)(p), e.version)
			return nil
		}
	case reflect.String:
		return func(e *encoder, p pointer, _ key) error { return e.text(*(*string)(p)) }
	case reflect.Complex64, reflect.Complex128:
		return func(e *encoder, p pointer, _ key) error { return e.value(variable(t, p).Complex()) }
	case reflect.Slice:
		if isByte(t.Elem()) {
			return func(e *encoder, p pointer, k key) error {
				if e.codec.Registry.ofType(t.Elem()) != nil {
					return pl.writeSlice(e, p, k)
				}
				return e.bytes(*(*[]byte)(p))
			}
		}
		pl.lists = true
		return pl.writeSlice
	case reflect.Array:
		return pl.writeArray
	case reflect.Map:
		return pl.mapWriter()
	case reflect.Pointer:
		return pl.writePointer
	case reflect.Struct:
		return pl.writeStruct
	}
	return func(e *encoder, p pointer, _ key) error { return e.fail(variable(t, p).Interface(), errType) }
}

// isByte tells whether a slice of the type is bytes, unless a Registry knows the type.
func isByte(t reflect.Type) bool { return t.Kind() == reflect.Uint8 && writtenByKind(t) }

// writtenByKind tells whether writer goes by what a type is made of.
func writtenByKind(t reflect.Type) bool {
	return t.Kind() != reflect.Interface && !t.Implements(typeMarshaler) && !reflect.PointerTo(t).Implements(typeMarshaler) &&
		!isStandIn(t) && !valueTypes[t]
}

// isStandIn tells whether values of a type are written as instances of classes of
// Python's standard library.
func isStandIn(t reflect.Type) bool {
	v := reflect.Zero(t).Interface()
	if _, ok := v.(writer); ok {
		return true
	}
	w, err := standIn(v)
	return w != nil || err != nil
}

func (pl *plan) intWriter() writeFunc {
	switch pl.typ.Kind() {
	case reflect.Int:
		return writeInt[int]
	case reflect.Int8:
		return writeInt[int8]
	case reflect.Int16:
		return writeInt[int16]
	case reflect.Int32:
		return writeInt[int32]
	case reflect.Int64:
		return writeInt[int64]
	case reflect.Uint8:
		return writeInt[uint8]
	case reflect.Uint16:
		return writeInt[uint16]
	case reflect.Uint32:
		return writeInt[uint32]
	}
	return func(e *encoder, p pointer, _ key) error {
		return e.big(new(big.Int).SetUint64(variable(pl.typ, p).Uint()))
	}
}

func writeInt[T anyInt](e *encoder, p pointer, _ key) error {
	e.int(int64(*(*T)(p)))
	return nil
}

// writeValue writes what an interface holds, or a value of a type that is known for
// itself.
func (pl *plan) writeValue(e *encoder, p pointer, k key) error {
	v := variable(pl.typ, p)
	if pl.typ.Kind() == reflect.Interface && v.IsNil() {
		e.op(opNone)
		return nil
	}
	if err := e.value(v.Interface()); err != nil {
		return err
	}
	e.identify(k)
	return nil
}

// writeTime is writeValue for a time, of which there may be many.
func (pl *plan) writeTime(e *encoder, p pointer, k key) error {
	if e.codec.Registry.ofType(pl.typ) != nil {
		return pl.writeValue(e, p, k)
	}
	t := *(*time.Time)(p)
	d, err := awareOf(t)
	if err != nil {
		return e.fail(t, err)
	}
	if err := d.write(e); err != nil {
		return err
	}
	e.identify(k)
	return nil
}

// writeVariable writes a value of one of this package's types, of which some are used
// by their pointers.
func (pl *plan) writeVariable(e *encoder, p pointer, k key) error {
	v := variable(pl.typ, p)
	if at := v.Addr().Interface(); isPython(at) || isStandIn(v.Addr().Type()) {
		return e.value(at)
	}
	return pl.writeValue(e, p, k)
}

func (pl *plan) writeMarshaler(e *encoder, p pointer, k key) error {
	v := variable(pl.typ, p)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			e.op(opNone)
			return nil
		}
		if k = pl.elem.keyAt(v.UnsafePointer()); e.again(k) {
			return nil
		}
	}
	return e.marshaled(v.Interface().(Marshaler), k)
}

func (pl *plan) writeMarshalerAt(e *encoder, p pointer, k key) error {
	return e.marshaled(variable(pl.typ, p).Addr().Interface().(Marshaler), k)
}

// keyAt is the identity of the variable at p: a struct begins where its first field
// does.
func (pl *plan) keyAt(p pointer) key { return key{p, math.MinInt + pl.number} }

func (pl *plan) writePointer(e *encoder, p pointer, _ key) error {
	to := *(*pointer)(p)
	if to == nil {
		e.op(opNone)
		return nil
	}
	k := pl.elem.keyAt(to)
	if e.again(k) {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	if err := pl.elem.write(e, to, k); err != nil {
		return err
	}
	e.leave()
	e.identify(k)
	return nil
}

func (pl *plan) writeSlice(e *encoder, p pointer, k key) error {
	h := (*sliceHeader)(p)
	if h.data == nil { // a list in Go's eyes, and what Python can iterate over
		e.emptyList()
		return nil
	}
	return pl.writeItems(e, h.data, h.len, k)
}

func (pl *plan) writeArray(e *encoder, p pointer, k key) error {
	n := pl.typ.Len()
	if isByte(pl.elem.typ) && e.codec.Registry.ofType(pl.elem.typ) == nil {
		return e.bytes(variable(pl.typ, p).Bytes())
	}
	return pl.writeItems(e, p, n, k)
}

// writeItems writes a list of n variables that lie behind each other.
func (pl *plan) writeItems(e *encoder, p pointer, n int, k key) error {
	e.emptyList()
	e.identify(k)
	outer := 0
	for ; n == 1 && pl.elem.lists && e.codec.Registry.ofType(pl.elem.typ) == nil; outer++ { // without a call each
		if err := e.enter(); err != nil {
			return err
		}
		e.emptyList()
		h := (*sliceHeader)(p)
		pl, p, n = pl.elem, h.data, h.len
	}
	if n > 0 {
		if err := pl.writeEach(e, p, n); err != nil {
			return inOnly(err, outer)
		}
	}
	for range outer {
		e.out = append(e.out, opAppend)
		e.leave()
	}
	return nil
}

// writeEach writes what goes into the list on top: n variables that lie behind each other.
func (pl *plan) writeEach(e *encoder, p pointer, n int) error {
	if err := e.enter(); err != nil {
		return err
	}
	marked := n > 1 && e.version > 0
	write, size := pl.elem.write, pl.elem.size
	for i := range n {
		if marked && i%batchSize == 0 {
			e.op(opMark)
		}
		if err := write(e, inside(p, uintptr(i)*size), key{}); err != nil {
			return inItem(err, i)
		}
		switch {
		case !marked:
			e.op(opAppend)
		case i%batchSize == batchSize-1 || i == n-1:
			e.op(opAppends)
		}
	}
	e.leave()
	return nil
}
