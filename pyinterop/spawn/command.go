package spawn

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Command is what a child's command line tells.
type Command struct {
	// Package is what the parent calls multiprocessing: "multiprocess" is the
	// fork with dill.
	Package string
	// Pipe is the descriptor that the parent's pickles come from.
	Pipe int
	// Tracker is that of the family's resource tracker; -1 is none.
	Tracker int
	// Inherited is the first of the descriptors that the pickles name by place,
	// where a fork server of Go starts the child; 0 is one that spawn starts.
	Inherited int
}

const multiprocessing = "multiprocessing"

// marker is the last argument of every child.
const marker = "--multiprocessing-fork"

// Args are the arguments with which Python starts a child: the executable and
// flags of the interpreter are to stand before them.
func (c Command) Args() []string {
	pkg, fd := c.Package, "None"
	if pkg == "" {
		pkg = multiprocessing
	}
	if c.Tracker >= 0 {
		fd = strconv.Itoa(c.Tracker)
	}
	more := ""
	if c.Inherited > 0 {
		more = fmt.Sprintf(", inherited_fd=%d", c.Inherited)
	}
	code := fmt.Sprintf("from %s.spawn import spawn_main; spawn_main(tracker_fd=%s, pipe_handle=%d%s)", pkg, fd, c.Pipe, more)
	return []string{"-c", code, marker}
}

var (
	// code is what stands behind -c.
	code = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^from (multiprocess(?:ing)?)\.spawn import spawn_main; ?spawn_main\(([^()]*)\)$`)
	})
	// argument is one of spawn_main's, or of a frozen program's command line.
	argument = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(tracker_fd|pipe_handle|inherited_fd)=(\d{1,6}|None)$`)
	})
)

// ParseCommand tells whether a command line, without the executable, asks for a
// child. Flags of the interpreter stand before -c.
func ParseCommand(args []string) (c Command, ok bool) {
	if len(args) > 0 && args[0] == marker { // of a frozen program
		c.Package = multiprocessing
		return c, c.arguments(args[1:])
	}
	i := slices.Index(args, "-c")
	if i < 0 || i+2 >= len(args) || args[i+2] != marker {
		return c, false
	}
	m := code().FindStringSubmatch(args[i+1])
	if m == nil {
		return c, false
	}
	c.Package = m[1]
	return c, c.arguments(strings.Split(m[2], ","))
}

// arguments takes tracker_fd and pipe_handle, in any order.
func (c *Command) arguments(list []string) bool {
	c.Tracker, c.Pipe = -1, -1
	for _, text := range list {
		m := argument().FindStringSubmatch(strings.TrimSpace(text))
		if m == nil {
			return false
		}
		fd, err := strconv.Atoi(m[2])
		switch {
		case err != nil: // None
		case m[1] == "tracker_fd":
			c.Tracker = fd
		case m[1] == "inherited_fd":
			c.Inherited = fd
		default:
			c.Pipe = fd
		}
	}
	return c.Pipe >= 0
}
