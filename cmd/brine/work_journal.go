package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// A journal says how far a run has come: which calls are done, and how much of
// the output is theirs. It is replaced as a whole, after the output was
// written, so what stands in it is true whenever the run is killed.
type journal struct {
	Function  string `json:"function"`
	Input     string `json:"input"` // the file
	Format    string `json:"format"`
	Results   string `json:"results"` // the format of the output
	Unordered bool   `json:"unordered"`

	Done     []span `json:"done"` // calls, by number
	Failed   int    `json:"failed"`
	Checked  int    `json:"checked"` // so many records have the
	Checksum uint64 `json:"checksum"`
	Output   int64  `json:"output"` // bytes
	Errors   int64  `json:"errors"` // bytes of --errors
}

// A span is a range of calls: its first, and the one behind its last.
type span [2]int

// count is how many calls are done.
func (j *journal) count() (n int) {
	for _, s := range j.Done {
		n += s[1] - s[0]
	}
	return n
}

// has tells whether a call is done.
func (j *journal) has(n int) bool {
	for _, s := range j.Done {
		if s[0] <= n && n < s[1] {
			return true
		}
	}
	return false
}

// low is the first call that is not done.
func (j *journal) low() int {
	if len(j.Done) == 0 || j.Done[0][0] > 0 {
		return 0
	}
	return j.Done[0][1]
}

// add says that a call is done.
func (j *journal) add(n int) {
	i := len(j.Done)
	for i > 0 && j.Done[i-1][0] > n {
		i--
	}
	before := i > 0 && j.Done[i-1][1] == n
	after := i < len(j.Done) && j.Done[i][0] == n+1
	switch {
	case before && after:
		j.Done[i-1][1] = j.Done[i][1]
		j.Done = append(j.Done[:i], j.Done[i+1:]...)
	case before:
		j.Done[i-1][1]++
	case after:
		j.Done[i][0]--
	default:
		j.Done = append(j.Done[:i], append([]span{{n, n + 1}}, j.Done[i:]...)...)
	}
}

// same tells whether both are of one job.
func (j *journal) same(o *journal) error {
	for _, part := range []struct {
		what     string
		was, now any
	}{
		{"the function", j.Function, o.Function}, {"the input", j.Input, o.Input}, {"--format", j.Format, o.Format},
		{"--output-format", j.Results, o.Results}, {"--unordered", j.Unordered, o.Unordered},
	} {
		if part.was != part.now {
			return fmt.Errorf("%s was %q, and is %q now", part.what, fmt.Sprint(part.was), fmt.Sprint(part.now))
		}
	}
	return nil
}

// readJournal is nil, and no error, where there is none.
func readJournal(name string) (*journal, error) {
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	j := new(journal)
	if err == nil {
		err = json.Unmarshal(b, j)
	}
	if err != nil {
		return nil, fmt.Errorf("the journal %s cannot be read: %w", name, err)
	}
	return j, nil
}

// write replaces the journal.
func (j *journal) write(name string) error {
	b, err := json.Marshal(j)
	if err != nil {
		return err
	}
	next := name + ".next"
	if err := os.WriteFile(next, append(b, '\n'), 0o666); err != nil {
		return err
	}
	return os.Rename(next, name)
}
