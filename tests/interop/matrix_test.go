// Package interop lets different Pythons meet on the same objects of one brine server.
package interop

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/brine-go/brine/tests/harness"
)

// A participant is an interpreter with one of the packages that speak to managers.
type participant struct {
	name string // "2.7", "pypy3.9", "dill3.11"
	py   harness.Python
	peer *harness.Peer
	env  []string
}

// A meeting is what two participants do with each other: "" when it goes well, else what went wrong.
type meeting func(t *testing.T, a, b *participant) string

// A feature is a row of the table.
type feature struct {
	name string
	can  func(p *participant) bool // nil: everyone can
	meet meeting                   // for every ordered pair of those who can
	solo func(t *testing.T, p *participant) string
}

var features = []feature{
	{name: "numbers", meet: values("numbers")},
	{name: "text", meet: values("text")},
	{name: "surrogates", can: python3, meet: values("surrogates")},
	{name: "bytes", meet: values("bytes")},
	{name: "containers", meet: values("containers")},
	{name: "builtins", meet: values("builtins")},
	{name: "exceptions", meet: values("exceptions")},
	{name: "opaque", meet: values("opaque")},
	// dill makes a namedtuple with a function of its own, which others have not.
	{name: "namedtuple", can: plain, meet: values("namedtuple")},
	{name: "user class", meet: values("user class")},
	{name: "list, both write", meet: bothWrite},
	{name: "Namespace, Value, Array", meet: cells},
	{name: "Queue", meet: queue},
	{name: "Event", meet: event},
	{name: "Lock", meet: lock},
	{name: "RLock", meet: rlock},
	{name: "Condition", meet: condition},
	{name: "nested proxies", meet: nested},
	{name: "pickled proxies", can: plain, meet: handedOver},
	{name: "named objects", meet: named},
	{name: "lambda by dill", can: dill, solo: lambda},
	{name: "forked child", solo: says("shapes.handed(m, %s)", "fork")},
	{name: "spawned child", can: spawns, solo: says("shapes.handed(m, %s)", "spawn")},
	{name: "example: list", solo: says("shapes.example_list(m)", "")},
	{name: "example: Condition", solo: says("shapes.example_condition(m)", "")},
	{name: "example: Queue", solo: says("shapes.example_queue(m)", "")},
}

func python2(p *participant) bool { return !p.py.AtLeast(3, 0) }
func python3(p *participant) bool { return p.py.AtLeast(3, 0) }
func plain(p *participant) bool   { return !dill(p) }
func dill(p *participant) bool    { return strings.HasPrefix(p.name, "dill") }

// spawns leaves out Python 2, which only forks, and the multiprocess of distributions: some are
// older than their Python, whose fork_exec they cannot call.
func spawns(p *participant) bool { return python3(p) && !dill(p) }

// TestMatrix prints a table of version × feature, and fails where a cell does.
func TestMatrix(t *testing.T) {
	server := harness.Brine(t, "--share", "get_queue=Queue", "--share", "state=dict")
	all := participants(t, server)
	table := map[string]string{} // feature and name: what the cell says
	for _, f := range features {
		t.Run(f.name, func(t *testing.T) {
			for _, a := range all {
				table[f.name+a.name] = cell(t, f, a, all)
			}
		})
	}
	t.Log("\n" + render(all, table))
}

// cell runs a feature for one participant: alone, or with each of the others.
func cell(t *testing.T, f feature, a *participant, all []*participant) string {
	if f.can != nil && !f.can(a) {
		return "-"
	}
	said := "ok"
	check := func(with, wrong string) {
		if wrong != "" {
			said = "FAIL"
			t.Errorf("%s%s: %s", a.name, with, wrong)
		}
	}
	if f.solo != nil {
		check("", f.solo(t, a))
		return said
	}
	met := false
	for _, b := range all {
		if (b != a || len(all) == 1) && (f.can == nil || f.can(b)) {
			met = true
			check(" with "+b.name, f.meet(t, a, b))
		}
	}
	if !met {
		return "-"
	}
	return said
}

// participants starts a peer for every Python, one more for those that have multiprocess, and one
// that was taught what 3.14 does.
func participants(t *testing.T, server *harness.Server) []*participant {
	t.Helper()
	var all []*participant
	// Nested proxies must work where the program never set its process's key.
	env := append(server.Env(), "MANAGER_KEY_OF_PROCESS=0")
	for _, py := range harness.Pythons(t) {
		all = append(all, &participant{name: py.Name(), py: py, env: env})
		if py.Name() == "3.13" { // which can speak as the next version does
			all = append(all, &participant{name: "3.14", py: py, env: append(env[:len(env):len(env)], "MANAGER_AS=3.14")})
		}
		if py.Has("multiprocess, dill") {
			all = append(all, &participant{name: "dill" + py.Minor(), py: py, env: append(env[:len(env):len(env)], "MANAGER_PACKAGE=multiprocess")})
		}
	}
	for _, p := range all {
		p.peer = p.start(t)
	}
	return all
}

func (p *participant) start(t *testing.T) *harness.Peer {
	t.Helper()
	return p.py.With(p.env...).Start(t, harness.Script(t, "peer.py"))
}

// An answer is a peer's line.
type answer struct {
	OK   bool
	Said string
}

func (p *participant) send(t *testing.T, format string, args ...any) {
	t.Helper()
	p.peer.Send(t, fmt.Sprintf(format, args...))
}

func (p *participant) answer(t *testing.T) answer {
	t.Helper()
	return parse(t, p.peer.Line(t))
}

func parse(t *testing.T, line string) answer {
	t.Helper()
	var a answer
	if err := json.Unmarshal([]byte(line), &a); err != nil {
		t.Fatalf("a peer said %q: %v", line, err)
	}
	return a
}

// do runs a line and returns what it said, an exception too.
func (p *participant) do(t *testing.T, format string, args ...any) string {
	t.Helper()
	p.send(t, format, args...)
	return p.answer(t).Said
}

// A dialogue is a conversation of two peers: each line is said by a or b and has an answer.
type dialogue struct {
	t    *testing.T
	a, b *participant
	err  string // the first answer that was wrong
}

// expect has a participant run a line and compares its answer.
func (s *dialogue) expect(p *participant, want, format string, args ...any) {
	s.t.Helper()
	if s.err != "" {
		return
	}
	line := fmt.Sprintf(format, args...)
	if got := p.do(s.t, "%s", line); got != want {
		s.err = fmt.Sprintf("%s: %s said %s, not %s", p.name, line, got, want)
	}
}

// make has a create an object, opens it in b, and returns its ident as Python writes it.
func (s *dialogue) make(kind, args string) string {
	s.t.Helper()
	if s.err != "" {
		return "''"
	}
	s.a.send(s.t, "made('%s'%s)", kind, args)
	made := s.a.answer(s.t)
	if !made.OK {
		s.err = fmt.Sprintf("%s cannot make a %s: %s", s.a.name, kind, made.Said)
		return "''"
	}
	s.expect(s.b, "None", "[opened('%s', %s)] and None", kind, made.Said)
	return made.Said
}

// drop has both let go of what they share.
func (s *dialogue) drop() string {
	s.t.Helper()
	s.a.do(s.t, "objects.clear()")
	s.b.do(s.t, "objects.clear()")
	return s.err
}

// says is a feature that one line tells, which must be True.
func says(line, arg string) func(*testing.T, *participant) string {
	return func(t *testing.T, p *participant) string {
		text := line
		if strings.Contains(line, "%s") {
			method := "'" + arg + "'"
			if python2(p) {
				method = "None"
			}
			text = fmt.Sprintf(line, method)
		}
		if got := p.do(t, "%s", text); got != "True" {
			return fmt.Sprintf("%s said %s", text, got)
		}
		return ""
	}
}

// columns is how wide the table may be.
const columns = 80

// render draws the table, in blocks when there are more interpreters than fit beside each other.
func render(all []*participant, table map[string]string) string {
	const label, width = 24, 5
	var s strings.Builder
	for len(all) > 0 {
		n := min(len(all), (columns-label)/width)
		fmt.Fprintf(&s, "%-*s", label, "")
		for _, p := range all[:n] {
			fmt.Fprintf(&s, "%*s", width, heading(p.name))
		}
		for _, f := range features {
			fmt.Fprintf(&s, "\n%-*s", label, f.name)
			for _, p := range all[:n] {
				fmt.Fprintf(&s, "%*s", width, table[f.name+p.name])
			}
		}
		s.WriteString("\n\n")
		all = all[n:]
	}
	return s.String()
}

// heading is a participant's name in the width of a column.
func heading(name string) string {
	for _, long := range []string{"pypy", "dill"} {
		if strings.HasPrefix(name, long) {
			return long
		}
	}
	if strings.HasPrefix(name, "system") {
		return "sys"
	}
	return name
}
