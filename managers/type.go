package managers

import (
	"context"
)

// A Referent is an object that the server owns and clients reach by proxies.
// It is called from many goroutines and guards itself. Its dynamic type is a
// pointer, or holds one and is equal only for the same: identity tells one
// object from another.
type Referent interface {
	// Call runs c's method and answers through r. It returns ErrNoMethod
	// when it has none of that name, a *pickle.Exception for the client to
	// raise, or parks the call (Call.Park) and returns nil.
	Call(ctx context.Context, c *Call, r *Reply) error
}

// What a Referent may have besides.
type (
	// A Reprer answers repr(proxy's object), and str of it too.
	Reprer interface{ Repr() (string, error) }
	// A Valuer answers copy.copy(proxy) and proxy._getvalue(): the value
	// that a client gets a copy of.
	Valuer interface{ Value() (any, error) }
	// A Closer is closed, once and on a goroutine of its own, when nothing
	// refers to its object any more, or the server has stopped. Serve waits
	// for it.
	Closer interface{ Close() }
	// A Holder keeps values that may hold proxies; Held yields each. Objects
	// that a live Holder reaches stay alive.
	Holder interface{ Held(yield func(v any) bool) }
	// An Exposer lists the methods that an AutoProxy of it gets, in place of its
	// Type's.
	Exposer interface{ Exposed() []string }
)

// A Type is what a typeid stands for: how to make an object, and which of its
// methods a client may call.
type Type struct {
	// New makes an object of the client's arguments. It may return the same
	// Referent again: that is one object, with one more reference. Where making
	// one takes time it parks the call and returns nil; Waiter.Create has the
	// object then.
	New func(ctx context.Context, c *Call) (Referent, error)
	// Signature is that of New, in Python's notation: "Queue(maxsize=0)".
	Signature *Signature
	// Exposed lists the methods that an AutoProxy gets, and Python2 those that
	// one of Python 2 gets besides.
	Exposed, Python2 []string
}

// A Method is one entry of a Methods table.
type Method[T any] struct {
	Do        func(T, context.Context, *Call, *Reply) error
	Signature *Signature
}

// Methods are the methods of a Referent by their Python names.
type Methods[T any] map[string]Method[T]

// Def pairs a Go method with its Python signature, such as
// "Queue.put(item, block=True, timeout=None)" or "list.append(object, /)".
// Arguments are bound to it before Do runs; Call's accessors take a
// parameter's position in it, self not counted.
func Def[T any](do func(T, context.Context, *Call, *Reply) error, signature string) Method[T] {
	return Method[T]{Do: do, Signature: Sig(signature)}
}

// Call runs the method of recv that c names.
func (m Methods[T]) Call(recv T, ctx context.Context, c *Call, r *Reply) error {
	method, ok := m[string(c.method)]
	if !ok {
		return ErrNoMethod
	}
	if err := c.bind(method.Signature); err != nil {
		return err
	}
	return method.Do(recv, ctx, c, r)
}

// Names returns the names in the table, sorted.
func (m Methods[T]) Names() []string { return sortedKeys(m) }

// A Token names an object in messages: Python's managers.Token.
type Token struct {
	TypeID  string
	Address any // as the peer wrote it: Tuple(host, port), string or []byte
	ID      string
}
