package tracker

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// An Outcome is how serving ended, as the exit status that Python's tracker
// has since 3.13.
type Outcome int

const (
	Clean        Outcome = iota
	Leaked               // names were left, and have been removed
	UnlinkFailed         // one could not be removed
	BadLine              // a line made no sense
)

// server is what a tracker knows.
type server struct {
	unlink  map[Kind]func(name string) error
	names   map[Kind]map[string]bool
	report  io.Writer
	outcome Outcome
}

// Serve reads lines until the last writer of r has ended, then removes what is
// still registered. unlink removes a name of a kind; a kind it lacks is refused
// as a bad line. What is wrong is told to report, a line each, and does not end
// serving.
func Serve(r io.Reader, unlink map[Kind]func(name string) error, report io.Writer) Outcome {
	s := server{unlink: unlink, names: map[Kind]map[string]bool{}, report: report}
	for kind := range unlink {
		s.names[kind] = map[string]bool{}
	}
	lines := bufio.NewReaderSize(r, maxLine)
	for {
		line, err := lines.ReadSlice('\n')
		switch {
		case err == nil:
			s.line(line[:len(line)-1])
		case errors.Is(err, bufio.ErrBufferFull):
			s.bad(fmt.Errorf("tracker: a line of more than %d bytes begins with %.40q", maxLine, line))
			if !skip(lines) {
				return s.end()
			}
		default:
			if len(line) > 0 {
				s.bad(fmt.Errorf("tracker: the last line, %.40q, has no end: %w", line, err))
			}
			return s.end()
		}
	}
}

// skip drops the rest of a line; false is the end.
func skip(r *bufio.Reader) bool {
	for {
		_, err := r.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err == nil
		}
	}
}

func (s *server) line(text []byte) {
	l, err := ParseLine(text)
	if err != nil {
		s.bad(err)
		return
	}
	if l.Verb == Probe {
		return
	}
	names, known := s.names[l.Kind]
	switch {
	case !known:
		s.bad(fmt.Errorf("tracker: cannot track %q: no kind %q", l.Name, l.Kind))
	case l.Verb == Register:
		names[l.Name] = true
	case !names[l.Name]:
		s.bad(fmt.Errorf("tracker: %s %q is not registered", l.Kind, l.Name))
	default:
		delete(names, l.Name)
	}
}

func (s *server) bad(err error) {
	s.outcome = BadLine
	fmt.Fprintln(s.report, err)
}

// end removes what is left. As in Python, what comes here is the outcome,
// whatever was before.
func (s *server) end() Outcome {
	for _, kind := range slices.Sorted(maps.Keys(s.names)) {
		names := slices.Sorted(maps.Keys(s.names[kind]))
		if len(names) == 0 {
			continue
		}
		if s.outcome != UnlinkFailed {
			s.outcome = Leaked
		}
		fmt.Fprintf(s.report, "tracker: %d leaked %s object(s) to clean up: %q\n", len(names), kind, names)
		for _, name := range names {
			if err := s.unlink[kind](name); err != nil {
				s.outcome = UnlinkFailed
				fmt.Fprintf(s.report, "tracker: %q: %v\n", name, err)
			}
		}
	}
	return s.outcome
}
