"""Instances of classes whose syntax Python 2 does not read."""

import dataclasses
import sys
import typing


@dataclasses.dataclass
class Item:
    name: str
    price: float


@dataclasses.dataclass
class Order:
    number: int
    customer: typing.Optional[str]
    items: typing.List[Item]
    best: typing.Optional[Item] = None


@dataclasses.dataclass(frozen=True)
class Frozen:
    name: str
    count: int


class Point(typing.NamedTuple):
    x: int
    y: int = 0


tea = Item("tea", 2.5)
VALUES = {
    "order": Order(7, None, [tea, Item("milk", 1.0)], tea),
    "orders": [Order(i, "c%d" % i, [tea] * (i % 3)) for i in range(50)],
    "frozen": Frozen("tea", 2),
    "point": Point(1, -2),
}

if sys.version_info >= (3, 10):

    @dataclasses.dataclass(slots=True)
    class Slotted:
        name: str
        count: int

    @dataclasses.dataclass(frozen=True, slots=True)
    class FrozenSlots:
        name: str
        count: int

    VALUES.update(slotted=Slotted("tea", 2), frozenslots=FrozenSlots("tea", 2))
