//go:build linux

package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"net"
)

// The handshake as Python 3.11 does it, plus the answer to a {sha256}
// challenge. It is kept apart from package connection, so that the floor and
// the load stay the same whatever becomes of that package.

const (
	challengeMark = "#CHALLENGE#"
	welcome       = "#WELCOME#"
	modern        = "{sha256}"
)

// authenticate is the client's half.
func authenticate(c net.Conn, key []byte) error {
	if err := answer(c, key); err != nil {
		return err
	}
	return challenge(c, key)
}

// admit is the server's half.
func admit(c net.Conn, key []byte) error {
	if err := challenge(c, key); err != nil {
		return err
	}
	return answer(c, key)
}

func challenge(c net.Conn, key []byte) error {
	m := make([]byte, 20)
	rand.Read(m)
	if err := writeFrame(c, append([]byte(challengeMark), m...)); err != nil {
		return err
	}
	got, err := readFrame(c)
	if err != nil {
		return err
	}
	if !hmac.Equal(got, mac(key, m)) {
		return fmt.Errorf("peer answered %q to a challenge", got)
	}
	return writeFrame(c, []byte(welcome))
}

func answer(c net.Conn, key []byte) error {
	got, err := readFrame(c)
	if err != nil {
		return err
	}
	m, ok := bytes.CutPrefix(got, []byte(challengeMark))
	if !ok {
		return fmt.Errorf("peer sent %q where a challenge was due", got)
	}
	if err := writeFrame(c, mac(key, m)); err != nil {
		return err
	}
	if got, err = readFrame(c); err != nil {
		return err
	}
	if string(got) != welcome {
		return fmt.Errorf("peer sent %q where a welcome was due", got)
	}
	return nil
}

// mac answers a challenge; the name of the digest is part of what is signed.
func mac(key, m []byte) []byte {
	if bytes.HasPrefix(m, []byte(modern)) {
		h := hmac.New(sha256.New, key)
		h.Write(m)
		return h.Sum([]byte(modern))
	}
	h := hmac.New(md5.New, key)
	h.Write(m)
	return h.Sum(nil)
}

func writeFrame(c net.Conn, body []byte) error {
	_, err := c.Write(frame(body))
	return err
}

func readFrame(c net.Conn) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > 2<<20 { // the floor answers a greeting, too, with a big value
		return nil, fmt.Errorf("peer announced a frame of %d bytes", n)
	}
	body := make([]byte, n)
	_, err := io.ReadFull(c, body)
	return body, err
}

// frame puts the length in front of body.
func frame(body []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}
