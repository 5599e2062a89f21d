package pickle

import (
	"fmt"
	"math"
)

// An Import is a global that a Python would import to load a pickle.
type Import struct {
	Global Global // as the pickle names it: for protocols below 3 it may be a name of Python 2

	// Offsets of the opcodes that first name it, that first call it or make
	// an instance of it, and that first change it; -1 where there is none.
	Offset, Called, Changed int
}

func (i Import) String() string { return i.from(0, math.MaxInt) }

// from tells of the import in a pickle that begins at an offset. A name is cut to the
// width that the offsets leave it, of which something is always left.
func (i Import) from(base, width int) string {
	const verb, least = "imports ", 8
	uses := i.uses(base)
	name := shortenMiddle([]byte(shortName(i.Global)), max(width-len(verb)-len(uses), least))
	return verb + string(name) + uses
}

// uses tells where the import is used.
func (i Import) uses(base int) string {
	s := fmt.Sprintf(" at %d", base+i.Offset)
	if i.Called >= 0 {
		s += fmt.Sprintf(", calls it at %d", base+i.Called)
	}
	if i.Changed >= 0 {
		s += fmt.Sprintf(", changes it at %d", base+i.Changed)
	}
	return s
}

// Imports tells what globals a Python would import to load the first pickle in
// data, in the order of their first use, each once. It returns what follows
// the pickle. If there is an error, the imports are those before it: a Python
// has made them, too.
func Imports(data []byte) (imports []Import, rest []byte, err error) {
	t, rest, err := traceAll(data)
	return t.uses(), rest, err
}

// traceAll runs the first pickle in data.
func traceAll(data []byte) (t *tracer, rest []byte, err error) {
	t = newTracer(data)
	if len(data) > math.MaxInt32 {
		return t, data, &SyntaxError{Op: opStop, Err: &LimitError{"Bytes", math.MaxInt32}}
	}
	for in, err := range Instructions(data) {
		if err != nil {
			return t, rest, err
		}
		rest = data[in.Offset+in.Size:]
		if err := t.step(in); err != nil {
			return t, rest, err
		}
	}
	return t, rest, nil
}

// uses tells of each global once.
func (t *tracer) uses() []Import {
	var all []Import
	known := map[Global]int{}
	seen := map[[2]int32]int{} // by the opcodes of the names
	for _, i := range t.imports {
		n, ok := seen[[2]int32{i.module, i.name}]
		if !ok {
			g := t.globalOf(i)
			if n, ok = known[g]; !ok {
				n = len(all)
				known[g] = n
				all = append(all, Import{g, int(i.at), -1, -1})
			}
			seen[[2]int32{i.module, i.name}] = n
		}
		all[n].Called = earliest(all[n].Called, int(i.called))
		all[n].Changed = earliest(all[n].Changed, int(i.changed))
	}
	return all
}

// earliest returns the lesser of two offsets, of which -1 is none.
func earliest(a, b int) int {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}
