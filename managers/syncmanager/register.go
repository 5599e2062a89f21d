package syncmanager

import "github.com/brine-go/brine/managers"

// Types returns the types of a stock SyncManager of any Python version, by
// their typeids. Pool is not among them.
func Types() map[string]managers.Type {
	return map[string]managers.Type{
		"list":      listType,
		"dict":      dictType,
		"set":       setType,
		"Namespace": namespaceType,
		"Value":     valueType,
		"Array":     arrayType,
		"Iterator":  iteratorType,
	}
}

// Register gives a server all Types.
func Register(s *managers.Server) error {
	for typeid, t := range Types() {
		if err := s.Register(typeid, t); err != nil {
			return err
		}
	}
	return nil
}
