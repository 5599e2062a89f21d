"""Whether two values are the same: of the same types, with the same parts, shared in the same places.
Python 2.7 and 3."""
import functools
import itertools
import math
import sys
import types

PY2 = str is bytes
ATOMS = (int, float, complex, bytes, str, bool, type(None), type(Ellipsis), type(NotImplemented))
if PY2:
    ATOMS += (long, unicode)  # noqa: F821
NAMED = (type, types.BuiltinFunctionType, types.ModuleType)


class Different(AssertionError):
    pass


def same(a, b):
    """Raises Different unless b is the same as a."""
    Comparison().values(a, b, "it")


class Comparison(object):
    def __init__(self):
        self.ab, self.ba, self.alive = {}, {}, []

    def values(self, a, b, where):
        if type(a) is not type(b):
            if type(a) in ATOMS or type(b) in ATOMS:
                raise Different("%s: %r of %s became %r of %s" % (where, a, type(a), b, type(b)))
            self.values(type(a), type(b), where + ".__class__")
        if type(a) in ATOMS:
            return self.atoms(a, b, where)
        if id(a) in self.ab or id(b) in self.ba:
            if self.ab.get(id(a)) != id(b) or self.ba.get(id(b)) != id(a):
                raise Different("%s: %r is shared otherwise" % (where, short(a)))
            return
        if a is b:
            return
        self.ab[id(a)], self.ba[id(b)] = id(b), id(a)
        self.alive += [a, b]  # what has been seen keeps its id
        self.parts(a, b, where)

    def atoms(self, a, b, where):
        if isinstance(a, float):
            equal = a == b and math.copysign(1, a) == math.copysign(1, b) or a != a and b != b
        else:
            equal = a == b or a != a and b != b
        if not equal:
            raise Different("%s: %r became %r" % (where, short(a), short(b)))

    def parts(self, a, b, where):
        if type(a).__name__ in ("GenericAlias", "UnionType"):
            return self.attributes(a, b, where, ["__origin__", "__args__"])
        if type(a).__module__.startswith("pathlib"):  # remembers what it was asked for
            return self.atoms(a, b, where)
        special = self.special(type(a))
        if special is not None:
            return special(a, b, where)
        if isinstance(a, types.FunctionType):
            return self.functions(a, b, where)
        if isinstance(a, type):
            return self.classes(a, b, where)
        if type(a).__name__ == "cell":
            return self.cells(a, b, where)
        if type(a).__name__ == "mappingproxy":
            return self.dicts(dict(a), dict(b), where)
        if isinstance(a, types.CodeType):
            return self.attributes(a, b, where, [n for n in dir(a) if n in CODE])
        if isinstance(a, types.BuiltinFunctionType) and a.__self__ is not None and not PY2:
            return self.attributes(a, b, where, ["__name__", "__self__"])
        if isinstance(a, NAMED):
            raise Different("%s: %r became another, %r" % (where, a, b))
        if PY2 and isinstance(a, types.InstanceType):
            return self.attributes(a, b, where, ["__class__", "__dict__"])
        self.containers(a, b, where)
        if type(a) in (list, tuple, dict, set, frozenset, bytearray):
            return
        self.attributes(a, b, where, slots(type(a)))
        if hasattr(a, "__dict__"):
            self.dicts(vars(a), vars(b), where + ".__dict__")
        if isinstance(a, (list, tuple, dict, set, frozenset, bytearray, str, bytes, int, float, complex)):
            return self.atoms(base(a), base(b), where)
        if not hasattr(a, "__dict__") or type(a).__module__ not in ("__main__", "corpus"):
            self.reductions(a, b, where)

    def special(self, cls):
        """Types of numpy and pandas compare themselves."""
        if cls.__module__.split(".")[0] in ("numpy", "pandas"):
            import same_arrays

            return functools.partial(same_arrays.compare, self)

    def containers(self, a, b, where):
        if isinstance(a, (list, tuple)):
            self.length(a, b, where)
            for i, (x, y) in enumerate(zip(iter_of(a), iter_of(b))):
                self.values(x, y, "%s[%d]" % (where, i))
        elif isinstance(a, dict):
            self.dicts(a, b, where)
        elif isinstance(a, (set, frozenset)):
            self.length(a, b, where)
            self.unordered(list(a), list(b), where)
        elif isinstance(a, bytearray) and bytes(a) != bytes(b):
            raise Different("%s: %r became %r" % (where, short(a), short(b)))

    def length(self, a, b, where):
        if len(a) != len(b):
            raise Different("%s: %d items became %d, %r" % (where, len(a), len(b), short(b)))

    def dicts(self, a, b, where):
        self.length(a, b, where)
        ordered = not PY2 or "Ordered" in type(a).__name__
        pairs = zip(dict.items(a), dict.items(b)) if ordered else self.pairs(a, b, where)
        for (k, v), (l, w) in pairs:
            self.values(k, l, where + ": key")
            self.values(v, w, "%s[%r]" % (where, short(k)))

    def pairs(self, a, b, where):
        """The items of dicts without an order, side by side."""
        left = list(b.items())
        for k, v in a.items():
            i = self.match(k, [l for l, _ in left], where)
            yield (k, v), left.pop(i)

    def unordered(self, a, b, where):
        for x in a:
            self.values(x, b.pop(self.match(x, b, where)), where + "{}")

    def match(self, x, among, where):
        """Finds what is the same as x, trying each."""
        for i, y in enumerate(among):
            if type(x) in ATOMS and x != y and x == x:
                continue
            before = dict(self.ab), dict(self.ba)
            try:
                self.values(x, y, where)
                return i
            except Different:
                pass
            finally:
                self.ab, self.ba = before
        raise Different("%s: %r is gone" % (where, short(x)))

    def attributes(self, a, b, where, names):
        for name in names:
            x, y = getattr(a, name, self), getattr(b, name, self)
            if (x is self) != (y is self):
                raise Different("%s.%s is there only once" % (where, name))
            if x is not self:
                self.values(x, y, "%s.%s" % (where, name))

    def functions(self, a, b, where):
        names = ["__code__", "__defaults__", "__name__", "__doc__", "__closure__", "__dict__", "__module__"]
        if not PY2:
            names += ["__kwdefaults__", "__qualname__", "__annotations__"]
        self.attributes(a, b, where, names)
        used = [n for n in a.__code__.co_names if n in a.__globals__]
        for n in used:
            if n not in b.__globals__:
                raise Different("%s: the global %s is gone" % (where, n))
            self.values(a.__globals__[n], b.__globals__[n], "%s: global %s" % (where, n))

    def cells(self, a, b, where):
        try:
            x = a.cell_contents
        except ValueError:
            x = self
        try:
            y = b.cell_contents
        except ValueError:
            y = self
        if (x is self) != (y is self):
            raise Different("%s: an empty cell is one only once" % where)
        if x is not self:
            self.values(x, y, where + ".cell_contents")

    def classes(self, a, b, where):
        """Classes made anew, by value."""
        if a.__name__ != b.__name__ or getattr(sys.modules.get(a.__module__), a.__name__, None) is a:
            raise Different("%s: %r became another, %r" % (where, a, b))
        self.values(a.__bases__, b.__bases__, where + ".__bases__")
        hidden = {"__dict__", "__weakref__", "__slotnames__", "_abc_impl", "__class_getitem__", "__firstlineno__"}
        x = {k: v for k, v in vars(a).items() if k not in hidden}
        y = {k: v for k, v in vars(b).items() if k not in hidden}
        if sorted(x) != sorted(y):
            raise Different("%s: %s has %s, then %s" % (where, a, sorted(x), sorted(y)))
        for k in x:
            self.values(x[k], y[k], "%s.%s" % (where, k))

    def reductions(self, a, b, where):
        """Anything else is the same if Python would pickle it in the same way."""
        if isinstance(a, (property, classmethod, staticmethod)):
            names = ["fget", "fset", "fdel"] if isinstance(a, property) else ["__func__"]
            return self.attributes(a, b, where, names)
        if type(a).__name__ in ("member_descriptor", "getset_descriptor"):
            return self.values(a.__name__, b.__name__, where)
        x, y = a.__reduce_ex__(2), b.__reduce_ex__(2)
        self.values(listed(x), listed(y), where + ".__reduce_ex__()")


CODE = {
    "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_stacksize", "co_flags", "co_code",
    "co_consts", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_filename", "co_name", "co_qualname",
    "co_firstlineno", "co_lnotab", "co_exceptiontable",
}  # fmt: skip


def listed(reduced):
    """The parts of a reduction, with its iterators as lists."""
    if not isinstance(reduced, tuple):
        return reduced
    return [list(p) if i in (3, 4) and p is not None else p for i, p in enumerate(reduced)]


def base(a):
    """The value without its class, if it is an atom."""
    for cls in ATOMS:
        if isinstance(a, cls) and cls in (int, float, complex):
            return cls(a)
        if isinstance(a, cls):
            return cls.__add__(a, cls())
    return None


def iter_of(a):
    return list.__iter__(a) if isinstance(a, list) else tuple.__iter__(a)


def slots(cls):
    names = [c.__dict__.get("__slots__", ()) for c in cls.__mro__ if "__slots__" in c.__dict__]
    names = itertools.chain.from_iterable([n] if isinstance(n, str) else n for n in names)
    return [n for n in names if n not in ("__dict__", "__weakref__") and not n.startswith("__")]


def short(a):
    try:
        text = repr(a)
    except Exception as e:
        text = "a %s whose repr fails: %s" % (type(a).__name__, e)
    return text if len(text) < 120 else text[:100] + "..."
