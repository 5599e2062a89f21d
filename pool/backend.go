package pool

import "context"

// A Backend has workers that run tasks.
type Backend interface {
	// Run takes tasks from q until Take returns none, and returns when nothing
	// that it started is left. When ctx ends it stops the tasks that run. For
	// each task that it took it calls Begin when a worker starts with it,
	// and Finish, also after Begin was false.
	Run(ctx context.Context, q *Queue) error
	// Workers is how many tasks may run at once.
	Workers() int
	// Serves tells whether a worker has the tag.
	Serves(tag string) bool
}
