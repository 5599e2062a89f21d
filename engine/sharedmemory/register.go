package sharedmemory

import (
	"context"
	"errors"
	"fmt"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// Register has segments and lists leave and arrive as those of
// multiprocessing.shared_memory: by name, in any message.
func Register(e *engine.Engine) {
	pickle.Register(e.Registry(), memoryClass.String(), pickle.Class[*SharedMemory]{
		Reduce: func(_ context.Context, s *SharedMemory) (*pickle.Object, error) {
			return &pickle.Object{Class: memoryClass, Args: pickle.Tuple{s.name, false, int64(s.Size())}}, nil
		},
		Rebuild: func(_ context.Context, args pickle.Tuple, kwargs *pickle.Dict) (*SharedMemory, error) {
			name, err := nameOf(args, kwargs, 0)
			if err != nil {
				return nil, err
			}
			return Open(e, name)
		},
	})
	pickle.Register(e.Registry(), listClass.String(), pickle.Class[*ShareableList]{
		Reduce: func(_ context.Context, l *ShareableList) (*pickle.Object, error) { return l.reduce(), nil },
		Rebuild: func(_ context.Context, args pickle.Tuple, kwargs *pickle.Dict) (*ShareableList, error) {
			name, err := nameOf(args, kwargs, -1)
			if err != nil {
				return nil, err
			}
			return OpenShareableList(e, name)
		},
	})
}

var (
	memoryClass  = pickle.Global{Module: "multiprocessing.shared_memory", Name: "SharedMemory"}
	listClass    = pickle.Global{Module: "multiprocessing.shared_memory", Name: "ShareableList"}
	partialClass = pickle.Global{Module: "multiprocessing.reduction", Name: "_rebuild_partial"}
)

// reduce calls partial(ShareableList, name=…), as Python's does.
func (l *ShareableList) reduce() *pickle.Object {
	kwargs := pickle.NewDict(1)
	kwargs.Set("name", l.memory.name)
	return &pickle.Object{
		Class: &pickle.Object{Class: partialClass, Args: pickle.Tuple{listClass, pickle.Tuple{}, kwargs}},
		Args:  pickle.Tuple{},
	}
}

var errCreate = errors.New("sharedmemory: a pickle may open a segment by its name, and not make one")

// nameOf is the name in a call of SharedMemory(name, create, size) or
// ShareableList(name=…). at is its place among args, or -1.
func nameOf(args pickle.Tuple, kwargs *pickle.Dict, at int) (string, error) {
	var name any
	switch {
	case at >= 0 && len(args) > at:
		name = args[at]
		if len(args) > at+1 && args[at+1] != false {
			return "", errCreate
		}
	case len(args) == 0 && kwargs != nil:
		name, _, _ = kwargs.Get("name")
		if create, ok, _ := kwargs.Get("create"); ok && create != false {
			return "", errCreate
		}
	}
	text, err := pickle.As[string](name)
	if err != nil {
		return "", fmt.Errorf("sharedmemory: the name of a segment: %w", err)
	}
	return text, nil
}
