package syncmanager

import "github.com/brine-go/brine/managers"

// A Config says how the types behave. The zero Config is Python's way.
type Config struct {
	// ReleaseDeadLocks releases a Lock, and permits of a Semaphore, when the
	// client that acquired them is gone. Python lets any process release
	// them, so programs that rely on that need it false.
	ReleaseDeadLocks bool
	// Pool says who runs the functions of a Pool; by default there is none.
	Pool PoolConfig
}

// Types returns the types of a stock SyncManager of any Python version, by
// their typeids. Without a
// PoolConfig a Pool is refused when it is made.
func Types(cfg Config) map[string]managers.Type {
	return map[string]managers.Type{
		"Array":            arrayType,
		"AsyncResult":      asyncResultType,
		"Barrier":          barrierType,
		"BoundedSemaphore": semaphoreType("BoundedSemaphore", cfg),
		"Condition":        conditionType,
		"Event":            eventType,
		"Iterator":         iteratorType,
		"JoinableQueue":    queueType,
		"Lock":             lockType(cfg),
		"Namespace":        namespaceType,
		"Pool":             poolType(cfg.Pool),
		"Queue":            queueType,
		"RLock":            rlockType,
		"Semaphore":        semaphoreType("Semaphore", cfg),
		"Value":            valueType,
		"dict":             dictType,
		"list":             listType,
		"set":              setType,
	}
}

// Register gives a server all Types.
func Register(s *managers.Server, cfg Config) error {
	for typeid, t := range Types(cfg) {
		if err := s.Register(typeid, t); err != nil {
			return err
		}
	}
	return nil
}
