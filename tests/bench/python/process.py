"""What Python's own multiprocessing takes to start children and to call them.

    python -c 'import process; process.main()' MODE [EXECUTABLE]

It speaks as engine.py does. It is a module, so that children of the spawn method
have no main script to run.
"""
import json
import multiprocessing
import sys
import time
import types
from multiprocessing import resource_tracker


def bench(name):
    """A name that pickles as that of a Go function."""
    module = sys.modules.setdefault("bench", types.ModuleType("bench"))

    def function(*args):
        raise AssertionError
    function.__module__, function.__name__, function.__qualname__ = "bench", name, name
    setattr(module, name, function)
    return function


def nothing():
    pass


def first_result(method, target=None):
    """Starts children; one that has a target runs it with the connection."""
    ctx = multiprocessing.get_context(method)
    r, w = ctx.Pipe(False)

    def step():
        start = time.perf_counter()
        p = ctx.Process(target=target or w.send, args=(w, 1) if target else (1,))
        p.start()
        r.recv()
        took = time.perf_counter() - start
        p.join()
        return took
    return step


def floor():
    """Starts a program that ends at once: what is Python's own part."""
    ctx = multiprocessing.get_context("spawn")
    r, w = ctx.Pipe(False)

    def step():
        start = time.perf_counter()
        p = ctx.Process(target=bench("send"), args=(w, 1))
        p.start()
        p.join()
        return time.perf_counter() - start
    return step


def calls(method, target):
    pool = multiprocessing.get_context(method).Pool(1)

    def step():
        start = time.perf_counter()
        pool.apply(target)
        return time.perf_counter() - start
    return step


MODES = {
    "spawn": lambda: first_result("spawn"),
    "forkserver": lambda: first_result("forkserver"),
    "go": lambda: first_result("spawn", bench("send")),
    "floor": floor,
    "pool": lambda: calls("spawn", nothing),
    "gopool": lambda: calls("spawn", bench("nothing")),
}


def main():
    if sys.argv[1] == "floor":  # which is no tracker
        resource_tracker.ensure_running()
    if len(sys.argv) > 2:
        multiprocessing.set_executable(sys.argv[2])
    step = MODES[sys.argv[1]]()
    step()
    print('"ready"', flush=True)
    for line in sys.stdin:
        start, took = time.perf_counter(), []
        while time.perf_counter() - start < float(line):
            took.append(step())
        seconds = time.perf_counter() - start
        took.sort()
        print(json.dumps({"Ops": len(took), "Seconds": seconds, "P50": 1e6 * took[len(took) // 2],
                          "P99": 1e6 * took[len(took) * 99 // 100]}), flush=True)
