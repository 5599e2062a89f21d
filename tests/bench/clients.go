//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A script is a Python program of ours that answers a line with a line of
// JSON and ends when its stdin does.
type script struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
}

func (b *bench) script(name string, args ...string) (*script, error) {
	cmd := exec.Command(b.python, append([]string{filepath.Join(b.scripts, name)}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &script{cmd, stdin, bufio.NewReaderSize(stdout, 64<<10)}, cmd.Start()
}

// next reads a line of JSON into v, for no longer than limit.
func (s *script) next(limit time.Duration, v any) error {
	stuck := time.AfterFunc(limit, func() { s.cmd.Process.Kill() })
	text, err := s.stdout.ReadBytes('\n')
	if !stuck.Stop() && err != nil {
		return fmt.Errorf("%s: no answer within %v", filepath.Base(s.cmd.Args[1]), limit)
	}
	if err != nil {
		return fmt.Errorf("%s ended: %w", filepath.Base(s.cmd.Args[1]), err)
	}
	return json.Unmarshal(text, v)
}

func (s *script) stop() {
	s.stdin.Close()
	late := time.AfterFunc(5*time.Second, func() { s.cmd.Process.Kill() })
	s.cmd.Wait()
	late.Stop()
}

// requests are frames that a stock client prepared, by what they do. They
// hold as long as keeper runs.
type requests map[string][][]byte

func (b *bench) prepare(p *peer) (frames requests, keeper *script, err error) {
	keeper, err = b.script("prepare.py", p.address, b.keyFile)
	if err != nil {
		return nil, nil, err
	}
	var encoded map[string][]string
	if err := keeper.next(20*time.Second, &encoded); err != nil {
		keeper.stop()
		return nil, nil, fmt.Errorf("%s: %w", p.name, err)
	}
	frames = requests{}
	for name, list := range encoded {
		for _, text := range list {
			body, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				return nil, keeper, err
			}
			frames[name] = append(frames[name], frame(body))
		}
	}
	return frames, keeper, nil
}

// redisRequests are the same operations in Redis's words. The bodies of
// "fill" make what the others look for.
func redisRequests() requests {
	big := bytes.Repeat([]byte{0}, 1<<20)
	return requests{
		"fill": {
			resp("FLUSHALL"), resp("HSET", "d", "key7", "7"), resp("HSET", "d", "key8", "8"), resp("SET", "v", "7"),
			resp("RPUSH", "l", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), resp("HSET", "big", "big", string(big)),
		},
		"small": {
			resp("HGET", "d", "key7"), resp("HSET", "d", "key8", "42"), resp("RPUSH", "l", "5"), resp("LINDEX", "l", "3"),
			resp("LLEN", "l"), resp("RPOP", "l"), resp("GET", "v"), resp("SET", "v", "9"),
		},
		"set": {resp("HSET", "big", "big", string(big))},
		"get": {resp("HGET", "big", "big")},
	}
}

func resp(words ...string) []byte {
	b := fmt.Appendf(nil, "*%d\r\n", len(words))
	for _, w := range words {
		b = fmt.Appendf(b, "$%d\r\n%s\r\n", len(w), w)
	}
	return b
}

// clients are stock Python clients, n processes of them, ready to run.
type clients struct{ *script }

// clients starts clients.py in one of its modes.
func (b *bench) clients(mode string, p *peer, n int) (*clients, error) {
	s, err := b.script("clients.py", mode, p.address, b.keyFile, strconv.Itoa(n))
	if err != nil {
		return nil, err
	}
	var ready string
	if err := s.next(60*time.Second, &ready); err != nil {
		s.stop()
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return &clients{s}, nil
}

func (c *clients) run(d time.Duration) (work, error) {
	if _, err := fmt.Fprintf(c.stdin, "%g\n", d.Seconds()); err != nil {
		return work{}, err
	}
	var got struct {
		Ops               int
		Seconds, P50, P99 float64
	}
	if err := c.next(d+60*time.Second, &got); err != nil {
		return work{}, err
	}
	return work{ops: got.Ops, elapsed: time.Duration(got.Seconds * float64(time.Second)), p50: got.P50, p99: got.P99}, nil
}

// pin binds every thread of a process to one core.
func pin(pid, core int) error {
	var set unix.CPUSet
	set.Set(core)
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return err
	}
	for _, t := range threads {
		tid, _ := strconv.Atoi(t.Name())
		if err := unix.SchedSetaffinity(tid, &set); err != nil {
			return err
		}
	}
	return nil
}
