package connection

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"fmt"
	"hash"
	"slices"
)

// A Digest is a hash function that may prove the knowledge of an authkey.
type Digest string

const (
	MD5      Digest = "md5" // the only one of Pythons before 3.12
	SHA256   Digest = "sha256"
	SHA384   Digest = "sha384"
	SHA3_256 Digest = "sha3_256"
	SHA3_384 Digest = "sha3_384"
)

var digests = map[Digest]func() hash.Hash{
	MD5:      md5.New,
	SHA256:   sha256.New,
	SHA384:   sha512.New384,
	SHA3_256: func() hash.Hash { return sha3.New256() },
	SHA3_384: func() hash.Hash { return sha3.New384() },
}

const (
	challengeMark = "#CHALLENGE#"
	welcome       = "#WELCOME#"
	failure       = "#FAILURE#"

	maxHandshake = 256 // bytes of any frame in the handshake
	randomBytes  = 40
	legacyLength = 20 // of a challenge of Python before 3.12
)

// mac proves the knowledge of key; it covers all of the challenge, the name of
// the digest in it included.
func (d Digest) mac(key, challenge []byte) []byte {
	h := hmac.New(digests[d], key)
	h.Write(challenge)
	return h.Sum(nil)
}

// prefixed splits "{digest}rest"; ok is false when no known digest is named.
func prefixed(b []byte) (d Digest, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '{' {
		return "", nil, false
	}
	name, rest, found := bytes.Cut(b[1:], []byte{'}'})
	if d = Digest(name); !found || digests[d] == nil {
		return "", nil, false
	}
	return d, rest, true
}

// allows reports whether a handshake may rest on d.
func (cfg *Config) allows(d Digest) bool {
	return len(cfg.Digests) == 0 || slices.Contains(cfg.Digests, d)
}

// digest is the one that our challenges name.
func (cfg *Config) digest() Digest {
	for _, d := range []Digest{SHA256, SHA384, SHA3_256, SHA3_384} {
		if cfg.allows(d) {
			return d
		}
	}
	return MD5
}

// challenge appends what nobody can have been asked before.
func (cfg *Config) challenge(b []byte) []byte {
	b = append(append(append(b, '{'), cfg.digest()...), '}')
	n := len(b)
	b = append(b, make([]byte, randomBytes)...)
	rand.Read(b[n:])
	return b
}

// answer proves to a peer that we know key, in the way its challenge asks for.
func (cfg *Config) answer(key, challenge []byte) ([]byte, error) {
	if len(challenge) == legacyLength {
		if !cfg.allows(MD5) {
			return nil, refusedMD5
		}
		return MD5.mac(key, challenge), nil
	}
	d, _, ok := prefixed(challenge)
	switch {
	case len(challenge) < legacyLength:
		return nil, &AuthenticationError{fmt.Sprintf("challenge too short: %d bytes", len(challenge))}
	case !ok || !cfg.allows(d):
		return nil, &AuthenticationError{"the peer's challenge names no digest that is allowed here"}
	}
	return append([]byte("{"+d+"}"), d.mac(key, challenge)...), nil
}

// verify judges the peer's answer. Its digest need not be the one we named.
func (cfg *Config) verify(key, challenge, answer []byte) error {
	d, mac := MD5, answer
	if len(answer) != md5.Size {
		var ok bool
		if d, mac, ok = prefixed(answer); !ok {
			return &AuthenticationError{"the peer's answer names no digest that is known here"}
		}
	}
	switch {
	case d == MD5 && !cfg.allows(MD5):
		return refusedMD5
	case !cfg.allows(d):
		return &AuthenticationError{fmt.Sprintf("the peer answers with %s, which is not allowed here", d)}
	case !hmac.Equal(mac, d.mac(key, challenge)):
		return &AuthenticationError{"digest received was wrong"}
	}
	return nil
}

var refusedMD5 = &AuthenticationError{
	"the peer proves its key with HMAC-MD5, which is not allowed here: upgrade it to Python 3.12 or newer, or allow md5",
}
