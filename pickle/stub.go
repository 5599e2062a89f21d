package pickle

// Bodies still to be written; every function here moves to its own file.

import (
	"context"
	"errors"
	"iter"
)

type classTable struct{}

// Register makes T stand for the Python class or function of that full name.
func Register[T any](r *Registry, name string, c Class[T]) { panic("stub") }

// As converts a decoded value.
func As[T any](v any) (T, error) { panic("stub") }

func (e *Exception) Error() string        { return string(e.Class) }
func (e *Exception) Is(target error) bool { return false }
func (c ExceptionClass) Error() string    { return string(c) }

// Marshal returns v as a whole pickle.
func (c Codec) Marshal(ctx context.Context, v any) ([]byte, error) { panic("stub") }

// Unmarshal reads the pickle in data into the variable that v points to.
func (c Codec) Unmarshal(ctx context.Context, data []byte, v any) error { panic("stub") }

// Decode returns the value of the pickle in data.
func (c Codec) Decode(ctx context.Context, data []byte) (any, error) { panic("stub") }

// Append appends v as a whole pickle to dst.
func (c Codec) Append(ctx context.Context, dst []byte, v any) ([]byte, error) { panic("stub") }

// AppendValue appends the opcodes that push v, without PROTO and STOP. Several
// may stand in one pickle: none uses memo entries of another.
func (c Codec) AppendValue(ctx context.Context, dst []byte, v any) ([]byte, error) { panic("stub") }

// A Raw is a value as its peer wrote it: checked, not built; it encodes by
// splicing. The zero Raw is None.
type Raw struct {
	ops  []byte // opcodes that push the value; self-contained, no FRAME
	info rawInfo
}

type rawInfo struct{}

// Value builds the value.
func (r Raw) Value(ctx context.Context, c Codec) (any, error) { panic("stub") }

// Size is the length of the opcodes in bytes.
func (r Raw) Size() int { return len(r.ops) }

// A View is what lies in a pickle, seen without building it: the elements of
// the tuple it holds, and of those that are tuples or dicts the children.
// A View is reused: Scan keeps its storage.
type View struct{}

// An Item is one value inside the scanned pickle.
type Item struct{ start, end int32 }

// ErrShape tells that a pickle is no tuple that a View can show; decode it.
var ErrShape = errors.New("pickle: not a tuple that a view can show")

func (v *View) Scan(data []byte, lim Limits) error  { panic("stub") }
func (v *View) Protocol() Protocol                  { panic("stub") }
func (v *View) Len() int                            { panic("stub") }
func (v *View) At(i int) Item                       { panic("stub") }
func (v *View) Children(i int) []Item               { panic("stub") }
func (v *View) IsNone(it Item) bool                 { panic("stub") }
func (v *View) Text(it Item) (text []byte, ok bool) { panic("stub") }
func (v *View) Int(it Item) (n int64, ok bool)      { panic("stub") }
func (v *View) Float(it Item) (f float64, ok bool)  { panic("stub") }
func (v *View) Bool(it Item) (b, ok bool)           { panic("stub") }

// Globals yields module and name of every global that the scanned pickle names.
func (v *View) Globals() iter.Seq2[string, string] { panic("stub") }

// Raw returns the item as a Raw with bytes of its own (or aliasing data when
// it is large). ok is false when the item shares mutable parts with others, so
// that only decoding the whole keeps the sharing.
func (v *View) Raw(it Item) (raw Raw, ok bool) { panic("stub") }

// Aliases tells whether r's bytes are part of the pickle it was taken from.
func (r Raw) Aliases() bool { panic("stub") }
