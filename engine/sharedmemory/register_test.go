package sharedmemory

import (
	"errors"
	"testing"

	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/pickle"
)

// TestPicklesMakeNoSegments: a message opens what there is, and no more.
func TestPicklesMakeNoSegments(t *testing.T) {
	e := enginetest.New(t, Register)
	for _, call := range []*pickle.Object{
		{Class: memoryClass, Args: pickle.Tuple{"brine-made", true, int64(8)}},
		{Class: memoryClass, Args: pickle.Tuple{nil, true, int64(8)}},
	} {
		text := enginetest.Must(pickle.Marshal(call))(t)
		if v, err := e.Connection().Codec.Decode(t.Context(), text); !errors.Is(err, errCreate) {
			t.Errorf("%v: %v, %v", call.Args, v, err)
		}
	}
}
