package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// TestDoctor: every line is graded, fits a terminal, and says what to do if
// it is not fine.
func TestDoctor(t *testing.T) {
	var out bytes.Buffer
	cmd := root()
	cmd.SetArgs([]string{"doctor"})
	cmd.SetOut(&out)
	err := cmd.ExecuteContext(t.Context())
	if isBad := strings.Contains(out.String(), "\nBAD"); isBad != (err != nil) {
		t.Errorf("doctor ends with %v after\n%s", err, &out)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	seen := make(map[string]bool)
	for i, line := range lines {
		if strings.HasPrefix(line, strings.Repeat(" ", 23)) {
			if len(line) > 80 {
				t.Errorf("longer than 80 columns: %q", line)
			}
			continue
		}
		grade, rest, _ := strings.Cut(line, " ")
		if !slices.Contains([]string{"ok", "note", "BAD"}, grade) {
			t.Errorf("no grade: %q", line)
		}
		if advised := i+1 < len(lines) && strings.HasPrefix(lines[i+1], " "); grade != "ok" && !advised {
			t.Errorf("nothing says what to do: %q", line)
		}
		seen[strings.Fields(rest)[0]] = true
	}
	for _, what := range []string{"system", "/dev/shm", "segments", "open", "waiting", "memory"} {
		if !seen[what] {
			t.Errorf("doctor did not look at %s:\n%s", what, &out)
		}
	}
}

func TestWrapText(t *testing.T) {
	tests := []struct {
		text  string
		width int
		want  []string
	}{
		{"", 5, []string{""}},
		{"one two", 7, []string{"one two"}},
		{"one two", 6, []string{"one", "two"}},
		{"one  two three", 8, []string{"one  two", "three"}},
		{"unbreakable", 5, []string{"unbre", "akabl", "e"}},
	}
	for _, tt := range tests {
		if got := wrapText(tt.text, tt.width); !slices.Equal(got, tt.want) {
			t.Errorf("wrapText(%q, %d) = %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}
