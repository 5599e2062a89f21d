package interop

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// An outcome is how a call of testdata/calls.txt ended: "value" and its repr, or
// the class of the exception and the repr of its arguments.
type outcome struct{ line, kind, said string }

// TestFourPairs makes the same calls from Go and from Python, of Python's
// manager and of brine's. Both clients must be told the same by one server;
// two servers may word an exception differently: see tests/conformance.
func TestFourPairs(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		if !py.AtLeast(3, 0) {
			return // the methods of Python 2 are other ones: see TestGoClient
		}
		python, brine := harness.PythonManager(t, py), harness.Brine(t)
		python2python := callFromPython(t, py, python)
		compareOutcomes(t, "Python's manager", python2python, callFromGo(t, python), true)
		python2brine := callFromPython(t, py, brine)
		go2brine := callFromGo(t, brine)
		compareOutcomes(t, "brine", python2brine, go2brine, true)
		compareOutcomes(t, "Python's manager and brine", python2python, go2brine, false)
	})
}

func compareOutcomes(t *testing.T, where string, a, b []outcome, wording bool) {
	t.Helper()
	if len(a) != len(b) || len(a) < 150 {
		t.Fatalf("%s: %d and %d answers", where, len(a), len(b))
	}
	for i := range a {
		if a[i].line != b[i].line {
			t.Fatalf("%s: answers to %q and %q", where, a[i].line, b[i].line)
		}
		same := a[i].kind == b[i].kind && (a[i].said == b[i].said || !wording && a[i].kind != "value")
		if !same {
			t.Errorf("%s: %s:\n  %s %s\n  %s %s", where, a[i].line, a[i].kind, a[i].said, b[i].kind, b[i].said)
		}
	}
}

func callFromPython(t *testing.T, py harness.Python, s *harness.Server) (answers []outcome) {
	t.Helper()
	file, err := filepath.Abs("testdata/calls.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := py.With(s.Env()...).Run(bounded(t), t, harness.Script(t, "calls.py"), file)
	for in := bufio.NewScanner(bytes.NewReader(out)); in.Scan(); {
		var fields [3]string
		if err := json.Unmarshal(in.Bytes(), &fields); err != nil {
			t.Fatalf("calls.py printed %q: %v", in.Text(), err)
		}
		answers = append(answers, outcome{fields[0], fields[1], fields[2]})
	}
	return answers
}

// A goCaller makes the calls from Go.
type goCaller struct {
	ctx     context.Context
	c       *managers.Client
	caller  *managers.Caller // as all are made by one thread of Python
	objects map[string]*managers.Proxy
}

func callFromGo(t *testing.T, s *harness.Server) (answers []outcome) {
	t.Helper()
	text, err := os.ReadFile("testdata/calls.txt")
	if err != nil {
		t.Fatal(err)
	}
	c, ctx := dialed(t, s)
	g := &goCaller{ctx: ctx, c: c, caller: c.Caller(), objects: map[string]*managers.Proxy{}}
	defer g.caller.Close()
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		v, err := g.perform(line)
		o := outcome{line: line, kind: "value"}
		if err == nil {
			o.said, err = saidOf(v)
		}
		if err != nil {
			if o.kind, o.said, err = exceptionOf(err); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
		answers = append(answers, o)
	}
	return answers
}

func (g *goCaller) perform(line string) (any, error) {
	name, rest, _ := strings.Cut(line, " ")
	what, rest, _ := strings.Cut(rest, " ")
	if what != "=" {
		args, err := g.arguments(rest)
		if err != nil {
			return nil, err
		}
		return g.objects[name].By(g.caller).Call(g.ctx, what, args...)
	}
	typeid, rest, _ := strings.Cut(rest, " ")
	args, err := g.arguments(rest)
	if err != nil {
		return nil, err
	}
	p, err := g.c.Create(g.ctx, typeid, args...)
	if err == nil {
		g.objects[name] = p
	}
	return p, err
}

// arguments reads a tuple, and perhaps a dict of keywords behind it.
func (g *goCaller) arguments(text string) ([]any, error) {
	depth := 0
	for i, c := range text {
		depth += strings.Count("([{", string(c)) - strings.Count(")]}", string(c))
		if depth > 0 {
			continue
		}
		v, err := pickle.ParseLiteral(text[:i+1])
		if err != nil {
			return nil, err
		}
		args, ok := v.(pickle.Tuple)
		if !ok {
			args = pickle.Tuple{v}
		}
		if args, err = g.argument(args); err != nil || strings.TrimSpace(text[i+1:]) == "" {
			return args, err
		}
		if v, err = pickle.ParseLiteral(text[i+1:]); err != nil {
			return nil, err
		}
		kwds, err := pickle.As[map[string]any](v)
		return append(args, managers.Kwargs(kwds)), err
	}
	return nil, fmt.Errorf("no arguments in %q", text)
}

// argument puts what is no literal in its place.
func (g *goCaller) argument(items []any) ([]any, error) {
	out := make([]any, len(items))
	for i, v := range items {
		var inside []any
		t, isTuple := v.(pickle.Tuple)
		switch l, isList := v.(*pickle.List); {
		case isTuple && len(t) == 4 && t[0] == "@slice":
			out[i] = pickle.Slice{Start: t[1], Stop: t[2], Step: t[3]}
			continue
		case isTuple && len(t) == 2 && t[0] == "@proxy":
			out[i] = g.objects[t[1].(string)]
			continue
		case isTuple:
			inside = t
		case isList:
			inside = l.Items
		default:
			out[i] = v
			continue
		}
		parts, err := g.argument(inside)
		if err != nil {
			return nil, err
		}
		out[i] = pickle.Tuple(parts)
		if !isTuple {
			out[i] = pickle.NewList(parts...)
		}
	}
	return out, nil
}

// saidOf is the repr, in which a proxy is only what it stands for.
func saidOf(v any) (string, error) {
	switch v := v.(type) {
	case *managers.Proxy:
		return "<proxy of " + v.Token().TypeID + ">", nil
	case *pickle.List:
		parts := make([]string, len(v.Items))
		for i, item := range v.Items {
			var err error
			if parts[i], err = saidOf(item); err != nil {
				return "", err
			}
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	}
	return pickle.Repr(v)
}

func exceptionOf(err error) (kind, said string, _ error) {
	if remote, ok := errors.AsType[*managers.RemoteError](err); ok {
		lines := strings.Split(strings.TrimSpace(remote.Traceback), "\n")
		return "RemoteError", strings.TrimSpace(lines[len(lines)-1]), nil
	}
	e, ok := errors.AsType[*pickle.Exception](err)
	if !ok {
		return "", "", err
	}
	said, err = pickle.Repr(e.Args)
	return string(e.Class), said, err
}
