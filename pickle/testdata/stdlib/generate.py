# -*- coding: utf-8 -*-
"""Writes what this Python pickles of its standard library, one value and
protocol a line:

    name <TAB> protocol <TAB> hex of the pickle <TAB> repr

Python 2.7 and 3.6 or later. The repr is that of Python 3.13.

    python generate.py > VERSION.txt
"""
from __future__ import print_function, unicode_literals
import array
import binascii
import collections
import datetime
import decimal
import fractions
import pickle
import re
import sys
import uuid

V = sys.version_info
D = decimal.Decimal
dt = datetime
values = []


def add(name, value, repr3=None):
    values.append((name, value, repr3 or repr(value)))


for args in [(1, 1, 1), (2020, 2, 29, 23, 59, 59, 999999), (9999, 12, 31), (1970, 1, 1, 0, 0, 1)]:
    add("datetime", dt.datetime(*args))
add("date", dt.date(2024, 12, 31))
add("time", dt.time(1, 2, 3, 4))
add("time", dt.time())
for args in [(0,), (-1, 5, 6), (999999999, 86399, 999999), (-999999999,)]:
    add("timedelta", dt.timedelta(*args), {
        (0,): "datetime.timedelta(0)",
        (-1, 5, 6): "datetime.timedelta(days=-1, seconds=5, microseconds=6)",
        (999999999, 86399, 999999): "datetime.timedelta(days=999999999, seconds=86399, microseconds=999999)",
        (-999999999,): "datetime.timedelta(days=-999999999)"}[args])
for text in ["0", "-0", "1.20", "-1E+1000", "1E-1000", "NaN", "-NaN123", "sNaN", "Infinity",
             "-Infinity", "123456789" * 5 + ".5", "0E+3", "0.000001", "1E-7"]:
    add("Decimal", D(str(text)), "Decimal('%s')" % D(str(text)))
add("Fraction", fractions.Fraction(-3, 4))
add("Fraction", fractions.Fraction(10**30, 7))
add("Fraction", fractions.Fraction(5))
add("UUID", uuid.UUID("12345678-1234-5678-1234-567812345678"))
add("UUID", uuid.UUID(int=1))
add("UUID", uuid.UUID(int=2**128 - 1))
if V >= (3, 8):
    add("safe UUID", uuid.UUID(int=5, is_safe=uuid.SafeUUID.safe))

add("OrderedDict", collections.OrderedDict(), "OrderedDict()")
add("OrderedDict", collections.OrderedDict([(2, 1), (1, [2]), ("k", ())]), "OrderedDict({2: 1, 1: [2], 'k': ()})")
add("defaultdict", collections.defaultdict(list, {1: [2]}), "defaultdict(<class 'list'>, {1: [2]})")
add("defaultdict", collections.defaultdict(None, {}), "defaultdict(None, {})")
add("Counter", collections.Counter({1: 3}), "Counter({1: 3})")
add("Counter", collections.Counter(), "Counter()")
add("deque", collections.deque([1, (), 2]))
add("deque", collections.deque([1, 2], 5))
add("deque", collections.deque([], 0))
add("deque", collections.deque())

for code, items in [("b", [-1]), ("B", [255]), ("h", [-2]), ("H", [3]), ("i", [-4, 5]), ("I", [6]),
                    ("l", [-2**62]), ("L", [7]), ("f", [0.5]), ("d", [1.5, -0.0]), ("i", [])]:
    add("array", array.array(str(code), items),
        "array('%s', %r)" % (code, [int(i) if code not in "fd" else i for i in items]) if items else "array('i')")
add("pattern", re.compile("a+b"), "re.compile('a+b')")
add("pattern", re.compile("a+b", re.I | re.S), "re.compile('a+b', re.IGNORECASE|re.DOTALL)")

if V >= (3,):
    import ipaddress
    import pathlib
    import types

    utc = dt.timezone.utc
    half = dt.timezone(-dt.timedelta(hours=3, minutes=30))
    named = dt.timezone(dt.timedelta(hours=1), "C\u00e4T")
    add("timezone", utc)
    add("timezone", half, "datetime.timezone(datetime.timedelta(days=-1, seconds=73800))")
    add("timezone", dt.timezone(dt.timedelta(0), ""), "datetime.timezone(datetime.timedelta(0), '')")
    values.append(("timezone", named, "datetime.timezone(datetime.timedelta(seconds=3600), 'C\u00e4T')"))
    for zone, text in [(utc, "datetime.timezone.utc"),
                       (half, "datetime.timezone(datetime.timedelta(days=-1, seconds=73800))")]:
        add("aware", dt.datetime(2020, 1, 2, 3, 4, 5, 6, zone), "datetime.datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=%s)" % text)
        add("aware time", dt.time(3, 4, tzinfo=zone), "datetime.time(3, 4, tzinfo=%s)" % text)
        add("aware list", [dt.datetime(2020, 1, 1, i, tzinfo=zone) for i in range(3)],
            "[%s]" % ", ".join("datetime.datetime(2020, 1, 1, %d, 0, tzinfo=%s)" % (i, text) for i in range(3)))
    add("fold", dt.datetime(2020, 10, 25, 2, 30, fold=1))
    add("fold time", dt.time(2, 30, fold=1))
    add("bytes-like", b"\xff")
    for text in ["", "a", "a/b.txt", "/", "/usr//lib/./x", "//net/x", "..", "caf\u00e9"]:
        add("PurePosixPath", pathlib.PurePosixPath(text), "PurePosixPath('%s')" % pathlib.PurePosixPath(text))
    add("PurePosixPath", pathlib.PurePosixPath("a", "b"))
    add("PosixPath", pathlib.PosixPath("/tmp/x"))
    for text in ["", "a/b", "c:/x/y", "c:x", "//host/share/a", "\\a", "x//y\\.\\z"]:
        add("PureWindowsPath", pathlib.PureWindowsPath(text))
    add("SimpleNamespace", types.SimpleNamespace(a=1, b=[2]), "namespace(a=1, b=[2])")
    add("SimpleNamespace", types.SimpleNamespace(), "namespace()")
    for text in ["1.2.3.4", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::ff00:42:8329"]:
        add("ip address", ipaddress.ip_address(text))
    add("ip address", ipaddress.ip_address("::ffff:1.2.3.4"), "IPv6Address('::ffff:1.2.3.4')")
    for text in ["10.0.0.0/8", "1.2.3.4/32", "::/0", "2001:db8::/32"]:
        add("ip network", ipaddress.ip_network(text))
    for text in ["10.0.0.1/8", "10.0.0.0/8", "2001:db8::1/64"]:
        add("ip interface", ipaddress.ip_interface(text))
    add("range", range(1, 10, 3)), add("slice", slice(None, 2))
    import http
    add("enum", http.HTTPStatus.NOT_FOUND, "<HTTPStatus.NOT_FOUND: 404>")
    error = ValueError("x", 1)
    if V >= (3, 11):
        error.add_note("first"), error.add_note("second")
    add("exception", error, "ValueError('x', 1)")
    add("os error", FileNotFoundError(2, "No such file", "f"), "FileNotFoundError(2, 'No such file')")
    if V >= (3, 9):
        import zoneinfo
        berlin = zoneinfo.ZoneInfo("Europe/Berlin")
        add("ZoneInfo", berlin), add("ZoneInfo", dt.datetime(2020, 10, 25, 2, 30, fold=1, tzinfo=berlin))


def main():
    print("# Python %d.%d" % V[:2])
    for name, value, text in values:
        text = str(text) if V >= (3,) else text
        text = "".join(c if " " <= c < "\x7f" else "\\x%02x" % ord(c) for c in text)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                data = pickle.dumps(value, protocol)
            except Exception:
                continue
            lost = ", fold=1" if protocol < 4 else ""  # so that Python 3.5 can read it
            print("\t".join([name, str(protocol), binascii.hexlify(data).decode("ascii"), text.replace(lost, "")]))


if __name__ == "__main__":
    main()
