package spawn

import (
	"regexp"
	"strings"
	"sync"

	"github.com/brine-go/brine/pickle"
)

const tracebackHead = "Traceback (most recent call last):\n"

// lastLine is where a traceback names the exception.
var lastLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^([A-Za-z_][\w.]*)(?:: |$)`) })

// UncaughtIn finds the traceback that the standard error of a Python ends with,
// for a child that failed before it could report. Of the arguments only the
// text is known.
func UncaughtIn(stderr string) (u *Uncaught, ok bool) {
	i := strings.LastIndex(stderr, tracebackHead)
	if i < 0 {
		return nil, false
	}
	text := stderr[i:]
	at := lastLine().FindStringSubmatchIndex(text[len(tracebackHead):])
	if at == nil {
		return nil, false
	}
	body := text[len(tracebackHead):]
	class, message := body[at[2]:at[3]], strings.TrimRight(body[at[1]:], "\n")
	if !strings.Contains(class, ".") {
		class = "builtins." + class
	}
	e := pickle.ExceptionClass(class).New()
	if message != "" {
		e.Args = pickle.Tuple{message}
	}
	return &Uncaught{Exception: e, Traceback: text, Classes: []pickle.ExceptionClass{e.Class}}, true
}
