"""Writes repr.txt, compare.txt, mixed.txt and sort.txt: what Python makes of values.

Run with Python 3.13 in this folder. Each line is a pickle in hex and Python's
answers, all of them as repr shows them, with tabs between.
"""

import array
import collections
import datetime
import decimal
import fractions
import itertools
import pathlib
import pickle
import random
import types
import uuid

inf, nan = float("inf"), float("nan")


def line(value, *answers, protocol=4):
    return "\t".join([pickle.dumps(value, protocol).hex(), *answers]) + "\n"


def arrived(value, protocol=4):
    """Parts lost below protocol 4 are gone, and no two NaNs are one object."""
    return pickle.loads(pickle.dumps(value, protocol))


def outcome(function):
    try:
        return repr(function())
    except Exception as error:
        return repr(error)


def cyclic():
    l = []
    l.append(l)
    yield l
    d = {}
    d[1] = [d]
    yield d
    t = ([],)
    t[0].append(t)
    yield t
    yield t[0]
    deque = collections.deque()
    deque.append(deque)
    yield deque
    od = collections.OrderedDict()
    od[1] = od
    yield od
    dd = collections.defaultdict(list)
    dd[1] = dd
    yield dd
    ns = types.SimpleNamespace()
    ns.self = ns
    yield ns


UTC = datetime.timezone.utc
CET = datetime.timezone(datetime.timedelta(hours=1), "CET")
WEST = datetime.timezone(datetime.timedelta(hours=-5, minutes=-30, seconds=-15))

REPRS = [
    None, True, False, 0, 1, -1, 2**31, -(2**63), 2**63, 10**30, -(10**40), 10**4299, -(10**4299),
    0.0, -0.0, 1.0, 5.0, 0.1, 1e15, 1e16, 1e17, 123456789012345680.0, 0.0001, 0.00001, 1e-05, 1.5e-07, 1e100, 1.7976931348623157e308,
    5e-324, 2.0**53, 2.5, inf, -inf, nan, 1e22, 1e23, -1e16, 9999999999999998.0,
    1j, 1 + 2j, -0.0 - 1j, complex(0, -0.0), complex(-0.0, 0), complex(nan, inf), complex(nan, nan), complex(0, nan), complex(1e16, -1e-5),
    complex(1.5, -inf), complex(-0.0, -0.0),
    "", "a", "'", '"', "'\"", "\\", "\t\n\r\x00\x1f\x7f", "\x80\xa0\xad\xe9", "\u20ac\u200b\u2028\ufeff\ufffd", "\U0001f600\U000e0001\U0010ffff",
    "\udc80\ud83d", "\u0378\u2fff\U0002ebf0\U0002ebef", "a'b\"c'", "\ud83d\ude00", "tab\there", "\u3000\ue000",
    b"", b"a'b", b"a\"b'", b"\x00\xff\n\t\r\\~\x7f", bytearray(), bytearray(b"a'\xff"),
    [], [1, [2, "x"]], (), (1,), (1, 2), ((),), {}, {1: 2, "a": [None]}, {(1,): {}}, set(), {1}, frozenset(), frozenset({"a"}), frozenset({frozenset()}),
    slice(None), slice(1, 2), slice(1, "a", -1), range(3), range(0, 10, 2), range(5, 0, -1), range(2**70), range(1, 1, 1),
    Ellipsis, NotImplemented, int, str, type, object, ValueError, len, collections.OrderedDict, type(None), type(...), type(NotImplemented),
    KeyError("x"), KeyError(""), KeyError(), KeyError(1, 2), ValueError("a", 2), ValueError(None), ValueError(["x"]), Exception(), Exception(()), StopIteration(3),
    OSError(), OSError("x"), OSError(2, "No such file or directory"), FileNotFoundError(2, "No such file or directory", "f"), OSError(1, "a", "b", None, "c"),
    PermissionError(13, "Permission denied", b"f"), ConnectionRefusedError(111, "Connection refused"), BrokenPipeError(32, None),
    UnicodeEncodeError("ascii", "a\xe9\u20ac", 1, 2, "ordinal not in range(128)"), UnicodeEncodeError("ascii", "a\xe9\u20ac", 1, 3, "no"),
    UnicodeEncodeError("ascii", "\U0001f600", 0, 1, "no"), UnicodeEncodeError("utf-8", "\udc80", 0, 1, "surrogates not allowed"),
    UnicodeDecodeError("utf-8", b"\xff\xfe", 0, 1, "invalid start byte"), UnicodeDecodeError("utf-8", b"\xff\xfe", 0, 2, "bad"),
    UnicodeTranslateError("a\xe9", 1, 2, "why"),
    collections.OrderedDict(), collections.OrderedDict(a=1, b=[2]), collections.defaultdict(int), collections.defaultdict(list, {1: [2]}),
    collections.defaultdict(None, a=1), collections.Counter(), collections.Counter("abracadabra"), collections.Counter(a=1, b=3, c=3), collections.Counter(a="x", b=1),
    collections.deque(), collections.deque([1, 2]), collections.deque([1, 2, 3], 2), collections.deque([], 0), [collections.deque([collections.deque()])],
    datetime.date(2024, 2, 29), datetime.date(1, 1, 1), datetime.datetime(2024, 1, 2), datetime.datetime(2024, 1, 2, 3, 4, 5), datetime.datetime(2024, 1, 2, 3, 4, 0, 6),
    datetime.datetime(2024, 1, 2, 3, 4, 5, 6, UTC), datetime.datetime(2024, 1, 2, 3, tzinfo=CET, fold=1), datetime.datetime(2024, 1, 2, 3, tzinfo=WEST),
    datetime.time(), datetime.time(1, 2, 3), datetime.time(23, 59, 59, 999999), datetime.time(3, fold=1), datetime.time(3, tzinfo=UTC), datetime.time(3, 4, 5, tzinfo=CET, fold=1),
    datetime.timedelta(), datetime.timedelta(1), datetime.timedelta(-1, 5), datetime.timedelta(400, 3661, 7), datetime.timedelta(microseconds=-1), datetime.timedelta(-2),
    UTC, CET, WEST, datetime.timezone(datetime.timedelta(hours=-5)), datetime.timezone(datetime.timedelta(microseconds=1)), datetime.timezone(datetime.timedelta(0), "Zulu"),
    decimal.Decimal("1.50"), decimal.Decimal("-Infinity"), decimal.Decimal("1E+5"), fractions.Fraction(1, 2), fractions.Fraction(-3), uuid.UUID(int=5),
    uuid.UUID("12345678-1234-5678-9234-567812345678"), pathlib.PurePosixPath("/a/b"), pathlib.PurePosixPath("a/'b"), pathlib.PurePosixPath(), pathlib.PurePosixPath("/"),
    array.array("i"), array.array("i", [1, -2]), array.array("d", [1, 0.5]), array.array("f", [0.1]), array.array("B", b"ab"), array.array("b", [-1]),
    array.array("H", [65535]), array.array("Q", [2**64 - 1]), array.array("q", [-(2**63)]), array.array("w", "a\u20ac\U0001f600"), array.array("w"),
    types.SimpleNamespace(), types.SimpleNamespace(b=1, a="x"), [[[]] * 2] * 2, *cyclic(),
]

COMPARED = [
    None, True, False, 0, 1, -1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 2**64 + 1, 10**400, -(10**400),
    0.0, -0.0, 0.5, 1.0, -1.0, 2.0**53, 2.0**63, -(2.0**63), 2.0**64, 1e300, inf, -inf, nan, 1j, 1 + 0j, complex(0.5, 0), complex(nan, 0),
    "", "a", "b", "ab", "\ud800", "\uffff", "\U00010000", b"", b"a", b"b", bytearray(b"a"), bytearray(),
    [], [1], [1.0], [1, 2], [2], ["a"], [nan], [[1]], [[2]], (), (1,), (1, 2), (True,), ("a",), ((1,), 2), (nan,), (None,), (None, 1), (None, 2),
    {}, {1: 2}, {1.0: 2}, {1: 3}, {2: 2}, {1: 2, 2: 2}, {1: nan}, set(), {1}, {1.0}, {1, 2}, {2, 1}, {3}, frozenset(), frozenset({1}), frozenset({1, 2}), frozenset({"a"}),
    slice(None), slice(1), slice(1, 2), slice(1, 3), range(0), range(1, 1), range(1), range(0, 1, 5), range(3), range(0, 5, 2), range(0, 6, 2), range(2**65),
    int, str, Ellipsis, NotImplemented,
]


MIXED = [(1, "a"), ("a", 1), (None, None), ([1], (1,)), ({}, {}), ({1}, [1]), (1j, 1), (b"", ""), ([1, None], [1, "a"]), (range(1), slice(1)), (int, 1),
         (collections.OrderedDict(), {}), (ValueError(), 1), (datetime.date(1, 1, 1), 1), (Ellipsis, NotImplemented), (len, bytearray())]


def compared(a, b):
    """One letter: bits for == < <= > >=, or x or X where there is no order."""
    a, b = arrived(a), arrived(b)
    try:
        return chr(ord("0") + (a == b) * 16 + (a < b) * 8 + (a <= b) * 4 + (a > b) * 2 + (a >= b))
    except TypeError:
        return "X" if a == b else "x"


def sorted_lists():
    rng = random.Random(1)
    yield [], False
    yield [3, 1, 2], False
    yield [3, 1, 2], True
    yield [1, "a"], False
    yield ["a", 1], False
    yield [1, "a"], True
    yield [1, None, 2.0], False
    yield [{}, {}], False
    yield [1j, 2], False
    yield [[2], [1, 5], [1]], True
    yield [True, 1, 1.0, 0, False, 0.0], False
    yield [True, 1, 1.0, 0, False, 0.0], True
    for n in (5, 20, 63, 64, 65, 150, 400):
        for kind in range(6):
            reverse = rng.random() < 0.5
            if kind == 0:
                items = [rng.choice([nan, rng.randrange(n), rng.random() * n]) for _ in range(n)]
            elif kind == 1:  # no order but inclusion
                items = [frozenset(rng.sample(range(6), rng.randrange(3))) for _ in range(min(n, 200))]
            elif kind == 2:
                items = [rng.choice([nan, float(i), float(i // 50)]) for i in range(n)]
            elif kind == 3:
                items = list(itertools.chain.from_iterable(range(i, i + 90) for i in range(0, n, 30)))[:n]
            elif kind == 4:
                items = [(n - i) // rng.randrange(1, 4) * rng.choice([1, 1.0]) for i in range(n)]
            else:
                items = [(rng.choice([0, 1, 2, nan]), str(rng.randrange(n))) for _ in range(n)]
            yield items, reverse


def sort(items, reverse):
    try:
        return repr(sorted(arrived(items), reverse=reverse))
    except Exception as error:
        return repr(error)


def main():
    with open("repr.txt", "w", encoding="utf-8") as f:
        for value in REPRS:
            for protocol in (2, 4):
                there = arrived(value, protocol)
                f.write(line(value, ascii(repr(there)), ascii(str(there)), protocol=protocol))
    with open("compare.txt", "w", encoding="utf-8") as f:
        for a in COMPARED:
            f.write(line(a, "".join(compared(a, b) for b in COMPARED)))
    with open("mixed.txt", "w", encoding="utf-8") as f:
        for a, b in MIXED:
            f.write(line((a, b), outcome(lambda: a < b), outcome(lambda: a >= b)))
    with open("sort.txt", "w", encoding="utf-8") as f:
        for items, reverse in sorted_lists():
            f.write(line((items, reverse), sort(items, reverse)))


if __name__ == "__main__":
    main()
