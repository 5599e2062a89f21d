package syncmanager

import "github.com/brine-go/brine/managers"

// A Config says how the types behave where Python leaves a choice.
type Config struct {
	// ReleaseDeadLocks takes a Lock or Semaphore back from a client that is
	// gone. Python does not: any process may release what another acquired.
	ReleaseDeadLocks bool
}

// Types returns the types of a stock SyncManager of any Python version, by
// their typeids. Pool is not among them.
func Types(_ Config) map[string]managers.Type {
	return map[string]managers.Type{
		"Array":     arrayType,
		"Iterator":  iteratorType,
		"Namespace": namespaceType,
		"Value":     valueType,
		"dict":      dictType,
		"list":      listType,
		"set":       setType,
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
