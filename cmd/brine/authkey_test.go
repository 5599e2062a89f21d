package main

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestKeyIsMadeOnce(t *testing.T) {
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	t.Setenv(keyVariable, "")
	var starting sync.WaitGroup
	keys := make([]authkey, 8)
	for i := range keys {
		starting.Go(func() {
			var err error
			if keys[i], err = findKey(""); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
	for _, k := range keys {
		if string(k.bytes) != string(keys[0].bytes) || k.file != keys[0].file {
			t.Error("those who started at once have different keys")
		}
	}
	if random, err := hex.DecodeString(string(keys[0].bytes)); err != nil || len(random) != 32 {
		t.Errorf("the key is %d random bytes (%v), want 32", len(random), err)
	}
	if keys[0].exposed() {
		t.Error("others may read the key")
	}
	files, err := os.ReadDir(filepath.Join(state, "brine"))
	if err != nil || len(files) != 1 {
		t.Errorf("%d files in the state folder (%v), want the key alone", len(files), err)
	}
}

// TestKeyStays: who comes later, having found none, leaves the key of the first. Keys are random.
func TestKeyStays(t *testing.T) {
	seen := map[string]bool{}
	for range 3 {
		file := filepath.Join(t.TempDir(), "authkey")
		var first string
		for range 2 {
			if err := makeKey(file); err != nil {
				t.Fatal(err)
			}
			k, err := readKey(file)
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = string(k.bytes)
			}
			if string(k.bytes) != first {
				t.Error("the second replaced the key of the first")
			}
		}
		if seen[first] {
			t.Error("two keys are the same")
		}
		seen[first] = true
	}
}

func TestWhereTheKeyIsFrom(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	t.Setenv(keyVariable, "of the environment")
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("of the file\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ file, key, origin string }{
		{file, "of the file", "in " + file},
		{"", "of the environment", "from BRINE_AUTHKEY"},
	} {
		k, err := findKey(tt.file)
		if err != nil || string(k.bytes) != tt.key || k.origin() != tt.origin {
			t.Errorf("findKey(%q) is %q %s (%v), want %q %s", tt.file, k.bytes, k.origin(), err, tt.key, tt.origin)
		}
		if got, want := k.exposed(), tt.file != ""; got != want {
			t.Errorf("findKey(%q) is exposed: %v, want %v", tt.file, got, want)
		}
	}
}

func TestStateFolder(t *testing.T) {
	t.Setenv("HOME", "/home/you")
	for state, want := range map[string]string{
		"":         "/home/you/.local/state/brine",
		"/state":   "/state/brine",
		"relative": "/home/you/.local/state/brine", // which the standard says to ignore
	} {
		t.Setenv("XDG_STATE_HOME", state)
		if got, err := stateFolder(); err != nil || got != filepath.FromSlash(want) {
			t.Errorf("with XDG_STATE_HOME=%q it is %q (%v), want %q", state, got, err, want)
		}
	}
	t.Setenv("HOME", "")
	t.Setenv("XDG_STATE_HOME", "")
	if _, err := stateFolder(); err == nil || !strings.Contains(err.Error(), "--authkey-file") {
		t.Errorf("without a home the error is %v; want one that names --authkey-file", err)
	}
}
