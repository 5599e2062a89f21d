package interop

import (
	"fmt"
	"strings"
	"testing"

	"github.com/brine-go/brine/tests/harness"
)

// TestForeignProxies: a proxy of another manager, Python's own or a second
// brine, which may have the same port on another host, is a value like others. Clients that find it use it where it belongs,
// and are counted there.
func TestForeignProxies(t *testing.T) {
	one, two := harness.Brine(t), harness.Brine(t)
	_, port, _ := strings.Cut(one.Address, ":")
	elsewhere := harness.Brine(t, "--address", "127.0.0.2:"+port)
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		a, b := joins(t, py, one, one.Address), joins(t, py, one, one.Address)
		for _, p := range []*participant{a, b} { // the other manager's key
			p.do(t, "client.multiprocessing.current_process().authkey = client.authkey()")
		}
		for name, other := range map[string]*harness.Server{"brine": two, "the same port": elsewhere, "python": harness.PythonManager(t, py)} {
			if wrong := meetElsewhere(t, a, b, other); wrong != "" {
				t.Errorf("a manager of %s: %s", name, wrong)
			}
		}
	})
}

func meetElsewhere(t *testing.T, a, b *participant, other *harness.Server) string {
	s := &dialogue{t: t, a: a, b: b}
	for _, p := range []*participant{a, b} {
		s.expect(p, "None", "other = client.managers.SyncManager(address=client.parse('%s'), authkey=client.authkey()); other.connect()", other.Address)
	}
	d := s.make("dict", "")
	mine := fmt.Sprintf("opened('dict', %s)", d)
	s.expect(a, "None", "there = other.list([1])")
	s.expect(a, "None", "%s.update(x=there, l=[(there,)], n=other.Namespace(v=7))", mine)
	s.expect(b, "None", "found = %s['x']", mine)
	s.expect(b, "None", "found.append(2)")
	s.expect(a, "'[1, 2]'", "str(there)")
	s.expect(b, "'[1, 2]'", "str(%s['l'][0][0])", mine)
	s.expect(b, "True", "found._token.id == %s.pop('l')[0][0]._token.id", mine)
	s.expect(b, "True", "type(found) is client.managers.ListProxy")
	// Ours has nothing to do with it: it is a value that cannot be iterated.
	s.expect(a, "'TypeError'", "raised(lambda: m.list().extend(there))")
	// Who found it counts there, whoever made it.
	s.expect(a, "None", "del there; dropped()")
	s.expect(b, "None", "found.append(3)")
	s.expect(b, "'[1, 2, 3]'", "str(found)")
	s.expect(b, "1", "other._number_of_objects()")
	s.expect(b, "None", "del found; dropped()")
	s.expect(b, "0", "other._number_of_objects()")
	s.expect(a, "0", "m._number_of_objects()")
	return s.drop()
}
