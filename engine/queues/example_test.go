package queues_test

import (
	"context"
	"fmt"
	"log"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/queues"
)

// A queue for two items at a time. Given to a child among its arguments, it is
// the child's multiprocessing.Queue.
func Example() {
	eng, err := engine.New(engine.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer eng.Close()
	queues.Register(eng)

	q, err := queues.New(eng, 2)
	if err != nil {
		log.Fatal(err)
	}
	defer q.Close()
	ctx := context.Background()
	for _, item := range []any{"one", 2, 3.5} {
		fmt.Println(q.TryPut(ctx, item))
	}
	for range 2 {
		item, err := q.Get(ctx)
		fmt.Println(item, err)
	}
	// Output:
	// <nil>
	// <nil>
	// queue.Full
	// one <nil>
	// 2 <nil>
}
