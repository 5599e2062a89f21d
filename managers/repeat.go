package managers

import (
	"fmt"
	"strings"
)

// A LostError tells that the connection was lost after a request was sent and
// before it was answered: the method may have run, or not.
type LostError struct {
	TypeID, Method string
	Err            error
}

func (e *LostError) Error() string {
	return fmt.Sprintf("managers: lost the connection during %s.%s, which may have run: %v", e.TypeID, e.Method, e.Err)
}

func (e *LostError) Unwrap() error { return e.Err }

// readers are the methods, by typeid, that change nothing: they may run twice.
var readers = func() map[string]map[string]bool {
	read := make(map[string]map[string]bool)
	for typeid, methods := range map[string]string{
		"list":             "__add__ __contains__ __getitem__ __len__ __mul__ __rmul__ copy count index",
		"dict":             "__contains__ __getitem__ __len__ __or__ copy get items keys values",
		"set":              "__and__ __contains__ __len__ __or__ __sub__ __xor__ copy isdisjoint issubset issuperset",
		"Array":            "__getitem__ __len__",
		"Value":            "get",
		"Namespace":        "__getattribute__",
		"Queue":            "empty full qsize",
		"JoinableQueue":    "empty full qsize",
		"Event":            "is_set",
		"Barrier":          "__getattribute__",
		"Lock":             "locked",
		"RLock":            "",
		"Semaphore":        "",
		"BoundedSemaphore": "",
		"Condition":        "",
	} {
		read[typeid] = map[string]bool{"__repr__": true, "__str__": true, "#GETVALUE": true}
		for method := range strings.FieldsSeq(methods) {
			read[typeid][method] = true
		}
	}
	return read
}()

// repeatable tells whether a method may run twice.
func (r *reference) repeatable(method string) bool { return readers[r.typeid][method] }
