package harness

import (
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	installed := []Python{
		{Path: "/v/2.7.18/bin/python", Version: "2.7.18", Impl: "CPython", real: "a"},
		{Path: "/v/3.13.0/bin/python", Version: "3.13.0", Impl: "CPython", real: "b"},
		{Path: "/usr/bin/python3", Version: "3.11.2", Impl: "CPython", System: true, real: "c"},
		{Path: "/usr/bin/pypy3", Version: "3.9.16", Impl: "PyPy", System: true, real: "d"},
	}
	tests := []struct{ wanted, chosen, fault string }{
		{"3.13 2.7", "3.13 2.7", ""},
		{"python3.13", "3.13", ""},
		{"3.13.0 pypy3", "3.13 pypy3.9", ""},
		{"debian3.11", "system3.11", ""},
		{"3.11", "system3.11", ""}, // where pyenv has none
		{"3.12", "", "3.12, which is not here (found: 2.7 3.13 system3.11 pypy3.9)"},
		{"3.13.1", "", "3.13.1, which is not here"},
		{"debian3.12 3.6", "", "debian3.12, 3.6, which is not here"},
		{"3.11 debian3.11", "", "names one interpreter twice: of 3.11 debian3.11 there are only system3.11"},
		{"/nowhere/python", "", "/nowhere/python, which is not here"},
	}
	for _, tt := range tests {
		chosen, err := choose(installed, strings.Fields(tt.wanted))
		if got := names(chosen); got != tt.chosen {
			t.Errorf("%s: %s, want %s", tt.wanted, got, tt.chosen)
		}
		if (err == nil) != (tt.fault == "") || err != nil && !strings.Contains(err.Error(), tt.fault) {
			t.Errorf("%s: error %v, want %q", tt.wanted, err, tt.fault)
		}
	}
}

// TestEveryNamedPython asks each interpreter itself which it is.
func TestEveryNamedPython(t *testing.T) {
	seen := map[string]bool{}
	for _, py := range Pythons(t) {
		said, err := probe(py.Path)
		if err != nil {
			t.Fatal(err)
		}
		said.System = py.System
		if said.Name() != py.Name() || seen[py.Name()] {
			t.Errorf("%s is %s %s", py.Name(), said.Impl, said.Version)
		}
		seen[py.Name()] = true
	}
}
