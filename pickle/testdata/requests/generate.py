# -*- coding: utf-8 -*-
"""Writes the requests that this Python's proxies send, one a line:

    name <TAB> hex of the message, or of the message compressed by zlib

    python generate.py [multiprocess] > NAME.txt

Python 2.7 and 3.6 or later. With "multiprocess" it is the fork that pickles by dill.
"""
from __future__ import print_function, unicode_literals
import binascii
import collections
import datetime
import decimal
import sys
import zlib

PY2 = sys.version_info[0] == 2
if PY2:
    import cPickle

    def dumps(v):
        return cPickle.dumps(v, cPickle.HIGHEST_PROTOCOL)
elif "multiprocess" in sys.argv:
    from multiprocess.reduction import ForkingPickler
    dumps = ForkingPickler.dumps
else:
    from multiprocessing.reduction import ForkingPickler
    dumps = ForkingPickler.dumps

IDENT = str("7f0c5a3b2e10")


def call(method, *args, **kwds):
    return (IDENT, str(method), args, kwds)


def requests():
    yield "dummy", (None, str("dummy"), (), {})
    yield "create", (None, str("create"), (str("list"), [1, 2, 3]), {})
    yield "accept", (None, str("accept_connection"), (str("MainProcess|Thread-1"),), {})
    yield "atoms", call("m", None, True, False, 0, 255, 256, -1, 2**31, -2**40, 2**70)
    yield "floats", call("m", 0.5, -0.0, 1e300, float("inf"))
    yield "texts", call("m", "", "key", "caf\u00e9 \u20ac \U0001f600", "x" * 300)
    yield "native strs", call("m", str("key"), str("x") * 300)
    yield "bytes", call("m", b"", b"\x00\xff", bytearray(b"ab"))
    yield "keywords", call("get", block=True, timeout=0.5)
    yield "many keywords", call("m", **{str("k%d" % i): [i] for i in range(12)})
    yield "one keyword", call("m", (1, 2), k=(3, 4))
    name = "a name that comes again"
    yield "repeated text", call("m", name, name, [name, name], {name: name})
    yield "method as value", call("append", str("append"), [str("append")])
    shared = [1, [2]]
    yield "shared list", call("m", shared, shared)
    yield "shared within", call("m", [shared, shared], 1)
    yield "shared parts", call("m", [shared], {1: shared})
    cycle = []
    cycle.append(cycle)
    yield "cycle", call("m", cycle)
    pair = ([],)
    pair[0].append(pair)
    yield "tuple cycle", call("m", pair, 1)
    yield "nested", call("m", [{"a": [1, (2, 3, [4])]}, ({}, ())], ((),))
    yield "dicts", call("extend", [{"id": i, "name": "n%d" % i} for i in range(40)])
    yield "sets", call("m", {1, 2}, frozenset(["a", "b"]))
    yield "slice", call("__getitem__", slice(1, None, 2))
    yield "decimals", call("m", decimal.Decimal("1.5"), decimal.Decimal("2.5"))
    yield "dates", call("m", datetime.date(2020, 1, 2), [datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2)])
    yield "ordered", call("m", collections.OrderedDict([("b", 1), ("a", 2)]))
    yield "errors", call("m", KeyError(1), ValueError("x"), OSError(2, "gone"))
    yield "classes", call("m", int, KeyError, collections.OrderedDict)
    yield "big list", call("m", list(range(2100)))
    yield "big bytes", call("put", b"x" * 70000)
    yield "big text", call("put", "y" * 70000, b"z" * 70000)
    yield "big list of texts", call("put", ["text %d" % (i % 10) for i in range(9000)])


def packed(data):
    """Long messages are compressed; no pickle begins as zlib's data does."""
    return zlib.compress(data, 9) if len(data) > 2000 else data


print("# Python %d.%d" % sys.version_info[:2])
for name, request in requests():
    print("%s\t%s" % (name, binascii.hexlify(packed(bytes(dumps(request)))).decode()))
