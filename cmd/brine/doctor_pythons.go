package main

import (
	"cmp"
	"context"
	"debug/elf"
	"fmt"
	"os"
	"strings"

	"github.com/brine-go/brine/pyinterop"
)

// lookAtPythons asks every interpreter on this host who it is.
func lookAtPythons(ctx context.Context) []finding {
	var fs []finding
	children := false
	for _, path := range pyinterop.Search() {
		f, usable := lookAtPython(ctx, path)
		fs = append(fs, f)
		children = children || usable
	}
	if !children {
		fs = append(fs, finding{bad, "python", "none that can be a child process",
			fmt.Sprintf("Install python3, %d.%d or later.", pyinterop.Oldest.Major, pyinterop.Oldest.Minor)})
	}
	return fs
}

func lookAtPython(ctx context.Context, path string) (f finding, usable bool) {
	p, err := pyinterop.Probe(ctx, path)
	if err != nil {
		f.grade, f.what, f.found = note, "python", tilde(path)
		f.todo = fmt.Sprintf("It cannot be a child process: %v. Managers serve it all the same.", cause(err))
		return f, false
	}
	method := "fork"
	if p.Version.AtLeast(3, 14) {
		method = "forkserver"
	}
	f.what = fmt.Sprintf("%s %s", strings.Replace(p.Implementation, "cpython", "python", 1), p.Version)
	libc := libcOf(p.Executable)
	f.found = fmt.Sprintf("%s (%s, %s)", tilde(p.Path), method, cmp.Or(libc, "C library unknown"))
	if libc == "musl" {
		f.grade = note
		f.todo = "Its C library is musl, whose semaphores have another layout: brine shares no locks and queues with it."
	}
	return f, true
}

// tilde shortens a path below the user's folder.
func tilde(path string) string {
	if home, err := os.UserHomeDir(); err == nil {
		if rest, ok := strings.CutPrefix(path, home+"/"); ok {
			return "~/" + rest
		}
	}
	return path
}

// cause is the innermost error: the path is on the line already.
func cause(err error) error {
	if e, ok := err.(*pyinterop.InterpreterError); ok {
		return e.Err
	}
	return err
}

// libcOf tells from its dynamic linker which C library a program uses, or "".
func libcOf(program string) string {
	file, err := elf.Open(program)
	if err != nil {
		return ""
	}
	defer file.Close()
	section := file.Section(".interp")
	if section == nil {
		return ""
	}
	linker, err := section.Data()
	switch {
	case err != nil:
		return ""
	case strings.Contains(string(linker), "ld-musl"):
		return "musl"
	}
	return "glibc"
}
