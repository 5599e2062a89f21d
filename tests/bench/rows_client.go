//go:build linux

package main

import (
	"fmt"
	"runtime"
)

// stock measures the named peers with n stock clients in one of the modes of
// clients.py. prepare, if any, sees each peer and its clients first.
func (b *bench) stock(mode, network string, n int, prepare func(*peer, *clients) error, names ...string) (results, error) {
	peers, stop, err := b.startAll(network, names...)
	if err != nil {
		return results{}, err
	}
	defer stop()
	var contenders []contender
	for _, p := range peers {
		m := mode
		if p.name == "redis" {
			m = "redis" + mode
		}
		c, err := b.clients(m, p, n)
		if err != nil {
			return results{}, err
		}
		defer c.stop()
		if prepare != nil {
			if err := prepare(p, c); err != nil {
				return results{}, err
			}
		}
		contenders = append(contenders, contender{p, c.run})
	}
	return b.measure(contenders)
}

// stockOps measures M5: what many users get.
func stockOps(b *bench) (lines []line, err error) {
	for _, row := range []struct {
		n     int
		ratio float64
	}{{8, 2.1}, {64, 2.8}} {
		r, err := b.stock("ops", "unix", row.n, nil, "brine", "python")
		if err != nil {
			return lines, err
		}
		lines = append(lines, line{"M5", fmt.Sprintf("stock clients, %d", row.n), "ops/s", r.values(opsOf),
			[]goal{atLeast(row.ratio, "python")}, r.note()})
	}
	return lines, nil
}

// roundTrips measures M6 and M7: what one user waits, with the server on the
// same core and on another.
func roundTrips(b *bench) ([]line, error) {
	onCore := func(core int) func(*peer, *clients) error {
		return func(p *peer, c *clients) error {
			if err := pin(c.cmd.Process.Pid, 0); err != nil {
				return err
			}
			return pin(p.pid(), core)
		}
	}
	same, err := b.stock("one", "unix", 1, onCore(0), "brine", "python")
	if err != nil {
		return nil, err
	}
	lines := []line{{"M6", "p50, same core", "us", same.values(p50Of), []goal{atMost(0.77, "python")}, same.note()}}
	if runtime.NumCPU() < 2 {
		return lines, nil
	}
	across, err := b.stock("one", "unix", 1, onCore(1), "brine", "python")
	if err != nil {
		return lines, err
	}
	return append(lines, line{"M7", "p50, across cores", "us", across.values(p50Of), []goal{atMost(1, "python")}, across.note()}), nil
}

// creatingProxies measures M12 and M13: m.dict() made and dropped.
func creatingProxies(b *bench) ([]line, error) {
	unix, err := b.stock("make", "unix", 1, nil, "brine", "python", "loop")
	if err != nil {
		return nil, err
	}
	lines := []line{
		{"M12", "m.dict(), unix, p50", "us", unix.values(p50Of), []goal{atMost(0.5, "python")}, unix.note()},
		{"M12", "m.dict(), server CPU", "us/op", unix.values(cpuOf), []goal{atMost(0.2, "python")}, ""},
	}
	tcp, err := b.stock("make", "tcp", 1, nil, "brine", "python", "loop")
	if err != nil {
		return lines, err
	}
	return append(lines, line{"M13", "m.dict(), TCP, p50", "us", tcp.values(p50Of), []goal{atMost(0.005, "python")}, tcp.note()}), nil
}

// contendedLock measures M15: one lock, 64 clients that all want it.
func contendedLock(b *bench) ([]line, error) {
	r, err := b.stock("lock", "unix", 64, nil, "brine", "python", "redis")
	if err != nil {
		return nil, err
	}
	return []line{
		{"M15", "lock, 64 stock clients", "ops/s", r.values(opsOf), []goal{atLeast(1.5, "python"), atLeast(15, "redis")}, r.note()},
		{"M15", "wait for the lock, p99", "us", r.values(p99Of), []goal{atMost(0.5, "python")}, ""},
	}, nil
}
