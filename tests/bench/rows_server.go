//go:build linux

package main

import (
	"fmt"
)

// replays are peers with a replay each, and what keeps their objects alive.
type replays struct {
	contenders []contender
	stops      []func()
}

func (r *replays) stop() {
	for i := len(r.stops) - 1; i >= 0; i-- {
		r.stops[i]()
	}
}

// replays starts the named servers and connects n lanes to each; what names
// the requests, and reply is the size of the floor's answers.
func (b *bench) replays(what string, n, reply int, names ...string) (r *replays, err error) {
	r = &replays{}
	defer func() {
		if err != nil {
			r.stop()
		}
	}()
	var python requests // the floor is sent what Python's manager is sent
	for _, name := range names {
		var extra []string
		if name == "floor" {
			extra = []string{"-reply", fmt.Sprint(reply)}
		}
		p, err := b.start(name, "unix", extra...)
		if err != nil {
			return r, err
		}
		r.stops = append(r.stops, p.stop)

		var frames requests
		switch name {
		case "redis":
			frames = redisRequests()
			if err := fill(p, b, frames["fill"]); err != nil {
				return r, err
			}
		case "floor":
			frames = python
		default:
			var keeper *script
			if frames, keeper, err = b.prepare(p); err != nil {
				return r, err
			}
			r.stops = append(r.stops, keeper.stop)
			python = frames
		}
		var hello []byte
		if len(frames["hello"]) > 0 {
			hello = frames["hello"][0]
		}
		lanes, err := newReplay(p, b, n, hello, frames[what])
		if err != nil {
			return r, err
		}
		r.stops = append(r.stops, lanes.close)
		r.contenders = append(r.contenders, contender{p, lanes.run})
	}
	return r, nil
}

// fill sends each request once.
func fill(p *peer, b *bench, frames [][]byte) error {
	for _, f := range frames {
		r, err := newReplay(p, b, 1, nil, [][]byte{f})
		if err != nil {
			return err
		}
		_, err = r.run(0)
		r.close()
		if err != nil {
			return err
		}
	}
	return nil
}

// replayed measures one kind of request at one number of connections.
func (b *bench) replayed(what string, n, reply int, names ...string) (results, error) {
	r, err := b.replays(what, n, reply, names...)
	if err != nil {
		return results{}, err
	}
	defer r.stop()
	return b.measure(r.contenders)
}

// smallOps measures M1 to M4: small operations, the server itself.
func smallOps(b *bench) ([]line, error) {
	many, err := b.replayed("small", 64, 0, order...)
	if err != nil {
		return nil, err
	}
	few, err := b.replayed("small", 8, 0, order...)
	if err != nil {
		return nil, err
	}
	return []line{
		{"M1", "small ops, 64 conns", "ops/s", many.values(opsOf), []goal{atLeast(6.5, "python"), atLeast(1, "redis")}, many.note()},
		{"M2", "small ops, 8 conns", "ops/s", few.values(opsOf), []goal{atLeast(4, "python"), atLeast(1, "redis")}, few.note()},
		{"M3", "server CPU, 64 conns", "us/op", many.values(cpuOf), []goal{atMost(0.11, "python"), atMost(1.25, "floor"), atMost(1.3, "redis")}, ""},
		{"M3", "server CPU, 8 conns", "us/op", few.values(cpuOf), []goal{atMost(0.2, "python"), atMost(1.25, "floor"), atMost(1.3, "redis")}, ""},
		{"M4", "p99, 64 conns", "us", many.values(p99Of), []goal{atMost(0.2, "python"), atMost(1.1, "floor"), atMost(1.1, "redis")}, "the goal against redis is the stretch"},
	}, nil
}

// bigValues measures M8 and M9: 1 MiB of bytes, in and out.
func bigValues(b *bench) (lines []line, err error) {
	measured := map[string]results{}
	for _, what := range []string{"set", "get"} {
		for _, n := range []int{8, 64} {
			reply := 0
			if what == "get" {
				reply = 1 << 20
			}
			r, err := b.replayed(what, n, reply, order...)
			if err != nil {
				return nil, err
			}
			measured[fmt.Sprint(what, n)] = r
		}
	}
	set8, set64, get8, get64 := measured["set8"], measured["set64"], measured["get8"], measured["get64"]
	return []line{
		{"M8", "set 1 MiB CPU, 8 conns", "us/op", set8.values(cpuOf), []goal{atMost(0.27, "python")}, set8.note()},
		{"M8", "set 1 MiB CPU, 64", "us/op", set64.values(cpuOf), []goal{atMost(0.22, "python")}, set64.note()},
		{"M8", "set 1 MiB, 8 conns", "ops/s", set8.values(opsOf), []goal{atLeast(3.2, "python")}, ""},
		{"M8", "set 1 MiB, 64 conns", "ops/s", set64.values(opsOf), []goal{atLeast(4.2, "python")}, ""},
		{"M9", "get 1 MiB CPU, 8 conns", "us/op", get8.values(cpuOf), []goal{atMost(0.6, "python"), atMost(1.1, "redis")}, get8.note()},
		{"M9", "get 1 MiB CPU, 64", "us/op", get64.values(cpuOf), []goal{atMost(0.5, "python"), atMost(1.1, "redis")}, get64.note()},
	}, nil
}
