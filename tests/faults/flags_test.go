package faults

import (
	"strings"
	"testing"
)

// TestDigests: a server that wants SHA-2 turns away whom only knows MD5, and its log says what helps.
func TestDigests(t *testing.T) {
	for _, args := range [][]string{{"--digests", "sha256"}, {"--strict"}} {
		s := serveAlone(t, args...)
		p := connectRaw(t, s)
		if err := p.authenticate([]byte("6272696e65")); err == nil || !strings.Contains(err.Error(), "#FAILURE#") {
			t.Errorf("%v: an answer by MD5 met %v", args, err)
		}
		awaitLog(t, s, "refused a client", "upgrade it to Python 3.12 or newer")
	}
}

// TestStrict: only classes of builtin values, and those allowed, come in.
func TestStrict(t *testing.T) {
	s := serveAlone(t, "--strict", "--digests", "md5", "--allow-global", "decimal.Decimal")
	for name, tt := range map[string]struct{ value, want string }{
		"builtin":   {global("set") + tuple("]") + "R", "#RETURN"},
		"allowed":   {"cdecimal\nDecimal\n" + tuple(text("1.5")) + "R", "#RETURN"},
		"forbidden": {"cuuid\nUUID\n", "global 'uuid.UUID' is forbidden"},
	} {
		p := dialRaw(t, s)
		if got := string(p.ask(t, request("", "create", text("Value"), text("i"), tt.value))); !strings.Contains(got, tt.want) {
			t.Errorf("%s: answered %q, want %q in it", name, got, tt.want)
		}
	}
}

// TestShutdown: clients stop the server only where they may.
func TestShutdown(t *testing.T) {
	s := serveAlone(t)
	if got := string(dialRaw(t, s).ask(t, request("", "shutdown"))); !strings.Contains(got, "start it with --allow-shutdown") {
		t.Errorf("shutdown was answered with %q", got)
	}
	dialServed(t, s) // it goes on

	s = serveAlone(t, "--allow-shutdown")
	idle := dialServed(t, s)
	if got := string(dialRaw(t, s).ask(t, request("", "shutdown"))); !strings.Contains(got, "#RETURN") {
		t.Errorf("shutdown was answered with %q", got)
	}
	if err := idle.drained(); err != nil {
		t.Errorf("the server lives: %v", err)
	}
}
