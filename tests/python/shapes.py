"""What peers of every version exchange: values by feature, a class, and what children do."""
import collections
import datetime
import decimal
import fractions
import sys
import uuid

import client

PY2 = sys.version_info[0] == 2


class Point(object):
    """A class that only Python has."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return isinstance(other, Point) and self.__dict__ == other.__dict__

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash((self.x, self.y))

    def __repr__(self):
        return "Point(%r, %r)" % (self.x, self.y)


def times(n):
    """A closure, which only dill can carry; its globals are a module's, which dill leaves where it is."""
    return lambda x: x * n


Pair = collections.namedtuple("Pair", "first second")

# Feature, name, value; what Python 2 has not, or has under another meaning, says py3.
VALUES = {
    "numbers": [None, True, False, 0, -1, 255, 256, 65536, 2**31, -2**31, 2**63 - 1, 2**63, -2**63, 10**30, -10**30, 2**2100,
                0.0, -0.0, 0.1, 1e300, 5e-324, float("inf"), float("-inf"), float("nan"), 1j, complex(-0.0, 2.5)],
    "text": [u"", u"ascii", u"\xe9\u20ac", u"\U0001f600", u"nul\x00", u"x" * 300, u"\u4e2d" * 30000],
    "containers": [(), (1,), (1, 2, 3, 4, 5), [], [1, [2, [3]]], {}, {u"a": {u"b": [1]}}, {1: 2, (1, 2): 3, None: 4}, set(), set([1, 2]),
                   frozenset(), frozenset([u"a", (1,)]), [set([1]), (frozenset(),)], list(range(2000)), dict((i, i) for i in range(2000))],
    "bytes": [b"", b"\x00\xff", b"\x80" * 300, bytearray(b""), bytearray(b"ab\xff")],
    "builtins": [int, len, ValueError] + ([] if PY2 else [range(3), range(10, 0, -2), slice(1, None, 2), Ellipsis, NotImplemented, object]),
    "opaque": [datetime.timedelta(1, 2, 3), decimal.Decimal("1.50"), fractions.Fraction(1, 3), collections.OrderedDict([(1, 2), (0, 1)]),
               uuid.UUID(int=5), collections.deque([1, 2]), datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 23, 59, 58, 7)],
    "namedtuple": [Pair(1, [2]), [Pair((), None)]],
    "user class": [Point(1, [2]), [Point(Point(0, 0), None)], {u"p": Point(1.5, u"x")}, Point],
    "exceptions": [ValueError(u"wrong", 1), KeyError(u"k"), IndexError(), ZeroDivisionError(u"by zero"), RuntimeError([1])],
}
if not PY2:
    VALUES["surrogates"] = [u"\ud800", u"a\udfffb", u"\udcff\udc80"]


def values(feature):
    return VALUES.get(feature, [])


def write(d, feature):
    for i, value in enumerate(values(feature)):
        d[i] = value


def read(d, feature, writer2):
    """What differs between the values that another process wrote and our own; "" when nothing does."""
    wrong = []
    ours = values(feature)
    for i in sorted(d.keys()):
        if i >= len(ours):
            continue
        # Each in the three ways in which values leave a dict.
        for got in (d[i], d.get(i), dict(d.items())[i] if len(ours) < 10 else d[i]):
            if not same(got, ours[i], writer2):
                wrong.append("%d: got %.80r, not %.80r" % (i, got, ours[i]))
                break
    return "; ".join(wrong)


def same(got, want, writer2=False):
    if isinstance(want, bytes) and not isinstance(got, bytes) and (PY2 or writer2):
        # Python 2 does not tell ASCII text from bytes.
        return not isinstance(got, bytearray) and got.encode("ascii") == want
    if isinstance(want, float):
        return type(got) is float and repr(got) == repr(want)
    if isinstance(want, complex):
        return type(got) is complex and repr(got) == repr(want)
    if isinstance(want, Exception):
        return type(got) is type(want) and same(got.args, want.args, writer2)
    if type(want) in (list, tuple):
        return type(got) is type(want) and len(got) == len(want) and all(same(g, w, writer2) for g, w in zip(got, want))
    if type(want) is dict:
        return type(got) is dict and len(got) == len(want) and all(k in got and same(got[k], v, writer2) for k, v in want.items())
    if PY2 or writer2:
        return got == want and isinstance(got, bool) == isinstance(want, bool)
    return type(got) is type(want) and got == want


# What children do with proxies that were handed to them.

def add(d, key):
    d[key] = len(d)


def reverse(l):
    l.reverse()


def wake(condition, ready):
    ready.wait(30)
    with condition:
        condition.notify()


def feed(queue, n):
    for i in range(n):
        queue.put([i, None, "hello"])


def in_child(method, function, *args):
    """Runs function in a child that was forked or spawned."""
    context = client.multiprocessing if method is None else client.multiprocessing.get_context(method)
    child = context.Process(target=function, args=args)
    child.start()
    child.join(30)
    if child.exitcode != 0:
        raise RuntimeError("the child ended with %r" % child.exitcode)


def handed(m, method):
    d = m.dict()
    in_child(method, add, d, "child")
    return dict(d.items()) == {"child": 0}


# The examples that the documentation of multiprocess begins with.

def example_list(m):
    l = m.list(range(10))
    in_child(None if PY2 else "fork", reverse, l)
    return str(l) == "[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]"


def example_condition(m):
    condition, ready = m.Condition(), m.Event()
    context = client.multiprocessing if PY2 else client.multiprocessing.get_context("fork")
    child = context.Process(target=wake, args=(condition, ready))
    with condition:
        child.start()
        ready.set()
        answer = condition.wait(30)
    child.join(30)
    return child.exitcode == 0 and (PY2 or answer is True)


def example_queue(m):
    queue = m.Queue()
    in_child(None if PY2 else "fork", feed, queue, 3)
    return [queue.get(timeout=10) for _ in range(3)] == [[i, None, "hello"] for i in range(3)]
