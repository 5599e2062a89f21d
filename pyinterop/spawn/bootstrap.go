package spawn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/brine-go/brine/pickle"
)

// Write writes what a child reads. The codec must be the child's: with its
// dialect, and in ctx what it inherits (see reduction.WithInheritance).
// Nothing is written if anything cannot be.
func Write(ctx context.Context, w io.Writer, c pickle.Codec, p *Preparation, o *ProcessObject) error {
	first, err := MarshalPreparation(ctx, c, p)
	if err != nil {
		return err
	}
	second, err := MarshalProcessObject(ctx, c, o)
	if err != nil {
		return err
	}
	_, err = w.Write(append(first, second...))
	return err
}

// MarshalPreparation returns the first of the two pickles that Write writes.
func MarshalPreparation(ctx context.Context, c pickle.Codec, p *Preparation) ([]byte, error) {
	data, err := c.Marshal(ctx, p.dict())
	if err != nil {
		return nil, fmt.Errorf("spawn: the preparation data: %w", err)
	}
	return data, nil
}

// MarshalProcessObject returns the second, which the child waits for once it has
// prepared itself.
func MarshalProcessObject(ctx context.Context, c pickle.Codec, o *ProcessObject) ([]byte, error) {
	data, err := c.Marshal(ctx, o.object())
	if err != nil {
		return nil, fmt.Errorf("spawn: the process object: %w", err)
	}
	return data, nil
}

// Ahead returns how the second pickle may begin, ahead of what
// MarshalProcessObject returns: a Python imports the names as it reads them, keeps
// nothing of them, and waits for the rest.
func Ahead(names ...pickle.Global) []byte {
	data := []byte{0x80, 4} // PROTO
	for _, g := range names {
		data = fmt.Appendf(data, "c%s\n%s\n0", g.Module, g.Name) // GLOBAL, POP
	}
	return data
}

// A Reader reads what a parent writes, from a pipe that stays open behind it.
type Reader struct {
	r io.Reader
	c pickle.Codec
}

// NewReader reads what cmd.Pipe brings.
func NewReader(r io.Reader, cmd Command) *Reader {
	var c pickle.Codec
	if cmd.Package != multiprocessing {
		c.Dialect.Package = cmd.Package
	}
	return &Reader{r, c}
}

// Preparation reads the first pickle.
func (r *Reader) Preparation(ctx context.Context) (*Preparation, error) {
	v, err := r.next(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("spawn: the preparation data: %w", err)
	}
	return parsePreparation(v)
}

// ProcessObject reads the second, with the classes of the registry; ctx has the
// birth of this process (see reduction.WithBirth).
func (r *Reader) ProcessObject(ctx context.Context, registry *pickle.Registry) (*ProcessObject, error) {
	v, err := r.next(ctx, registry)
	if err != nil {
		return nil, fmt.Errorf("spawn: the process object: %w", err)
	}
	return parseProcessObject(v)
}

func (r *Reader) next(ctx context.Context, registry *pickle.Registry) (v any, err error) {
	c := r.c
	c.Registry = registry
	d := c.NewDecoder(r.r)
	err = d.DecodeContext(ctx, &v)
	rest, _ := io.ReadAll(d.Buffered())
	r.r = io.MultiReader(bytes.NewReader(rest), r.r)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the parent ended, or failed, before it had written it: %w", err)
	}
	return v, err
}
