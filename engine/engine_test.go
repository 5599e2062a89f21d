package engine

import (
	"bytes"
	"testing"
)

func TestNew(t *testing.T) {
	a, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if a.Name() != "MainProcess" || len(a.Authkey()) != 32 || a.Logger() == nil {
		t.Errorf("zero Config: name %q, key of %d bytes, logger %v", a.Name(), len(a.Authkey()), a.Logger())
	}
	b, err := New(Config{Name: "Process-1", Authkey: []byte{}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if b.Name() != "Process-1" || b.Authkey() == nil || len(b.Authkey()) != 0 {
		t.Errorf("got name %q and key %q, want Process-1 and the empty key", b.Name(), b.Authkey())
	}
	c, _ := New(Config{})
	if bytes.Equal(a.Authkey(), c.Authkey()) {
		t.Error("two engines made the same key")
	}
	cfg := a.Connection()
	if !bytes.Equal(cfg.Authkey, a.Authkey()) || cfg.Codec.Registry != a.Registry() {
		t.Error("Connection() has not the engine's key and registry")
	}
}
