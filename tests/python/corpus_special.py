"""Values whose pickles refer to what is not in them: persistent ids, extension codes, buffers."""
import io
import pickle

import corpus
from corpus import copyreg, Plain

PY2 = str is bytes


class Kept(object):
    """Stays outside of pickles, under an id."""

    def __init__(self, id):
        self.id = id


class Pickler(pickle.Pickler):
    def persistent_id(self, obj):
        return obj.id if isinstance(obj, Kept) else None


class Unpickler(pickle.Unpickler):
    """Every id is loaded anew, so that how often it is asked for can be seen."""

    def persistent_load(self, id):
        return Kept(id)


def dumps(value, protocol):
    f = io.BytesIO()
    Pickler(f, protocol).dump(value)
    return f.getvalue()


def loads(data):
    return Unpickler(io.BytesIO(data)).load()


def persistent():
    yield "a text as id", Kept("a"), 0
    yield "texts as ids", [Kept("a b"), Kept(""), {"k": Kept("c")}, (Kept("a b"),)], 0
    yield "numbers as ids", [Kept(1), Kept(-5), Kept(1.5), Kept(2 ** 70)], 1
    yield "anything as ids", [Kept(("a", 1)), Kept([1, {"a": ()}]), Kept(Plain(a=1)), Kept(b"\xff"), Kept(u"\xe9\n")], 1
    one, ids = Kept("x"), ["shared"]
    yield "one id many times", [one, one, (one, one)], 0
    yield "shared parts of ids", [Kept((ids, 1)), Kept((ids, 2)), ids], 1
    yield "ids as keys and items", [{Kept("k"): Kept("v")}, {Kept("s")}, frozenset([Kept("f")])], 0
    yield "ids as keys that are lists", {Kept(["k"]): 1, Kept(["k", 2]): 2}, 1
    yield "ids in attributes", Plain(a=Kept("x"), b=[Kept("y")]), 0
    yield "an id in its object", corpus.recipe((Kept("x"),), Kept("state"), [Kept("y")], [("k", Kept("z"))]), 0


class Short(Plain):
    pass


class Medium(Plain):
    pass


class Long(Plain):
    pass


class Longest(Plain):
    pass


for cls, code in [(Short, 7), (Medium, 300), (Long, 70000), (Longest, 0x7FFFFFFF)]:
    copyreg.add_extension(__name__, cls.__name__, code)


def extensions():
    yield "classes by their codes", [Short, Medium, Long, Longest, Short], 2
    yield "instances of classes with codes", [Short(a=1), Medium(), Long(b=Short()), Longest()], 2
    made = Short()
    made.me = [made, Short]
    yield "a code that leads back", made, 2


class Buffered(bytearray):
    def __reduce_ex__(self, protocol):
        if protocol >= 5:
            return type(self), (pickle.PickleBuffer(self),), None
        return type(self), (bytearray(self),)


def buffers():
    mutable = bytearray(b"mutable")
    yield "a buffer", Buffered(b"abc")
    yield "buffers", [pickle.PickleBuffer(b"abc"), pickle.PickleBuffer(mutable), pickle.PickleBuffer(memoryview(b"x")[:0])]
    yield "a large buffer", [Buffered(200000), 1, Buffered(5)]
    yield "one buffer twice", [Buffered(b"a")] * 2 + [Buffered(b"b")]
    yield "buffers as attributes", Plain(a=pickle.PickleBuffer(b"x"), b={"k": Buffered(b"y")})


def cases(Case, Beside):
    for name, value, least in persistent():
        yield Case("persistent ids: " + name, value, least, dumps, loads)
    for name, value, least in extensions():
        yield Case("extensions: " + name, value, least)
    if hasattr(pickle, "PickleBuffer"):
        for name, value in buffers():
            yield Beside("buffers: " + name, value)
