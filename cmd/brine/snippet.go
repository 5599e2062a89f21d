package main

import (
	"fmt"
	"strings"

	"github.com/brine-go/brine/connection"
)

// snippet is a Python program that works when pasted, for the first address
// that Python can reach: its multiprocessing knows no IPv6.
func snippet(addrs []connection.Address, key authkey) string {
	for _, a := range addrs {
		address, ok := pythonAddress(a)
		if !ok {
			continue
		}
		read := fmt.Sprintf("key = open(%s, 'rb').read().strip()", pythonString(key.file))
		if key.file == "" {
			read = "import os; key = os.environ['BRINE_AUTHKEY'].encode()"
		}
		return strings.Join([]string{
			"",
			"from multiprocessing.managers import SyncManager",
			read,
			"m = SyncManager(address=" + address + ", authkey=key); m.connect()",
			"l = m.list(range(10)); l.reverse(); print(l)",
			"", "",
		}, "\n")
	}
	return ""
}

func pythonAddress(a connection.Address) (string, bool) {
	switch {
	case a.IsUnix():
		return pythonString(a.Path), true
	case strings.Contains(a.Host, ":"):
		return "", false
	case a.Host == "0.0.0.0":
		a.Host = "127.0.0.1"
	}
	return fmt.Sprintf("(%s, %d)", pythonString(a.Host), a.Port), true
}

// pythonString writes s as a Python literal.
func pythonString(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		switch {
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, "\\x%02x", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}
