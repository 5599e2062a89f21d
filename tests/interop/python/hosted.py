"""Classes that are hosted by brine serve --register, or by Python's own server."""
import os
import threading
import time

turn = threading.Event()


class Broken(Exception):
    """One that only this module has."""


class Maths(object):
    kind = int  # a class is callable, so it is exposed

    def __init__(self, start=0):
        if start < 0:
            raise ValueError("start is negative")
        self.total = start

    def add(self, x, times=1):
        self.total += x * times
        return self.total

    def echo(self, *args, **kwds):
        return args, kwds

    def raises(self, name):
        raise {"KeyError": KeyError(7), "Broken": Broken(1, 2), "SystemExit": SystemExit(3)}[name]

    def unsendable(self):
        return lambda: 0

    def unsendable_error(self):
        raise Broken(lambda: 0)

    def through(self, other):
        return other.add(1)

    def wait(self):
        turn.wait(60)
        return turn.is_set()

    def let(self):
        turn.set()

    def pid(self):
        return os.getpid()

    def sleep(self, seconds):
        time.sleep(seconds)

    @property
    def square(self):
        return lambda x: x * x

    @property
    def plain(self):
        return 1

    def _hidden(self):
        return 1

    def __repr__(self):
        return "Maths(%d)" % self.total


class Counted(object):
    alive = 0

    def __init__(self):
        Counted.alive += 1

    def __del__(self):
        Counted.alive -= 1

    def count(self):
        return Counted.alive


class Tree(object):
    """One whose methods return objects: what they return is called shared."""
    _method_to_typeid_ = {"__iter__": "Iterator", "leaf": "Leaf", "sum": "Maths", "names": "list", "me": "Tree_"}

    def __init__(self, *names):
        self.leaves = [Leaf(name) for name in names]

    def __iter__(self):
        for leaf in self.leaves:
            heard = yield leaf.name
            if heard:
                yield "heard " + heard

    def leaf(self, i):
        return self.leaves[i]

    def sum(self):
        return len(self.leaves)

    def names(self):
        return tuple(leaf.name for leaf in self.leaves)

    def me(self):
        return self

    def count(self):
        return len(self.leaves)


class Leaf(object):
    def __init__(self, name):
        self.name = name

    def rename(self, name):
        self.name = name
        return name

    def __repr__(self):
        return self.name


the_one = Maths(100)


def one():
    """The same object for all."""
    return the_one
