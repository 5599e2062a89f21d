package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/brine-go/brine/pickle"
)

const disLong = `Show a pickle opcode by opcode, as python -m pickletools does, and beside that
what each opcode makes: types, sizes, and the classes that a Python would import
and call.

  offset: opcode NAME argument (where its MARK is)      what it makes

Lines are fitted to the terminal. --plain shows what pickletools.dis prints, to
the letter.`

func disCommand() *cobra.Command {
	var o pickle.DisOptions
	cmd := &cobra.Command{
		Use:   "dis [FILE]",
		Short: "Show the opcodes of pickles",
		Long:  disLong,
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.Width < pickle.MinDisWidth {
				return fmt.Errorf("--width %d: at least %d is needed", o.Width, pickle.MinDisWidth)
			}
			data, name, err := readInput(cmd, args)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			return eachPickle(name, data, func(data []byte, base int) ([]byte, error) {
				if base > 0 {
					fmt.Fprintln(out)
				}
				o.Base = base
				return pickle.Dis(out, data, o)
			})
		},
	}
	cmd.Flags().BoolVar(&o.Plain, "plain", false, "only what pickletools.dis shows, and whole")
	cmd.Flags().IntVar(&o.Width, "width", terminalWidth(), fmt.Sprintf("fit lines to `COLUMNS`, at least %d", pickle.MinDisWidth))
	return cmd
}

// terminalWidth is how wide the terminal is, or 80.
func terminalWidth() int {
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && width >= pickle.MinDisWidth {
		return width
	}
	return 80
}
