package managers

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/brine-go/brine/pickle"
)

// A Class makes a Go type one of Python's: a client that registered its typeid
// gets an AutoProxy, whose methods are the exported methods of the Go type.
//
// Arguments are converted as [pickle.As] does; one that does not fit is a
// TypeError. A *pickle.Exception that a method returns is raised as it is, any
// other error as the class that Errors has for it, else as a RuntimeError. A
// method that panics is a RemoteError with the Go stack; the server lives.
// Several results are a tuple. A pointer whose type is registered, too, is
// returned as a proxy of that typeid, and such a proxy is a pointer again when
// it is an argument. A channel, iter.Seq or iter.Seq2 is returned as a proxy of
// an Iterator, which yields tuples for a Seq2, or raises its second value where
// that is an error. Clients take turns; what is taken for one that is gone by
// then, the next one gets.
//
// The protocol carries the names of methods and no more, and AutoProxy, in every
// version, makes each from its name as name(self, /, *args, **kwds). So that is what
// Python's help shows; a call that does not fit the declaration is told what does, as
// CPython tells it.
//
// Methods are called from many goroutines at once. One whose first parameter
// is a context.Context may wait: the context ends when its client goes or the
// server stops. The String method, where there is one, is Python's str and
// repr. What an embedded sync.Mutex brings is not exposed.
type Class struct {
	// New makes an object of the arguments of a client's call: a function
	// that returns a pointer, or a pointer and an error. In place of the
	// pointer it may be a channel or iterator.
	New any
	// Value, in place of New, is the one object that all clients share.
	Value any
	// Signature declares New's parameters: "Cache(size=128)".
	Signature string
	// Methods declares methods in Python's notation, by their Go names:
	// {"Get": "get(key, default=None)"}. "" hides a method. One that is not
	// declared has its Go name in snake case and takes no keywords.
	Methods map[string]string
	// Errors says which exception an error is.
	Errors map[error]pickle.ExceptionClass
}

// Register adds a Go type as a typeid. It must come before Serve.
func Register(s *Server, typeid string, c Class) error {
	k, err := c.read(s)
	if err != nil {
		return fmt.Errorf("managers: class %q: %w", typeid, err)
	}
	k.typeid = typeid
	if _, known := s.types[sequenceTypeID]; !known {
		s.types[sequenceTypeID] = sequenceType
	}
	t := Type{Exposed: sortedKeys(k.methods), Signature: Sig(typeid + "()")}
	if isSequence(k.pointer) {
		t.Exposed = sequenceType.Exposed
	} else if s.classes[k.pointer] == nil {
		s.classes[k.pointer] = k
	}
	if c.Value != nil {
		one := reflect.ValueOf(c.Value)
		t.New = func(context.Context, *Call) (Referent, error) { return k.referent(one), nil }
	} else {
		t.New, t.Signature = k.construct, k.new.signature
	}
	return s.Register(typeid, t)
}

// A class is a Class as it was read.
type class struct {
	s       *Server
	typeid  string
	pointer reflect.Type // of the objects, or that of a channel or iterator
	new     *function    // nil where there is one object only
	methods map[string]*function
	errors  map[error]pickle.ExceptionClass
}

func (c Class) read(s *Server) (k *class, err error) {
	k = &class{s: s, methods: make(map[string]*function), errors: c.Errors}
	switch {
	case (c.New == nil) == (c.Value == nil):
		return nil, errors.New("set New or Value")
	case c.Value != nil:
		k.pointer = reflect.TypeOf(c.Value)
	default:
		if k.new, err = readConstructor(c); err != nil {
			return nil, err
		}
		k.pointer = k.new.results[0]
	}
	switch {
	case isSequence(k.pointer) && len(c.Methods) > 0:
		return nil, fmt.Errorf("%s has no methods to declare", k.pointer)
	case isSequence(k.pointer):
		return k, nil
	case k.pointer.Kind() != reflect.Pointer:
		return nil, fmt.Errorf("an object is a pointer, not %s", k.pointer)
	}
	return k, k.readMethods(c.Methods)
}

func readConstructor(c Class) (*function, error) {
	fn := reflect.ValueOf(c.New)
	if fn.Kind() != reflect.Func {
		return nil, fmt.Errorf("New is a function, not %s", fn.Type())
	}
	f, err := newFunction(fn, 0, "", declarationOr(c.Signature, "New"))
	if err != nil {
		return nil, fmt.Errorf("New: %w", err)
	}
	if len(f.results) != 1 {
		return nil, errors.New("New returns a pointer, or a pointer and an error")
	}
	return f, nil
}

// readMethods makes the table of exposed methods.
func (k *class) readMethods(declared map[string]string) error {
	name := k.pointer.Elem().Name() + "."
	left := make(map[string]bool)
	for method := range declared {
		left[method] = true
	}
	for m := range k.pointer.Methods() {
		delete(left, m.Name)
		declaration, ok := declared[m.Name]
		if ok && declaration == "" || !ok && (m.Name == "String" || borrowed(k.pointer, m.Name)) {
			continue
		}
		f, err := newFunction(m.Func, 1, name, declarationOr(declaration, snake(m.Name)))
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
		python := strings.TrimPrefix(f.signature.name, name)
		if k.methods[python] != nil {
			return fmt.Errorf("%s: there are two methods %s", m.Name, python)
		}
		k.methods[python] = f
	}
	for method := range left {
		return fmt.Errorf("%s has no method %s", k.pointer, method)
	}
	return nil
}

// borrowed tells whether a method is that of an embedded sync.Mutex and its
// like: it guards the object against its own methods, and is not one of them.
func borrowed(pointer reflect.Type, method string) bool {
	t := pointer.Elem()
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.Anonymous || f.Type.Kind() == reflect.Interface {
			continue
		}
		if base := f.Type; base.PkgPath() == "sync" {
			if _, ok := reflect.PointerTo(base).MethodByName(method); ok {
				return true
			}
		}
	}
	return false
}

// A declaration is a function in Python's notation, or its name alone.
type declaration struct {
	text string // "get(key, default=None)"; "" where nobody wrote one
	name string
}

func declarationOr(text, name string) declaration {
	if text != "" {
		name, _, _ = strings.Cut(text, "(")
	}
	return declaration{text: text, name: name}
}

// keywords cannot be names of methods in one Python or another.
var keywords = map[string]bool{}

func init() {
	for word := range strings.FieldsSeq("and as assert async await break class continue def del elif else except exec finally " +
		"for from global if import in is lambda nonlocal not or pass print raise return try while with yield") {
		keywords[word] = true
	}
}

// snake is a Go name as Python writes it: GetItem is get_item, HTTPGet is
// http_get, UserIDs is user_ids, Del is del_.
func snake(name string) string {
	var b strings.Builder
	upper := func(i int) bool { return i < len(name) && 'A' <= name[i] && name[i] <= 'Z' }
	for i := range len(name) {
		word := i+1 < len(name) && !upper(i+1) && name[i+1:] != "s" // begins here, after an acronym
		if upper(i) && i > 0 && name[i-1] != '_' && (!upper(i-1) || word) {
			b.WriteByte('_')
		}
		b.WriteByte(name[i])
	}
	python := strings.ToLower(b.String())
	if keywords[python] {
		python += "_"
	}
	return python
}
