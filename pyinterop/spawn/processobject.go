package spawn

import (
	"fmt"

	"github.com/brine-go/brine/pickle"
)

// A ProcessObject is multiprocessing's Process as it travels to the child: what
// to do, and what the child is called.
type ProcessObject struct {
	// Class is that of a subclass; the zero Class is SpawnProcess.
	Class pickle.Global
	// Target is called with Args and Kwargs: a Global, a bound method or a
	// partial. nil does nothing.
	Target any
	Args   pickle.Tuple
	Kwargs *pickle.Dict

	Name       string
	Identity   []int // the path of child counters that leads to this one
	Authkey    []byte
	Daemon     bool
	ParentPid  int
	ParentName string

	// Run is an attribute that takes the place of Process.run: a Python child
	// calls it, without arguments, instead of Target. A Go child does not.
	Run any
	// Report is what the child tells its end with: an attribute that Python
	// does not look at.
	Report any

	// Modern tells that the parent keeps its end of the pipe open as long as
	// it lives: Python 3.8 or later, or brine. Of a read one.
	Modern bool
	// Signed tells that a fork server writes how its child has ended as a
	// signed number: Python 3.7 or later. Of a read one.
	Signed bool
}

var spawnProcess = pickle.Global{Module: "multiprocessing.context", Name: "SpawnProcess"}

// object is one for every version from 3.6 on: keys that it does not know do
// not harm.
func (o *ProcessObject) object() *pickle.Object {
	config := pickle.NewDict(3)
	config.Set("authkey", authkey(o.Authkey))
	config.Set("semprefix", "/mp")
	if o.Daemon {
		config.Set("daemon", true)
	}
	args, kwargs := o.Args, o.Kwargs
	if args == nil {
		args = pickle.Tuple{}
	}
	if kwargs == nil {
		kwargs = pickle.NewDict(0)
	}
	state := pickle.NewDict(12)
	state.Set("_identity", identity(o.Identity))
	state.Set("_config", config)
	state.Set("_parent_pid", int64(o.ParentPid))
	state.Set("_parent_name", o.ParentName)
	state.Set("_popen", nil)
	state.Set("_closed", false)
	state.Set("_name", o.Name)
	if o.Report != nil {
		state.Set("_report", o.Report)
	}
	if o.Run != nil {
		state.Set("run", o.Run)
	}
	state.Set("_target", o.Target)
	state.Set("_args", args)
	state.Set("_kwargs", kwargs)
	class := o.Class
	if class == (pickle.Global{}) {
		class = spawnProcess
	}
	return &pickle.Object{
		How: pickle.NewObj, Class: class, Args: pickle.Tuple{},
		Ops: []pickle.Op{{Kind: pickle.Build, Items: []any{state}}},
	}
}

func identity(path []int) pickle.Tuple {
	t := make(pickle.Tuple, len(path))
	for i, n := range path {
		t[i] = int64(n)
	}
	return t
}

func parseProcessObject(v any) (*ProcessObject, error) {
	state, class, err := processState(v)
	if err != nil {
		return nil, err
	}
	o := &ProcessObject{Class: class}
	a := attributes{d: state, what: "process object"}
	a.take("_name", &o.Name)
	a.take("_identity", &o.Identity)
	a.take("_parent_pid", &o.ParentPid)
	_, o.Modern, _ = state.Get("_parent_name")
	_, o.Signed, _ = state.Get("_closed")
	a.take("_parent_name", &o.ParentName)
	o.Report, _ = a.get("_report")
	o.Target, _ = a.get("_target")
	if args, ok := a.get("_args"); ok {
		if o.Args, ok = args.(pickle.Tuple); !ok {
			return nil, fmt.Errorf("spawn: _args in the process object is a %s, not a tuple", pickle.TypeName(args))
		}
	}
	if kwargs, ok := a.get("_kwargs"); ok {
		if o.Kwargs, ok = kwargs.(*pickle.Dict); !ok {
			return nil, fmt.Errorf("spawn: _kwargs in the process object is a %s, not a dict", pickle.TypeName(kwargs))
		}
	}
	config, _ := a.get("_config")
	if d, ok := config.(*pickle.Dict); ok {
		c := attributes{d: d, what: "config of the process object"}
		o.Authkey = c.authkey("authkey")
		c.take("daemon", &o.Daemon)
		if a.err == nil {
			a.err = c.err
		}
	}
	return o, a.err
}

// processState takes the dict that a process object is built from.
func processState(v any) (*pickle.Dict, pickle.Global, error) {
	o, _ := v.(*pickle.Object)
	if o == nil {
		return nil, pickle.Global{}, fmt.Errorf("spawn: the second pickle of a parent is a process object, not a %s", pickle.TypeName(v))
	}
	class, ok := o.Class.(pickle.Global)
	if ok && len(o.Ops) == 1 && o.Ops[0].Kind == pickle.Build {
		if state, ok := o.Ops[0].Items[0].(*pickle.Dict); ok {
			return state, class, nil
		}
	}
	return nil, class, fmt.Errorf("spawn: the second pickle of a parent is a %s without the state of a process object", pickle.TypeName(v))
}
