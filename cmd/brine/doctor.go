package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// A finding is one line of the doctor: what was looked at, what is there, and,
// where it stands in the way, what to do.
type finding struct {
	grade grade
	what  string
	found string
	todo  string
}

type grade int

const (
	fine grade = iota
	note
	bad
)

func (g grade) String() string { return [...]string{"ok", "note", "BAD"}[g] }

const doctorLong = `Look for what stands in the way of processes, locks and shared memory on this
host. Each line says what was looked at and what is there; below it stands what
to do where something is wanting.

  ok     nothing to do
  note   works, but not all of it or not for long
  BAD    something will fail

Exit status 1 says that there is something BAD.`

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what stands in the way on this host, and what to do",
		Long:  doctorLong,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			worst := fine
			for _, look := range looks {
				for _, f := range look(cmd.Context()) {
					worst = max(worst, f.grade)
					f.print(cmd.OutOrStdout())
				}
			}
			if worst == bad {
				return errors.New("something stands in the way: see the lines marked BAD")
			}
			return nil
		},
	}
}

// looks are what the doctor examines, in this order.
var looks = []func(context.Context) []finding{
	lookAtSystem, lookAtSharedMemory, lookAtSegments, lookAtLimits, lookAtPythons,
}

func (f finding) print(out io.Writer) {
	fmt.Fprintf(out, "%-5s %-16s %s\n", f.grade, f.what, f.found)
	if f.todo != "" {
		for _, line := range wrapText(f.todo, 80-23) {
			fmt.Fprintf(out, "%23s%s\n", "", line)
		}
	}
}

// wrapText breaks text at spaces into lines of at most width bytes.
func wrapText(text string, width int) []string {
	var lines []string
	for len(text) > width {
		cut := width
		for cut > 0 && text[cut] != ' ' {
			cut--
		}
		if cut == 0 {
			cut = width
		}
		lines = append(lines, text[:cut])
		text = text[cut:]
		for len(text) > 0 && text[0] == ' ' {
			text = text[1:]
		}
	}
	return append(lines, text)
}

// size writes a number of bytes for people.
func size(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	i, f := 0, float64(n)
	for f >= 1024 && i < len(units)-1 {
		f /= 1024
		i++
	}
	if i == 0 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.3g %s", f, units[i])
}
