package conformance

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

// TestReplay plays the part of a client that is not to be had, byte by byte as its record says, and
// holds what brine answers against what Python's server answered.
func TestReplay(t *testing.T) {
	for _, version := range []string{"3.14"} {
		t.Run(version, func(t *testing.T) {
			f, err := os.Open(filepath.Join("..", "..", "testdata", "wire", "python"+version+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			r := newReplay(t)
			messages := 0
			in := bufio.NewScanner(f)
			for in.Buffer(nil, 1<<20); in.Scan(); {
				if line := in.Text(); !strings.HasPrefix(line, "#") {
					r.play(line)
					messages++
				}
			}
			if err := in.Err(); err != nil || messages < 500 {
				t.Errorf("only %d lines were played, %v", messages, err)
			}
			if len(r.conns) > 0 {
				t.Errorf("%d connections are left open", len(r.conns))
			}
		})
	}
}

// A replay is under way.
type replay struct {
	t          *testing.T
	s          *harness.Server
	address    string            // as long as the recorded one
	conns      map[string]*actor // by number
	ids        map[string]string // ours, by their names in the record
	line, said string            // being played, and what it means
}

// An actor plays the client's part on one connection.
type actor struct {
	net.Conn
	challenge []byte // of the server, until it is answered
	theirs    []byte // the one that was recorded
}

func newReplay(t *testing.T) *replay {
	dir := fmt.Sprintf("/tmp/brine-%08x", uint32(os.Getpid())<<8|uint32(time.Now().Nanosecond()&255))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	address := dir + "/wire"
	return &replay{
		t: t, s: harness.Brine(t, "--address", address), address: address,
		conns: map[string]*actor{}, ids: map[string]string{},
	}
}

// play plays one line of the record.
func (r *replay) play(line string) {
	fields := strings.Split(line, "\t")
	number, what := fields[0], fields[1]
	if len(fields) == 4 {
		r.said = fields[3]
	}
	r.line = number + " " + what + " " + r.said
	c := r.conns[number]
	switch what {
	case "open":
		conn, err := net.Dial("unix", r.address)
		if err != nil {
			r.t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(time.Minute))
		r.conns[number] = &actor{Conn: conn}
	case "close":
		c.Close()
		delete(r.conns, number)
	case ">":
		body := r.bytes(fields[2], r.ours)
		if c.challenge != nil {
			body = r.answer(c, body)
		}
		c.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...))
	case "<":
		r.compare(c, r.bytes(fields[2], filler), c.receive(r))
	}
}

// bytes reads those of the record, in which names stand for what changes.
func (r *replay) bytes(text string, of func(name string) string) []byte {
	var b []byte
	for _, piece := range regexp.MustCompile(`<\w+>|[0-9a-f]+`).FindAllString(text, -1) {
		if name, ok := strings.CutPrefix(piece, "<"); ok {
			b = append(b, of(strings.TrimSuffix(name, ">"))...)
			continue
		}
		more, err := hex.DecodeString(piece)
		if err != nil {
			r.t.Fatalf("%s: %v", r.line, err)
		}
		b = append(b, more...)
	}
	return b
}

// ours is what a name stands for with this server.
func (r *replay) ours(name string) string {
	if name == "address" {
		return r.address
	}
	if r.ids[filler(name)] == "" {
		r.t.Fatalf("%s: the server has not given %s yet", r.line, name)
	}
	return r.ids[filler(name)]
}

// filler is a name, as long as what it stands for.
func filler(name string) string {
	if name == "address" {
		return "/tmp/brine-address_/wire"
	}
	return name + strings.Repeat("_", 12-len(name))
}

// answer answers the server's challenge. The recorded answer to the recorded one must be right, too.
func (r *replay) answer(c *actor, recorded []byte) []byte {
	if right := macOf(r.s.Authkey, c.theirs); !bytes.Equal(recorded, right) {
		r.t.Errorf("%s: the client answered %q with %q; right is %q", r.line, c.theirs, recorded, right)
	}
	b := macOf(r.s.Authkey, c.challenge)
	c.challenge = nil
	return b
}

func macOf(key string, challenge []byte) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write(challenge)
	return h.Sum([]byte("{sha256}"))
}

func (c *actor) receive(r *replay) []byte {
	var head [4]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		r.t.Fatalf("%s: no answer: %v", r.line, err)
	}
	b := make([]byte, binary.BigEndian.Uint32(head[:]))
	if _, err := io.ReadFull(c, b); err != nil {
		r.t.Fatalf("%s: %v", r.line, err)
	}
	return b
}

// compare holds a message of ours against the recorded one.
func (r *replay) compare(c *actor, recorded, got []byte) {
	if mark := []byte("#CHALLENGE#"); bytes.HasPrefix(recorded, mark) {
		c.theirs, c.challenge = recorded[len(mark):], bytes.TrimPrefix(got, mark)
		if len(got) != len(recorded) || !bytes.HasPrefix(got, []byte("#CHALLENGE#{sha256}")) || bytes.Equal(got, recorded) {
			r.t.Errorf("%s: the server's challenge is %q", r.line, got)
		}
		return
	}
	if recorded[0] != 0x80 { // the handshake, in which nothing is free
		if !bytes.Equal(got, recorded) {
			r.t.Errorf("%s: the server says %q, not %q", r.line, got, recorded)
		}
		return
	}
	if got[1] != 4 {
		r.t.Errorf("%s: the answer has protocol %d", r.line, got[1])
	}
	want, have := r.shown(recorded), r.shown(got)
	r.bind(want, have)
	want, have = withoutExposed(want, have)
	for name, id := range r.ids {
		have = strings.ReplaceAll(have, id, name)
	}
	have = strings.ReplaceAll(have, r.address, filler("address"))
	if have != want {
		r.t.Errorf("%s:\nthe server says %s\nPython's said   %s", r.line, have, want)
	}
}

var (
	nameOfID = regexp.MustCompile(`\bid\d+_+`)
	ident    = regexp.MustCompile(`\b[0-9a-f]{12}\b`)
)

// bind learns the idents that stand where the record has a new name. Python gives one again when its
// object is gone.
func (r *replay) bind(want, have string) {
	names, ids := nameOfID.FindAllString(want, -1), ident.FindAllString(have, -1)
	for i := range min(len(names), len(ids)) {
		if r.ids[names[i]] == "" || created.MatchString(want) {
			r.ids[names[i]] = ids[i]
		}
	}
}

// withoutExposed takes the exposed methods out of both answers to create, where 3.14 lists more: to its
// proxies of these types it is all one, since they have their methods of their own.
func withoutExposed(want, have string) (string, string) {
	w, h := created.FindStringSubmatch(want), created.FindStringSubmatch(have)
	if w == nil || h == nil || strings.Contains(w[2], "'empty'") { // an AutoProxy asks
		return want, have
	}
	for _, name := range strings.Split(h[2], ", ") {
		if !slices.Contains(strings.Split(w[2], ", "), name) {
			return want, have
		}
	}
	return w[1], h[1]
}

// created is an answer to create.
var created = regexp.MustCompile(`^(\(string '#RETURN', \(string '\w{12}', )\((.*)\)\)\)$`)

// shown is a message as text that two equal ones have in common.
func (r *replay) shown(body []byte) string {
	v, err := (pickle.Codec{}).Decode(context.Background(), body)
	if err != nil {
		r.t.Fatalf("%s: %v", r.line, err)
	}
	if t, ok := v.(pickle.Tuple); ok && len(t) == 2 && t[0] == "#TRACEBACK" {
		lines := strings.Split(strings.TrimSpace(t[1].(string)), "\n")
		t[1] = lines[len(lines)-1]
	}
	return show(v)
}

// show is a value with all that is in it. What has no order is put in one; the key that brine adds to
// proxies is left out.
func show(v any) string {
	switch v := v.(type) {
	case pickle.Tuple:
		items := shows(v)
		if !slices.ContainsFunc(items, func(s string) bool { return !methodName.MatchString(s) }) {
			slices.Sort(items) // what is exposed
		}
		return "(" + strings.Join(items, ", ") + ")"
	case *pickle.List:
		return "[" + strings.Join(shows(v.Items), ", ") + "]"
	case *pickle.Set:
		items := shows(slices.Collect(v.All()))
		slices.Sort(items)
		return "set{" + strings.Join(items, ", ") + "}"
	case *pickle.Dict:
		var items []string
		for k, item := range v.All() {
			if k != "authkey" {
				items = append(items, show(k)+": "+show(item))
			}
		}
		return "{" + strings.Join(items, ", ") + "}"
	case *pickle.Exception:
		return string(v.Class) + show(v.Args)
	case *pickle.Object:
		if g, ok := v.Class.(pickle.Global); ok && g.Module == "array" {
			return show(arrayItems(v.Args.(pickle.Tuple)))
		}
		text := show(v.Class) + show(v.Args)
		for _, op := range v.Ops {
			text += fmt.Sprintf(".%d", op.Kind) + show(pickle.Tuple(op.Items))
		}
		return text
	}
	text, err := pickle.Repr(v)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%T %s", v, text)
}

var methodName = regexp.MustCompile(`^string '[a-z_]+'$`)

func shows(all []any) []string {
	texts := make([]string, len(all))
	for i, v := range all {
		texts[i] = show(v)
	}
	return texts
}

// arrayItems are an array's typecode and items. Python sends the bytes of an array, brine its items, as
// others can read them.
func arrayItems(args pickle.Tuple) pickle.Tuple {
	b, ok := args[1].([]byte)
	if !ok || args[0] != "i" {
		return args
	}
	items := pickle.NewList()
	for ; len(b) > 0; b = b[4:] {
		items.Items = append(items.Items, int64(int32(binary.LittleEndian.Uint32(b))))
	}
	return pickle.Tuple{args[0], items}
}
