package spawn

import (
	"context"
	"fmt"

	"github.com/brine-go/brine/pickle"
)

// A Preparation is what a child applies before it unpickles its ProcessObject:
// multiprocessing.spawn.get_preparation_data. Fields with their zero value are
// not written, and the child keeps what it has.
type Preparation struct {
	// First is unpickled before anything else, for what that does in a Python,
	// and is ignored.
	First any

	Name        string
	Authkey     []byte
	LogToStderr bool
	LogLevel    int
	SysPath     []string // replaces all of it
	SysArgv     []string
	Dir         string // where the child works
	OrigDir     string // to which MainPath is relative
	StartMethod string // its default for children of its own
	MainName    string // the main module, to be run under the name __mp_main__
	MainPath    string // or its file
}

var authenticationString = pickle.Global{Module: "multiprocessing.process", Name: "AuthenticationString"}

func (p *Preparation) dict() *pickle.Dict {
	d := pickle.NewDict(8)
	set := func(name string, v any, is bool) {
		if is {
			d.Set(name, v)
		}
	}
	set("_first", p.First, p.First != nil)
	set("name", p.Name, p.Name != "")
	set("authkey", authkey(p.Authkey), p.Authkey != nil)
	d.Set("log_to_stderr", p.LogToStderr)
	set("log_level", int64(p.LogLevel), p.LogLevel != 0)
	set("sys_path", list(fsdecodeAll(p.SysPath)), p.SysPath != nil)
	set("sys_argv", list(fsdecodeAll(p.SysArgv)), p.SysArgv != nil)
	set("dir", fsdecode(p.Dir), p.Dir != "")
	set("orig_dir", fsdecode(p.OrigDir), p.OrigDir != "")
	set("start_method", p.StartMethod, p.StartMethod != "")
	set("init_main_from_name", p.MainName, p.MainName != "")
	set("init_main_from_path", fsdecode(p.MainPath), p.MainPath != "")
	return d
}

func parsePreparation(v any) (*Preparation, error) {
	d, ok := v.(*pickle.Dict)
	if !ok {
		return nil, fmt.Errorf("spawn: the first pickle of a parent is a dict, not a %s", pickle.TypeName(v))
	}
	p := new(Preparation)
	a := attributes{d: d, what: "preparation data"}
	a.take("name", &p.Name)
	p.Authkey = a.authkey("authkey")
	a.take("log_to_stderr", &p.LogToStderr)
	a.take("log_level", &p.LogLevel)
	a.take("sys_path", &p.SysPath)
	a.take("sys_argv", &p.SysArgv)
	a.take("dir", &p.Dir)
	a.take("orig_dir", &p.OrigDir)
	a.take("start_method", &p.StartMethod)
	a.take("init_main_from_name", &p.MainName)
	a.take("init_main_from_path", &p.MainPath)
	for _, name := range []*string{&p.Dir, &p.OrigDir, &p.MainPath} {
		*name = fsencode(*name)
	}
	for _, names := range [][]string{p.SysPath, p.SysArgv} {
		for i := range names {
			names[i] = fsencode(names[i])
		}
	}
	return p, a.err
}

func authkey(key []byte) *pickle.Object {
	return &pickle.Object{Class: authenticationString, Args: pickle.Tuple{key}}
}

func list(texts []string) *pickle.List {
	l := pickle.NewList()
	for _, s := range texts {
		l.Items = append(l.Items, s)
	}
	return l
}

// attributes reads a dict, each key of which may be missing or None.
type attributes struct {
	d    *pickle.Dict
	what string
	err  error // the first
}

// get returns what the dict has, and whether that is something.
func (a *attributes) get(name string) (v any, ok bool) {
	v, ok, _ = a.d.Get(name)
	return v, ok && v != nil
}

func (a *attributes) take(name string, ptr any) {
	v, ok := a.get(name)
	if !ok || a.err != nil {
		return
	}
	if err := (pickle.Codec{}).Assign(context.Background(), ptr, v); err != nil {
		a.err = fmt.Errorf("spawn: %q in the %s: %w", name, a.what, err)
	}
}

// authkey takes an AuthenticationString, or the bytes in one.
func (a *attributes) authkey(name string) []byte {
	v, ok := a.get(name)
	if !ok || a.err != nil {
		return nil
	}
	if o, is := v.(*pickle.Object); is && o.Class == authenticationString {
		if args, _ := o.Args.(pickle.Tuple); len(args) == 1 {
			v = args[0]
		}
	}
	key, ok := v.([]byte)
	if !ok {
		a.err = fmt.Errorf("spawn: %q in the %s is a %s, not an AuthenticationString", name, a.what, pickle.TypeName(v))
	}
	return key
}
