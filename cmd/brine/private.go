package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

// longestKeyLine bounds the line that holds the key of a private server.
const longestKeyLine = 4096

// private reads the key that the program which started us writes first, and
// returns a context that ends with that program: when its end of the pipe is
// closed. A Ctrl-C at their terminal is that program's to handle.
func private(ctx context.Context, in io.Reader) (context.Context, authkey, error) {
	signal.Ignore(os.Interrupt)
	r := bufio.NewReaderSize(in, longestKeyLine)
	line, err := r.ReadSlice('\n')
	if err != nil {
		return nil, authkey{}, fmt.Errorf("--private: no key on standard input: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(line)))
	if err == nil && len(key) == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, authkey{}, errors.New("--private: the first line of standard input is not a key in hexadecimal")
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() { // ends with the process: a read of a pipe cannot be given up
		defer cancel()
		io.Copy(io.Discard, r)
	}()
	return ctx, authkey{bytes: key, pipe: true}, nil
}
