//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"net"
	"os"
)

// none is ('#RETURN', None) as Python 3.8 and later send it.
var none = []byte("\x80\x04\x95\x0e\x00\x00\x00\x00\x00\x00\x00\x8c\x07#RETURN\x94N\x86\x94.")

// floorMain serves until it is killed: it does the handshake, then answers
// every frame with the same reply and looks at none.
func floorMain(args []string) error {
	flags := flag.NewFlagSet("floor", flag.ExitOnError)
	network := flags.String("network", "unix", "unix or tcp")
	address := flags.String("address", "", "where to listen")
	keyFile := flags.String("authkey-file", "", "the key")
	size := flags.Int("reply", 0, "bytes of a reply; 0 is that of None")
	loop := flags.Bool("loop", false, "serve all connections in one thread")
	flags.Parse(args)

	key, err := os.ReadFile(*keyFile)
	if err != nil {
		return err
	}
	l, err := net.Listen(*network, *address)
	if err != nil {
		return err
	}
	reply := frame(none)
	if *size > 0 {
		reply = frame(append(bytes.Clone(none), make([]byte, *size)...))
	}
	fmt.Printf("floor: serving %s\n", l.Addr())
	if *loop {
		f := &floorLoop{key: bytes.TrimSpace(key), tcp: *network == "tcp", peers: map[int32]*floorPeer{}}
		return f.serve(l)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer c.Close()
			if admit(c, bytes.TrimSpace(key)) == nil {
				echo(c, reply)
			}
		}()
	}
}

// echo reads a frame and writes a reply, two system calls for a frame that
// fits in the buffer.
func echo(c net.Conn, reply []byte) {
	buf := make([]byte, 4096)
	for {
		have, err := c.Read(buf)
		if err != nil || have < 4 {
			return
		}
		total := int(binary.BigEndian.Uint32(buf)) + 4
		if total > len(buf) {
			grown := make([]byte, total)
			copy(grown, buf[:have])
			buf = grown
		}
		for have < total {
			n, err := c.Read(buf[have:])
			if err != nil {
				return
			}
			have += n
		}
		if _, err := c.Write(reply); err != nil {
			return
		}
	}
}
