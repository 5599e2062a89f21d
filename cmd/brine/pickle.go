package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/brine-go/brine/pickle"
)

const pickleLong = `Look at pickles and judge them, without running anything that they name.

FILE may hold several pickles in a row, as repeated pickle.dump calls leave
them. Without FILE, or with -, standard input is read. What is no pickle ends
with exit status 1 and a line that tells the opcode and its offset in the file.`

func pickleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pickle",
		Short: "Look at pickles without running them",
		Long:  pickleLong,
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(disCommand(), jsonCommand(), checkCommand(), recodeCommand())
	return cmd
}

// maxInput is the size from which a file is not read: the limit of a pickle.
const maxInput = 1 << 30

// readInput returns what the argument names, or what standard input holds, and
// its name for messages.
func readInput(cmd *cobra.Command, args []string) (data []byte, name string, err error) {
	in, name := cmd.InOrStdin(), "standard input"
	if len(args) > 0 && args[0] != "-" {
		name = args[0]
		f, err := os.Open(name)
		if err != nil {
			return nil, name, err
		}
		defer f.Close()
		in = f
	}
	data, err = io.ReadAll(io.LimitReader(in, maxInput+1))
	switch {
	case err != nil:
		return nil, name, err
	case len(data) > maxInput:
		return nil, name, fmt.Errorf("%s: longer than 1 GiB", name)
	case len(data) == 0:
		return nil, name, fmt.Errorf("%s: empty", name)
	}
	for prefix, advice := range wrappers {
		if bytes.HasPrefix(data, []byte(prefix)) {
			return nil, name, fmt.Errorf("%s: %s", name, advice)
		}
	}
	return data, name, nil
}

// wrappers are files that hold pickles, or are taken for such, by what they begin with.
var wrappers = map[string]string{
	"\x1f\x8b":         "compressed by gzip; pipe it through gzip -dc",
	"\xfd7zXZ\x00":     "compressed by xz; pipe it through xz -dc",
	"\x28\xb5\x2f\xfd": "compressed by zstd; pipe it through zstd -dc",
	"PK\x03\x04":       "a zip file, as torch.save makes; unzip it and give its data.pkl",
	"\x93NUMPY":        "an array that numpy.save made, no pickle",
}

// eachPickle calls look for every pickle in the file, with what is left of the
// file and where that begins; look returns what follows the pickle. Errors are
// told with their offset in the file.
func eachPickle(name string, data []byte, look func(data []byte, base int) (rest []byte, err error)) error {
	for rest := data; len(rest) > 0; {
		base := len(data) - len(rest)
		var err error
		if rest, err = look(rest, base); err != nil {
			if syntax, ok := errors.AsType[*pickle.SyntaxError](err); ok {
				syntax.Offset += base
			}
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
