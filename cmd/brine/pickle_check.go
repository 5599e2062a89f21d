package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/brine-go/brine/pickle"
)

const checkLong = `Tell which globals a Python would import and call if it loaded a pickle, and
whether that would be safe.

  harmless    makes a value of Python's own data types
  unknown     belongs to a module that is not looked into: trust it yourself
  DANGEROUS   runs code, or reaches files, processes or the network

Exit status 0 says that all are harmless, 1 that some are not, or that the file
is no pickle.`

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Tell what loading pickles would import, and whether it is safe",
		Long:  checkLong,
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, name, err := readInput(cmd, args)
			if err != nil {
				return err
			}
			found, out := map[pickle.Verdict]int{}, cmd.OutOrStdout()
			err = eachPickle(name, data, func(data []byte, base int) ([]byte, error) {
				imports, rest, err := pickle.Imports(data)
				for _, i := range imports {
					v := pickle.Judge(i.Global)
					found[v]++
					if _, err := fmt.Fprintf(out, "%-10s %s\n", v, moved(i, base)); err != nil {
						return rest, err
					}
				}
				return rest, err
			})
			switch {
			case err != nil:
				return err
			case found[pickle.Dangerous] > 0:
				return fmt.Errorf("%s: not safe to load: %s above can do anything", name, globals(found[pickle.Dangerous], "DANGEROUS"))
			case found[pickle.Unknown] > 0:
				return fmt.Errorf("%s: safe only if you trust %s above", name, globals(found[pickle.Unknown], "unknown"))
			}
			_, err = fmt.Fprintf(out, "%s: safe to load\n", name)
			return err
		},
	}
}

// globals counts those of a kind.
func globals(n int, kind string) string {
	if n == 1 {
		return "the " + kind + " global"
	}
	return fmt.Sprintf("the %d %s globals", n, kind)
}

// moved is i in a file in which its pickle begins at base.
func moved(i pickle.Import, base int) pickle.Import {
	for _, offset := range []*int{&i.Offset, &i.Called, &i.Changed} {
		if *offset >= 0 {
			*offset += base
		}
	}
	return i
}
