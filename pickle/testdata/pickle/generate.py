# -*- coding: utf-8 -*-
"""Writes what this Python pickles, one value and protocol a line:

    name <TAB> protocol <TAB> hex of the pickle <TAB> repr

Python 2.7 and 3.4 or later. The repr is in Python 3's words whatever writes it.

    python generate.py > VERSION.txt
"""
from __future__ import print_function, unicode_literals
import binascii
import pickle
import sys

PY2 = sys.version_info[0] == 2
if PY2:
    import cPickle as pickle
    from Queue import Empty
    range3 = xrange
    long_ = long
else:
    from queue import Empty
    range3 = range
    long_ = int


def ascii_repr(v):
    r = repr(v) if PY2 else ascii(v)
    return r[1:] if PY2 and r[:1] == "u" else r


def show(v):
    """repr(v) as Python 3 has it, for the types that differ, and ASCII only."""
    t = type(v)
    if t in (list, tuple, set, frozenset):
        inner = ", ".join(show(x) for x in v)
        if t is list:
            return "[%s]" % inner
        if t is tuple:
            return "(%s%s)" % (inner, "," if len(v) == 1 else "")
        if t is set:
            return "{%s}" % inner if v else "set()"
        return "frozenset({%s})" % inner if v else "frozenset()"
    if t is dict:
        return "{%s}" % ", ".join("%s: %s" % (show(k), show(x)) for k, x in v.items())
    if isinstance(v, BaseException):
        return "%s(%s)" % (t.__name__, ", ".join(show(x) for x in v.args))
    if t is long_:
        return str(v)
    if PY2 and t is bytes:
        try:
            return ascii_repr(v.decode("ascii"))
        except UnicodeDecodeError:
            return str("b") + repr(v)
    if t is range3:
        return repr(v).replace("xrange", "range") if len(v) != 3 else "range(0, 3)"
    if isinstance(v, type("")):
        return ascii_repr(v)
    return repr(v)


shared = [1, 2]
values = [
    ("none", None), ("true", True), ("false", False),
    ("ints", [0, 1, 255, 256, 65535, 65536, -1, -129, 2**31 - 1, -2**31]),
    ("longs", [2**31, -2**31 - 1, 2**63 - 1, -2**63, 2**63, -2**63 - 1, 10**40, -10**40]),
    ("long 255 bytes", 2**2039), ("long 256 bytes", -2**2047),
    ("floats", [0.0, -0.0, 1.5, -2.25e-300, 1e308, float("inf"), float("-inf")]),
    ("nan", float("nan")),
    ("text", ["", "a", "x\ny\\z", "caf\u00e9 \u20ac \U0001f600", "q" * 300]),
    ("surrogate", "a\ud800b") if not PY2 else ("escape", "\x00\x1a\r"),
    ("bytes", [b"", b"abc", b"caf\xc3\xa9", b"\x00\xff'\n\\", b"z" * 300]),
    ("bytearray", bytearray(b"ab")),
    ("tuples", [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)]),
    ("shared list", [shared, shared]),
    ("dict", {"a": [1]}), ("empty", [[], {}, (), set(), frozenset()]),
    ("set", set([5])), ("frozenset", frozenset(["k"])),
    ("complex", 1.5 - 2j), ("slice", slice(1, None, 2)), ("range", range3(3)),
    ("key error", KeyError("k")), ("index error", IndexError("out", 2)), ("queue empty", Empty()),
    ("long list", list(range(1100))),
]

if PY2:  # protocol 2 has no reducer for it there
    values = [(n, v) for n, v in values if n != "slice"]

print("# Python %d.%d" % sys.version_info[:2])
for name, value in values:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        try:
            data = pickle.dumps(value, protocol)
        except Exception:
            continue
        print("\t".join([name, str(protocol), binascii.hexlify(data).decode("ascii"), show(value)]))
