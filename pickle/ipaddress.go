package pickle

import (
	"encoding/binary"
	"errors"
	"math/big"
	"net/netip"
)

// Addresses of Python's ipaddress are netip.Addr. Networks and interfaces are
// both a netip.Prefix, which the types tell apart.
type (
	// An IPNetwork is an IPv4Network or IPv6Network: no bits are set beyond
	// its mask.
	IPNetwork struct{ netip.Prefix }
	// An IPInterface is an IPv4Interface or IPv6Interface: an address and
	// the network that it is on.
	IPInterface struct{ netip.Prefix }
)

// An address46 is Python's IPv4Address or IPv6Address.
type address46 struct{ netip.Addr }

var errNoAddress = errors.New("the zero value is no address")

// family completes the name of a class for an address.
func family(a netip.Addr, kind string) Global {
	if a.Is4() {
		return Global{"ipaddress", "IPv4" + kind}
	}
	return Global{"ipaddress", "IPv6" + kind}
}

// makeAddress reads a number, or a text as Python's str.
func makeAddress(is4 bool) maker {
	return func(_ *decoder, args Tuple) (any, bool, error) {
		if len(args) != 1 {
			return nil, false, nil
		}
		var a netip.Addr
		if s, ok := args[0].(string); ok {
			a, _ = netip.ParseAddr(s)
		} else if n, ok := args[0].(int64); ok && is4 && n>>32 == 0 {
			a = netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, uint32(n))))
		} else if n, ok := bigOf(args[0]); ok && !is4 {
			a = addressOf(n)
		}
		return a, a.IsValid() && a.Is4() == is4, nil
	}
}

func addressOf(n *big.Int) netip.Addr {
	var b [16]byte
	if n.Sign() < 0 || n.BitLen() > 128 {
		return netip.Addr{}
	}
	n.FillBytes(b[:])
	return netip.AddrFrom16(b)
}

func makePrefix(is4 bool, wrap func(netip.Prefix) (any, bool)) maker {
	return func(_ *decoder, args Tuple) (any, bool, error) {
		if len(args) != 1 {
			return nil, false, nil
		}
		s, ok := args[0].(string)
		p, err := netip.ParsePrefix(s)
		if !ok || err != nil || p.Addr().Is4() != is4 {
			return nil, false, nil
		}
		v, ok := wrap(p)
		return v, ok, nil
	}
}

func asNetwork(p netip.Prefix) (any, bool)   { return IPNetwork{p}, p == p.Masked() }
func asInterface(p netip.Prefix) (any, bool) { return IPInterface{p}, true }

func (a address46) write(e *encoder) error {
	if !a.IsValid() {
		return e.fail(a.Addr, errNoAddress)
	}
	class := family(a.Addr, "Address")
	if a.Is4() {
		b := a.As4()
		return e.call(class.Module, class.Name, int64(binary.BigEndian.Uint32(b[:])))
	}
	return e.call(class.Module, class.Name, a.String())
}

func (a address46) native() any { return recipe(family(a.Addr, "Address"), a.String()) }

func (n IPNetwork) write(e *encoder) error { return e.prefix(n, n.Prefix, "Network") }
func (n IPNetwork) native() any            { return recipe(family(n.Addr(), "Network"), n.String()) }

func (i IPInterface) write(e *encoder) error { return e.prefix(i, i.Prefix, "Interface") }
func (i IPInterface) native() any            { return recipe(family(i.Addr(), "Interface"), i.String()) }

func (e *encoder) prefix(v any, p netip.Prefix, kind string) error {
	if !p.IsValid() {
		return e.fail(v, errNoAddress)
	}
	class := family(p.Addr(), kind)
	return e.call(class.Module, class.Name, p.String())
}
