"""Values that are hard to pickle, by name. Python 2.7 and 3; corpus3 has those that only Python 3 has."""
import array
import collections
import copy
import datetime
import decimal
import fractions
import functools
import itertools
import math
import operator
import random
import re
import string
import sys
import threading
import uuid

PY2 = str is bytes
text = type(u"")


class Plain(object):
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def method(self):
        return self


class Old:
    """An old-style class, in Python 2."""

    def __init__(self, *args):
        self.args = args

    def __getinitargs__(self):
        return self.args


class Slots(object):
    __slots__ = ["a", "b"]

    def __init__(self, **attributes):
        for name in attributes:
            setattr(self, name, attributes[name])


class SlotsBelow(Slots):
    __slots__ = ["c", "__dict__"]


class MyInt(int):
    pass


class MyLong(int if not PY2 else long):  # noqa: F821
    pass


class MyFloat(float):
    pass


class MyComplex(complex):
    pass


class MyText(text):
    pass


class MyBytes(bytes):
    pass


class MyBytearray(bytearray):
    pass


class MyTuple(tuple):
    pass


class MyList(list):
    pass


class MyDict(dict):
    pass


class MySet(set):
    pass


class MyFrozenSet(frozenset):
    pass


class MyOrderedDict(collections.OrderedDict):
    pass


class MyDefaultDict(collections.defaultdict):
    pass


class MyDeque(collections.deque):
    pass


class HashedList(list):
    """A list that may be a key, by identity."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__
    __ne__ = object.__ne__


class Valued(object):
    """Equal by value, but told apart by what nobody compares."""

    def __init__(self, n, note=None):
        self.n, self.note = n, note

    def __eq__(self, other):
        return type(other) is Valued and self.n == other.n

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(self.n) if "n" in self.__dict__ else 0


class NewArgs(object):
    def __new__(cls, *args):
        self = object.__new__(cls)
        self.made = args
        return self

    def __getnewargs__(self):
        return self.made

    def __getstate__(self):
        return {"state": self.state} if hasattr(self, "state") else {}


class State(object):
    """Has any state, of any type, also false ones."""

    def __init__(self, state):
        self.state = state

    def __getstate__(self):
        return self.state

    def __setstate__(self, state):
        self.state = state
        self.set = getattr(self, "set", 0) + 1


class Recipe(object):
    """Is reduced to whatever it is told to, and writes down what happens to it."""

    def __init__(self, *args):
        self.log = [("init", args)]
        self.rest = ()

    def append(self, item):
        self.extend([item])

    def extend(self, items):  # into how many calls pickles divide it does not matter
        if self.log[-1][0] != "extend":
            self.log.append(("extend", []))
        self.log[-1][1].extend(items)

    def add(self, item):
        self.log.append(("add", item))

    def __setitem__(self, key, value):
        self.log.append(("setitem", key, value))

    def __setstate__(self, state):
        self.log.append(("setstate", state))

    def __reduce__(self):
        parts = (Recipe, self.log[0][1]) + self.rest
        return parts[:3] + tuple(p and iter(p) for p in parts[3:5]) + parts[5:]


def recipe(args=(), state=None, items=None, pairs=None):
    r = Recipe(*args)
    r.rest = (state, items, pairs)
    return r


def rebuild(cls, items):
    """A function that pickles call."""
    made = cls()
    made.items = items
    return made


class ByFunction(object):
    def __reduce__(self):
        return rebuild, (ByFunction, self.items)


class ByItself(object):
    """Its argument leads back to it."""

    def __init__(self, holder):
        self.holder = holder

    def __reduce__(self):
        return ByItself, (self.holder,)


class ByObject(object):
    """Is made by the call of an instance."""

    def __init__(self, made=None):
        self.made = made

    def __call__(self, *args):
        return ByObject((self.made, args))

    def __reduce__(self):
        if self.made is None:
            return ByObject, ()
        return ByObject(), (self.made, 1)


class Single(object):
    def __reduce__(self):
        return "single"


single = Single()


class CustomError(Exception):
    def __init__(self, code, hint=None):
        Exception.__init__(self, code)
        self.hint = hint


class Keywords(Exception):
    """Cannot be made from its args alone."""

    def __init__(self, name, value):
        Exception.__init__(self, "%s is %s" % (name, value))
        self.name, self.value = name, value

    def __reduce__(self):
        return Keywords, (self.name, self.value), {"more": 1}


class Meta(type):
    def __reduce__(self):
        return getattr, (MetaHome, self.__name__)


MetaMade = Meta("MetaMade", (object,), {})


class MetaHome(object):
    MetaMade = MetaMade


Point = collections.namedtuple("Point", "x y")


class MyPoint(Point):
    pass


class Zone(datetime.tzinfo):
    def __init__(self, minutes=0):
        self.minutes = minutes

    def utcoffset(self, when):
        return datetime.timedelta(minutes=self.minutes)

    def dst(self, when):
        return datetime.timedelta(0)

    def tzname(self, when):
        return "Z%d" % self.minutes


def loop(make, put):
    """A container in itself."""
    made = make()
    put(made, made)
    return made


def cyclic():
    yield "list in itself", loop(list, list.append)
    yield "dict in itself", loop(dict, lambda d, v: d.__setitem__(1, v))
    yield "list subclass in itself", loop(MyList, MyList.append), 2
    yield "dict subclass in itself", loop(MyDict, lambda d, v: d.__setitem__(1, v)), 2
    yield "attribute of itself", loop(Plain, lambda o, v: setattr(o, "me", v))
    yield "slot of itself", loop(Slots, lambda o, v: setattr(o, "a", v)), 2
    yield "list subclass with itself as attribute", loop(MyList, lambda o, v: setattr(o, "me", v))
    if not PY2:
        yield "deque in itself", loop(collections.deque, collections.deque.append)
        yield "OrderedDict in itself", loop(collections.OrderedDict, lambda d, v: d.__setitem__(1, v))
    yield "defaultdict in itself", loop(lambda: collections.defaultdict(list), lambda d, v: d.__setitem__(1, v))
    items = []
    items.append((items, items))
    yield "tuple in its list", items[0]
    yield "list of a tuple of it", items
    items = []
    items.append(tuple([items] * 5))
    yield "long tuple in its list", items[0]
    for cls in (list, set, dict, tuple, frozenset, MyList, MySet, MyDict, MyTuple, MyFrozenSet, MyOrderedDict):
        o = Plain()
        o.inside = holder = cls([(o, o)]) if issubclass(cls, dict) else cls([o])
        yield "%s of an object that has it" % cls.__name__, holder
        yield "object that has a %s of it" % cls.__name__, o
    a, b = Plain(), Plain()
    a.b, b.a = b, a
    yield "objects that have each other", [a, b, (a, b)]
    items = []
    items.append(ByItself(items))
    yield "object made of the list that has it", items[0]
    yield "list of the object made of it", items
    s = State(None)
    s.state = (s, [s])
    yield "state that leads back", s
    e = ValueError("x")
    e.args = ("x", [e])
    e.me = e
    yield "exception in its arguments and attributes", e
    f = functools.partial(len)
    f.me = f
    yield "partial that has itself", f
    o = Plain()
    o.method = o
    yield "object three ways", {o: [o, (o,)], "o": o}


def atoms():
    yield "None and its like", [None, True, False]
    edges = [s * (1 << n) + d for n in (0, 7, 8, 15, 16, 31, 32, 62, 63, 64, 127, 2039, 2040, 2100) for s in (1, -1) for d in (-1, 0, 1)]
    yield "ints", edges
    yield "a huge int", [7 ** 4000, -(7 ** 4000)]
    yield "floats", [0.0, -0.0, 1.5, 1e17, 1e-5, 1e300 * 1e300, -1e300 * 1e300, 5e-324, 0.1, 123456789.0, 1e22]
    yield "a nan", [float("nan")]
    yield "complexes", [1j, complex(-0.0, float("inf")), complex(float("nan"), 2)]
    yield "texts", [u"", u"a", u"\\", u"\\u0041", u"\0\n\r\x1a", u"\xe9\u20ac\U0001f600", u"\x80\x9f\xff", u"'\"\t"]
    yield "a long text", u"\xe9" * 70000
    yield "bytes", [b"", b"a", bytes(bytearray(range(256))), b"x" * 255, b"y" * 256, b"z" * 70000]
    yield "strs", ["", "a", "it's", '"', "\\n\n", "x" * 255, "y" * 256]
    yield "bytearrays", [bytearray(), bytearray(b"abc"), bytearray(range(256)), bytearray(70000)]
    if PY2:
        yield "strs of bytes", ["\xe9", "\xff\x00\n'\"\\"]
        yield "longs", [eval("0L"), eval("5L"), eval("-1L"), eval("2L**70"), 2 ** 31, 2 ** 40, sys.maxint]
        yield "old types", [long, unicode, str, basestring, xrange(3), int]  # noqa: F821
        yield "types of two names as keys", {int: 1, long: 2, str: 3, unicode: 4, basestring: 5}  # noqa: F821
        yield "equal keys of two types", [{1: 1}, {eval("1L"): 1}, {u"a": 1}, {"a": 1}]
        yield "an error that became another", StandardError("x", 1)
        yield "classes of modules that were renamed", renamed()
    yield "shared bytes and texts", shared(b"ab", b"a" * 300, u"ab", u"a" * 300, b"", u"", (), "word")


def renamed():
    import Queue, SimpleHTTPServer, StringIO, UserDict, UserList, UserString, cPickle, httplib, itertools, socket, whichdb

    return [
        UserDict.UserDict({1: 2}), UserDict.IterableUserDict(), UserList.UserList([1]), UserString.UserString("a"),
        StringIO.StringIO("abc"), Queue.Empty(), httplib.HTTPConnection, SimpleHTTPServer.SimpleHTTPRequestHandler,
        cPickle.PicklingError, whichdb.whichdb, socket._socketobject, itertools.izip, UserDict.DictMixin,
    ]  # fmt: skip


def shared(*values):
    """Each value is two values in four places."""
    result = []
    for v in values:
        w = copied(v)
        result += [v, w, v, w]
    return result


def copied(v):
    if isinstance(v, (bytes, text)) and len(v) > 1:
        return v[:1] + v[1:]
    return v


def containers():
    yield "empty ones", [[], (), {}, set(), frozenset()]
    yield "tuples", [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), tuple(range(300))]
    yield "one of each", [[1], {1: 2}, {1}, frozenset([1])]
    for n in (999, 1000, 1001, 2000, 2001):
        yield "%d items" % n, [list(range(n)), dict.fromkeys(range(n)), set(range(n)), frozenset(range(n))]
    yield "many small values", [(i, str(i), [i], {"i": i}) for i in range(4000)]
    deep = None
    for _ in range(250):
        deep = [deep, (deep and 1,)]
    yield "deep", deep
    one, two = [1], [1]
    pair = (one, two)
    yield "shared and equal lists", [one, two, one, pair, (one, two), pair, {"a": one, "b": two, "c": pair}]
    yield "numbers as keys", {1: "a", 2.5: "b", 3 + 0j: "c", 2 ** 70: "d", False: "e", -1: "f"}
    yield "tuples as keys", {(1, 2): 1, (1, (2, 3)): 2, ((),): 3, (frozenset([1]), "a"): 4}
    yield "frozensets of frozensets", frozenset([frozenset(), frozenset([frozenset()])])
    alike = [Plain() for _ in range(20)]
    yield "objects alike as keys", [alike, dict((o, i) for i, o in enumerate(alike))]
    yield "objects alike in a set", [alike, set(alike), frozenset(alike), set((o,) for o in alike)]
    yield "objects as keys that are shared", [alike[0], {alike[0]: alike[1], alike[1]: alike[0]}]
    alike = [HashedList(), HashedList(), HashedList([1])]
    yield "lists as keys", [alike, dict.fromkeys(alike)]
    yield "valued keys", {Valued(1, "a"): 1, Valued(2, "a"): 2, (Valued(1),): 3}
    alike = [ValueError("a"), ValueError("a"), KeyError("a")]
    yield "errors as keys", [alike, dict.fromkeys(alike)]
    yield "classes and functions as keys", {int: 1, len: 2, Plain: 3, rebuild: 4, (float, str): 5}
    nan = float("nan")
    yield "nan as key", {nan: 1, (nan,): 2}


def builtin():
    yield "classes", [int, object, type, Plain, Old, Exception, datetime.datetime, collections.OrderedDict, MetaMade]
    yield "functions", [len, rebuild, math.sin, operator.add, copy.deepcopy, string.capwords]
    yield "range", range(5) if not PY2 else xrange(5)  # noqa: F821
    if sys.version_info >= (3,):
        yield "slices", [slice(1), slice(1, 2, 3), slice(None)]
    yield "arrays", [array.array("i", [1, -2]), array.array("d", [0.5]), array.array("B", b"ab")]
    yield "deque", collections.deque([1, [2]], 5)
    yield "deques", [collections.deque(), MyDeque([1], 1)]
    yield "defaultdicts", [collections.defaultdict(list, a=[1]), collections.defaultdict(None), MyDefaultDict(rebuild)]
    yield "OrderedDicts", [collections.OrderedDict([(3, 1), (1, 2)]), MyOrderedDict([(1, 2)])]
    yield "Counter", collections.Counter("abracadabra")
    yield "namedtuples", [Point(1, [2]), MyPoint(3, 4)]
    yield "Decimals", [decimal.Decimal(s) for s in ("1.10", "-0", "NaN", "sNaN123", "Infinity", "1E+99")]
    yield "a Context", decimal.Context(prec=5)
    yield "Fraction", fractions.Fraction(-3, 7)
    yield "UUID", uuid.UUID(int=2 ** 100 + 1)
    utc = Zone(90)
    yield "datetimes", [
        datetime.datetime(2024, 2, 29, 1, 2, 3, 4), datetime.datetime(1, 1, 1, tzinfo=utc),
        datetime.date(9999, 12, 31), datetime.time(23, 59, 59, 999999, utc), datetime.timedelta(-1, 2, 3), utc,
    ]  # fmt: skip
    yield "partials", [functools.partial(int, base=2), functools.partial(functools.partial(rebuild, list), [1])]
    yield "regular expression", re.compile(u"a(b)?", re.I)
    yield "Random", random.Random(5)
    yield "struct_time", __import__("time").gmtime(0)
    yield "a Template", string.Template("$a")
    yield "errors", [
        ValueError("a", 1), KeyError(), OSError(2, "No such file"), IOError(2, "No", "name"), SystemExit(3),
        UnicodeDecodeError("ascii", b"\xff", 0, 1, "why"), UnicodeEncodeError("ascii", u"\xff", 0, 1, "why"),
        SyntaxError("x", ("f", 1, 2, "t")), StopIteration(5), ImportError("x"), CustomError(5, hint="h"),
        Keywords("a", 1), AssertionError(),
    ]  # fmt: skip
    if sys.version_info >= (3,):
        yield "operators", [operator.itemgetter(1, 2), operator.attrgetter("a.b"), operator.methodcaller("f", 1)]
        yield "iterators", [iter([1, 2]), iter((1, 2)), iter("ab"), iter({1: 2}), reversed([1, 2]), enumerate([1])]
        if sys.version_info < (3, 14):
            yield "itertools", [itertools.count(3, 2), itertools.repeat(1, 2), itertools.chain([1], [2])]
        yield "bound methods", [Plain().method, [1].append, "a".join, {}.get, int.from_bytes, collections.OrderedDict.fromkeys]
        yield "unbound methods", [str.upper, list.append, Plain.method, dict.fromkeys]


def objects():
    yield "plain object", Plain(a=1, b=[2], c={"x": None})
    yield "object without attributes", Plain()
    yield "bare object", object()
    yield "two of a class", [Plain(a=1), Plain(a=1)]
    yield "keys of attributes", [Plain(name="a"), Plain(name="b"), {"name": 1}]
    yield "old-style instances", [Old(), Old(1, [2])]
    yield "slots", [Slots(a=1), Slots(a=1, b=2), Slots()], 2
    yield "slots and more", [SlotsBelow(a=1, c=2, other=3), SlotsBelow()], 2
    for cls, arg in [
        (MyInt, 5), (MyLong, 2 ** 70), (MyFloat, 1.5), (MyComplex, 1j), (MyText, u"\xe9"), (MyBytes, b"\xff"),
        (MyBytearray, b"ab"), (MyTuple, (1, 2)), (MyList, [1, 2]), (MyDict, {1: 2}), (MySet, {1}), (MyFrozenSet, {1}),
    ]:  # fmt: skip
        made = cls(arg)
        made.attribute = [made, 1]
        yield "%s with an attribute" % cls.__name__, made
        yield "two of %s" % cls.__name__, [cls(arg), cls(arg)]
    made = NewArgs(1, (2,))
    made.state = [made]
    yield "__getnewargs__", [made, NewArgs()]
    for state in (0, None, False, (), {}, [], u"", 1.5, {"a": 1}, (None, {"a": 1}), ({"a": 1}, None)):
        yield "state %r" % (state,), State(state)
    yield "items in order", recipe((1,), None, [1, 2, 3], [("a", 1), ("b", 2)])
    yield "everything in order", recipe((), {"s": 1}, [1], [("a", 1)])
    yield "many items in order", recipe((), None, list(range(2500)), [(i, i) for i in range(2500)])
    made = recipe((), None, None, None)
    made.rest = (made, [made, (made,)], [(made, made)])
    yield "items that lead back", made
    made = ByFunction()
    made.items = [made.__class__, {"a": 1}]
    yield "made by a function", made
    yield "made by the call of an object", ByObject((1, 2))
    yield "a name for an object", [single, single]
    yield "a class by its metaclass", [MetaMade, MetaMade()]
    yield "shared attributes", shared_attributes()
    yield "a copyreg reducer", Reduced(5)


def shared_attributes():
    common = {"common": [1]}
    many = [Plain(common=common, own=i) for i in range(3)]
    many[0].other = many[1].__dict__
    return many


class Reduced(object):
    def __init__(self, n):
        self.n = n


def reduce_reduced(r):
    return Reduced, (r.n + 0,), {"reduced": True}


try:
    import copyreg
except ImportError:
    import copy_reg as copyreg
copyreg.pickle(Reduced, reduce_reduced)


def values():
    """Names, values and, where it is not 0, the least protocol that has them."""
    groups = [atoms, containers, builtin, objects, cyclic]
    if not PY2:
        import corpus3

        groups.append(corpus3.values)
    return itertools.chain.from_iterable(group() for group in groups)
