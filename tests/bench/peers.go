//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// A peer is a running server.
type peer struct {
	name    string
	network string // unix or tcp
	address string // a path, or HOST:PORT
	cmd     *exec.Cmd
}

var starts int // numbers the sockets

// start runs the named server and waits until it listens.
func (b *bench) start(name, network string, extra ...string) (*peer, error) {
	starts++
	p := &peer{name: name, network: network, address: filepath.Join(b.dir, fmt.Sprintf("%s%d", name, starts))}
	if network == "tcp" {
		p.address = "127.0.0.1:0"
	}
	ready := regexp.MustCompile(`serving (\S+)`)
	switch name {
	case "brine":
		p.cmd = exec.Command(b.brine, "serve", "--address", p.address, "--authkey-file", b.keyFile, "--log-level", "error")
	case "python":
		p.cmd = exec.Command(b.python, filepath.Join(b.scripts, "server.py"), p.address, b.keyFile)
	case "floor", "loop":
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		p.cmd = exec.Command(self, "floor", "-network", network, "-address", p.address, "-authkey-file", b.keyFile)
		if name == "loop" { // a floor, too
			p.name = "floor"
			extra = append(extra, "-loop")
		}
	case "redis":
		p.cmd = exec.Command("redis-server", "--port", "0", "--unixsocket", p.address,
			"--save", "", "--appendonly", "no", "--maxclients", "12000")
		ready = regexp.MustCompile(`(?i)ready to accept connections()`)
	}
	p.cmd.Args = append(p.cmd.Args, extra...)
	return p, p.launch(ready)
}

func (p *peer) launch(ready *regexp.Regexp) error {
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	found := make(chan string, 1)
	go func() { // reads on, so that the server never waits for us; ends with it
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := ready.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case found <- m[1]:
				default:
				}
			}
		}
		close(found)
		io.Copy(io.Discard, out)
	}()
	select {
	case address, ok := <-found:
		if !ok {
			return fmt.Errorf("%s ended before it listened: %v", p.name, p.cmd.Wait())
		}
		if p.network == "tcp" {
			p.address = address
		}
		return nil
	case <-time.After(10 * time.Second):
		p.stop()
		return fmt.Errorf("%s did not listen within 10 s", p.name)
	}
}

func (p *peer) pid() int           { return p.cmd.Process.Pid }
func (p *peer) cpu() time.Duration { return cpuTime(p.pid()) }

func (p *peer) stop() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

// dial connects, and does the handshake where the server wants one.
func (p *peer) dial(ctx context.Context, key []byte) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, p.network, p.address)
	if err != nil {
		return nil, err
	}
	if p.name == "redis" {
		return c, nil
	}
	if deadline, ok := ctx.Deadline(); ok {
		c.SetDeadline(deadline)
	}
	if err := authenticate(c, key); err != nil {
		c.Close()
		return nil, err
	}
	c.SetDeadline(time.Time{})
	return c, nil
}

// startAll starts several servers, or none.
func (b *bench) startAll(network string, names ...string) (peers []*peer, stop func(), err error) {
	stop = func() {
		for _, p := range peers {
			p.stop()
		}
	}
	for _, name := range names {
		p, err := b.start(name, network)
		if err != nil {
			stop()
			return nil, nil, err
		}
		peers = append(peers, p)
	}
	return peers, stop, nil
}

func build(to string) error {
	cmd := exec.Command("go", "build", "-o", to, "github.com/brine-go/brine/cmd/brine")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building brine: %w\n%s", err, out)
	}
	return nil
}

// scriptFolder is where this file's source says, or beneath the folder that
// the command was started in.
func scriptFolder() (string, error) {
	_, source, _, _ := runtime.Caller(0)
	for _, dir := range []string{filepath.Join(filepath.Dir(source), "python"), "tests/bench/python", "python"} {
		if _, err := os.Stat(filepath.Join(dir, "server.py")); err == nil {
			return filepath.Abs(dir)
		}
	}
	return "", errors.New("tests/bench/python is not to be found: run from the module's root")
}

// findPython prefers Debian's, which is the fastest build and has redis-py.
func findPython() (string, error) {
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no python3: install it")
}

func version(program string) string {
	out, err := exec.Command(program, "--version").Output()
	if err != nil {
		return program + " (none)"
	}
	if f := strings.Fields(string(out)); f[0] == "Redis" && len(f) > 2 {
		return "Redis " + strings.TrimPrefix(f[2], "v=")
	}
	return strings.TrimSpace(string(out))
}
