"""Write what Python's own objects answer to calls: python3.13 generate.py > calls.txt

A line "new" makes an object, each line below it is a call. Fields are
separated by tabs: what is called, the arguments, the answer, the object after
it, and the arguments again as a pickle.
"""

import array
import pickle
import random
import sys
from multiprocessing.managers import Array, Namespace, Value

assert sys.version_info[:2] == (3, 13), "texts are those of Python 3.13"

TYPES = {"list": list, "dict": dict, "set": set, "Namespace": Namespace, "Value": Value, "Array": Array}
BIG = 10**30
nan = float("nan")


def show(v):
    """repr, with sets in order and iterators by their items."""
    kind = type(v)
    if kind in (set, frozenset):
        return kind.__name__ + show(sorted(v, key=lambda x: (str(type(x)), x)))
    if kind.__name__ in ("list_reverseiterator", "dict_reversekeyiterator", "set_iterator"):
        items = list(v)
        return "iter" + show(sorted(items) if kind.__name__ == "set_iterator" else items)
    if kind.__name__ in ("dict_keys", "dict_values", "dict_items"):
        return show(list(v))
    return repr(v)


def line(*fields):
    assert not any("\t" in f or "\n" in f for f in fields), fields
    print("\t".join(fields))


def packed(args, kwds):
    """A pickle of the arguments, and the arguments as a server gets them."""
    data = pickle.dumps((args, kwds), 4)
    return data.hex(), *pickle.loads(data)


def text(args, kwds):
    """The arguments for people, where showing them does not change them."""
    return ", ".join([a.__class__.__name__ if hasattr(a, "__next__") else show(a) for a in args] + ["%s=%r" % kv for kv in kwds.items()])


class Run:
    def __init__(self, typeid, *args, **kwds):
        sent, args, kwds = packed(args, kwds)
        line("new", typeid + "(" + text(args, kwds) + ")", "", "", sent)
        self.obj = TYPES[typeid](*args, **kwds)
        self.seen = ""

    def __getattribute__(self, method):
        d = object.__getattribute__(self, "__dict__")

        def call(*args, **kwds):
            sent, args, kwds = packed(args, kwds)
            shown = text(args, kwds)
            try:
                answer = show(getattr(d["obj"], method)(*args, **kwds))
            except Exception as e:
                answer = type(e).__name__ + repr(e.args)
            state, seen = show(d["obj"]), d["seen"]
            d["seen"] = state
            line(method, shown, answer, "same" if state == seen else state, sent)

        return call


def lists():
    l = Run("list")
    for args in ((), (1, 2), (0,)):
        l.append(*args)
    l.append(object=1)
    for v in (5, None, "abc", b"ab", (1, 2), {"k": 1}, range(3), range(5, 0, -2), range(3, 3), {7}, bytearray(b"x"),
              "a\u20ac\U0001f600", iter([1, 2]), reversed([1, 2, 3]), reversed([]), zip([1, 2], "ab"), enumerate("ab"),
              array.array("h", [1, -2]), 1.5):
        l.extend(v)
    l.extend()
    for v in (1, 1.0, True, "b", "zz", nan, (1, "a"), 97, [], None, 2**70):
        l.count(v)
        l.__contains__(v)
        l.index(v)
    l.index()
    l.index(2, 4)
    l.index(2, -3)
    l.index(2, 1, 2)
    l.index(2, "a")
    l.index(1, None)
    l.index(2, -BIG, BIG)
    l.index(2, BIG)
    l.clear()
    l.clear(1)

    l = Run("list", range(10))
    for i in (0, 5, -1, -10, 10, -11, BIG, -BIG, True, "a", 1.0, None, [1]):
        l.__getitem__(i)
        l.__setitem__(i, "new")
    l.__getitem__()
    l.__setitem__(1)
    l.__setitem__(1, 2, k=3)
    l.__getitem__(1, 2)
    for i in (BIG, "a", 20, -20, None, 0, -1, True):
        l.__delitem__(i)
    for n in (2, 0, -1, 1.5, "a", True, BIG, 10**18):
        Run("list", [1, 2]).__mul__(n)
        Run("list", [1, 2]).__rmul__(n)
        Run("list", [1, 2]).__imul__(n)
    l = Run("list", "abc")
    for i in (0, 1, -1, 100, -100, True, BIG, "x", 1.5):
        l.insert(i, i)
    l.insert(1)
    for i in ((), (0,), (-1,), (3,), (99,), (-99,), (BIG,), ("a",), (1.5,), (1, 2)):
        l.pop(*i)
    for v in ("b", "b", 1, "x", [1]):
        l.remove(v)
    l.reverse()
    l.reverse(1)
    l.__len__()
    l.__len__(1)
    l.__reversed__()
    l.copy()
    l.copy(1)
    for v in ([1], [], (1,), "x", None, 5, {1: 2}):
        l.__add__(v)
    l.__add__()
    l.__mul__()
    e = Run("list")
    e.pop()
    e.__reversed__()
    e.__mul__(BIG)
    e.__mul__(10**18)

    for items in ([3, 1, 2], [1.5, 1, True, 0], ["b", "a", "B", "\u00e9"], [(2, "x"), (1, "y"), (1, "x")], [[2], [1, 5], []],
                  [b"b", b"a"], [], [2**70, 5, -(2**70), 1e300], [1, "a"], [None, None], [{1}, {1, 2}, {1}]):
        l = Run("list", items)
        if items != [1, "a"]:
            l.sort()
            l.sort(reverse=True)
            l.sort(key=None, reverse=0)
            l.sort(reverse="yes")
    l.sort(1)
    l.sort(x=1)


BOUNDS = (None, 0, 1, 2, 3, 5, 6, 7, -1, -2, -5, -6, -7, BIG, -BIG)


def slices():
    rnd = random.Random(1)
    l = Run("list", range(6))
    for start in BOUNDS[::2]:
        for stop in BOUNDS[1::2]:
            for step in (None, 1, 2, -1, -3, BIG, -BIG):
                if rnd.random() < 0.25:
                    l.__getitem__(slice(start, stop, step))
    for bad in (slice(0, 2, 0), slice("a"), slice(None, 1.5), slice(0, 1, "a"), slice(True, 3)):
        l.__getitem__(bad)
        l.__setitem__(bad, [])
        l.__delitem__(bad)
    l.__setitem__(slice(0, 1), 5)
    l.__setitem__(slice(0, 1, 2), None)
    for _ in range(120):
        l = Run("list", range(rnd.randrange(8)))
        s = slice(rnd.choice(BOUNDS), rnd.choice(BOUNDS), rnd.choice((None, None, 1, 2, -1, -2, 3, BIG)))
        new = rnd.choice(([], "ab", (1,), [7, 8, 9], range(2), {"k": 1}))
        l.__setitem__(s, new)
        l.__delitem__(slice(rnd.choice(BOUNDS), rnd.choice(BOUNDS), rnd.choice((None, 1, 2, -1, -2, 3, BIG))))


def dicts():
    d = Run("dict", {"a": 1, 2: "b"}, c=3)
    for k in ("a", 2, 2.0, True, "zz", (1, "x"), [1], {}, (1, [2]), None, nan, b"a", frozenset([1]), {1}):
        d.__getitem__(k)
        d.__contains__(k)
        d.get(k)
        d.get(k, "default")
        d.__delitem__(k)
        d.__setitem__(k, "v")
        d.setdefault(k)
        d.setdefault(k, "other")
        if k in ((1, "x"), None):
            d.pop(k)
        d.pop(k, "default")
    for k in (1, 1.0, True, 0, False, -0.0, 2**63, float(2**63)):
        d.__setitem__(k, repr(k))
    for m in ("get", "pop", "setdefault", "fromkeys", "__getitem__", "__setitem__", "__delitem__", "__contains__", "__or__"):
        getattr(d, m)()
        getattr(d, m)(1, 2, 3)
    d.get(k=1)
    for v in (5, None, "ab", [1], [(1, 2, 3)], ["ab", "c"], [([], 1)], {"x": 1}, [(1, "one"), ("k", "v")], (), ["xy"], iter([(1, 2)]),
              zip("pq", [1, 2]), {(1, 2)}):
        d.update(v)
        d.__ior__(v)
    d.update()
    d.update(a=1, b=2)
    d.update({"z": 26}, z=27, y=25)
    d.update(1, 2)
    for m in ("keys", "values", "items", "copy", "__len__", "__reversed__", "popitem"):
        getattr(d, m)()
        getattr(d, m)(1)
    d.__or__({"new": 1, "a": 0})
    d.__ror__({"new": 1, "a": 0})
    for v in (5, [], None, {1}):
        d.__or__(v)
        d.__ror__(v)
    d.fromkeys("ab")
    d.fromkeys([1, True, 2], "v")
    d.fromkeys(5)
    d.fromkeys([[]])
    d.clear()
    d.popitem()
    d.pop("x")
    d.pop([])
    d.__getitem__([])
    Run("dict", [("a", 1), "bc"]).__len__()
    Run("dict", zip([1, 2], [3, 4]), k=5).__len__()

    rnd = random.Random(2)
    d = Run("dict")
    for _ in range(150):
        k = rnd.choice((rnd.randrange(30), str(rnd.randrange(9)), float(rnd.randrange(9)), (rnd.randrange(3), "t")))
        m = rnd.choice(("__setitem__", "__setitem__", "__setitem__", "setdefault", "pop", "__delitem__", "popitem"))
        if m == "popitem":
            d.popitem()
        elif m in ("pop", "__delitem__"):
            getattr(d, m)(k)
        else:
            getattr(d, m)(k, rnd.randrange(100))


def sets():
    others = ([2, 3, 9], (3,), {1, 2}, frozenset([3, 4]), "ab", {1: 2}, [], set(), {1, 2, 3, 4}, range(2, 4), 5, None, [[]], [{1}])
    for m in ("union", "update", "difference", "difference_update", "intersection", "intersection_update",
              "symmetric_difference", "symmetric_difference_update", "isdisjoint", "issubset", "issuperset",
              "__and__", "__or__", "__sub__", "__xor__", "__rand__", "__ror__", "__rsub__", "__rxor__",
              "__iand__", "__ior__", "__isub__", "__ixor__", "__le__", "__lt__", "__ge__", "__gt__"):
        s = Run("set", [1, 2, 3])
        getattr(s, m)()
        getattr(s, m)([1], [2], [3])
        for other in others:
            if other == {1, 2, 3, 4} or m.endswith("_update") or m[:3] == "__i":
                s = Run("set", [1, 2, 3])
            getattr(s, m)(other)
    s = Run("set", "abc")
    for v in ("a", 1, 1.0, [1], {1}, frozenset([1]), (1, 2), (1, []), None):
        s.__contains__(v)
        s.remove(v)
        s.add(v)
        s.__contains__(v)
        s.discard(v)
        s.discard(v)
    s.__len__()
    s.__iter__()
    s.copy()
    for m in ("add", "remove", "discard", "__contains__", "__class_getitem__"):
        getattr(s, m)()
    for m in ("pop", "clear", "copy", "__len__", "__iter__"):
        getattr(s, m)(1)
    s.__class_getitem__(5)
    s = Run("set", [7])
    s.pop()
    s.pop()
    s.clear()


def others():
    ns = Run("Namespace", b="x")
    ns.__setattr__("a", 1)
    ns.__setattr__("_hidden", 2)
    for name in ("a", "zz", "_hidden", 5, "__dict__"):
        ns.__getattribute__(name)
    ns.__getattribute__()
    ns.__setattr__("c", [1])
    ns.__setattr__("c")
    ns.__setattr__(5, 1)
    ns.__delattr__("c")
    ns.__delattr__("c")
    ns.__delattr__()
    ns.__delattr__(5)

    v = Run("Value", "i", 5)
    v.get()
    v.set("not checked")
    v.get(1)
    v.set()
    v.set(1, 2)
    v.set(value=[1])
    v.get(x=1)

    values = (-1, 300, -300, 40000, -40000, 70000, 2**31, -(2**31) - 1, 2**32, 2**63, -(2**63) - 1, 2**64, "a", "ab", 1.5, 0.1, 1e300,
              None, True, b"a", [], 10**400)
    for code in "bBuwhHiIlLqQfd":
        a = Run("Array", code, "abc" if code in "uw" else [1, 2, 3])
        for item in values:
            if item == 10**400 and code in "fd" or item != 10**400:
                a.__setitem__(0, item)
        a.__setitem__(slice(1, 3), array.array(code, "x" if code in "uw" else [9]))
        a.__getitem__(slice(None))
    a = Run("Array", "i", range(6))
    for i in (0, -1, 6, -7, BIG, "a", 1.0, None, True, slice(1, 4), slice(None, None, -2), slice(0, 2, 0), slice("a", 2)):
        a.__getitem__(i)
        a.__setitem__(i, 50)
    for s in (slice(0, 2), slice(None, None, 2), slice(3, 3), slice(5, 1, -2)):
        for v in ([1], 5, array.array("h", [1]), array.array("i", [7, 8]), array.array("i")):
            a.__setitem__(s, v)
    a.__len__()
    a.__len__(1)
    a.__getitem__()
    a.__setitem__(1)
    for code, init in (("i", []), ("i", b"abcd"), ("u", []), ("d", (1, 2)), ("i", array.array("h", [1, -1])), ("h", {1: 2}),
                       ("w", 'a"b\u20ac'), ("B", bytearray(b"xyz"))):
        Run("Array", code, init).__len__()


lists()
slices()
dicts()
sets()
others()
