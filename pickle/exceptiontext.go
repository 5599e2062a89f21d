package pickle

import (
	"fmt"
	"strings"
)

// osErrors are the classes that OSError(number, text) becomes on Linux.
var osErrors = map[int64]string{
	1: "PermissionError", 2: "FileNotFoundError", 3: "ProcessLookupError", 4: "InterruptedError",
	10: "ChildProcessError", 11: "BlockingIOError", 13: "PermissionError", 17: "FileExistsError",
	20: "NotADirectoryError", 21: "IsADirectoryError", 32: "BrokenPipeError",
	103: "ConnectionAbortedError", 104: "ConnectionResetError", 108: "BrokenPipeError",
	110: "TimeoutError", 111: "ConnectionRefusedError", 114: "BlockingIOError", 115: "BlockingIOError",
}

// name is type(e).__name__.
func (e *Exception) name() string {
	if e.Class == OSError && len(e.Args) >= 2 && len(e.Args) <= 5 {
		if number, ok := e.Args[0].(int64); ok && osErrors[number] != "" {
			return osErrors[number]
		}
	}
	return lastName(string(e.Class))
}

// visibleArgs returns what Python shows of the arguments: an OSError takes its
// file names out of them.
func (e *Exception) visibleArgs() Tuple {
	if e.fileNames() != nil {
		return e.Args[:2]
	}
	return e.Args
}

// fileNames are the third argument of an OSError and those after it, if there is a file.
// A number there is how much a BlockingIOError has written.
func (e *Exception) fileNames() Tuple {
	if n := len(e.Args); n < 3 || n > 5 || !e.Is(OSError) || e.Args[2] == nil {
		return nil
	}
	if _, written := bigOf(e.Args[2]); written && e.name() == "BlockingIOError" {
		return nil
	}
	return e.Args[2:]
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
	case len(e.Args) == 2 && e.Is(ExceptionClass("builtins.SyntaxError")):
		return e.syntaxMessage()
	case len(e.Args) == 2 && (e.Is(ExceptionClass("builtins.ExceptionGroup")) || e.Is(ExceptionClass("builtins.BaseExceptionGroup"))):
		return e.groupMessage()
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

// syntaxMessage is that of SyntaxError(text, (file, line, …)).
func (e *Exception) syntaxMessage() (string, error) {
	s, err := Str(e.Args[0])
	place, _ := e.Args[1].(Tuple)
	if err != nil || len(place) < 2 {
		return s, err
	}
	file, named := place[0].(string)
	file = file[strings.LastIndexByte(file, '/')+1:]
	line, numbered := place[1].(int64)
	switch {
	case named && numbered:
		s += fmt.Sprintf(" (%s, line %d)", file, line)
	case named:
		s += fmt.Sprintf(" (%s)", file)
	case numbered:
		s += fmt.Sprintf(" (line %d)", line)
	}
	return s, nil
}

// groupMessage is that of ExceptionGroup(text, exceptions).
func (e *Exception) groupMessage() (string, error) {
	s, err := Str(e.Args[0])
	within, isSequence := itemsIn(e.Args[1])
	if err != nil || !isSequence {
		return s, err
	}
	plural := ""
	if len(within) > 1 {
		plural = "s"
	}
	return fmt.Sprintf("%s (%d sub-exception%s)", s, len(within), plural), nil
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
	names := e.fileNames()
	if names == nil {
		return s, nil
	}
	file, err := Repr(names[0])
	s += ": " + file
	if len(names) == 3 && names[2] != nil && err == nil {
		file, err = Repr(names[2])
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
