//go:build !race

package pickle

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asVictim makes the test binary the process that reads hostile pickles: one
// that crashes, hangs or takes all memory takes nobody else with it.
const asVictim = "BRINE_HOSTILE_PICKLES"

func TestMain(m *testing.M) {
	if os.Getenv(asVictim) != "" {
		suffer(os.Stdin, os.Stdout)
		return
	}
	os.Exit(m.Run())
}

// hostileDeadline is when a hostile pickle counts as one that hangs. It is not
// the second that each is meant to take: that depends on the machine, and is
// logged.
const hostileDeadline = 60 * time.Second

// hostileMemory is what one use of a pickle may take.
func hostileMemory(n int) int64 { return max(64<<20, 64*int64(n)) }

// collectorMemory is what the Go runtime may take beside, for its own.
const collectorMemory = 4 << 20

// A wound is what one use of a hostile pickle cost.
type wound struct {
	Use    string
	CPU    time.Duration
	Memory int64  // most resident bytes, beyond those before
	Err    string // "" where there is a value
	Broken string // what must not be
}

// TestHostile: every hostile pickle ends in a value or an error, whatever it is
// used for, in bounded time and memory. By itself it runs with large pickles made
// smaller; make hostile runs it whole and prints the worst of each kind. Under the
// race detector memory is another, and nothing here is concurrent.
func TestHostile(t *testing.T) {
	pickles := hostilePickles()
	if len(pickles) < 300 {
		t.Errorf("%d hostile pickles, want 300", len(pickles))
	}
	byKind := map[string][]int{}
	var kinds []string
	for i, h := range pickles {
		if byKind[h.kind] == nil {
			kinds = append(kinds, h.kind)
		}
		byKind[h.kind] = append(byKind[h.kind], i)
	}
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			var v victim
			defer v.end()
			var worst toll
			for _, i := range byKind[kind] {
				wounds, err := v.take(i)
				if err != nil {
					t.Errorf("%s: %v", pickles[i].name, err)
					v.end()
					continue
				}
				one := tollOf(t, pickles[i], wounds)
				worst.add(one)
				if hostileScale == 1 && (pickles[i].build != nil || worst.n%100 == 0) { // this takes minutes
					t.Logf("%d of %d: %v", worst.n, len(byKind[kind]), &one)
				}
			}
			t.Log(&worst)
		})
	}
}

// A toll is the worst that some pickles did.
type toll struct {
	n                  int
	cpu                time.Duration
	memory             int64
	slowest, hungriest string
}

func (w *toll) String() string {
	return fmt.Sprintf("%3d pickles; worst %4d ms (%s), %3d MiB (%s)", w.n, w.cpu.Milliseconds(), w.slowest, w.memory>>20, w.hungriest)
}

func (w *toll) add(one toll) {
	w.n += one.n
	if one.cpu > w.cpu {
		w.cpu, w.slowest = one.cpu, one.slowest
	}
	if one.memory > w.memory {
		w.memory, w.hungriest = one.memory, one.hungriest
	}
}

// tollOf is the worst that one pickle did, where nothing may be broken.
func tollOf(t *testing.T, h hostile, wounds []wound) (w toll) {
	w.n = 1
	size := len(h.bytes())
	for _, wound := range wounds {
		what := fmt.Sprintf("%s of %s", wound.Use, h.name)
		w.add(toll{cpu: wound.CPU, slowest: what, memory: wound.Memory, hungriest: what})
		if wound.Broken != "" {
			t.Errorf("%s: %s", what, wound.Broken)
		}
		max := hostileMemory(size) + collectorMemory
		if wound.Memory > max {
			t.Errorf("%s: %d bytes of pickle took %d MiB (%v), more than %d", what, size, wound.Memory>>20, wound.Err, max>>20)
		}
		if wound.CPU > time.Second {
			t.Logf("%s: %v of CPU (%v)", what, wound.CPU, wound.Err)
		}
	}
	return w
}

// A victim is a child process that uses hostile pickles when told their numbers.
type victim struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr *bytes.Buffer
	cancel context.CancelFunc
}

func (v *victim) start() error {
	ctx, cancel := context.WithCancel(context.Background())
	v.cancel = cancel
	v.cmd = exec.CommandContext(ctx, os.Args[0])
	v.cmd.Env = append(os.Environ(), asVictim+"=1")
	v.stderr = new(bytes.Buffer)
	v.cmd.Stderr = v.stderr
	var err error
	if v.in, err = v.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	v.out = bufio.NewReader(out)
	return v.cmd.Start()
}

func (v *victim) end() {
	if v.cmd != nil {
		v.in.Close()
		v.cancel()
		v.cmd.Wait()
	}
	*v = victim{}
}

// take tells the victim to use a pickle and returns what that cost.
func (v *victim) take(i int) (wounds []wound, err error) {
	if v.cmd == nil {
		if err := v.start(); err != nil {
			return nil, err
		}
	}
	kill := time.AfterFunc(hostileDeadline, v.cancel)
	fmt.Fprintln(v.in, i)
	line, err := v.out.ReadBytes('\n')
	if hung := !kill.Stop(); err != nil {
		v.cmd.Wait()
		if hung {
			return nil, fmt.Errorf("no end after %v, in %s", hostileDeadline, lastLine(v.stderr))
		}
		return nil, fmt.Errorf("the process died: %s", clip(v.stderr.Bytes()[:min(v.stderr.Len(), 2000)]))
	}
	return wounds, json.Unmarshal(line, &wounds)
}

func lastLine(b *bytes.Buffer) string {
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	return lines[len(lines)-1]
}

// suffer is what a victim does.
func suffer(in io.Reader, out io.Writer) {
	pickles := hostilePickles()
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		i, err := strconv.Atoi(lines.Text())
		if err != nil {
			panic(err)
		}
		answer, err := json.Marshal(useUp(pickles[i].bytes()))
		if err != nil {
			panic(err)
		}
		out.Write(append(answer, '\n'))
	}
}

// useUp uses a pickle in every way. The collector is told what there is, as
// GOMEMLIMIT would: garbage does not count. It is told three quarters, since it comes
// late on a busy machine; with much less the time is all its own.
func useUp(data []byte) (wounds []wound) {
	value, _ := usual.Decode(context.Background(), data)
	if len(data) < 300 { // all uses as one: taking the measure is most of the work
		return []wound{suffered("all", data, func() (broken string, err error) {
			for _, u := range hostileUses {
				if b, _ := u.use(data, value); b != "" {
					broken = u.name + ": " + b
				}
			}
			return broken, nil
		})}
	}
	for _, u := range hostileUses {
		wounds = append(wounds, suffered(u.name, data, func() (string, error) { return u.use(data, value) }))
	}
	return wounds
}

// suffered measures one use: on a busy machine the collector may come too late, so the
// least of three counts where one takes too much.
func suffered(name string, data []byte, use func() (broken string, err error)) wound {
	w := measured(name, data, use)
	for range 2 {
		if w.Memory <= hostileMemory(len(data))+collectorMemory {
			break
		}
		if again := measured(name, data, use); again.Memory < w.Memory {
			w = again
		}
	}
	return w
}

func measured(name string, data []byte, use func() (broken string, err error)) wound {
	fmt.Fprintln(os.Stderr, name) // for who finds us hung
	before, started := settle(), spent()
	debug.SetMemoryLimit(before + hostileMemory(len(data))*3/4)
	broken, err := use()
	w := wound{Use: name, Broken: broken, CPU: spent() - started, Memory: resident("VmHWM:") - before}
	if err != nil {
		w.Err = clipText(err.Error())
	}
	return w
}

var settled int64 // resident bytes after the last collection

// settle makes the present the baseline for VmHWM, and gives memory back if
// there may be something to give back.
func settle() (before int64) {
	if now := resident("VmRSS:"); now > settled+1<<20 {
		debug.FreeOSMemory()
		settled = resident("VmRSS:")
	}
	forgetPeak()
	return resident("VmRSS:")
}

// spent is the processor time that this process has had.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// forgetPeak makes VmHWM begin anew.
func forgetPeak() {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		panic(err)
	}
}

// resident reads one of the kernel's figures on this process's memory.
func resident(name string) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	_, rest, _ := strings.Cut(string(status), name)
	fields := strings.Fields(rest)
	if len(fields) < 2 || fields[1] != "kB" {
		panic(errors.New("no " + name + " in /proc/self/status"))
	}
	n, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		panic(err)
	}
	return n << 10
}
