package interop

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// TestSpellings: a server has many addresses, and each has many spellings.
// Whichever two clients use, they meet on the same objects and proxies.
func TestSpellings(t *testing.T) {
	socket := harness.SocketPath(t)
	abstract := fmt.Sprintf("@brine-interop-%d", os.Getpid())
	s := harness.Brine(t, "--address", ":0", "--address", socket, "--address", abstract)
	_, port, err := net.SplitHostPort(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		spellings := []string{"127.0.0.1:" + port, "localhost:" + port, "127.0.0.2:" + port, socket, abstract}
		if py.AtLeast(3, 7) {
			spellings = append(spellings, "b"+abstract)
		}
		var all []*participant
		for _, spelling := range spellings {
			all = append(all, joins(t, py, s, spelling))
		}
		for _, a := range all {
			for _, b := range all {
				if wrong := meetNested(t, a, b); wrong != "" {
					t.Errorf("%s and %s: %s", a.name, b.name, wrong)
				}
			}
		}
	})
}

// joins starts a client that writes the server's address in its own way.
func joins(t *testing.T, py harness.Python, s *harness.Server, spelling string) *participant {
	t.Helper()
	p := &participant{name: spelling, py: py, env: append(s.Env(), "MANAGER_ADDRESS="+spelling, "MANAGER_KEY_OF_PROCESS=0")}
	p.peer = p.start(t)
	return p
}

// meetNested has proxies travel between a and b inside of a dict, as values and
// as arguments, until nothing is left of them.
func meetNested(t *testing.T, a, b *participant) string {
	s := &dialogue{t: t, a: a, b: b}
	d := s.make("dict", "")
	s.expect(a, "None", "opened('dict', %s).update(mine=m.list([1]))", d)
	s.expect(b, "None", "opened('dict', %s)['mine'].append(2)", d)
	s.expect(a, "'[1, 2]'", "str(opened('dict', %s)['mine'])", d)
	s.expect(a, "None", "opened('dict', %s)['mine'].extend(m.list([3]))", d)
	s.expect(b, "None", "opened('dict', %s)['mine'].extend(opened('dict', %s)['mine'])", d, d)
	s.expect(b, "None", "opened('dict', %s).update(again=opened('dict', %s)['mine'])", d, d)
	s.expect(a, "'[1, 2, 3, 1, 2, 3]'", "str(opened('dict', %s)['again'])", d)
	// Who has written the address has it back so: proxies of two spellings have a connection each.
	s.expect(b, "None", "opened('dict', %s).update(own=m.Lock())", d)
	s.expect(b, "True", "opened('dict', %s)['mine']._token.address == client.address()", d)
	s.expect(a, "'KeyError'", "refused(lambda: opened('dict', %s).update(x=gone()))", d)
	s.expect(b, "None", "dropped()")
	s.expect(a, "None", "dropped()")
	s.expect(b, "0", "m._number_of_objects()")
	return s.err
}

// TestAdvertise: a server behind another address is told of it, and then knows
// its own proxies.
func TestAdvertise(t *testing.T) {
	py := newestPython(t)
	for _, told := range []bool{true, false} {
		t.Run(fmt.Sprintf("advertise=%v", told), func(t *testing.T) {
			socket := harness.SocketPath(t)
			link := filepath.Join(filepath.Dir(socket), "link")
			if err := os.Symlink(socket, link); err != nil {
				t.Fatal(err)
			}
			gate, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { gate.Close() })
			args := []string{"--address", "127.0.0.1:0", "--address", socket}
			if told {
				args = append(args, "--advertise", gate.Addr().String(), "--advertise", link)
			}
			s := harness.Brine(t, args...)
			go forward(gate, s.Address) // ends with gate
			for _, spelling := range []string{gate.Addr().String(), link} {
				a, b := joins(t, py, s, spelling), joins(t, py, s, spelling)
				wrong := meetNested(t, a, b)
				if told && wrong != "" {
					t.Errorf("%s: %s", spelling, wrong)
				}
				if !told && wrong == "" {
					t.Errorf("%s: the server knows the address, which nobody told it", spelling)
				}
				if told { // what leaves has an address that its client can reach
					d := &dialogue{t: t, a: a, b: b}
					id := d.make("list", ", [m.list()]")
					d.expect(b, "True", "opened('list', %s)[0]._token.address == client.address()", id)
					if wrong := d.drop(); wrong != "" {
						t.Errorf("%s: %s", spelling, wrong)
					}
				}
			}
		})
	}
}

// forward carries what comes to gate on to address, until gate is closed.
func forward(gate net.Listener, address string) {
	for {
		c, err := gate.Accept()
		if err != nil {
			return
		}
		s, err := net.Dial("tcp", address)
		if err != nil {
			c.Close()
			continue
		}
		carry := func(to, from net.Conn) { io.Copy(to, from); to.Close(); from.Close() }
		go carry(s, c)
		go carry(c, s)
	}
}

// newestPython is for tests of what no version does otherwise.
func newestPython(t *testing.T) harness.Python {
	t.Helper()
	all := harness.Pythons(t)
	for _, py := range all {
		if py.Name() == "3.13" {
			return py
		}
	}
	return all[len(all)-1]
}

// TestIPv6: Python cannot, Go can.
func TestIPv6(t *testing.T) {
	s := harness.Brine(t, "--address", "[::1]:0")
	a, err := connection.Parse(s.Address)
	if err != nil || !strings.HasPrefix(s.Address, "[::1]:") {
		t.Fatalf("the ready line names %q, %v", s.Address, err)
	}
	e, err := engine.New(engine.Config{Authkey: []byte(s.Authkey)})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	c, err := managers.Dial(bounded(t), e, a, managers.ClientConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(bounded(t))
	u := &user{t: t, ctx: bounded(t), c: c}
	outer, inner := u.create(t, "list"), u.create(t, "list", pickle.NewList(1))
	u.want(t, nil, outer, "append", inner)
	u.want(t, nil, outer, "extend", inner)
	u.want(t, int64(1), outer, "__getitem__", 1)
	py := newestPython(t)
	out, err := py.With(s.Env()...).Output(bounded(t), filepath.Join("python", "ipv6.py"))
	if err == nil {
		t.Errorf("Python can use IPv6 now: the README says that it cannot\n%s", out)
	}
}
