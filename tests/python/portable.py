"""Values that every Python has, handed from one to another through brine. Python 2.7 and 3.

    portable.py write                    a JSON line a pickle: name, protocol, what it is, the pickle in hex
    portable.py read FILE PROTOCOL...    reads such lines, recodes each for each protocol and loads it

Prints a JSON line for each that differs, and how many there were at the end.
"""
from __future__ import print_function

import binascii
import collections
import datetime
import decimal
import fractions
import functools
import itertools
import json
import pickle
import sys
import uuid

import corpus
from recoder import Recoder

PY2 = str is bytes
text = type(u"")
brine = Recoder()


class Record(object):
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Keyed(object):
    """Made by keyword arguments, which Python 2's protocols cannot say."""

    def __new__(cls, *args, **kwargs):
        self = object.__new__(cls)
        self.given = args, sorted(kwargs.items())
        return self

    def __getnewargs_ex__(self):
        return self.given[0], dict(self.given[1])


def values():
    """Texts are text in both, and bytes only where Python 2 has a type for them."""
    yield "constants", [None, True, False]
    yield "numbers", [0, -1, 255, 256, 65536, 2 ** 31, -(2 ** 31), 2 ** 40, 2 ** 100, -(2 ** 100), 1.5, -0.0, 1e300, 1j]
    yield "texts", [u"", u"a", u"\xe9\u20ac", u"\n\\u0041\0", u"x" * 300, u"\U0001f600"]
    yield "native strings", ["", "a", "it's \\n"]
    yield "bytes", [b"", b"abc", b"\xff\0", bytearray(b"\xff\n")]
    yield "containers", [[1, [2]], (1,), (1, 2, 3, 4), {u"a": 1}, {1, 2}, frozenset([1])]
    yield "long containers", [list(range(2500)), dict.fromkeys(range(1500))]
    one = [1]
    yield "shared", [one, one, (one, one)]
    yield "an object", Record(a=1, b=[Record(c=u"\xe9")])
    o = Record()
    o.me = [o, {o: o}]
    yield "an object in itself", o
    yield "classes", [int, object, list, Record, ValueError, OSError, collections.OrderedDict, decimal.Decimal]
    yield "renamed functions", [functools.reduce, len, range if not PY2 else xrange, chr if not PY2 else unichr]  # noqa: F821
    yield "exceptions", [ValueError(u"a", 1), KeyError(u"k"), OSError(u"x"), ZeroDivisionError()]
    yield "an ordered dict", collections.OrderedDict([(u"b", 1), (u"a", [2])])
    yield "a defaultdict", collections.defaultdict(list, {1: [2]})
    yield "a deque", collections.deque([1, 2])
    yield "a Decimal and its like", [decimal.Decimal("1.10"), fractions.Fraction(1, 3), uuid.UUID(int=5)]
    yield "dates", [datetime.datetime(2024, 2, 29, 1, 2, 3, 4), datetime.date(1, 1, 1), datetime.timedelta(1, 2, 3)]
    yield "a namedtuple", corpus.Point(1, (2,))
    yield "subclasses", [corpus.MyList([1]), corpus.MyDict({1: 2}), corpus.MySet([1]), corpus.MyTuple((1, 2))]
    yield "slots", corpus.SlotsBelow(a=1, other=2)
    yield "state", [corpus.State(0), corpus.State(u"x")]
    yield "items in order", corpus.recipe((1,), {u"s": 1}, [1, 2], [(u"a", 1)])
    yield "a partial", functools.partial(int, base=2)
    if not PY2:
        yield "keyword arguments", [Keyed(1, a=2), Keyed()]
        yield "more renamed", [__import__("queue").Full, __import__("urllib.parse").parse.quote, __import__("builtins").map]


def what(v, seen=()):
    """What a value is, in words that both Pythons say."""
    if any(v is s for s in seen):
        return ["again", [i for i, s in enumerate(seen) if v is s][0]]
    inside = tuple(seen) + (v,)
    kind = type(v).__name__
    if v is None or isinstance(v, bool):
        return repr(v)
    if isinstance(v, (int, float, complex)) or kind == "long":
        return ["number", "%r" % v if isinstance(v, (float, complex)) else "%d" % v] + named(v, "int long float complex")
    if isinstance(v, (bytes, text)):
        return ["text", v if isinstance(v, text) else v.decode("latin-1")]
    if isinstance(v, bytearray):
        return ["bytearray", bytes(v).decode("latin-1")]
    if isinstance(v, type) or callable(v) and hasattr(v, "__name__"):
        return ["name", NAMES.get(v.__name__, v.__name__)]
    if isinstance(v, (list, tuple, collections.deque)):
        return ["sequence", kind, [what(x, inside) for x in v]] + attributes(v, inside)
    if isinstance(v, (set, frozenset)):
        return ["set", kind, sorted(map(json.dumps, [what(x, inside) for x in v]))]
    if isinstance(v, dict):
        items = [[what(k, inside), what(x, inside)] for k, x in v.items()]
        return ["dict", kind, items if "Ordered" in kind else sorted(items, key=json.dumps)] + attributes(v, inside)
    if isinstance(v, Exception):
        return ["exception", kind, what(v.args, inside)]
    if isinstance(v, functools.partial):
        return ["partial", what(v.func), what(v.args), what(v.keywords)]
    if type(v).__module__ in ("corpus", "portable", "__main__"):
        return ["object", kind] + attributes(v, inside)
    return ["other", kind, str(v)]


NAMES = {"xrange": "range", "unichr": "chr", "unicode": "str", "imap": "map", "long": "int"}


def named(v, plain):
    return [] if type(v).__name__ in plain.split() else [type(v).__name__]


def attributes(v, seen):
    if hasattr(v, "_fields") or isinstance(v, collections.OrderedDict):
        return []  # they are its items
    names = [n for n in getattr(v, "__dict__", ())] + [n for n in "abc" if n in dir(type(v)) and hasattr(v, n)]
    return [[n, what(getattr(v, n), seen)] for n in sorted(set(names))]


def write():
    for name, value in values():
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            if protocol < 2 and name in ("slots", "keyword arguments"):
                continue
            data = binascii.hexlify(pickle.dumps(value, protocol)).decode("ascii")
            print(json.dumps([name, protocol, what(pickle.loads(pickle.dumps(value, protocol))), data]))


def read(lines, protocols):
    count = 0
    for line, protocol in itertools.product(lines, protocols):
        name, source, wish, data = json.loads(line)
        count += 1
        try:
            data = brine.recode(binascii.unhexlify(data), protocol)
            got = json.loads(json.dumps(what(loads(data))))
            if got != wish:
                raise AssertionError("%s became %s" % (short(wish), short(got)))
        except Exception as e:
            said = "%s: %s" % (type(e).__name__, e)
            print(json.dumps({"name": name, "said": "from protocol %d to %d: %s" % (source, protocol, said)}))
    print(json.dumps({"count": count}))


def loads(data):
    """Of Python 2's str, dates are made too, which are no ASCII."""
    return pickle.loads(data) if PY2 else pickle.loads(data, encoding="latin-1")


def short(v):
    s = json.dumps(v)
    return s if len(s) < 300 else s[:300] + "..."


if __name__ == "__main__":
    sys.modules["portable"] = sys.modules["__main__"]
    Record.__module__ = Keyed.__module__ = "portable"
    write() if sys.argv[1] == "write" else read(open(sys.argv[2]).readlines(), map(int, sys.argv[3:]))
    brine.close()
