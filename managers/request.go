package managers

import (
	"errors"
	"fmt"

	"github.com/brine-go/brine/pickle"
)

// A request is the pickle of (ident, method, args, kwds).

func (c *Call) reset(s *session, r *Reply, view *pickle.View, frame []byte) {
	*c = Call{s: s, r: r, view: view, frame: frame}
}

// open routes the request: it finds the id (nil asks for a function of the
// server), the method and where the arguments are. Nothing is built unless the
// request's shape is odd or it brings proxies.
func (c *Call) open() (id []byte, err error) {
	err = c.view.Scan(c.frame, c.s.srv.codec.Limits)
	if errors.Is(err, pickle.ErrShape) {
		return c.openWhole()
	}
	if err != nil {
		return nil, pickleError(err)
	}
	if err := c.inspect(); err != nil {
		return nil, err
	}
	if n := c.view.Len(); n != 4 {
		return nil, wrongLength(n)
	}
	method, ok := c.view.Text(c.view.At(1))
	if !ok || !c.view.IsTuple(2) || !c.view.IsDict(3) {
		return c.openWhole()
	}
	c.method = method
	c.args, c.kwds = c.view.Children(2), c.view.Children(3)
	if c.proxies {
		if err := c.build(); err != nil {
			return nil, err
		}
	}
	if c.view.IsNone(c.view.At(0)) {
		return nil, nil
	}
	id, ok = c.view.Text(c.view.At(0))
	if !ok {
		return nil, pickle.KeyError.New(nil)
	}
	return id, nil
}

// inspect looks at the classes that the request names.
func (c *Call) inspect() error {
	fork := false
	for module, name := range c.view.Globals() {
		if c.s.srv.cfg.Strict && !c.s.srv.allowed[module+"."+name] && !builtinException(module, name) {
			return forbidden(module, name)
		}
		fork = fork || module == "dill._dill" || inPackage(module, "multiprocess")
		c.proxies = c.proxies || name == "RebuildProxy" || name == "Token"
	}
	c.s.learn(c.view.Protocol(), fork)
	return nil
}

func inPackage(module, pkg string) bool {
	return module == pkg || len(module) > len(pkg) && module[len(pkg)] == '.' && module[:len(pkg)] == pkg
}

// openWhole opens a request that no view can show.
func (c *Call) openWhole() ([]byte, error) {
	if err := c.inspect(); err != nil {
		return nil, err
	}
	v, err := c.decode()
	if err != nil {
		return nil, err
	}
	t, ok := v.(pickle.Tuple)
	if !ok {
		return nil, pickle.TypeError.New("cannot unpack non-iterable " + pickle.TypeName(v) + " object")
	}
	if len(t) != 4 {
		return nil, wrongLength(len(t))
	}
	if c.method, err = methodOf(t); err != nil {
		return nil, err
	}
	if err := c.setWhole(t); err != nil {
		return nil, err
	}
	if t[0] == nil {
		return nil, nil
	}
	id := textOf(t[0])
	if id == "" {
		return nil, pickle.KeyError.New(t[0])
	}
	return []byte(id), nil
}

// methodOf is the name of the method or function that a request asks for.
func methodOf(t pickle.Tuple) ([]byte, error) {
	switch name := t[1].(type) {
	case string:
		return []byte(name), nil
	case pickle.ByteString:
		return []byte(name), nil
	}
	if t[0] != nil {
		return nil, pickle.KeyError.New(t[1])
	}
	text, err := pickle.Repr(t[1])
	if err != nil {
		return nil, err
	}
	return nil, pickle.AssertionError.New(text + " unrecognized")
}

// build makes values of the whole request: what arguments share stays shared.
func (c *Call) build() error {
	v, err := c.decode()
	if err != nil {
		return err
	}
	t, ok := v.(pickle.Tuple)
	if !ok || len(t) != 4 {
		return pickle.ValueError.New("a request must be a tuple of four")
	}
	return c.setWhole(t)
}

func (c *Call) decode() (any, error) {
	v, err := c.s.reading().Decode(c.s.ctx, c.frame)
	if err != nil {
		return nil, pickleError(err)
	}
	return v, nil
}

func (c *Call) setWhole(t pickle.Tuple) error {
	var w wholeCall
	switch args := t[2].(type) {
	case pickle.Tuple:
		w.args = args
	case *pickle.List:
		w.args = args.Items
	default:
		return pickle.TypeError.New("argument after * must be an iterable, not " + pickle.TypeName(t[2]))
	}
	w.kwds, _ = t[3].(*pickle.Dict)
	if w.kwds == nil {
		return pickle.TypeError.New("argument after ** must be a mapping, not " + pickle.TypeName(t[3]))
	}
	w.args = w.args[min(c.skip, len(w.args)):]
	c.whole = &w
	return nil
}

// drop takes the first n arguments away: they are not the callee's.
func (c *Call) drop(n int) {
	if c.whole != nil {
		c.whole.args = c.whole.args[n:]
	} else {
		c.args = c.args[n:]
	}
	c.skip += n
}

func wrongLength(n int) error {
	if n < 4 {
		return pickle.ValueError.New(fmt.Sprintf("not enough values to unpack (expected 4, got %d)", n))
	}
	return pickle.ValueError.New("too many values to unpack (expected 4)")
}

// pickleError is what Python's unpickler would raise.
func pickleError(err error) error {
	if e, ok := errors.AsType[*pickle.Exception](err); ok {
		return e
	}
	return pickle.ExceptionClass("_pickle.UnpicklingError").New(err.Error())
}
