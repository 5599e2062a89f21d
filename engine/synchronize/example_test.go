package synchronize_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/synchronize"
)

// A program calls engine.Main first in its main, as TestMain does here.
func Example() {
	eng, err := engine.New(engine.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer eng.Close()
	synchronize.Register(eng) // so that children get locks among their arguments

	lock, err := synchronize.NewLock(eng)
	if err != nil {
		log.Fatal(err)
	}
	defer lock.Close()
	if err := lock.Acquire(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(lock)

	soon, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	fmt.Println(lock.Acquire(soon))
	fmt.Println(lock.Release(), lock.Release())
	// Output:
	// <Lock(owner=MainProcess)>
	// context deadline exceeded
	// <nil> ValueError: semaphore or lock released too many times
}

// Other Go processes that wait for the lock learn that its holder died, and one
// of them takes it over.
func ExampleRLock_RecordHolder() {
	eng, err := engine.New(engine.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer eng.Close()
	lock, err := synchronize.NewRLock(eng)
	if err != nil {
		log.Fatal(err)
	}
	if err := lock.RecordHolder(); err != nil {
		log.Fatal(err)
	}
	me := new(synchronize.Owner)
	err = lock.Acquire(context.Background(), me)
	if errors.Is(err, synchronize.ErrHolderDied) && lock.Inherit(me) {
		err = nil // what the lock guards may be half done: mend it here
	}
	fmt.Println(err, lock.Repr(me))
	fmt.Println(lock.Release(me))
	// Output:
	// <nil> <RLock(MainProcess, 1)>
	// <nil>
}
