package connection

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/brine-go/brine/pickle"
)

// An Address is where a Listener listens: TCP's Host and Port, or the Path of
// a Unix socket. A Path that begins with a NUL is a name in Linux's abstract
// namespace. The zero Port lets Listen pick one.
type Address struct {
	Host string
	Port int
	Path string
}

// Parse reads an address as people write it: HOST:PORT, [V6]:PORT, the path of
// a socket (with a slash in it), or @NAME for an abstract one.
func Parse(s string) (Address, error) {
	switch {
	case s == "" || s == "@":
		return Address{}, fmt.Errorf("connection: empty address %q", s)
	case s[0] == '@':
		return Address{Path: "\x00" + s[1:]}, nil
	case strings.Contains(s, "/"):
		return Address{Path: s}, nil
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return Address{}, fmt.Errorf("connection: address %q: want HOST:PORT, [V6]:PORT, a socket's path with a slash in it, or @NAME", s)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return Address{}, fmt.Errorf("connection: address %q: the port must be a number from 0 to 65535", s)
	}
	return Address{Host: host, Port: int(n)}, nil
}

// String prints a as Parse reads it.
func (a Address) String() string {
	switch {
	case a.Path == "":
		return net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
	case a.Path[0] == 0:
		return "@" + a.Path[1:]
	case !strings.Contains(a.Path, "/"):
		return "./" + a.Path
	}
	return a.Path
}

// IsUnix reports whether a is a Unix socket.
func (a Address) IsUnix() bool { return a.Path != "" }

// IsAbstract reports whether a is a Unix socket without a file.
func (a Address) IsAbstract() bool { return a.IsUnix() && a.Path[0] == 0 }

// Python returns a as Python writes it: (host, port), or the path.
func (a Address) Python() any {
	if a.IsUnix() {
		return a.Path
	}
	return pickle.Tuple{a.Host, int64(a.Port)}
}

// FromPython reads an address as Python writes it.
func FromPython(v any) (Address, error) {
	switch v := v.(type) {
	case pickle.Tuple:
		if len(v) != 2 {
			break
		}
		host, ok := text(v[0])
		port, isInt := v[1].(int64)
		if ok && isInt && 0 <= port && port <= 0xffff {
			return Address{Host: host, Port: int(port)}, nil
		}
	case []byte: // what getsockname gives for an abstract name
		if len(v) > 1 && v[0] == 0 {
			return Address{Path: string(v)}, nil
		}
	default:
		if s, ok := text(v); ok && s != "" && s != "\x00" {
			if strings.HasPrefix(s, `\\`) {
				return Address{}, errors.New("connection: Windows named pipes are not supported")
			}
			return Address{Path: s}, nil
		}
	}
	return Address{}, fmt.Errorf("connection: no address: %T; want (host, port) or the path of a Unix socket", v)
}

func text(v any) (string, bool) {
	if s, ok := v.(pickle.ByteString); ok {
		return string(s), true
	}
	s, ok := v.(string)
	return s, ok
}

// network returns what package net calls a. As in Python, no host means every
// IPv4 address.
func (a Address) network() (network, address string) {
	switch {
	case a.IsAbstract() || a.IsUnix() && a.Path[0] == '@': // to net, @ means abstract
		return "unix", a.String()
	case a.IsUnix():
		return "unix", a.Path
	}
	network, address = "tcp", net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
	if ip, err := netip.ParseAddr(a.Host); a.Host == "" || err == nil && ip.Is4() {
		network = "tcp4" // of "tcp", net would make a wildcard IPv6's
	}
	return network, address
}

// addressOf is network's inverse.
func addressOf(addr net.Addr) Address {
	switch addr := addr.(type) {
	case socketAddr:
		return addr.Address
	case *net.TCPAddr:
		host := addr.IP.String()
		if addr.Zone != "" {
			host += "%" + addr.Zone
		}
		return Address{Host: host, Port: addr.Port}
	case *net.UnixAddr:
		if strings.HasPrefix(addr.Name, "@") {
			return Address{Path: "\x00" + addr.Name[1:]}
		}
		return Address{Path: addr.Name}
	}
	return Address{}
}

// A socketAddr is an address as the kernel tells it.
type socketAddr struct{ Address }

func (a socketAddr) Network() string {
	if a.Path != "" {
		return "unix"
	}
	return "tcp"
}
