"""What a Go program offers: it prints its functions when asked."""
import inspect
import json
import os
import shutil
import subprocess
from typing import List, NamedTuple, Tuple

LIST_OPTION = "--brine-functions"
LIST_TIMEOUT = 10.0  # seconds


class BinaryError(Exception):
    """A program that is not there, or that does not call engine.Main."""


class Annotation(str):
    """The name of a type, shown without quotes in a signature."""
    __repr__ = str.__str__


class Parameter(NamedTuple):
    """One argument of a Go function, by position; or what is left of them."""
    name: str
    type: str = ""  # as Python names it: "int", "list[float]"
    variadic: bool = False
    keywords: bool = False

    @property
    def kind(self) -> "inspect._ParameterKind":
        if self.keywords:
            return inspect.Parameter.VAR_KEYWORD
        return inspect.Parameter.VAR_POSITIONAL if self.variadic else inspect.Parameter.POSITIONAL_ONLY


class Function(NamedTuple):
    """A function that a Go program registered."""
    name: str  # module.name
    parameters: Tuple[Parameter, ...] = ()
    returns: str = ""
    doc: str = ""

    @property
    def signature(self) -> inspect.Signature:
        return inspect.Signature(
            [inspect.Parameter(p.name, p.kind, annotation=Annotation(p.type) if p.type else inspect.Parameter.empty)
             for p in self.parameters],
            return_annotation=Annotation(self.returns) if self.returns else inspect.Signature.empty)


def find(binary: "os.PathLike[str] | str") -> str:
    """The absolute path of a program, looked up on PATH if it has no slash."""
    path = shutil.which(os.fspath(binary))
    if path is None:
        raise BinaryError("%r is not an executable: build it, or give its path" % os.fspath(binary))
    return os.path.abspath(path)


def functions_of(binary: "os.PathLike[str] | str") -> Tuple[Function, ...]:
    """The functions of a Go program, in the order of their names."""
    path = find(binary)
    try:
        done = subprocess.run([path, LIST_OPTION], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=LIST_TIMEOUT, check=True)
        rows: List[dict] = json.loads(done.stdout)
        return tuple(Function(r["name"], tuple(Parameter(**p) for p in r.get("parameters") or ()),
                              r.get("returns", ""), r.get("doc", "")) for r in rows)
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as e:
        raise BinaryError("%s did not list its functions: it must call engine.Main first in its main (%s)"
                          % (path, e)) from None
