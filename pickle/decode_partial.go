package pickle

import (
	"errors"
	"fmt"
	"reflect"
)

// rebuildPartial is how multiprocessing pickles a functools.partial.
var rebuildPartial = Global{"multiprocessing.reduction", "_rebuild_partial"}

// callPartial makes what a registered class makes of a call that a pickle
// writes as partial(class, *args, **kwargs)(*more).
func (d *decoder) callPartial(callable any, more Tuple) (v any, done bool, err error) {
	p, ok := callable.(*Object)
	if !ok || p.Class != rebuildPartial || len(p.Ops) > 0 || d.codec.Registry == nil {
		return nil, false, nil
	}
	parts, _ := p.Args.(Tuple)
	if len(parts) != 3 {
		return nil, false, nil
	}
	g, ok1 := parts[0].(Global)
	args, ok2 := parts[1].(Tuple)
	kwargs, ok3 := parts[2].(*Dict)
	if !ok1 || !ok2 || !ok3 {
		return nil, false, nil
	}
	c := d.classNamed(g)
	if c == nil || c.rebuild == nil && c.structure == nil {
		return nil, false, nil
	}
	if err := d.charge(16 * (len(args) + len(more))); err != nil {
		return nil, false, err
	}
	return d.rebuildAs(c, g, append(args[:len(args):len(args)], more...), kwargs)
}

// reconstruct makes what a registered class makes of an instance as the protocols before 2
// write it: by a call of copyreg's.
func (d *decoder) reconstruct(g Global, args Tuple) (v any, done bool, err error) {
	o := Object{Class: g, Args: args}
	made, args, ok := o.constructed()
	if !ok || made == g {
		return nil, false, nil
	}
	if c := d.classNamed(made); c != nil && (c.rebuild != nil || c.structure != nil) {
		return d.rebuildAs(c, made, args, nil)
	}
	return nil, false, nil
}

// rebuildAs makes what a registered class makes of its arguments, unless it declines.
func (d *decoder) rebuildAs(c *class, g Global, args Tuple, kwargs *Dict) (v any, done bool, err error) {
	if c.structure != nil {
		if err := d.charge(int(c.fills.Size())); err != nil {
			return nil, false, err
		}
		v = reflect.New(c.fills).Interface()
		return v, true, d.fillStruct(fill{class: c, v: v, args: args, kwargs: kwargs})
	}
	v, err = c.rebuild(d.ctx, args, kwargs)
	switch {
	case errors.Is(err, ErrUnclaimed):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("%v: %w", g, err)
	}
	return v, true, nil
}
