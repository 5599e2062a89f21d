package spawn

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/brine-go/brine/pickle"
)

func TestUncaughtIn(t *testing.T) {
	const frames = `  File "<string>", line 1, in <module>
    from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=4, pipe_handle=3)
`
	for _, tt := range []struct{ name, stderr, class, message string }{
		{"nothing", "", "", ""},
		{"no traceback", "ValueError: no\n", "", ""},
		{"cut short", "Traceback (most recent call last):\n" + frames, "", ""},
		{"a builtin", "warning\nTraceback (most recent call last):\n" + frames + "ModuleNotFoundError: No module named 'nope'\n",
			"builtins.ModuleNotFoundError", "No module named 'nope'"},
		{"without a message", "Traceback (most recent call last):\n" + frames + "EOFError\n", "builtins.EOFError", ""},
		{"several lines", "Traceback (most recent call last):\n" + frames + "x.y.Bad: one\ntwo: 2\n", "x.y.Bad", "one\ntwo: 2"},
		{"a chain", "Traceback (most recent call last):\n" + frames + "KeyError: 1\n\nDuring handling of the above exception, another exception occurred:\n\n" +
			"Traceback (most recent call last):\n" + frames + "OSError: 2\n", "builtins.OSError", "2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u, ok := UncaughtIn(tt.stderr)
			if !ok {
				if tt.class != "" {
					t.Errorf("found nothing in %q", tt.stderr)
				}
				return
			}
			var message string
			if len(u.Exception.Args) > 0 {
				message = u.Exception.Args[0].(string)
			}
			if string(u.Exception.Class) != tt.class || message != tt.message || !strings.HasPrefix(u.Traceback, "Traceback") {
				t.Errorf("%q: %s with %q, want %s with %q", tt.stderr, u.Exception.Class, message, tt.class, tt.message)
			}
		})
	}
}

func TestReports(t *testing.T) {
	var b bytes.Buffer
	e := pickle.KeyError.New("k", make(chan int))
	if err := WriteUncaught(&b, e, "text"); err != nil {
		t.Fatal(err)
	}
	r, err := ParseReport(b.Bytes()[4:])
	if err != nil || r.Uncaught == nil || r.Log != nil {
		t.Fatalf("%+v, %v", r, err)
	}
	if u := r.Uncaught; u.Exception.Class != e.Class || u.Exception.Args[0] != "k" || u.Traceback != "text" ||
		!reflect.DeepEqual(u.Classes, []pickle.ExceptionClass{e.Class}) {
		t.Errorf("came back as %+v of %+v", u, u.Exception)
	}
	log, _ := pickle.Marshal(pickle.Tuple{"log", int64(30), "app", "careful", 1.5})
	r, err = ParseReport(log)
	if err != nil || r.Log == nil || r.Log.Level != 30 || r.Log.Logger != "app" || r.Log.Text != "careful" || r.Log.Time.UnixMilli() != 1500 {
		t.Errorf("%+v, %v", r.Log, err)
	}
	for _, bad := range []any{nil, "log", pickle.Tuple{"log", "x", "y", "z", 1.0}, pickle.Tuple{"exception", "x", nil, "y", nil},
		pickle.Tuple{int64(1), nil, nil, nil, nil}} {
		data, _ := pickle.Marshal(bad)
		if r, err := ParseReport(data); err == nil {
			t.Errorf("%v is the report %+v", bad, r)
		}
	}
}
