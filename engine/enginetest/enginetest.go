package enginetest

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/brine-go/brine/engine"
)

// Main is for TestMain: the test binary is then its own resource tracker, and
// each of the roles when Start asks for it.
func Main(m *testing.M, roles ...Roles) {
	engine.Main()
	for _, r := range roles {
		r.play()
	}
	os.Exit(m.Run())
}

// New returns an engine that is closed when the test ends, once what it was
// registered with has been closed by the test's own cleanups. Then nothing may
// be left that was not there before.
func New(t testing.TB, register ...func(*engine.Engine)) *engine.Engine {
	t.Helper()
	CheckLeaks(t)
	e, err := engine.New(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range register {
		r(e)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("closing the engine: %v", err)
		}
	})
	return e
}

// patience is for what ends on its own: long enough for a busy machine.
const patience = 30 * time.Second

// Soon returns a context for what must happen: it ends after 30 seconds.
func Soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// Moment returns a context for what must not happen: it ends after 20
// milliseconds.
func Moment(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// Must returns v, or ends the test that could not have it:
//
//	l := enginetest.Must(synchronize.NewLock(e))(t)
func Must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// Until waits for a state that others bring about.
func Until(t testing.TB, what string, ready func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ready(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to be that %s", what)
		}
	}
}
