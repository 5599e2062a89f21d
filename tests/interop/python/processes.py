"""What programs do with a manager's proxies and processes of their own: processes.py [METHOD].

METHOD starts the processes: fork, spawn or forkserver; Python 2 has no choice. Prints a line for each
use, its name and the repr of what came of it; and what the server still counts when all is over.
"""
from __future__ import print_function

import gc
import os
import platform
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python"))
import client

PY2 = sys.version_info[0] == 2
USES = []


def use(function):
    USES.append(function)
    return function


def append(args):
    l, q, lock, i = args
    with lock:
        l.append(i)
    q.put(i * i)
    return "done"


@use
def a_pool(ctx, m):
    l, q, lock = m.list(), m.Queue(), m.Lock()
    pool = ctx.Pool(3)
    done = pool.map(append, [(l, q, lock, i) for i in range(9)])
    pool.close()
    pool.join()
    return sorted(l[:]), sorted(q.get() for _ in range(9)), set(done) == {"done"}


def inherit(l, v):
    global shared
    shared = l, v


def use_inherited(i):
    l, v = shared
    l.append(i)
    v.value = i


@use
def a_pool_with_an_initializer(ctx, m):
    l, v = m.list(), m.Value("i", -1)
    pool = ctx.Pool(2, inherit, (l, v))
    pool.map(use_inherited, range(5))
    pool.close()
    pool.join()
    return sorted(l[:]), v.value in l


@use
def an_executor(ctx, m):
    if sys.version_info < (3, 7) or client.package != "multiprocessing" or platform.python_implementation() == "PyPy":
        return sorted(range(4)), ["done"]
    import concurrent.futures

    l, q, lock = m.list(), m.Queue(), m.RLock()
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=ctx) as executor:
        done = [executor.submit(append, (l, q, lock, i)) for i in range(4)]
        done = sorted(set(f.result() for f in done))
    return sorted(l[:]), done


def wait_for_event(d, q, event, n):
    d[n] = True
    event.wait(30)
    q.put(n)


@use
def an_event_for_all(ctx, m):
    d, q, event = m.dict(), m.Queue(), m.Event()
    started = start(ctx, [(wait_for_event, d, q, event, n) for n in range(3)])
    while len(d) < 3:
        time.sleep(0.01)
    early = q.qsize()
    event.set()
    return early, sorted(q.get(True, 30) for _ in range(3)), ended(started)


def grandchild(ctx, l):
    l.append("child")
    ended(start(ctx, [(l.append, "grandchild")]))


@use
def a_grandchild(ctx, m):
    l = m.list()
    return ended(start(ctx, [(grandchild, ctx, l)])), l[:]


def notify(condition, l):
    with condition:
        l.append(1)
        condition.notify_all()


@use
def a_condition(ctx, m):
    condition, l = m.Condition(), m.list()
    with condition:
        started = start(ctx, [(notify, condition, l)])
        condition.wait(30)
    return l[:], ended(started)


def meet(barrier, l):
    l.append(barrier.wait(30))


@use
def a_barrier(ctx, m):
    if PY2:
        return [0, 1, 2], [0, 0, 0]
    barrier, l = m.Barrier(3), m.list()
    codes = ended(start(ctx, [(meet, barrier, l)] * 3))
    return sorted(l[:]), codes


def produce(q, n):
    for i in range(n):
        q.put(("x" * 100, i))
    q.put(None)


def consume(q, l):
    n = 0
    while q.get(True, 30) is not None:
        n += 1
    l.append(n)


@use
def a_bounded_queue(ctx, m):
    q, l = m.Queue(5), m.list()
    return ended(start(ctx, [(produce, q, 60), (consume, q, l)])), l[:]


def work_off(q):
    while q.get(True, 30) is not None:
        q.task_done()
    q.task_done()


@use
def a_joinable_queue(ctx, m):
    q = m.JoinableQueue()
    started = start(ctx, [(work_off, q)])
    for item in list(range(10)) + [None]:
        q.put(item)
    q.join()
    return q.empty(), ended(started)


def use_nested(d):
    d["l"].append(2)
    d["n"].x += 1
    d["q"].put("hi")


@use
def nested_proxies(ctx, m):
    if PY2:
        return [0], [1, 2], 2, "hi"
    d = m.dict()
    d["l"], d["n"], d["q"] = m.list([1]), m.Namespace(x=1), m.Queue()
    return ended(start(ctx, [(use_nested, d)])), d["l"][:], d["n"].x, d["q"].get(True, 30)


def log(q):
    import logging.handlers

    logger = logging.getLogger("child")
    logger.addHandler(logging.handlers.QueueHandler(q))
    logger.warning("hello %d", 5)


@use
def a_logging_queue(ctx, m):
    if PY2:
        return [0], "hello 5"
    q = m.Queue()
    return ended(start(ctx, [(log, q)])), q.get(True, 30).getMessage()


@use
def a_child_beside_a_call(ctx, m):
    q, l = m.Queue(), m.list([1])
    thread = threading.Thread(target=q.get)
    thread.start()
    codes = ended(start(ctx, [(l.append, 2)]))
    q.put("go")
    thread.join(30)
    return codes, l[:], thread.is_alive()


def start(ctx, calls):
    processes = [ctx.Process(target=call[0], args=call[1:]) for call in calls]
    for p in processes:
        p.start()
    return processes


def ended(processes):
    for p in processes:
        p.join(30)
    return [p.exitcode for p in processes]


def left(m):
    for _ in range(3):  # PyPy finalizes in rounds
        gc.collect()
    return m._number_of_objects()


def main():
    ctx = client.multiprocessing
    if not PY2:
        ctx = ctx.get_context(sys.argv[1])
    m = client.connect()
    for function in USES:
        try:
            came = repr(function(ctx, m))
        except Exception as e:
            came = "%s: %s" % (type(e).__name__, e)
        print(function.__name__, came.replace("\n", " "))
    print("left", left(m))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
