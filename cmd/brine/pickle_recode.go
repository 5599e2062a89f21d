package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/brine-go/brine/pickle"
)

const recodeLong = `Write the values of pickles for another protocol, such as 2 for Python 2.7.

The value is the same for Python, whatever its classes: names cross between
Python 2 and 3 as Python itself maps them, and persistent ids, extension codes
and the str of Python 2 stay what they are.

With --frames, requests are answered until standard input ends. A request is a
length, a byte and a pickle; the answer a length, a status and a pickle:

  request   uint32 n | protocol | pickle, n-1 bytes
  answer    uint32 n | 0        | pickle       or  uint32 n | 1 | why not

Lengths are in network order. With 0x80 added to the protocol, buffers travel
beside the pickle, in both directions (PEP 574):

  uint32 n | pickle | uint32 count | count times: readonly | uint32 n | bytes`

func recodeCommand() *cobra.Command {
	protocol, frames := 4, false
	cmd := &cobra.Command{
		Use:   "recode [--protocol N] [FILE | --frames]",
		Short: "Write pickles for another protocol",
		Long:  recodeLong,
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if frames {
				if len(args) > 0 || cmd.Flags().Changed("protocol") {
					return errors.New("--frames takes neither FILE nor --protocol: requests come on standard input and name theirs")
				}
				return recodeFrames(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
			}
			p, err := protocolOf(protocol)
			if err != nil {
				return err
			}
			data, name, err := readInput(cmd, args)
			if err != nil {
				return err
			}
			return eachPickle(name, data, func(data []byte, _ int) (rest []byte, err error) {
				out, rest, err := pickle.Codec{Protocol: p}.Recode(cmd.Context(), nil, data)
				if err == nil {
					_, err = cmd.OutOrStdout().Write(out)
				}
				return rest, err
			})
		},
	}
	cmd.Flags().IntVar(&protocol, "protocol", protocol, "write protocol `N`, 0 to 5")
	cmd.Flags().BoolVar(&frames, "frames", false, "answer requests on standard input")
	return cmd
}

// protocolOf is the protocol by the number that Python knows it by.
func protocolOf(n int) (pickle.Protocol, error) {
	switch {
	case n == 0:
		return pickle.Protocol0, nil
	case 0 < n && n <= 5:
		return pickle.Protocol(n), nil
	}
	return 0, fmt.Errorf("there is no protocol %d: 0 to 5 are known", n)
}

// outOfBand in a request's protocol says that buffers travel beside the pickle.
const outOfBand = 0x80

var errRequest = errors.New("a request that ends inside its buffers")

// recodeFrames answers requests until their end.
func recodeFrames(ctx context.Context, r io.Reader, w io.Writer) error {
	in, out := bufio.NewReaderSize(r, 1<<16), bufio.NewWriterSize(w, 1<<16)
	for {
		request, err := readRequest(in)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		answer, err := answerTo(ctx, request)
		if err != nil {
			answer = append([]byte{1}, err.Error()...)
		}
		out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(answer))))
		out.Write(answer)
		if err := out.Flush(); err != nil {
			return err
		}
	}
}

// readRequest returns io.EOF where no other request begins. The buffer grows
// as bytes arrive, not by what the length claims.
func readRequest(in io.Reader) ([]byte, error) {
	var prefix [4]byte
	if _, err := io.ReadFull(in, prefix[:]); err != nil {
		return nil, err
	}
	n := int64(binary.BigEndian.Uint32(prefix[:]))
	if n == 0 {
		return nil, errors.New("a request of no bytes")
	}
	body, err := io.ReadAll(io.LimitReader(in, n))
	if err == nil && int64(len(body)) < n {
		err = fmt.Errorf("a request cut at %d of %d bytes", len(body), n)
	}
	return body, err
}

// answerTo returns the answer with its status.
func answerTo(ctx context.Context, request []byte) ([]byte, error) {
	beside := request[0]&outOfBand != 0
	p, err := protocolOf(int(request[0] &^ outOfBand))
	if err != nil {
		return nil, err
	}
	codec := pickle.Codec{Protocol: p}
	if !beside {
		return recodeOne(ctx, codec, []byte{0}, request[1:])
	}
	data, buffers, err := cutBuffers(request[1:])
	if err != nil {
		return nil, err
	}
	readOnly := map[*byte]bool{} // by their first byte
	for _, b := range buffers {
		codec.Buffers = append(codec.Buffers, b.Bytes)
		if len(b.Bytes) > 0 {
			readOnly[&b.Bytes[0]] = b.ReadOnly
		}
	}
	var taken []pickle.Buffer
	codec.OutOfBand = func(b *pickle.Buffer) bool {
		flag := b.ReadOnly
		if len(b.Bytes) > 0 {
			flag = readOnly[&b.Bytes[0]]
		}
		taken = append(taken, pickle.Buffer{Bytes: b.Bytes, ReadOnly: flag})
		return true
	}
	recoded, err := recodeOne(ctx, codec, nil, data)
	if err != nil {
		return nil, err
	}
	return appendBuffers(appendSized([]byte{0}, recoded), taken), nil
}

// recodeOne appends the value of the only pickle in data.
func recodeOne(ctx context.Context, codec pickle.Codec, dst, data []byte) ([]byte, error) {
	out, rest, err := codec.Recode(ctx, dst, data)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d bytes follow the pickle", len(rest))
	}
	return out, err
}

// cutBuffers takes a request apart that has buffers beside its pickle.
func cutBuffers(b []byte) (data []byte, buffers []pickle.Buffer, err error) {
	data, b, ok := cutSized(b)
	if !ok || len(b) < 4 {
		return nil, nil, errRequest
	}
	count := binary.BigEndian.Uint32(b)
	for b = b[4:]; count > 0; count-- {
		if len(b) < 1 {
			return nil, nil, errRequest
		}
		buffer := pickle.Buffer{ReadOnly: b[0] != 0}
		if buffer.Bytes, b, ok = cutSized(b[1:]); !ok {
			return nil, nil, errRequest
		}
		buffers = append(buffers, buffer)
	}
	if len(b) > 0 {
		return nil, nil, errRequest
	}
	return data, buffers, nil
}

func cutSized(b []byte) (data, rest []byte, ok bool) {
	if len(b) < 4 || uint64(len(b)-4) < uint64(binary.BigEndian.Uint32(b)) {
		return nil, nil, false
	}
	n := 4 + binary.BigEndian.Uint32(b)
	return b[4:n], b[n:], true
}

func appendSized(dst, b []byte) []byte {
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(b))), b...)
}

func appendBuffers(dst []byte, buffers []pickle.Buffer) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(buffers)))
	for _, b := range buffers {
		readOnly := byte(0)
		if b.ReadOnly {
			readOnly = 1
		}
		dst = appendSized(append(dst, readOnly), b.Bytes)
	}
	return dst
}
