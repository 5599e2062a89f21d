//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/sharedmemory"
	"github.com/brine-go/brine/engine/synchronize"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

// An engineMode is what this program does beside python/engine.py, in its place,
// and by the same protocol: it prepares, and then runs until a deadline and
// returns the number of operations.
type engineMode func(e *engine.Engine, size int, other []string) (run func(deadline time.Time) (int, error), err error)

var engineModes = map[string]engineMode{
	"stream": streamMode, "pingpong": pingPongMode, "lock": lockMode, "handoff": handOffMode,
	"attach": attachMode, "copyin": copyInMode, "copyout": copyOutMode,
	"floorstream": floorStreamMode, "floorpingpong": floorPingPongMode,
}

// engineMain is "bench engine MODE SIZE [OTHER...]"; OTHER is the command of the
// process at the other end, this program by default.
func engineMain(modes map[string]engineMode, args []string) error {
	mode, size := args[0], 0
	if mode == "hand" {
		return otherHand(args[1])
	}
	size, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	switch mode {
	case "sink", "echo":
		return serveEnd(mode)
	case "floorsink":
		return floorSink()
	}
	e, err := engine.New(engine.Config{Logger: slog.New(slog.DiscardHandler)}) // of workers that end with it
	if err != nil {
		return err
	}
	defer e.Close()
	run, err := modes[mode](e, size, args[2:])
	if err != nil {
		return err
	}
	fmt.Println(`"ready"`)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		seconds, err := strconv.ParseFloat(lines.Text(), 64)
		if err != nil {
			return err
		}
		start := time.Now()
		n, err := run(start.Add(time.Duration(seconds * float64(time.Second))))
		if err != nil {
			return err
		}
		answer, _ := json.Marshal(map[string]any{"Ops": n, "Seconds": time.Since(start).Seconds()})
		fmt.Println(string(answer))
	}
	return nil
}

// until runs step, batch times between looks at the clock.
func until(deadline time.Time, batch int, step func() error) (n int, err error) {
	for time.Now().Before(deadline) {
		for range batch {
			if err := step(); err != nil {
				return n, err
			}
		}
		n += batch
	}
	return n, nil
}

// otherEnd starts the process at the other end of a pipe, and returns ours.
func otherEnd(mode string, other []string) (*connection.Conn, error) {
	here, there, err := connection.Pipe(true, connection.Config{})
	if err != nil {
		return nil, err
	}
	defer there.Close()
	f, _, _, err := there.File()
	if err != nil {
		return nil, err
	}
	if len(other) == 0 {
		other = []string{os.Args[0], "engine"}
	}
	cmd := exec.Command(other[0], append(other[1:], mode, "3")...)
	cmd.ExtraFiles = []*os.File{f}
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return here, cmd.Start()
}

// serveEnd is the other end: it counts, or answers.
func serveEnd(mode string) error {
	c, err := connection.FromFile(os.NewFile(3, "pipe"), connection.Config{})
	if err != nil {
		return err
	}
	ctx := context.Background()
	for {
		f, err := c.RecvFrame(ctx)
		if err != nil {
			return nil // the other has ended
		}
		switch {
		case mode == "echo":
			err = c.SendBytes(ctx, f.Bytes())
		case len(f.Bytes()) == 0:
			err = c.SendBytes(ctx, []byte("all"))
		}
		f.Release()
		if err != nil {
			return err
		}
	}
}

// together is how many small messages a program that has many sends in one write.
const together = 64

func streamMode(_ *engine.Engine, size int, other []string) (func(time.Time) (int, error), error) {
	c, err := otherEnd("sink", other)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	n := together
	if size > 4096 {
		n = 1
	}
	messages := make([][]byte, n)
	for i := range messages {
		messages[i] = bytes.Repeat([]byte("x"), size) // zeros would all be one page
	}
	return func(deadline time.Time) (int, error) {
		sent, err := until(deadline, 1, func() error { return c.SendAll(ctx, messages) })
		if err == nil {
			err = c.SendBytes(ctx, nil)
		}
		if err == nil {
			_, err = c.RecvBytes(ctx)
		}
		return sent * n, err
	}, nil
}

func pingPongMode(_ *engine.Engine, size int, other []string) (func(time.Time) (int, error), error) {
	c, err := otherEnd("echo", other)
	if err != nil {
		return nil, err
	}
	message := make([]byte, connection.Prefix+size)
	return func(deadline time.Time) (int, error) {
		return until(deadline, 10, func() error {
			f, _, err := c.Ask(message)
			if err == nil {
				f.Release()
			}
			return err
		})
	}, nil
}

func lockMode(e *engine.Engine, _ int, _ []string) (func(time.Time) (int, error), error) {
	l, err := synchronize.NewLock(e)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	return func(deadline time.Time) (int, error) {
		n := 0
		for ; time.Now().Before(deadline); n += 1000 {
			for range 1000 {
				l.Acquire(ctx)
				l.Release()
			}
		}
		return n, nil
	}, nil
}

// handOffMode passes the turn to another process and back, on one core: this one
// was started there.
func handOffMode(e *engine.Engine, _ int, _ []string) (func(time.Time) (int, error), error) {
	synchronize.Register(e)
	a, err := synchronize.NewSemaphore(e, 0)
	if err != nil {
		return nil, err
	}
	b, err := synchronize.NewSemaphore(e, 0)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	text, err := e.Connection().Codec.Marshal(reduction.WithInheritance(ctx, new(reduction.Inheritance)), pickle.Tuple{a, b})
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(os.Args[0], "engine", "hand", hex.EncodeToString(text))
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func(deadline time.Time) (int, error) {
		n, err := until(deadline, 100, func() error {
			if err := a.Release(); err != nil {
				return err
			}
			return b.Acquire(ctx)
		})
		return 2 * n, err
	}, nil
}

func otherHand(text string) error {
	e, err := engine.New(engine.Config{})
	if err != nil {
		return err
	}
	synchronize.Register(e)
	b, err := hex.DecodeString(text)
	if err != nil {
		return err
	}
	ctx := context.Background()
	v, err := e.Connection().Codec.Decode(ctx, b)
	if err != nil {
		return err
	}
	pair := v.(pickle.Tuple)
	here, there := pair[0].(*synchronize.Semaphore), pair[1].(*synchronize.Semaphore)
	for {
		if err := here.Acquire(ctx); err != nil {
			return err
		}
		if err := there.Release(); err != nil {
			return err
		}
	}
}

func attachMode(e *engine.Engine, size int, _ []string) (func(time.Time) (int, error), error) {
	s, err := sharedmemory.Create(e, "", size)
	if err != nil {
		return nil, err
	}
	return func(deadline time.Time) (int, error) {
		return until(deadline, 10, func() error {
			o, err := sharedmemory.Open(e, s.Name())
			if err != nil {
				return err
			}
			return o.Close()
		})
	}, nil
}

func copyInMode(e *engine.Engine, size int, _ []string) (func(time.Time) (int, error), error) {
	s, err := sharedmemory.Create(e, "", size)
	if err != nil {
		return nil, err
	}
	data, shared := make([]byte, size), s.Bytes()
	return func(deadline time.Time) (int, error) {
		return until(deadline, 1, func() error { copy(shared, data); return nil })
	}, nil
}

// copyOutMode reuses its buffer, as a reader of many does.
func copyOutMode(e *engine.Engine, size int, _ []string) (func(time.Time) (int, error), error) {
	s, err := sharedmemory.Create(e, "", size)
	if err != nil {
		return nil, err
	}
	data, shared := make([]byte, size), s.Bytes()
	return func(deadline time.Time) (int, error) {
		return until(deadline, 1, func() error { copy(data, shared); return nil })
	}, nil
}
