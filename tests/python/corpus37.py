"""Values that are hard to pickle, of classes that Python 3.7 brought."""
import contextlib
import dataclasses
import sys
import typing


@dataclasses.dataclass
class Record:
    a: int
    b: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Frozen:
    a: int
    b: "Frozen" = None


class Typed(typing.NamedTuple):
    x: int
    y: str = "y"


if sys.version_info >= (3, 10):

    @dataclasses.dataclass(slots=True)
    class Slotted:
        a: int
        b: object = None

    @dataclasses.dataclass(slots=True, frozen=True)
    class FrozenSlotted:
        a: int
        b: object = None


def values():
    yield "dataclasses", [Record(1), Record(2, [Record(3)]), Frozen(1, Frozen(2))]
    record = Record(1)
    record.b.append(record)
    yield "dataclass in itself", record
    yield "dataclasses as keys", {Frozen(1): 1, Frozen(2, Frozen(1)): 2}
    yield "typed namedtuples", [Typed(1), Typed(2, "z")]
    yield "a context manager", contextlib.suppress(ValueError)
    if sys.version_info >= (3, 10):
        yield "dataclasses with slots", [Slotted(1, [2]), FrozenSlotted(1, Slotted(2))], 2
        s = Slotted(1)
        s.b = [s]
        yield "dataclass with slots in itself", s, 2
