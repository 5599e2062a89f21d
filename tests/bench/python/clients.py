"""Stock clients: clients.py MODE ADDRESS KEYFILE N.

MODE is ops (a mix of small operations), one (one small operation), make (a
dict proxy made and dropped), dict (get and set of one key each), queue (put
and get), lock (acquire and release of one lock), or
redislock (the same with redis-py). Each line "SECONDS" on stdin runs N
processes for so long and is answered by a line of JSON: ops, seconds, and
percentiles of the latency in microseconds (for locks: of the acquire).
"""

import json
import os
import pickle
import struct
import sys
from multiprocessing.managers import SyncManager
from time import perf_counter as now


def parse(text):
    if text.startswith("/"):
        return text
    host, _, port = text.rpartition(":")
    return host, int(port)


def connect(address, key_file):
    with open(key_file, "rb") as f:
        key = f.read().strip()
    m = SyncManager(address=parse(address), authkey=key)
    m.connect()
    return m


def mode_ops(address, key_file):
    m = connect(address, key_file)
    d = m.dict({"key%d" % i: i for i in range(100)})
    l = m.list(range(100))
    v = m.Value("i", 7)

    def steps():
        yield lambda: d["key7"]
        yield lambda: d.__setitem__("key8", 42)
        yield lambda: l.append(5)
        yield lambda: l[3]
        yield lambda: len(l)
        yield lambda: l.pop()
        yield v.get
        yield lambda: v.set(9)

    return repeat(list(steps()))


def mode_one(address, key_file):
    d = connect(address, key_file).dict({"key7": 7})
    return repeat([lambda: d["key7"]])


def mode_dict(address, key_file):
    d = connect(address, key_file).dict({"key7": 7, "key8": 8})
    return repeat([lambda: d["key7"], lambda: d.__setitem__("key8", 42)])


def mode_queue(address, key_file):
    q = connect(address, key_file).Queue()
    return repeat([lambda: q.put(7), q.get])


def mode_make(address, key_file):
    m = connect(address, key_file)
    m_dict = m.dict

    def make():
        m_dict()

    return repeat([make])


def repeat(steps):
    """Return a function that cycles through steps until a time."""

    def run(until):
        took = []
        i = 0
        start = now()
        while start < until:
            steps[i]()
            i = (i + 1) % len(steps)
            end = now()
            took.append(end - start)
            start = end
        return took

    return run


def mode_lock(address, key_file):
    lock = connect(address, key_file).Lock()
    return take(lambda: lock)


def mode_redislock(address, key_file):
    import redis

    # A short sleep serves it best; its default of 0.1 s would be slower.
    def lock():
        client = redis.Redis(unix_socket_path=address)
        return client.lock("bench-lock", sleep=0.001)

    return take(lock)


def take(make):
    """Return a function that acquires and releases until a time."""

    def run(until):
        lock = make()
        took = []
        while True:
            start = now()
            if start >= until:
                return took
            lock.acquire()
            took.append(now() - start)
            lock.release()

    return run


class Child:
    """A forked process that runs when told until when."""

    def __init__(self, run, others):
        to_child, self.orders = os.pipe()
        self.answers, from_child = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(to_child)
            os.close(from_child)
            return
        status = 1
        try:
            for fd in [self.orders, self.answers] + others:
                os.close(fd)
            self.serve(run, to_child, os.fdopen(from_child, "wb"))
            status = 0
        except KeyboardInterrupt:
            pass
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(status)

    @staticmethod
    def serve(run, orders, answers):
        # The manager's proxies reconnect in a forked child only if they are
        # told of the fork, as multiprocessing.Process does.
        from multiprocessing import process, util

        process._current_process = process._ParentProcess("Child", os.getppid(), os.getppid())
        process._current_process._config = {"authkey": process.AuthenticationString(b"")}
        util._finalizer_registry.clear()
        util._run_after_forkers()
        run(now() + 0.001)  # connects
        pickle.dump("ready", answers)
        answers.flush()
        while True:
            order = os.read(orders, 8)
            if len(order) < 8:
                return
            pickle.dump(run(struct.unpack("d", order)[0]), answers)
            answers.flush()


def main():
    mode, address, key_file, n = sys.argv[1:]
    run = globals()["mode_" + mode](address, key_file)
    children = []
    for _ in range(int(n) if int(n) > 1 else 0):
        others = [fd for c in children for fd in (c.orders, c.answers)]
        children.append(Child(run, others))
    replies = [os.fdopen(c.answers, "rb") for c in children]
    if children:
        for r in replies:
            pickle.load(r)
    else:
        run(now() + 0.001)
    print(json.dumps("ready"), flush=True)

    for text in sys.stdin:
        start = now()
        until = start + float(text)
        if children:
            for c in children:
                os.write(c.orders, struct.pack("d", until))
            took = [t for r in replies for t in pickle.load(r)]
        else:
            took = run(until)
        seconds = max(now() - start, 1e-9) if not children else float(text)
        took.sort()
        print(json.dumps({
            "ops": len(took),
            "seconds": seconds,
            "p50": took[len(took) // 2] * 1e6 if took else 0,
            "p99": took[len(took) * 99 // 100] * 1e6 if took else 0,
        }), flush=True)
    for c in children:
        os.close(c.orders)
        os.waitpid(c.pid, 0)


main()
