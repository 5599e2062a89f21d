package pickle

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
)

// A structure is what the fields of a struct stand for in Python.
type structure struct {
	number int // of the structure, from 0
	fields []field
	names  map[string]int // of fields
	folded map[string]int // the same in lower case and without underscores
	rest   *field         // a map that takes the keys that are no fields

	class Global // whose instances the struct stands for; "" is none
	tuple bool   // the fields are the items of a tuple, or the arguments of the class
	slots bool   // the class has no __dict__
	fixed bool   // it is a frozen dataclass, whose state with slots is a list

	err error // what is wrong with the tags
}

// A field is a field of a struct, or of one that is embedded in it.
type field struct {
	plan   *plan
	offset uintptr // in the struct, if flat
	flat   bool    // it is in no embedded struct that is met through a pointer

	name  string
	key   []byte // the opcode that pushes the name, from protocol 4 on
	path  []step
	depth int
	named bool // by its tag

	omitEmpty, omitZero bool
}

// A step leads to a field: to an offset and, if elem is set, on through the pointer
// to an embedded struct that lies there.
type step struct {
	offset uintptr
	elem   reflect.Type
}

var structures atomic.Int64

func (b planner) structure(t reflect.Type) *structure {
	s := &structure{number: int(structures.Add(1)) - 1, names: map[string]int{}, folded: map[string]int{}}
	c := collector{planner: b, s: s}
	c.collect(t, nil, 0)
	if s.tuple && s.rest != nil {
		c.fail(fmt.Errorf("%v is a tuple, which has no keys for an inline map", t))
	}
	s.fields = dominant(c.found)
	for i := range s.fields {
		f := &s.fields[i]
		f.flatten()
		s.names[f.name] = i
		if f.key = putText(nil, f.name, 4); !validString(f.name) && s.err == nil {
			s.err = fmt.Errorf("the name of a field of %v is not UTF-8", t)
		}
	}
	for i := range s.fields {
		if name := folded(s.fields[i].name); !has(s.folded, name) {
			s.folded[name] = i
		}
	}
	return s
}

func has[K comparable, V any](m map[K]V, k K) bool {
	_, ok := m[k]
	return ok
}

// folded is how names are compared that are not the same: UserName is user_name.
func folded(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "_", "")
}

// A collector finds the fields of a struct.
type collector struct {
	planner
	s      *structure
	found  []field
	within []reflect.Type
}

func (c *collector) collect(t reflect.Type, path []step, depth int) {
	if slices.Contains(c.within, t) {
		return // a struct that embeds a pointer to itself
	}
	c.within = append(c.within, t)
	for i := range t.NumField() {
		c.field(t, t.Field(i), path, depth)
	}
	c.within = c.within[:len(c.within)-1]
}

func (c *collector) field(t reflect.Type, f reflect.StructField, path []step, depth int) {
	tag, tagged := f.Tag.Lookup("pickle")
	if tag == "-" {
		return
	}
	name, options, _ := strings.Cut(tag, ",")
	if f.Name == "_" {
		if depth == 0 && tagged {
			c.class(t, name, options)
		}
		return
	}
	found := field{name: name, path: append(slices.Clone(path), step{offset: f.Offset}), depth: depth, named: name != ""}
	inline := f.Anonymous && name == "" && f.Type.Kind() != reflect.Map
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "":
		case "omitempty":
			found.omitEmpty = true
		case "omitzero":
			found.omitZero = true
		case "inline":
			inline = true
		default:
			c.wrong(t, f.Name, option)
		}
	}
	base := f.Type
	if base.Kind() == reflect.Pointer {
		base = base.Elem()
	}
	switch {
	case inline && base.Kind() == reflect.Struct && !custom(base) && knownTypes[base] == nil:
		if !f.IsExported() && base != f.Type {
			return // nobody could set it
		}
		if base != f.Type {
			found.path[len(found.path)-1].elem = base
		}
		c.collect(base, found.path, depth+1)
		return
	case !f.IsExported():
		return
	case inline && f.Type.Kind() == reflect.Map && f.Type.Key().Kind() == reflect.String:
		if c.s.rest != nil {
			c.fail(fmt.Errorf("%v.%s and another map are inline: only one can take the keys that are no fields", t, f.Name))
		}
		found.plan = c.plan(f.Type)
		found.flatten()
		c.s.rest = &found
		return
	}
	if inline && !f.Anonymous {
		c.fail(fmt.Errorf("%v.%s is inline, and no struct or map with str for keys", t, f.Name))
	}
	if found.name == "" {
		found.name = f.Name
	}
	found.plan = c.plan(f.Type)
	c.found = append(c.found, found)
}

// class reads the tag of the field _, which is about the struct as a whole.
func (c *collector) class(t reflect.Type, name, options string) {
	if name != "" {
		c.fail(fmt.Errorf("the tag of %v._ begins with %q: its options follow a comma", t, name))
	}
	for option := range strings.SplitSeq(options, ",") {
		name, isClass := strings.CutPrefix(option, "class=")
		switch {
		case isClass && checkName(name) == nil:
			c.s.class = globalNamed(name)
		case option == "tuple":
			c.s.tuple = true
		case option == "slots":
			c.s.slots = true
		case option == "frozen":
			c.s.fixed = true
		case option != "":
			c.wrong(t, "_", option)
		}
	}
}

func (c *collector) wrong(t reflect.Type, field, option string) {
	c.fail(fmt.Errorf("unknown option %q in the tag of %v.%s", option, t, field))
}

// fail keeps the first error.
func (c *collector) fail(err error) {
	if c.s.err == nil {
		c.s.err = err
	}
}

// globalNamed returns the class whose module is all but the last part of a name,
// or what stands before a colon.
func globalNamed(name string) Global {
	if module, qualified, ok := strings.Cut(name, ":"); ok {
		return Global{module, qualified}
	}
	i := strings.LastIndexByte(name, '.')
	return Global{name[:i], name[i+1:]}
}

// dominant returns the fields that a name stands for by Go's rules: of several, the
// one that is least deeply embedded, or of those the one that has a tag.
func dominant(found []field) []field {
	best := map[string]int{}
	hidden := map[string]bool{} // names that several fields have with equal right
	for i := range found {
		f := &found[i]
		j, ok := best[f.name]
		if !ok {
			best[f.name] = i
			continue
		}
		switch rank(f, &found[j]) {
		case -1:
			best[f.name], hidden[f.name] = i, false
		case 0:
			hidden[f.name] = true
		}
	}
	var fields []field
	for i := range found {
		if name := found[i].name; best[name] == i && !hidden[name] {
			fields = append(fields, found[i])
		}
	}
	return fields
}

func rank(a, b *field) int {
	if a.depth != b.depth {
		return cmp.Compare(a.depth, b.depth)
	}
	if a.named != b.named {
		if a.named {
			return -1
		}
		return 1
	}
	return 0
}

// flatten adds up the offsets of a field that no pointer leads to.
func (f *field) flatten() {
	f.offset, f.flat = 0, true
	for _, s := range f.path {
		f.offset += s.offset
		f.flat = f.flat && s.elem == nil
	}
}

// at returns the variable of the field in the struct at p, with the embedded
// structs that it is in, or nil if one of those is missing and make is false.
func (f *field) at(p pointer, make bool) pointer {
	if f.flat {
		return inside(p, f.offset)
	}
	return f.through(p, make)
}

func (f *field) through(p pointer, make bool) pointer {
	for i := range f.path {
		s := &f.path[i]
		p = inside(p, s.offset)
		if s.elem == nil {
			continue
		}
		to := (*pointer)(p)
		if *to == nil {
			if !make {
				return nil
			}
			*to = variableOf(reflect.New(s.elem))
		}
		p = *to
	}
	return p
}

// find returns the number of the field for a key, or -1.
func (s *structure) find(key string) int {
	if i, ok := s.names[key]; ok {
		return i
	}
	if i, ok := s.folded[folded(key)]; ok {
		return i
	}
	return -1
}
