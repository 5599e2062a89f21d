package tracker

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Command returns the arguments with which Python starts a tracker that reads
// descriptor fd; the executable is to stand before them.
func Command(fd int) []string {
	return []string{"-c", fmt.Sprintf("from multiprocessing.resource_tracker import main;main(%d)", fd)}
}

// code is what stands behind -c, from the package of dill's users too.
var code = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:import sys; ?)?from multiprocess(?:ing)?\.(?:resource|semaphore)_tracker import main; ?main\((\d{1,6})\)$`)
})

// ParseCommand tells whether a command line, without the executable, asks for
// a tracker, and for which descriptor. Flags of the interpreter stand before -c.
func ParseCommand(args []string) (fd int, ok bool) {
	i := slices.Index(args, "-c")
	if i < 0 || i+1 >= len(args) || !strings.Contains(args[i+1], "_tracker") { // no need to compile code
		return 0, false
	}
	m := code().FindStringSubmatch(args[i+1])
	if m == nil {
		return 0, false
	}
	fd, err := strconv.Atoi(m[1])
	return fd, err == nil
}
