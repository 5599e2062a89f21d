"""What Python's own multiprocessing does on one host.

    engine.py MODE [SIZE]

It says "ready", then works for as long as each line of input says, in seconds,
and answers with the operations and the time they took.
"""
import atexit
import json
import multiprocessing
import os
import subprocess
import sys
import time
from multiprocessing import shared_memory
from multiprocessing.connection import Connection

ctx = multiprocessing.get_context("fork")


def sink(conn):
    """Receives until an empty message, which it answers."""
    while True:
        if not conn.recv_bytes():
            conn.send_bytes(b"all")


def echo(conn):
    while True:
        conn.send_bytes(conn.recv_bytes())


def child(target, *args):
    p = ctx.Process(target=target, args=args, daemon=True)
    p.start()
    return p


def other_end(mode):
    """Starts the process at the other end of a pipe, and returns ours."""
    here, there = ctx.Pipe()
    fd = there.fileno()
    subprocess.Popen([sys.executable, __file__, mode, str(fd)], pass_fds=[fd])
    there.close()
    return here


def until(deadline, step, batch):
    """Runs step, batch times between looks at the clock."""
    n = 0
    while time.perf_counter() < deadline:
        for _ in range(batch):
            step()
        n += batch
    return n


def stream(size):
    here = other_end("sink")
    message = b"x" * size  # zeros would all be one page

    def run(deadline):
        n = until(deadline, lambda: here.send_bytes(message), 100 if size < 4096 else 1)
        here.send_bytes(b"")
        here.recv_bytes()
        return n
    return run


def pingpong(size):
    here = other_end("echo")
    message = bytes(size)

    def step():
        here.send_bytes(message)
        here.recv_bytes()
    return lambda deadline: until(deadline, step, 10)


def queue_echo(q1, q2):
    while True:
        q2.put(q1.get())


def queue(size):
    q1, q2 = ctx.Queue(), ctx.Queue()
    child(queue_echo, q1, q2)
    message = bytes(size)

    def step():
        q1.put(message)
        q2.get()
    return lambda deadline: until(deadline, step, 10)


def lock(_):
    # No lambda: the loop is what is measured.
    l = ctx.Lock()

    def run(deadline):
        n = 0
        acquire, release = l.acquire, l.release
        while time.perf_counter() < deadline:
            for _ in range(1000):
                acquire()
                release()
            n += 1000
        return n
    return run


def other_hand(a, b):
    while True:
        a.acquire()
        b.release()


def handoff(_):
    os.sched_setaffinity(0, [0])
    a, b = ctx.Semaphore(0), ctx.Semaphore(0)
    child(other_hand, a, b)

    def step():
        a.release()
        b.acquire()
    return lambda deadline: 2 * until(deadline, step, 100)


def segment(size):
    s = shared_memory.SharedMemory(create=True, size=size)
    atexit.register(s.unlink)
    return s


def attach(size):
    s = segment(size)

    def step():
        shared_memory.SharedMemory(s.name).close()
    return lambda deadline: until(deadline, step, 10)


def copyin(size):
    s = segment(size)
    data = bytes(size)

    def step():
        s.buf[:] = data
    return lambda deadline: until(deadline, step, 1)


def copyout(size):
    s = segment(size)
    s.buf[:] = bytes(size)
    return lambda deadline: until(deadline, lambda: bytes(s.buf), 1)


def main():
    mode, size = sys.argv[1], int(sys.argv[2])
    if mode in ("sink", "echo"):  # SIZE is the number of a connection that is inherited
        try:
            globals()[mode](Connection(size))
        except (EOFError, OSError):
            return
    run = globals()[mode](size)
    print('"ready"', flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        n = run(start + float(line))
        print(json.dumps({"Ops": n, "Seconds": time.perf_counter() - start}), flush=True)


if __name__ == "__main__":
    main()
