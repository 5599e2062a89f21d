package connection

import (
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"
)

// credentials asks who connected.
func credentials(fd int) (pid, uid int) {
	c, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return 0, 0
	}
	return int(c.Pid), int(c.Uid)
}

func remoteAddress(fd int) Address {
	name, _ := unix.Getpeername(fd)
	return named(name)
}

func localAddress(fd int) Address {
	name, _ := unix.Getsockname(fd)
	return named(name)
}

// named is addressOf for the names that system calls give.
func named(name unix.Sockaddr) Address {
	switch name := name.(type) {
	case *unix.SockaddrInet4:
		return Address{Host: netip.AddrFrom4(name.Addr).String(), Port: name.Port}
	case *unix.SockaddrInet6:
		ip := netip.AddrFrom16(name.Addr).Unmap()
		if name.ZoneId != 0 {
			ip = ip.WithZone(strconv.Itoa(int(name.ZoneId)))
		}
		return Address{Host: ip.String(), Port: name.Port}
	case *unix.SockaddrUnix:
		if len(name.Name) > 0 && name.Name[0] == '@' {
			return Address{Path: "\x00" + name.Name[1:]}
		}
		return Address{Path: name.Name}
	}
	return Address{}
}
