package managers_test

import (
	"context"
	"fmt"
	"log"
	"sync"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop"
)

// A Scores keeps the best score of each player.
type Scores struct {
	mu   sync.Mutex
	best map[string]int
}

// Add notes a score; it is an error of Python's if it is negative.
func (s *Scores) Add(player string, score int) error {
	if score < 0 {
		return pickle.ValueError.New("a score is not negative")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.best[player] = max(s.best[player], score)
	return nil
}

// Best is a player's best score, or fallback.
func (s *Scores) Best(player string, fallback int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if best, ok := s.best[player]; ok {
		return best
	}
	return fallback
}

// Go methods are the methods of an object that Python programs share:
//
//	class Manager(BaseManager): pass
//	Manager.register('get_scores')
//	m = Manager(address=('127.0.0.1', port), authkey=b'secret')
//	m.connect()
//	m.get_scores().best('ann', fallback=-1)
//
// Here a Go client stands for them.
func ExampleRegister() {
	eng, err := engine.New(engine.Config{Authkey: []byte("secret")})
	if err != nil {
		log.Fatal(err)
	}
	defer eng.Close()
	server, err := managers.NewServer(eng, managers.Config{})
	if err != nil {
		log.Fatal(err)
	}
	err = managers.Register(server, "get_scores", managers.Class{
		Value:   &Scores{best: map[string]int{}},
		Methods: map[string]string{"Best": "best(player, fallback=0)"},
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	if err := server.Listen(ctx); err != nil {
		log.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { server.Serve(ctx) })
	defer serving.Wait()
	defer stop()

	client, err := managers.Dial(ctx, eng, server.Addrs()[0], managers.ClientConfig{})
	if err != nil {
		log.Fatal(err)
	}
	scores, err := client.Create(ctx, "get_scores")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(scores.Exposed())
	scores.Call(ctx, "add", "ann", 7)
	fmt.Println(scores.Call(ctx, "best", "ann"))
	fmt.Println(scores.Call(ctx, "best", "bob", managers.Kwargs{"fallback": -1}))
	_, err = scores.Call(ctx, "add", "bob", -5)
	fmt.Println(err)
	// Output:
	// [add best]
	// 7 <nil>
	// -1 <nil>
	// ValueError: a score is not negative
}

// A manager of Python's own runs in a child, as multiprocessing.Manager() does.
func ExampleStart() {
	ctx := context.Background()
	eng, err := engine.New(engine.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer eng.Close()
	python, err := pyinterop.Find(ctx)
	if err != nil {
		log.Fatal(err)
	}
	manager, err := managers.Start(ctx, eng, managers.StartConfig{Process: engine.ProcessConfig{Python: python}})
	if err != nil {
		log.Fatal(err)
	}
	numbers, err := manager.Create(ctx, "list", pickle.NewList(3, 1, 2))
	if err != nil {
		log.Fatal(err)
	}
	numbers.Call(ctx, "sort")
	fmt.Println(numbers.Repr(ctx))
	fmt.Println(manager.Close(ctx))
	// Output:
	// [1, 2, 3] <nil>
	// <nil>
}
