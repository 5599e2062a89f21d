package pickle

import (
	"context"
	"fmt"
	"reflect"
)

// An Unmarshaler is a type that takes decoded values by itself: an *Object for an
// instance of a class that no Registry knows, or a value of another of Python's types.
// It must copy what it keeps of it if that may change.
type Unmarshaler interface {
	UnmarshalPickle(v any) error
}

// An Assigner is a decoded value that variables of other types take too: ptr points
// to one. It returns false where the type is none of those. What it copies may be in many
// places: charge is told of the bytes beforehand, and its error, that Limits.Memory is
// used up, returned.
type Assigner interface {
	AssignPickle(ptr any, charge func(bytes int) error) (ok bool, err error)
}

// An InvalidUnmarshalError tells that Unmarshal was not given a pointer to a variable.
type InvalidUnmarshalError struct{ Type reflect.Type }

func (e *InvalidUnmarshalError) Error() string {
	switch {
	case e.Type == nil:
		return "pickle: Unmarshal needs a pointer to a variable, not nil"
	case e.Type.Kind() != reflect.Pointer:
		return fmt.Sprintf("pickle: Unmarshal needs a pointer to a variable, not %v", e.Type)
	}
	return fmt.Sprintf("pickle: Unmarshal needs a pointer to a variable, not a nil %v", e.Type)
}

// Unmarshal reads the pickle in data into the variable that v points to; it is Python's
// pickle.loads. It knows the classes of Stdlib. The error is a *SyntaxError for what is no
// pickle, an *UnmarshalTypeError for a value that does not fit the variable, which may then
// be filled in part, or an *InvalidUnmarshalError; beyond a limit it wraps a *LimitError.
func Unmarshal(data []byte, v any) error {
	return Codec{Registry: standardRegistry}.Unmarshal(background, data, v)
}

// Unmarshal reads the pickle in data into the variable that v points to. Slices there that
// have room, those of bytes too, are filled in place.
func (c Codec) Unmarshal(ctx context.Context, data []byte, v any) error {
	rest, err := c.unmarshal(ctx, data, v, true)
	if err == nil && len(rest) > 0 {
		return &SyntaxError{Op: opStop, Offset: len(data) - len(rest) - 1, Err: ErrTrailing}
	}
	return err
}

// UnmarshalFirst reads the first pickle in data into the variable that v points to,
// and returns what follows it. It knows the classes of Stdlib.
func UnmarshalFirst(data []byte, v any) (rest []byte, err error) {
	return Codec{Registry: standardRegistry}.UnmarshalFirst(background, data, v)
}

// UnmarshalFirst reads the first pickle in data into the variable that v points to,
// and returns what follows it.
func (c Codec) UnmarshalFirst(ctx context.Context, data []byte, v any) (rest []byte, err error) {
	return c.unmarshal(ctx, data, v, false)
}

// unmarshal reads the first pickle; alone says that no other should follow.
func (c *Codec) unmarshal(ctx context.Context, data []byte, v any, alone bool) (rest []byte, err error) {
	if p, ok := v.(*any); ok && p != nil {
		return c.unmarshalAny(ctx, data, p, alone)
	}
	ptr := reflect.ValueOf(v)
	if ptr.Kind() != reflect.Pointer || ptr.IsNil() {
		return data, &InvalidUnmarshalError{reflect.TypeOf(v)}
	}
	pl := planOf(ptr.Type().Elem())
	if rest, known, err := c.read(ctx, data, pl, ptr); known {
		return rest, err
	}
	got, n, err := c.decodeFirst(ctx, data, alone)
	if err != nil {
		return data, err
	}
	held := *c // every call would allocate a codec that it kept
	held.Limits = c.limits(n)
	return data[n:], assignTo(ctx, &held, v, got, held.Limits.Memory)
}

// unmarshalAny needs no plan: the variable takes what is decoded.
func (c *Codec) unmarshalAny(ctx context.Context, data []byte, p *any, alone bool) (rest []byte, err error) {
	if v, ok := c.decodeBrief(data); ok {
		*p = v
		return data[len(data):], nil
	}
	v, n, err := c.decodeFirst(ctx, data, alone)
	if err != nil {
		return data, err
	}
	*p = v
	return data[n:], nil
}

// decodeFirst decodes the first pickle in data, which has n bytes. Where others may
// follow, its end is looked for beforehand: what is made ready is made for its length.
func (c *Codec) decodeFirst(ctx context.Context, data []byte, alone bool) (v any, n int, err error) {
	if n = len(data); !alone {
		if n, err = c.first(data); err != nil {
			return nil, 0, err
		}
		if v, ok := c.decodeBrief(data[:n]); ok {
			return v, n, nil
		}
	}
	return c.decodeLong(ctx, data[:n], alone)
}

// worthTrying tells whether to read a pickle directly, which has probably the shape that
// those before it had.
func (pl *plan) worthTrying() bool {
	if pl.direct == nil {
		return false
	}
	if n := pl.failures.Load(); n < 4 || n%16 == 0 {
		return true
	}
	pl.failures.Add(1)
	return false
}

// chooses takes over what reading directly asks of a codec. A whole one would take as
// long as a short message.
func (r *reader) chooses(c *Codec) {
	r.codec.Alias, r.codec.Strict = c.Alias, c.Strict
	if r.codec.Dialect != c.Dialect {
		r.codec.Dialect = c.Dialect
	}
	if r.codec.Registry != c.Registry {
		r.codec.Registry = c.Registry
	}
}

// startOver forgets what reading directly has found out.
func (r *reader) startOver() {
	r.unlearn()
	r.reused = r.reused[:0]
	clear(r.texts)
	r.texts, r.depth = r.texts[:0], 0
}

// read fills the variable from the pickle itself or from a tape. known is false
// where the pickle has what no tape shows, or shares what is read as two types; the
// tape is then gone before the values come.
func (c *Codec) read(ctx context.Context, data []byte, pl *plan, ptr reflect.Value) (rest []byte, known bool, err error) {
	r := readers.Get().(*reader)
	defer r.release()
	lim := c.limits(len(data))
	if pl.worthTrying() {
		r.chooses(c)
		if r.direct(pl, variableOf(ptr), data, lim) {
			if pl.failures.Load() != 0 { // a store is for all processors
				pl.failures.Store(0)
			}
			return data[r.end:], true, nil
		}
		pl.failures.Add(1)
		r.startOver()
	}
	r.ctx, r.codec, r.memory = ctx, *c, lim.Memory
	if !r.scan(data, lim) {
		return data, false, nil
	}
	if r.memory -= r.size(); r.memory < 0 {
		return data, true, &SyntaxError{Op: opStop, Offset: r.end - 1, Err: &LimitError{"Memory", lim.Memory}}
	}
	err = pl.read(r, variableOf(ptr), r.root)
	return data[r.end:], !r.twice, err
}

// convert builds a value and assigns it.
func (pl *plan) convert(r *reader, p pointer, v ref) error {
	to := r.follow(v)
	at := r.offset(to)
	got, err := r.build(v)
	if err != nil {
		return err
	}
	a := assigner{ctx: r.ctx, codec: &r.codec, memory: r.memory, limit: r.limits.Memory}
	made := r.maker(to)
	again := made != 0 && r.nodes[made].n&nodeShared != 0
	if again { // others are not kept: there may be many
		a.same = r.assigned
	}
	err = a.assign(variable(pl.typ, p), got)
	r.memory = a.memory
	switch {
	case err != nil:
		r.assigned = nil // what did not fit is in it
	case again:
		r.assigned = a.same
	}
	switch e := err.(type) {
	case *UnmarshalTypeError:
		if e.Offset < 0 {
			e.Offset = int64(at)
		}
	case *LimitError:
		return &SyntaxError{Op: r.data[at], Offset: at, Err: e}
	}
	return err
}

// mismatch is the error for a value that does not fit the plan's type.
func (r *reader) mismatch(pl *plan, v ref, why error) error {
	twice := r.twice
	got, err := r.build(v)
	if err != nil {
		return err
	}
	r.twice = twice // it is for the message
	e := mismatch(pl.typ, got, why).(*UnmarshalTypeError)
	e.Offset = int64(r.offset(v))
	return e
}

// Valid returns nil if data is a pickle, whatever its classes and persistent ids stand
// for, and otherwise what is wrong with it. It builds no values for pickles as picklers
// write them.
func Valid(data []byte) error {
	r := readers.Get().(*reader)
	ok := r.scan(data, Limits{}.orDefault(len(data))) && r.end == len(data)
	r.release()
	if ok {
		return nil
	}
	c := Codec{
		PersistentLoad: func(_ context.Context, id any) (any, error) { return PersistentID{id}, nil },
		ExtensionLoad:  func(_ context.Context, code int32) (any, error) { return Extension(code), nil },
	}
	_, err := c.Decode(background, data)
	return err
}
