package pickle

import "fmt"

// Str is Python's str. Errors are as with Repr.
func Str(v any) (string, error) {
	switch x := v.(type) {
	case string:
		return x, nil
	case ByteString:
		return Str(x.native())
	case *Exception:
		return x.str()
	case *Object:
		if s, ok := x.str(); ok {
			return s, nil
		}
	case Raw:
		v, err := built(x)
		if err != nil {
			return "", err
		}
		return Str(v)
	}
	return Repr(v)
}

// str is what Python's __str__ of the class returns.
func (e *Exception) str() (string, error) {
	switch {
	case e.Class == "builtins.UnicodeEncodeError", e.Class == "builtins.UnicodeTranslateError":
		if s, ok := e.encodeMessage(); ok {
			return s, nil
		}
	case e.Class == "builtins.UnicodeDecodeError":
		if s, ok := e.decodeMessage(); ok {
			return s, nil
		}
	case len(e.Args) >= 2 && len(e.Args) <= 5 && e.Is(OSError):
		return e.osMessage()
	}
	switch len(e.Args) {
	case 0:
		return "", nil
	case 1:
		if e.Is(KeyError) { // or an empty key would look like no message
			return Repr(e.Args[0])
		}
		return Str(e.Args[0])
	}
	return Repr(e.Args)
}

// osMessage is that of OSError(errno, text, file, None, other file).
func (e *Exception) osMessage() (string, error) {
	number, err := Str(e.Args[0])
	if err != nil {
		return "", err
	}
	text, err := Str(e.Args[1])
	if err != nil {
		return "", err
	}
	s := "[Errno " + number + "] " + text
	if len(e.Args) < 3 || e.Args[2] == nil {
		return s, nil
	}
	file, err := Repr(e.Args[2])
	s += ": " + file
	if len(e.Args) == 5 && e.Args[4] != nil && err == nil {
		file, err = Repr(e.Args[4])
		s += " -> " + file
	}
	return s, err
}

// span takes apart the arguments from index i on: start, end, reason.
func (e *Exception) span(i int) (start, end int64, reason string, ok bool) {
	if len(e.Args) != i+3 {
		return 0, 0, "", false
	}
	start, ok1 := e.Args[i].(int64)
	end, ok2 := e.Args[i+1].(int64)
	reason, ok3 := e.Args[i+2].(string)
	return start, end, reason, ok1 && ok2 && ok3 && start >= 0
}

func (e *Exception) encodeMessage() (string, bool) {
	args := e.Args
	prefix := "can't translate"
	if e.Class == UnicodeEncodeError {
		encoding, ok := strAt(args, 0)
		if !ok {
			return "", false
		}
		prefix, args = "'"+encoding+"' codec can't encode", args[1:]
	}
	start, end, reason, ok := e.span(len(e.Args) - len(args) + 1)
	text, isText := strAt(args, 0)
	if !ok || !isText {
		return "", false
	}
	if r, found := runeAt(text, start); found && end == start+1 {
		return fmt.Sprintf("%s character '%s' in position %d: %s", prefix, appendEscape(nil, r), start, reason), true
	}
	return fmt.Sprintf("%s characters in position %d-%d: %s", prefix, start, end-1, reason), true
}

func (e *Exception) decodeMessage() (string, bool) {
	encoding, ok := strAt(e.Args, 0)
	start, end, reason, ok2 := e.span(2)
	if !ok || !ok2 {
		return "", false
	}
	data, ok := bytesOf(e.Args[1])
	if !ok {
		return "", false
	}
	if end == start+1 && start < int64(len(data)) {
		return fmt.Sprintf("'%s' codec can't decode byte 0x%02x in position %d: %s", encoding, data[start], start, reason), true
	}
	return fmt.Sprintf("'%s' codec can't decode bytes in position %d-%d: %s", encoding, start, end-1, reason), true
}

func strAt(args Tuple, i int) (string, bool) {
	if i >= len(args) {
		return "", false
	}
	s, ok := args[i].(string)
	return s, ok
}

// runeAt returns the code point at an index.
func runeAt(s string, index int64) (rune, bool) {
	for ; len(s) > 0; index-- {
		r, n := codePoint(s)
		if index == 0 {
			return r, true
		}
		s = s[n:]
	}
	return 0, false
}
