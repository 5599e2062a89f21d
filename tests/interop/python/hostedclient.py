"""Prints what a client sees of hosted.py: of brine, where MANAGER_ADDRESS says so, else of Python's own server."""
from __future__ import print_function

import gc
import multiprocessing
import os
import threading
import time
from multiprocessing.managers import BaseManager, IteratorProxy, ListProxy, RemoteError

import hosted

raised = ["KeyError", "own exception"]
tracebacks = []  # of those came with the server's

class Manager(BaseManager):
    pass


def manager():
    multiprocessing.current_process().authkey = b"6272696e65"
    names = ["Maths", "Counted", "Tree", "one"]
    for name, proxytype in ("Iterator", IteratorProxy), ("Leaf", None), ("Tree_", None):
        Manager.register(name, proxytype=proxytype, create_method=False)
    Manager.register("list", list, ListProxy)
    if "MANAGER_ADDRESS" in os.environ:
        for name in names:
            Manager.register(name)
        m = Manager(os.environ["MANAGER_ADDRESS"], b"6272696e65")
        m.connect()
        return m
    for name in names:
        make = getattr(hosted, name)
        Manager.register(name, make, method_to_typeid=getattr(make, "_method_to_typeid_", None))
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
    trees(m.Tree("oak", "elm", "fir"))
    if "MANAGER_ADDRESS" in os.environ:
        show("through", a.through, m.Maths(6))  # of Python's own server a TypeError until 3.9
        print("tracebacks:", tracebacks == raised)


def trees(tree):
    show("methods", lambda tree=tree: [name for name in dir(tree) if name[0] != "_" or name == "__iter__"])
    leaf, same = tree.leaf(1), tree.leaf(1)
    show("of a leaf", lambda: [name for name in dir(leaf) if name[0] != "_"])
    show("renamed", leaf.rename, "yew")
    show("the same leaf", str, same)
    show("leaves", lambda tree=tree: [str(name) for name in tree])
    leaves = iter(tree)
    show("first", next, leaves)
    show("sent", leaves.send, "this")
    show("closed", leaves.close)
    show("after that", next, leaves, "nothing")
    show("thrown", iter(tree).throw, KeyError, 1)
    show("made of the result", tree.sum().add, 2)
    show("copied to a list", lambda names=tree.names(): [str(name) for name in names.__getitem__(slice(1, 3))])
    show("no leaf", tree.leaf, 7)
    me = tree.me()  # by this name it has no such methods
    show("itself", lambda: [name for name in dir(me) if name[0] != "_" or name == "__iter__"])
    tree = None
    gc.collect()
    show("still there", me.count)


if __name__ == "__main__":
    main()
