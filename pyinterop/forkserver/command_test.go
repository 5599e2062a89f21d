package forkserver

import (
	"reflect"
	"slices"
	"testing"
)

func TestParseCommand(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want Command
		ok   bool
	}{
		{"3.6 to 3.13", []string{"-c", "from multiprocessing.forkserver import main; main(5, 6, ['__main__'], **{'sys_path': ['/a)', '']})"}, Command{"multiprocessing", 5, 6, -1, nil}, true},
		{"nothing beforehand", []string{"-B", "-c", "from multiprocessing.forkserver import main; main(5, 6, [], **{})"}, Command{"multiprocessing", 5, 6, -1, nil}, true},
		{"late 3.13", []string{"-c", "import sys; from multiprocessing.forkserver import main; main(5, 6, ['__main__'], sys_argv=sys.argv[1:], **{'sys_path': ['']})", "x", "y"},
			Command{"multiprocessing", 5, 6, -1, nil}, true},
		{"3.14", []string{"-c", "import sys; from multiprocessing.forkserver import main; main(3, 4, ['__main__'], sys_argv=sys.argv[1:], **{'sys_path': [''], 'main_path': '/x.py', 'authkey_r': 8})"},
			Command{"multiprocessing", 3, 4, 8, nil}, true},
		{"dill's", []string{"-c", "from multiprocess.forkserver import main; main(5, 6, [], **{})"}, Command{"multiprocess", 5, 6, -1, nil}, true},
		{"a child", []string{"-c", "from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5, pipe_handle=7)", "--multiprocessing-fork"}, Command{}, false},
		{"no numbers", []string{"-c", "from multiprocessing.forkserver import main; main(x, 6, [], **{})"}, Command{}, false},
		{"nothing", nil, Command{}, false},
		{"no code", []string{"-c"}, Command{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := ParseCommand(tt.args)
			if ok != tt.ok || ok && !reflect.DeepEqual(got, tt.want) {
				t.Errorf("ParseCommand(%q) = %+v, %t, want %+v, %t", tt.args, got, ok, tt.want, tt.ok)
			}
			if !ok {
				return
			}
			if again, ok := ParseCommand(got.Args()); !ok || !reflect.DeepEqual(again, got) {
				t.Errorf("%+v is written %q and then %+v, %t", got, got.Args(), again, ok)
			}
		})
	}
}

func TestArgsWithModules(t *testing.T) {
	c := Command{Package: "multiprocess", Listener: 3, Alive: 4, Key: 5, Preload: []string{"numpy", "a.b"}}
	want := []string{"-c", `from multiprocess.forkserver import main; main(3, 4, ['multiprocess.popen_forkserver', "numpy", "a.b"], **{'authkey_r': 5})`}
	if got := c.Args(); !slices.Equal(got, want) {
		t.Errorf("the arguments are %q, want %q", got, want)
	}
	if got, ok := ParseCommand(want); !ok || got.Listener != 3 || got.Alive != 4 || got.Key != 5 {
		t.Errorf("ParseCommand(%q) = %+v, %t", want, got, ok)
	}
}
