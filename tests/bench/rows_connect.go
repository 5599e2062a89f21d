//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// idleConnections measures M10: what a connection costs that waits.
func idleConnections(b *bench) ([]line, error) {
	rss, threads := map[string]float64{}, map[string]float64{}
	note := ""
	for _, name := range order {
		n := b.idle
		if name == "python" {
			n = 1000 // a thread each
		}
		p, err := b.start(name, "unix")
		if err != nil {
			return nil, err
		}
		before := status(p.pid(), "VmRSS")
		conns, err := hold(p, b, n)
		if err == nil {
			time.Sleep(3 * time.Second) // idle is what comes after the handshakes; Redis frees buffers after 2 s
			rss[name] = (status(p.pid(), "VmRSS") - before) / float64(n)
			threads[name] = status(p.pid(), "Threads")
		}
		for _, c := range conns {
			c.Close()
		}
		p.stop()
		if err != nil {
			return nil, fmt.Errorf("%s held %d of %d connections: %w", name, len(conns), n, err)
		}
		if name == "brine" {
			note = fmt.Sprintf("%d connections held; python %d, with a thread each", n, 1000)
		}
	}
	return []line{
		{"M10", "RSS an idle connection", "KiB", rss, []goal{atMost(0.16, "python"), atMost(3, "")}, note},
		{"M10", "threads", "", threads, []goal{atMost(40, "")}, ""},
	}, nil
}

// hold makes n served connections.
func hold(p *peer, b *bench, n int) (conns []net.Conn, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for range n {
		c, err := p.dial(ctx, b.key)
		if err != nil {
			return conns, err
		}
		conns = append(conns, c)
		if err := serve(p, c); err != nil {
			return conns, err
		}
	}
	return conns, nil
}

// serve has the server answer once: what it holds is served, not in a backlog.
func serve(p *peer, c net.Conn) error {
	if p.name != "redis" {
		return greet(c, frame(acceptConnection))
	}
	if _, err := c.Write(resp("PING")); err != nil {
		return err
	}
	_, err := c.Read(make([]byte, headSize))
	return err
}

// acceptConnection is (None, 'accept_connection', ('MainProcess',), {}).
var acceptConnection = []byte("\x80\x04\x95\x2b\x00\x00\x00\x00\x00\x00\x00(N" +
	"\x8c\x11accept_connection\x94\x8c\x0bMainProcess\x94\x85\x94}\x94t\x94.")

// connecting measures M11: a connection made, authenticated, served and
// closed again.
func connecting(b *bench) ([]line, error) {
	peers, stop, err := b.startAll("unix", "brine", "python", "loop")
	if err != nil {
		return nil, err
	}
	defer stop()
	var contenders []contender
	for _, p := range peers {
		contenders = append(contenders, contender{p, func(d time.Duration) (work, error) { return connectFor(p, b, d) }})
	}
	r, err := b.measure(contenders)
	if err != nil {
		return nil, err
	}
	return []line{{"M11", "connect + handshake CPU", "us", r.values(cpuOf), []goal{atMost(0.12, "python")}, r.note()}}, nil
}

func connectFor(p *peer, b *bench, d time.Duration) (work, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d+10*time.Second)
	defer cancel()
	start := time.Now()
	var took []int64
	for time.Since(start) < d {
		began := time.Now()
		c, err := p.dial(ctx, b.key)
		if err != nil {
			return work{}, err
		}
		err = greet(c, frame(acceptConnection))
		c.Close()
		if err != nil {
			return work{}, err
		}
		took = append(took, int64(time.Since(began)))
	}
	p50, p99 := percentiles(took)
	return work{ops: len(took), elapsed: time.Since(start), p50: p50, p99: p99}, nil
}

const (
	burstSize  = 256
	burstLimit = 3 * time.Second // who is not in by then is lost
)

// burst measures M14: clients that all connect over TCP at the same moment.
func burst(b *bench) ([]line, error) {
	lost, took := map[string]float64{}, map[string]float64{}
	for _, name := range []string{"brine", "python", "floor"} {
		p, err := b.start(name, "tcp")
		if err != nil {
			return nil, err
		}
		var losses, times []float64
		for range min(b.windows, 5) {
			n, d := burstOnce(p, b)
			losses, times = append(losses, float64(n)), append(times, float64(d.Microseconds())/1000)
		}
		p.stop()
		lost[name], took[name] = median(losses), median(times)
	}
	return []line{
		{"M14", "256 TCP at once, lost", "clients", lost, []goal{atMost(0, "")}, ""},
		{"M14", "256 TCP at once, all in", "ms", took, []goal{atMost(30, "")}, "lost: not in after 3 s"},
	}, nil
}

func burstOnce(p *peer, b *bench) (lost int, took time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), burstLimit)
	defer cancel()
	conns := make([]net.Conn, burstSize)
	var ready, all sync.WaitGroup
	ready.Add(burstSize)
	fire := make(chan struct{})
	for i := range conns {
		all.Go(func() {
			ready.Done()
			<-fire
			conns[i], _ = p.dial(ctx, b.key)
		})
	}
	ready.Wait()
	start := time.Now()
	close(fire)
	all.Wait()
	took = time.Since(start)
	for _, c := range conns {
		if c == nil {
			lost++
		} else {
			c.Close()
		}
	}
	return lost, took
}
