package conformance

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/pickle"
)

// asPeer makes the test binary a peer that answers requests as "brine pickle recode --frames"
// does, but by making Go values of the pickles and writing those; "2" is the peer of a Python 2.
const asPeer = "BRINE_TEST_VALUES"

func TestMain(m *testing.M) {
	engine.Main(twins) // the tests are also the workers of Python's pools
	if python := os.Getenv(asPeer); python != "" {
		answerRequests(pickle.Dialect{Python2: python == "2"})
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		if err := serveCustom(os.Args, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func answerRequests(d pickle.Dialect) {
	codec := pickle.Codec{
		Dialect:        d,
		PersistentLoad: func(_ context.Context, id any) (any, error) { return pickle.PersistentID{ID: id}, nil },
		ExtensionLoad:  func(_ context.Context, code int32) (any, error) { return pickle.Extension(code), nil },
	}
	for {
		var prefix [4]byte
		if _, err := io.ReadFull(os.Stdin, prefix[:]); err != nil {
			return
		}
		request := make([]byte, binary.BigEndian.Uint32(prefix[:]))
		if _, err := io.ReadFull(os.Stdin, request); err != nil {
			return
		}
		answer, err := throughValues(codec, request)
		if err != nil {
			answer = append([]byte{1}, err.Error()...)
		}
		os.Stdout.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(answer))), answer...))
	}
}

func throughValues(codec pickle.Codec, request []byte) ([]byte, error) {
	codec.Protocol = pickle.Protocol(request[0] &^ outOfBand)
	if codec.Protocol == 0 {
		codec.Protocol = pickle.Protocol0
	}
	ctx, data := context.Background(), request[1:]
	if request[0]&outOfBand == 0 {
		v, err := codec.Decode(ctx, data)
		if err != nil {
			return nil, err
		}
		return codec.Append(ctx, []byte{0}, v)
	}
	data, rest := cutSized(data)
	for rest = rest[4:]; len(rest) > 0; {
		var b []byte
		b, rest = cutSized(rest[1:])
		codec.Buffers = append(codec.Buffers, b)
	}
	v, err := codec.Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	var count uint32
	var buffers []byte
	codec.OutOfBand = func(b *pickle.Buffer) bool {
		count++
		flag := byte(0)
		if b.ReadOnly {
			flag = 1
		}
		buffers = appendSized(append(buffers, flag), b.Bytes)
		return true
	}
	out, err := codec.Append(ctx, nil, v)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint32(appendSized([]byte{0}, out), count), buffers...), nil
}

// outOfBand in the byte before a pickle says that buffers follow it.
const outOfBand = 0x80

func cutSized(b []byte) (data, rest []byte) {
	n := 4 + binary.BigEndian.Uint32(b)
	return b[4:n], b[n:]
}

func appendSized(dst, b []byte) []byte {
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(b))), b...)
}
