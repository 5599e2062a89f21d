package syncmanager

import (
	"context"
	"sync"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// A value is one variable. As in Python, any value goes under any type code.
type value struct {
	typecode any

	mu   sync.Mutex // guards what follows
	held any        // as it came
}

var valueType = managers.Type{
	New:       newValue,
	Signature: managers.Sig("Value.__init__(typecode, value, lock=True)"),
	Exposed:   []string{"get", "set"},
}

var valueMethods = managers.Methods[*value]{
	"get": managers.Def((*value).get, "Value.get()"),
	"set": managers.Def((*value).set, "Value.set(value)"),
}

func newValue(ctx context.Context, c *managers.Call) (managers.Referent, error) {
	typecode, err := c.Value(ctx, 0)
	if err != nil {
		return nil, err
	}
	held, err := c.Item(1)
	return &value{typecode: typecode, held: held}, err
}

func (v *value) Call(ctx context.Context, c *managers.Call, r *managers.Reply) error {
	return valueMethods.Call(v, ctx, c, r)
}

// Repr is that of Python's Value: "Value('i', 5)".
func (v *value) Repr() (string, error) {
	args, err := pickle.Repr(pickle.Tuple{v.typecode, v.load()})
	return "Value" + args, err
}

// Value returns a copy, an instance of Python's Value.
func (v *value) Value() (any, error) {
	attrs := pickle.NewDict(2)
	if err := attrs.Set("_typecode", v.typecode); err != nil {
		return nil, err
	}
	if err := attrs.Set("_value", v.load()); err != nil {
		return nil, err
	}
	return instance(pickle.Global{Module: "multiprocessing.managers", Name: "Value"}, attrs), nil
}

// Held yields the value if it may hold proxies.
func (v *value) Held(yield func(v any) bool) {
	yieldAll(watch(true).held([]any{v.typecode, v.load()}), yield)
}

func (v *value) load() any {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.held
}

func (v *value) get(_ context.Context, _ *managers.Call, r *managers.Reply) error {
	return r.Return(v.load())
}

func (v *value) set(_ context.Context, c *managers.Call, r *managers.Reply) error {
	held, err := c.Item(0)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.held = held
	return r.Return(nil)
}
