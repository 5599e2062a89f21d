"""Prints what a client sees of hosted.py: of brine, where MANAGER_ADDRESS says so, else of Python's own server."""
from __future__ import print_function

import gc
import multiprocessing
import os
import threading
import time
from multiprocessing.managers import BaseManager, RemoteError

import hosted

raised = ["KeyError", "own exception"]
tracebacks = []  # of those came with the server's

class Manager(BaseManager):
    pass


def manager():
    multiprocessing.current_process().authkey = b"6272696e65"
    names = ["Maths", "Counted", "one"]
    if "MANAGER_ADDRESS" in os.environ:
        for name in names:
            Manager.register(name)
        m = Manager(os.environ["MANAGER_ADDRESS"], b"6272696e65")
        m.connect()
        return m
    for name in names:
        Manager.register(name, getattr(hosted, name))
    m = Manager(authkey=b"6272696e65")
    m.start()
    return m


def show(what, f, *args, **kwds):
    try:
        print(what, f(*args, **kwds))
    except RemoteError as error:
        print(what, "RemoteError", "Unserializable" in str(error), [n for n in ("ValueError", "TypeError", "KeyError") if n in str(error)])
    except Exception as error:
        args = error.args if what in raised else "(worded by the server's Python)"
        print(what, type(error).__name__, args)
        if "in raises" in str(getattr(error, "__cause__", None)):
            tracebacks.append(what)


def main():
    m = manager()
    a, b = m.Maths(), m.Maths(5)
    print([name for name in dir(a) if name[0] != "_"])
    show("add", a.add, 2)
    show("keywords", a.add, 2, times=3)
    show("another", b.add, 1)
    show("values", lambda: [sorted(map(str, v)) for v in a.echo(1 << 100, 2.5, None, (True, [1]), x={1: 2}, y=3)])
    show("large", lambda: len(a.echo(list(range(100000)))[0][0]))
    show("class attribute", a.kind)
    show("callable property", a.square, 3)
    show("property", getattr, a, "plain", "none")
    show("not exposed", a._callmethod, "plain")
    show("hidden", a._callmethod, "_hidden")
    show("wrong arguments", a.add)
    show("KeyError", a.raises, "KeyError")
    show("own exception", a.raises, "Broken")
    show("unsendable", a.unsendable)
    show("unsendable error", a.unsendable_error)
    show("constructor", m.Maths, -1)
    show("constructor's arguments", m.Maths, 1, 2, 3)
    show("str", str, a)
    show("value", lambda: a._getvalue().total)
    show("the one", m.one().add, 1)
    show("the same", m.one().add, 1)
    waiter = threading.Thread(target=show, args=("waits", a.wait))
    waiter.start()
    show("another object, meanwhile", b.add, 1)
    b.let()
    waiter.join()
    counted, other = m.Counted(), m.Counted()
    show("alive", counted.count)
    del other
    gc.collect()
    until = time.time() + 30
    while counted.count() > 1 and time.time() < until:
        time.sleep(0.01)
    show("of them left", counted.count)
    if "MANAGER_ADDRESS" in os.environ:
        show("through", a.through, m.Maths(6))  # of Python's own server a TypeError until 3.9
        print("tracebacks:", tracebacks == raised)


if __name__ == "__main__":
    main()
