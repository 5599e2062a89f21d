"""What Python's own pools do, and others'.

    pool.py KIND MODE SIZE [ARGUMENT...]

KIND is mp (multiprocessing.Pool), go (the same with a Go program for its workers, ARGUMENT), ppe
(ProcessPoolExecutor), loky (joblib's), forkserver (multiprocessing's), or managed (a manager's Pool, of
Python's server or of the one at ARGUMENT, whose key is in the file after it). It speaks as engine.py does.
"""
import collections
import json
import multiprocessing
import operator
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import managers

WORKERS = 2
BATCH = 2000  # tasks of a map


def pool_of(kind, args, workers=WORKERS):
    """Returns apply(fn, arg) → get, map(fn, items), close, and what applies and gets in one call."""
    if kind == "ppe":
        ppe = ProcessPoolExecutor(workers)
        return lambda f, x: ppe.submit(f, x).result, lambda f, xs: list(ppe.map(f, xs)), ppe.shutdown, None
    if kind == "loky":
        from joblib import Parallel, delayed
        parallel = Parallel(n_jobs=workers, backend="loky", batch_size=1)
        parallel.__enter__()

        def apply(f, x):
            return lambda: parallel([delayed(f)(x)])[0]
        return apply, lambda f, xs: parallel(delayed(f)(x) for x in xs), lambda: parallel.__exit__(None, None, None), None
    if kind == "managed":
        manager = managers.SyncManager(args[0], open(args[1], "rb").read().strip()) if args else managers.SyncManager()
        if args:
            multiprocessing.current_process().authkey = manager._authkey
            manager.connect()
        else:
            manager.start()
        pool = manager.Pool(workers)
    else:
        ctx = multiprocessing.get_context({"go": "spawn", "spawn": "spawn", "forkserver": "forkserver"}.get(kind, "fork"))
        if kind == "go":
            multiprocessing.set_executable(args[0])
        pool = ctx.Pool(workers)
    return (lambda f, x: pool.apply_async(f, (x,)).get), (lambda f, xs: pool.map(f, xs, 1)), pool.terminate, (
        lambda f, x: pool.apply(f, (x,)))


def until(deadline, step, batch):
    n = 0
    while time.perf_counter() < deadline:
        step()
        n += batch
    return n


def mode_map(kind, size, args):
    map = pool_of(kind, args)[1]
    return lambda deadline: until(deadline, lambda: map(abs, range(BATCH)), BATCH)


def mode_apply(kind, size, args):
    call = pool_of(kind, args)[3]
    return lambda deadline: until(deadline, lambda: call(abs, 1), 1)


def mode_applyasync(kind, size, args):
    apply = pool_of(kind, args)[0]
    return lambda deadline: until(deadline, lambda: apply(abs, 1)(), 1)


def window(apply, function, argument):
    """Keeps eight tasks going."""
    waiting = collections.deque(apply(function, argument) for _ in range(8))

    def step():
        waiting.popleft()()
        waiting.append(apply(function, argument))
    return lambda deadline: until(deadline, step, 1)


def mode_in(kind, size, args):
    return window(pool_of(kind, args)[0], len, bytes(size))


def mode_out(kind, size, args):
    return window(pool_of(kind, args)[0], bytes, size)


def mode_arrayin(kind, size, args):
    import numpy
    return window(pool_of(kind, args)[0], len, numpy.ones(size // 8))


def mode_arrayout(kind, size, args):
    import numpy
    return window(pool_of(kind, args)[0], numpy.ones, size // 8)


def mode_start(kind, size, args):
    """SIZE workers, from nothing to their first results."""
    def step():
        _, map, close, _ = pool_of(kind, args, size)
        map(operator.abs, range(8 * size))
        close()
    return lambda deadline: until(deadline, step, 1)


def main():
    kind, mode, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    run = globals()["mode_" + mode](kind, size, sys.argv[4:])
    if mode != "start":
        run(time.perf_counter() + 0.1)  # workers start
    print('"ready"', flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        n = run(start + float(line))
        print(json.dumps({"Ops": n, "Seconds": time.perf_counter() - start}), flush=True)


if __name__ == "__main__":
    main()
