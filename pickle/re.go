package pickle

import "strings"

// A Pattern is a regular expression that Python's re compiled.
type Pattern struct {
	Text  any   // a string or []byte
	Flags int64 // those of re
}

// The flags of Python's re.
const (
	ReIgnoreCase int64 = 2
	ReLocale     int64 = 4
	ReMultiline  int64 = 8
	ReDotAll     int64 = 16
	ReUnicode    int64 = 32 // of every Text that is a string, unless ReASCII is set
	ReVerbose    int64 = 64
	ReDebug      int64 = 128
	ReASCII      int64 = 256
)

func makePattern(_ *decoder, args Tuple) (any, bool, error) {
	if len(args) != 2 {
		return nil, false, nil
	}
	flags, ok := args[1].(int64)
	switch args[0].(type) {
	case string, ByteString, []byte:
		return &Pattern{args[0], flags}, ok, nil
	}
	return nil, false, nil
}

var compileFunction = Global{"re", "_compile"}

func (p *Pattern) write(e *encoder) error {
	k := keyOf(p)
	if e.again(k) {
		return nil
	}
	err := e.call(compileFunction.Module, compileFunction.Name, p.Text, p.Flags)
	e.made(k)
	return err
}

func (p *Pattern) native() any { return recipe(compileFunction, p.Text, p.Flags) }

// TypeName is what Python calls the type.
func (p *Pattern) TypeName() string { return "Pattern" }

// reprPattern is how many characters re shows of a pattern.
const reprPattern = 200

// pattern writes a call of _compile as re shows what that returns.
func (p *printer) pattern(o *Object) (bool, error) {
	args := o.arguments()
	if len(args) != 2 {
		return false, nil
	}
	flags, ok := args[1].(int64)
	if !ok {
		return false, nil
	}
	if _, isText := textOfValue(args[0]); isText && flags&(ReLocale|ReUnicode|ReASCII) == ReUnicode {
		flags &^= ReUnicode
	}
	text, err := Repr(args[0])
	if err != nil {
		return true, err
	}
	if characters := []rune(text); len(characters) > reprPattern {
		text = string(characters[:reprPattern])
	}
	p.write("re.compile(" + text)
	var names []string
	for i, name := range strings.Fields("IGNORECASE LOCALE MULTILINE DOTALL UNICODE VERBOSE DEBUG ASCII") {
		if flags&(2<<i) != 0 {
			names = append(names, "re."+name)
		}
	}
	if names != nil {
		p.write(", " + strings.Join(names, "|"))
	}
	p.write(")")
	return true, nil
}
