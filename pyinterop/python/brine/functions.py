"""Names for the functions of Go programs, so that they pickle.

    ctx = brine.context("./worker")
    from brine.functions import tasks
    pool.map(tasks.square, range(10))

The names are those of every program that brine.context was given, and of the
one in the environment variable BRINE_BINARY. Calling such a function here is an
error: it runs in a Go process.
"""
import os as _os
import sys as _sys
from typing import Any, List

from . import binary as _binary


class GoFunction:
    """A function that runs in a Go process; here it is only a name."""

    def __init__(self, function: _binary.Function) -> None:
        self.describe(function)

    def describe(self, function: _binary.Function) -> None:
        self.__module__ = __name__
        self.__qualname__ = function.name
        self.__name__ = function.name.rpartition(".")[2]
        self.__doc__ = function.doc or None
        self.__signature__ = function.signature

    def __reduce__(self) -> str:
        return self.__qualname__  # a global of this module

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("%s runs in a Go process: give it to a Pool or a Process of brine.context(…)"
                        % self.__qualname__)

    def __repr__(self) -> str:
        return "<Go function %s%s>" % (self.__qualname__, self.__signature__)


class _Names:
    """What stands before the dot: a module of the Go program."""

    def __init__(self, qualname: str) -> None:
        self.__qualname__ = qualname

    def __repr__(self) -> str:
        return "<Go functions %s.*>" % self.__qualname__


def add(program: str) -> None:
    """Makes the functions of a Go program attributes of this module."""
    for function in _binary.functions_of(program):
        *modules, name = function.name.split(".")
        place: Any = _here
        for depth, module in enumerate(modules, 1):
            inner = vars(place).get(module)
            if not isinstance(inner, _Names):
                inner = _Names(".".join(modules[:depth]))
                setattr(place, module, inner)
            place = inner
        known = vars(place).get(name)
        if isinstance(known, GoFunction):  # of another program: one name, one object, or it would not pickle
            known.describe(function)
        else:
            setattr(place, name, GoFunction(function))


def __getattr__(name: str) -> Any:
    global _asked
    program = _os.environ.get("BRINE_BINARY")
    if program and not _asked and not name.startswith("__"):
        _asked = True
        add(program)
        if name in vars(_here):
            return vars(_here)[name]
    raise AttributeError("no Go function %r: call brine.context(…) first, or set BRINE_BINARY" % name)


def __dir__() -> List[str]:
    return sorted(n for n, v in vars(_here).items() if isinstance(v, (GoFunction, _Names)))


_asked = False
_here = _sys.modules[__name__]
