package process

import (
	"os"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/queues"
	"github.com/brine-go/brine/engine/sharedctypes"
	"github.com/brine-go/brine/engine/sharedmemory"
)

// Register makes a process what a pool's worker is: it can be that of this
// package's pools, of Python's Pool, and of concurrent.futures'
// ProcessPoolExecutor. What the packages beneath register is registered too.
func Register(e *engine.Engine) {
	queues.Register(e)
	sharedctypes.Register(e)
	sharedmemory.Register(e)
	e.Func("multiprocessing.pool.worker", (&laborer{engine: e}).work)
	e.Func("multiprocessing.pool.mapstar", (&laborer{engine: e}).mapstar)
	e.Func("multiprocessing.pool.starmapstar", (&laborer{engine: e}).starmapstar)
	e.Func("concurrent.futures.process._process_worker", (&laborer{engine: e}).workForExecutor)
	e.Func("concurrent.futures.process._process_chunk", (&laborer{engine: e}).chunk)
	e.Func("os.getpid", os.Getpid)
}
