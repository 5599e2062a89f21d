package harness

import (
	"context"
	"fmt"
	"hash/crc32"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Server is a manager's server that runs for one test.
type Server struct {
	*Peer
	Address string // "127.0.0.1:43210", or the path of a socket
	Authkey string
}

// Env tells a peer's script where the server is, in MANAGER_ADDRESS and MANAGER_AUTHKEY.
func (s *Server) Env() []string {
	return []string{"MANAGER_ADDRESS=" + s.Address, "MANAGER_AUTHKEY=" + s.Authkey}
}

// authkey opens the servers of tests; it is no secret.
const authkey = "6272696e65"

// Brine builds cmd/brine, once in a test run, and starts "brine serve" with more arguments
// from the caller. Unless they name an address, it is a free TCP port of this host.
func Brine(t testing.TB, args ...string) *Server {
	t.Helper()
	binary := Command(t)
	key := filepath.Join(t.TempDir(), "authkey")
	if err := os.WriteFile(key, []byte(authkey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command := []string{"serve", "--authkey-file", key}
	if !strings.Contains(strings.Join(args, " "), "--address") {
		command = append(command, "--address", "127.0.0.1:0")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, append(command, args...)...)
	leaveAlone(cmd)
	return ready(t, start(t, "brine serve", cmd, cancel), "brine: serving ")
}

// Command is the path of cmd/brine, built once in a test run.
func Command(t testing.TB) string {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// build compiles the command of the module that the test runs in. One binary a module is left
// in the temporary folder, for the next run to replace: several test programs may run at once.
var build = sync.OnceValues(func() (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("brine-harness-%d-%08x", os.Getuid(), crc32.ChecksumIEEE([]byte(root))))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "brine")
	fresh := fmt.Sprintf("%s.%d", binary, os.Getpid())
	defer os.Remove(fresh)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "build", "-o", fresh, "./cmd/brine")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("harness: go build ./cmd/brine: %w\n%s", err, out)
	}
	return binary, os.Rename(fresh, binary)
})

// PythonManager starts the interpreter's own remote SyncManager on a Unix socket: over TCP its
// handshake waits for delayed acknowledgements, a fifth of a second for every proxy.
func PythonManager(t testing.TB, py Python) *Server {
	t.Helper()
	peer := py.With("MANAGER_AUTHKEY="+authkey).Start(t, Script(t, "pymanager.py"), SocketPath(t))
	return ready(t, peer, "serving ")
}

// ready waits for the line in which a server names its address.
func ready(t testing.TB, peer *Peer, prefix string) *Server {
	t.Helper()
	for {
		line := peer.Line(t)
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			address, _, _ := strings.Cut(rest, " (")
			go peer.drain() // a snippet follows, which nobody reads; ends with the process
			return &Server{Peer: peer, Address: address, Authkey: authkey}
		}
	}
}

func (p *Peer) drain() {
	for range p.lines {
	}
}

// Script is the path of one of the scripts in tests/python.
func Script(t testing.TB, name string) string {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, "tests", "python", name)
}

// moduleRoot is the folder of the go.mod above the test's package.
func moduleRoot() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("harness: no go.mod above %s", here)
		}
	}
}

// SocketPath is a path for a Unix socket, short enough for one, gone when the test ends.
func SocketPath(t testing.TB) string {
	t.Helper()
	const longest = 107 // sockaddr_un keeps 108 bytes, the last of them NUL
	path := filepath.Join(t.TempDir(), "s")
	if len(path) <= longest {
		return path
	}
	dir, err := os.MkdirTemp("/tmp", "brine")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// FreePort is a TCP port of the loopback that was free a moment ago, for programs that cannot
// pick one themselves.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
