package managers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/brine-go/brine/pickle"
)

// A Signature is the parameters of a Python function. What a call that does
// not fit it is told is what CPython would say.
type Signature struct {
	name     string // as in messages: "list.append", "Queue.put"
	params   []param
	required int  // parameters without a default
	builtin  bool // written in C: positional only, and worded its own way
	keywords int  // index of the first keyword-only parameter, or len(params)
	variadic bool // ends in *args
	kwargs   bool // ends in **kwds
}

type param struct{ name, value string } // the value of an optional one, in Python's words

// Sig parses a signature in Python's notation. A trailing "/" marks a builtin
// that takes no keywords, "*" the start of keyword-only parameters, "*name"
// and "**name" any further arguments. A name that begins with "wrapper " is
// that of an operator's method, which has words of its own.
func Sig(text string) *Signature {
	name, list, ok := strings.Cut(text, "(")
	if !ok || !strings.HasSuffix(list, ")") {
		panic("managers: not a signature: " + text)
	}
	s := &Signature{name: name, keywords: -1}
	for field := range strings.SplitSeq(strings.TrimSuffix(list, ")"), ",") {
		s.add(strings.TrimSpace(field))
	}
	if s.keywords < 0 {
		s.keywords = len(s.params)
	}
	return s
}

func (s *Signature) add(field string) {
	switch {
	case field == "":
	case field == "/":
		s.builtin = true
	case field == "*":
		s.keywords = len(s.params)
	case strings.HasPrefix(field, "**"):
		s.kwargs = true
	case strings.HasPrefix(field, "*"):
		s.variadic = true
	default:
		name, value, optional := strings.Cut(field, "=")
		s.params = append(s.params, param{name, value})
		if !optional {
			s.required = len(s.params)
		}
	}
}

// index returns the position of a parameter that may be given by name.
func (s *Signature) index(name []byte) int {
	return slices.IndexFunc(s.params, func(p param) bool { return p.name == string(name) })
}

// checkCount says what Python says of n positional arguments, if it objects.
func (s *Signature) checkCount(n int) error {
	if s.variadic || n <= s.keywords && (n >= s.required || !s.builtin) {
		return nil
	}
	if s.builtin {
		return s.builtinCount(n)
	}
	if s.keywords == 0 && len(s.params) > 0 {
		return pickle.TypeError.New(s.last() + "() takes no positional arguments")
	}
	self := 0
	if strings.Contains(s.name, ".") { // a method's, which counts
		self = 1
	}
	want := s.keywords + self
	if s.required < s.keywords {
		return pickle.TypeError.New(fmt.Sprintf("%s() takes from %d to %d positional arguments but %d were given",
			s.name, s.required+self, want, n+self))
	}
	return pickle.TypeError.New(fmt.Sprintf("%s() takes %d positional argument%s but %d were given",
		s.name, want, plural(want), n+self))
}

func (s *Signature) builtinCount(n int) error {
	most := len(s.params)
	var text string
	switch {
	case strings.HasPrefix(s.name, "wrapper "):
		text = fmt.Sprintf("expected %d argument%s, got %d", most, plural(most), n)
		if most == 2 || strings.HasSuffix(s.name, "mul__") {
			text = " " + text // CPython leaves room for a name that it has not got
		}
	case most == 0:
		text = fmt.Sprintf("%s() takes no arguments (%d given)", s.name, n)
	case most == 1 && s.required == 1:
		text = fmt.Sprintf("%s() takes exactly one argument (%d given)", s.name, n)
	case s.required == most:
		text = fmt.Sprintf("%s expected %d argument%s, got %d", s.last(), most, plural(most), n)
	case n < s.required:
		text = fmt.Sprintf("%s expected at least %d argument%s, got %d", s.last(), s.required, plural(s.required), n)
	default:
		text = fmt.Sprintf("%s expected at most %d argument%s, got %d", s.last(), most, plural(most), n)
	}
	return pickle.TypeError.New(text)
}

func (s *Signature) unexpected(name string) error {
	if s.builtin {
		return pickle.TypeError.New(s.name + "() takes no keyword arguments")
	}
	return pickle.TypeError.New(fmt.Sprintf("%s() got an unexpected keyword argument '%s'", s.name, name))
}

func (s *Signature) repeated(i int) error {
	return pickle.TypeError.New(fmt.Sprintf("%s() got multiple values for argument '%s'", s.name, s.params[i].name))
}

// missing says which required parameters got no argument.
func (s *Signature) missing(given func(i int) bool) error {
	var names []string
	for i := range s.required {
		if !given(i) {
			names = append(names, "'"+s.params[i].name+"'")
		}
	}
	if names == nil {
		return nil
	}
	list := names[0]
	if n := len(names); n > 1 {
		list = strings.Join(names[:n-1], ", ") + " and " + names[n-1]
		if n > 2 {
			list = strings.Join(names[:n-1], ", ") + ", and " + names[n-1]
		}
	}
	return pickle.TypeError.New(fmt.Sprintf("%s() missing %d required positional argument%s: %s",
		s.name, len(names), plural(len(names)), list))
}

func (s *Signature) last() string { return s.name[strings.LastIndexByte(s.name, '.')+1:] }

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
