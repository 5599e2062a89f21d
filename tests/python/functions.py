"""Functions and classes that are pickled by value, for dill and cloudpickle."""
import collections
import contextlib
import dataclasses
import enum
import functools
import math
import os.path

LIMIT = 10
table = {"a": 1}


def make():
    """Everything local, so that nothing can be imported."""
    count = 3

    def add(x, y=2, *rest, z: int = 4, **more) -> int:
        """A docstring."""
        return x + y + z + count + LIMIT

    def fact(n):
        return 1 if n < 2 else n * fact(n - 1)

    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    def uses_modules(x):
        return math.sin(x), os.path.join("a", str(x)), collections.Counter

    def generator(n):
        for i in range(n):
            yield i * count

    async def coroutine():
        return count

    def uses_globals():
        return table, LIMIT, helper

    def outer(a):
        b = a + 1

        def inner(c):
            nonlocal b
            b += c
            return a, b, count

        return inner

    def empty():
        return late

    add.attribute = [add, {"self": add}]

    class Base:
        shared = []

        def __init__(self, x=1):
            self.x = x

        def me(self):
            return Base, self.x

        @property
        def double(self):
            return 2 * self.x

        @classmethod
        def make(cls):
            return cls(5)

        @staticmethod
        def free(x):
            return x + count

    class Derived(Base):
        __slots__ = ("y",)

        def __init__(self, x):
            super().__init__(x)
            self.y = [self]

    class Meta(type):
        def __new__(mcs, name, bases, space, **kwargs):
            made = super().__new__(mcs, name, bases, space)
            made.extra = 1
            return made

    class Made(metaclass=Meta):
        pass

    class Error(Exception):
        def __init__(self, code):
            super().__init__(code)
            self.code = code

    class Items(list):
        pass

    class Recursive:
        pass

    Recursive.me = Recursive
    Recursive.all = {Recursive: [Recursive]}

    instance = Derived(7)
    base = Base(2)
    base.cls = Base
    items = Items([1, Items([2])])
    items.owner = items
    plain = {
        "a function": add,
        "a lambda": lambda x: x + count,
        "a recursive function": fact,
        "functions of each other": (even, odd),
        "a function of modules": uses_modules,
        "a generator function": generator,
        "a coroutine function": coroutine,
        "a function of globals": uses_globals,
        "a closure": outer(5),
        "closures with a cell between them": shared_cell(),
        "a function of an empty cell": empty,
        "a decorated function": functools.wraps(add)(lambda *a: add(*a)),
        "a cached function": cached,
        "a function in its own default": default_of_itself(),
        "partials of functions": functools.partial(add, 1, z=functools.partial(fact, 2)),
        "functions in containers": {"a": add, "b": [add, fact], (fact,): {even}},
        "a class": Base,
        "a derived class": Derived,
        "a class and its instance": [Base, base, base],
        "an instance alone": Base(3),
        "an instance of a class with slots": instance,
        "a bound method": base.me,
        "methods": [Base.free, Base.me],
        "a class with a metaclass": [Made, Meta, Made()],
        "an error class": [Error, Error(5)],
        "a list class": items,
        "a class in itself": Recursive,
        "instances in sets and keys": [{Base(1), Base(1)}, {Base(2): Base}],
    }
    late = None
    del late  # its cell stays
    return plain


def make_more():
    """Classes that libraries of the standard library help to make."""

    class Colour(enum.Enum):
        RED = 1
        BLUE = "b"

        def describe(self):
            return self.name

    @dataclasses.dataclass
    class Record:
        a: int
        b: list = dataclasses.field(default_factory=list)

    Pair = collections.namedtuple("Pair", "x y")

    class Slots:
        __slots__ = ["a", "b"]

    s = Slots()
    s.a = s

    @contextlib.contextmanager
    def manager():
        yield 1

    return {
        "an enumeration": [Colour.RED, Colour, Colour.BLUE],
        "a dataclass": [Record(1, [Record(2)]), Record],
        "a namedtuple": [Pair(1, 2), Pair],
        "slots": s,
        "a context manager": manager,
    }


def least(value, dumps, loads):
    """The least protocol that can have the value: 2 if Python says that its slots need it. What else
    is wrong shows when it is sent."""
    try:
        loads(dumps(value, 0))
    except Exception as e:
        if "__slots__" in str(e):
            return 2
    return 0


def helper():
    return LIMIT


def shared_cell():
    n = 0

    def up():
        nonlocal n
        n += 1
        return n

    def get():
        return n

    return [up, get]


def default_of_itself():
    def f(g=None):
        return g

    f.__defaults__ = (f,)
    return f


@functools.lru_cache(maxsize=None)
def cached(x):
    return x
