package forkserver

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Command is what a fork server's command line tells.
type Command struct {
	// Package is what the Python calls multiprocessing.
	Package string
	// Listener and Alive are the descriptors of the socket and of the pipe that
	// ends with the last client.
	Listener, Alive int
	// Key is that of the pipe with the key; -1 is none.
	Key int
	// Preload are modules that a Python imports beforehand, besides what every
	// child does. ParseCommand leaves them out.
	Preload []string
}

const multiprocessing = "multiprocessing"

// Args are the arguments with which Python starts a fork server.
func (c Command) Args() []string {
	pkg, keywords := c.Package, ""
	if pkg == "" {
		pkg = multiprocessing
	}
	if c.Key >= 0 {
		keywords = fmt.Sprintf("'authkey_r': %d", c.Key)
	}
	var preload strings.Builder
	for _, name := range c.Preload {
		fmt.Fprintf(&preload, ", %q", name) // of a module, and so text of Python's too
	}
	return []string{"-c", fmt.Sprintf("from %[1]s.forkserver import main; main(%[2]d, %[3]d, ['%[1]s.popen_forkserver'%[4]s], **{%[5]s})",
		pkg, c.Listener, c.Alive, preload.String(), keywords)}
}

var (
	// code is what stands behind -c: what is imported beforehand is Python's, and
	// of the keywords only one concerns others.
	code = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:import sys; ?)?from (multiprocess(?:ing)?)\.forkserver import main; ?main\((\d{1,6}), (\d{1,6}), (?s:\[.*\]), (?s:(.*))\)$`)
	})
	key = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`['"]?authkey_r['"]?(?:: |=)(\d{1,6})\b`) })
)

// ParseCommand tells whether a command line, without the executable, asks for a
// fork server. Flags of the interpreter stand before -c, arguments of the
// program may follow.
func ParseCommand(args []string) (c Command, ok bool) {
	i := slices.Index(args, "-c")
	if i < 0 || i+1 >= len(args) || !strings.Contains(args[i+1], "forkserver") { // no need to compile code
		return c, false
	}
	m := code().FindStringSubmatch(args[i+1])
	if m == nil {
		return c, false
	}
	c.Package, c.Key = m[1], -1
	c.Listener, _ = strconv.Atoi(m[2])
	c.Alive, _ = strconv.Atoi(m[3])
	if k := key().FindStringSubmatch(m[4]); k != nil {
		c.Key, _ = strconv.Atoi(k[1])
	}
	return c, true
}
