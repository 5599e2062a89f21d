"""Values that are hard to pickle and that only Python 3 has."""
import collections
import collections.abc
import datetime
import email.message
import enum
import functools
import io
import ipaddress
import logging
import pathlib
import sys
import types
import typing
import xml.etree.ElementTree

from corpus import Plain, Recipe, recipe, rebuild

NEW = sys.version_info


class NewArgsEx(object):
    def __new__(cls, *args, **kwargs):
        self = object.__new__(cls)
        self.args, self.kwargs = args, kwargs
        return self

    def __getnewargs_ex__(self):
        return self.args, self.kwargs


class IntArgsEx(int):
    def __new__(cls, *, value):
        return int.__new__(cls, value)

    def __getnewargs_ex__(self):
        return (), {"value": int(self)}


class Colour(enum.Enum):
    RED = 1
    GREEN = (2, "x")


class Number(enum.IntEnum):
    ONE = 1


class Flags(enum.Flag):
    A = 1
    B = 2


class Outer:
    class Inner:
        class Innermost:
            def method(self):
                return self

        @classmethod
        def make(cls):
            return cls()

        @staticmethod
        def free():
            return 1


class Override:
    """Its state is set by a function of six parts."""

    def __init__(self, state):
        self.state = state

    def __reduce__(self):
        return Override, (0,), self.state, None, None, set_state


def set_state(o, state):
    o.state = state
    o.calls = getattr(o, "calls", 0) + 1


class OverrideList(list):
    def __reduce__(self):
        return OverrideList, (), self.state, iter(self), None, set_state


class Named:
    def __init__(self, name):
        self.name = name

    def __reduce__(self):
        return recall, (self.name,)


def recall(name):
    return Named(name)


def recent():
    """What newer versions brought."""
    if NEW >= (3, 7):
        import corpus37

        yield from corpus37.values()
    if NEW >= (3, 8):
        yield "state set by a function", [Override(1), Override(None), Override({"a": [1]})], 0
        o = Override(None)
        o.state = [o, {o: 1}]
        yield "state set by a function, which leads back", o
        a = OverrideList([1, 2])
        a.state = (a, [a])
        yield "list whose state is set by a function", [a, a], 2
        nested = Override(Override(Override([Override(5)])))
        yield "states set by functions in each other", nested
        yield "calls for their effect among items", recipe((), Override(1), [Override(2), Override([3])], [("k", Override(4))])
        yield "calls for their effect in keys and sets", [{(Plain,): Override(1)}, {Override(1)}, (Override(1), [Override(2)])]
    if NEW >= (3, 9):
        import zoneinfo

        yield "generic aliases", [list[int], dict[str, list[int]], collections.deque[int], type[int]]
        try:
            zone = zoneinfo.ZoneInfo("Europe/Berlin")
            yield "zones", [zone, datetime.datetime(2024, 10, 27, 2, 30, tzinfo=zone, fold=1)]
        except zoneinfo.ZoneInfoNotFoundError:
            pass
    if NEW >= (3, 10):
        yield "unions", [int | str, list[int] | None, typing.Optional[int]]
        yield "types of singletons", [types.NoneType, types.EllipsisType, types.NotImplementedType]
    if NEW >= (3, 11):
        e = ValueError("a")
        e.add_note("a note")
        yield "errors with notes", [e, e]
        yield "groups of errors", [ExceptionGroup("g", [e, KeyError("b"), ExceptionGroup("h", [OSError(2, "x")])])]
        yield "object state", recipe((), Plain(a=1).__getstate__())
    if NEW >= (3, 13):
        yield "a replaced copy", Recipe(5)


def values():
    yield "singletons", [Ellipsis, NotImplemented, type(None), type(Ellipsis)]
    yield "lone surrogates", ["\ud800", "a\udfff", "\udc80\ud800", {"\ud800": 1}]
    yield "nested names", [Outer.Inner, Outer.Inner.Innermost, Outer.Inner.Innermost().method, Outer.Inner.make, Outer.Inner.free]
    yield "keyword arguments", [NewArgsEx(1, a=2), NewArgsEx(), NewArgsEx(b=[1]), IntArgsEx(value=5)], 2
    made = NewArgsEx(a=1)
    made.kwargs["more"] = made.me = [made]
    yield "shared keyword arguments", [NewArgsEx(1, a=2)] * 2 + [NewArgsEx(*made.args, c=made.kwargs)], 2
    yield "enumerations", [Colour.RED, Colour.GREEN, Number.ONE, Flags.A | Flags.B, Flags(0), {Colour.RED: 1}]
    yield "a SimpleNamespace", types.SimpleNamespace(a=1, b=types.SimpleNamespace())
    yield "a SimpleNamespace in itself", namespace()
    yield "zones of datetime", [
        datetime.timezone.utc, datetime.timezone(datetime.timedelta(hours=1), "one"),
        datetime.datetime(2024, 1, 1, fold=1, tzinfo=datetime.timezone.utc), datetime.time(1, fold=1),
    ]  # fmt: skip
    yield "paths", [pathlib.PurePosixPath("/a/b"), pathlib.PureWindowsPath("c:\\x"), pathlib.Path("a")]
    yield "addresses", [ipaddress.ip_address("::1"), ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_interface("1.2.3.4/5")]
    yield "a ChainMap", collections.ChainMap({"a": 1}, {"b": 2})
    yield "user containers", [collections.UserDict(a=1), collections.UserList([1]), collections.UserString("a")]
    yield "an Element", element(), 2
    yield "a message", email.message.EmailMessage()
    yield "a LogRecord", logging.LogRecord("n", 10, "p", 1, "m %s", (1,), None)
    yield "io", [io.BytesIO(b"abc"), io.StringIO("abc")], 2
    if NEW >= (3, 7):
        yield "typing", [typing.List[int], typing.Union[int, str], typing.Any]
    yield "abstract classes", [collections.abc.Mapping, typing.Mapping]
    yield "errors of systems", [FileNotFoundError(2, "x", "f"), ConnectionResetError(104, "y"), BlockingIOError(11, "z", 5)]
    yield "an error with a traceback", error_with_cause()
    yield "two kinds of equal keys", [{b"a": 1, "a": 2}, {"1": 1, 1: 2, b"1": 3}]
    yield "a partial with attributes", partial()
    yield "dictionary views' items", [list({"a": 1}.items()), sorted({1: 2}.keys())]
    yield "named objects", [Named("a"), Named("a")]
    yield "long sequences of calls", [recipe((i,), {"n": i}) for i in range(300)]
    yield "made by functions in each other", made_by()
    for value in recent():
        yield value


def namespace():
    n = types.SimpleNamespace()
    n.me = n
    return n


def element():
    e = xml.etree.ElementTree.Element("a", {"k": "v"})
    xml.etree.ElementTree.SubElement(e, "b").text = "t"
    return e


def error_with_cause():
    try:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise ValueError("outer") from inner
    except ValueError as e:
        return e


def partial():
    p = functools.partial(rebuild, list, items=[1])
    p.attribute = [p]
    return p


def made_by():
    holder = []
    holder.append(functools.partial(functools.partial, holder))
    return holder
