package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/managers/pyclass"
	"github.com/brine-go/brine/pickle"
)

// hostClasses registers what --register names. Without it the host has nothing.
func (f *serveFlags) hostClasses(eng *engine.Engine, server *managers.Server) (*pyclass.Host, error) {
	if len(f.pool.path) > 0 && f.pool.python == "" && len(f.classes) == 0 {
		return nil, fmt.Errorf("--pool-path is for workers, and there are none without --pool-python or --register")
	}
	if len(f.classes) == 0 {
		return new(pyclass.Host), nil
	}
	classes := make(map[string]pickle.Global)
	for _, text := range f.classes {
		typeid, name, ok1 := strings.Cut(text, "=")
		module, class, ok2 := strings.Cut(name, ":")
		if _, twice := classes[typeid]; twice || !ok1 || !ok2 || typeid == "" || module == "" || class == "" {
			return nil, fmt.Errorf("--register %q: want NAME=MODULE:CLASS, and each name once", text)
		}
		classes[typeid] = pickle.Global{Module: module, Name: class}
	}
	p, err := f.pool.process(cmp.Or(f.pool.python, "python3"))
	if err != nil {
		return nil, err
	}
	host, err := pyclass.Register(server, pyclass.Config{Engine: eng, Process: p, Classes: classes})
	if err != nil {
		return nil, fmt.Errorf("--register: %w", err)
	}
	return host, nil
}
