package pickle

import "strings"

// Paths of Python's pathlib are their text, in Python's normal form: without
// empty and "." parts, but "." where nothing is left.
type (
	PurePosixPath   string
	PosixPath       string // one of a system with such paths
	PureWindowsPath string // with backslashes
	WindowsPath     string
)

func makePurePosixPath(_ *decoder, args Tuple) (any, bool, error) {
	s, ok := posixPath(args)
	return PurePosixPath(s), ok, nil
}

func makePosixPath(_ *decoder, args Tuple) (any, bool, error) {
	s, ok := posixPath(args)
	return PosixPath(s), ok, nil
}

func makePureWindowsPath(_ *decoder, args Tuple) (any, bool, error) {
	s, ok := windowsPath(args)
	return PureWindowsPath(s), ok, nil
}

func makeWindowsPath(_ *decoder, args Tuple) (any, bool, error) {
	s, ok := windowsPath(args)
	return WindowsPath(s), ok, nil
}

// posixPath joins the arguments of a path: its parts before Python 3.13, then
// the text that it was made of.
func posixPath(args Tuple) (string, bool) {
	s, ok := joinedPath(args, "/")
	if !ok {
		return "", false
	}
	root := ""
	switch {
	case strings.HasPrefix(s, "///"):
		root = "/"
	case strings.HasPrefix(s, "//"):
		root = "//"
	case strings.HasPrefix(s, "/"):
		root = "/"
	}
	return normalPath(s, root, s[len(root):], "/"), true
}

// windowsPath is posixPath for Windows. It knows drives and shares, but not
// device paths or streams of files.
func windowsPath(args Tuple) (string, bool) {
	s, ok := joinedPath(args, `\`)
	if !ok {
		return "", false
	}
	s = strings.ReplaceAll(s, "/", `\`)
	root, rest := "", s
	switch {
	case strings.HasPrefix(s, `\\`):
		host, share, _ := strings.Cut(s[2:], `\`)
		share, rest, _ = strings.Cut(share, `\`)
		if host == "" || host == "?" || host == "." || share == "" {
			return "", false
		}
		root = `\\` + host + `\` + share + `\`
	case len(s) > 1 && s[1] == ':':
		root, rest = s[:2], s[2:]
	}
	if strings.HasPrefix(rest, `\`) && !strings.HasPrefix(root, `\`) {
		root += `\`
	}
	if strings.Contains(rest, ":") || strings.Contains(root[min(2, len(root)):], ":") {
		return "", false
	}
	return normalPath(s, root, rest, `\`), true
}

// joinedPath joins parts of which only the first may be absolute.
func joinedPath(args Tuple, separator string) (string, bool) {
	if len(args) == 1 {
		return textOfValue(args[0])
	}
	var b strings.Builder
	for i, arg := range args {
		part, ok := textOfValue(arg)
		if !ok || i > 0 && (strings.HasPrefix(part, "/") || separator == `\` && strings.Contains(part, ":") ||
			strings.HasPrefix(part, separator)) {
			return "", false
		}
		if i > 0 && !strings.HasSuffix(b.String(), separator) && b.Len() > 0 && !driveOnly(b.String(), separator) {
			b.WriteString(separator)
		}
		b.WriteString(part)
	}
	return b.String(), true
}

// driveOnly tells "c:", after which a separator would make the path absolute.
func driveOnly(s, separator string) bool {
	return separator == `\` && len(s) == 2 && s[1] == ':'
}

// normalPath returns s, whose root and rest are given, in normal form.
func normalPath(s, root, rest, separator string) string {
	parts := strings.Split(rest, separator)
	kept := parts[:0]
	for _, part := range parts {
		if part != "" && part != "." {
			kept = append(kept, part)
		}
	}
	normal := root + strings.Join(kept, separator)
	switch normal {
	case "":
		return "."
	case s:
		return s
	}
	return normal
}

func (p PurePosixPath) write(e *encoder) error { return e.call("pathlib", "PurePosixPath", string(p)) }
func (p PosixPath) write(e *encoder) error     { return e.call("pathlib", "PosixPath", string(p)) }
func (p PureWindowsPath) write(e *encoder) error {
	return e.call("pathlib", "PureWindowsPath", string(p))
}
func (p WindowsPath) write(e *encoder) error { return e.call("pathlib", "WindowsPath", string(p)) }

func (p PurePosixPath) native() any { return recipe(Global{"pathlib", "PurePosixPath"}, string(p)) }
func (p PosixPath) native() any     { return recipe(Global{"pathlib", "PosixPath"}, string(p)) }
func (p PureWindowsPath) native() any {
	return recipe(Global{"pathlib", "PureWindowsPath"}, string(p))
}
func (p WindowsPath) native() any { return recipe(Global{"pathlib", "WindowsPath"}, string(p)) }
