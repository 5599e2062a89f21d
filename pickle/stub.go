package pickle

// Bodies still to be written; every function here moves to its own file.

import (
	"context"
	"errors"
	"iter"
)

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
