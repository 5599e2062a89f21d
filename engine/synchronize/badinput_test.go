package synchronize

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brine-go/brine/engine/enginetest"
	"github.com/brine-go/brine/engine/heap"
	"github.com/brine-go/brine/engine/internal/shm"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

// A midwife hands a child what it is born with, or fails to.
type midwife func(number int) (*os.File, error)

func (m midwife) Descriptor(number int) (*os.File, error) { return m(number) }

// TestBadInput shows what is said of a lock whose parts are not what its pickle
// says, beside TestForeignLayoutsAreRefused and TestStatesThatAreNone.
func TestBadInput(t *testing.T) {
	e := enginetest.New(t, Register)
	barrier := enginetest.Must(NewBarrier(e, 2))(t)
	codec := e.Connection().Codec
	text := enginetest.Must(codec.Marshal(reduction.WithInheritance(t.Context(), new(reduction.Inheritance)), barrier))(t)
	arrive := func(ctx context.Context) error { _, err := codec.Decode(ctx, text); return err }
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	lock := enginetest.Must(NewRLock(e))(t)
	record := filepath.Join(shm.Dir, recordName(lock.name))
	small := enginetest.Must(heap.Malloc(e, 4))(t)
	for _, tt := range []struct {
		name, want string
		err        func() error
	}{
		{"its descriptor is for a child, which we are not", "for a child that is being started, and nobody is", func() error {
			return arrive(t.Context())
		}},
		{"its descriptor did not come", "reduction: descriptor 0: file does not exist", func() error {
			return arrive(reduction.WithBirth(t.Context(), midwife(func(int) (*os.File, error) { return nil, os.ErrNotExist })))
		}},
		{"its memory is cut", "an arena of 100 bytes is said to have ", func() error {
			return arrive(reduction.WithBirth(t.Context(), midwife(func(int) (*os.File, error) { return os.Open(short) })))
		}},
		{"its memory is too small for it", "a timeout, a condition and 8 bytes is wanted", func() error {
			return new(Barrier).setState(e, pickle.Tuple{int64(2), nil, nil, barrier.condition, small})
		}},
		{"the record of its holder is cut", "a record of its holder that is not ", func() error {
			err := os.WriteFile(record, []byte("cut"), 0o600)
			return errors.Join(err, new(RLock).setState(e, lock.state()), os.Remove(record))
		}},
		{"it was made to be forked", "make it with multiprocessing.get_context('spawn')", func() error {
			return new(Lock).setState(e, pickle.Tuple{int64(0), int64(1), int64(1), nil})
		}},
	} {
		if err := tt.err(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	// None of it has cost the good ones anything.
	if barrier.Broken() || !lock.TryAcquire(new(Owner)) {
		t.Errorf("%s and %s are left", barrier, lock)
	}
}
