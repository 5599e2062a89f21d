"""Instances of the kinds of classes that Go structs stand for.

Run as a program, it answers "names" with the values it has, "dump NAME PROTOCOL"
with the pickle in hex, and "same NAME HEX" with whether the pickle is equal to the
value and of the same classes.
"""

import binascii
import collections
import pickle
import sys

sys.modules["classes"] = sys.modules[__name__]
__name__ = "classes"  # where pickle looks for the classes below


class Plain(object):
    def __init__(self, name, count):
        self.name = name
        self.count = count

    def __eq__(self, other):
        return type(self) is type(other) and self.__dict__ == other.__dict__

    __hash__ = None


class Slots(object):
    __slots__ = "name", "count"

    def __init__(self, name, count):
        self.name = name
        self.count = count

    def __eq__(self, other):
        return type(self) is type(other) and (self.name, self.count) == (other.name, other.count)

    __hash__ = None


Row = collections.namedtuple("Row", "number name score")
Row.__module__ = "classes"

VALUES = {
    "plain": Plain(u"tea", 2),
    "nested": [Plain(u"tea", Plain(u"cup", None)), Plain(u"milk", None)],
    "row": Row(1, u"one", 0.5),
    "rows": [Row(i, u"row%d" % i, i / 7.0) for i in range(2000)],
    "dict": {u"name": u"tea", u"count": 2},
    "tuple": (u"tea", 2),
}
SLOTS = {"slots": Slots(u"tea", 2)}

if sys.version_info >= (3, 7):
    import newclasses

    VALUES.update(newclasses.VALUES)


def same(a, b):
    if type(a) is not type(b) or not a == b:
        return False
    if isinstance(a, (list, tuple)):
        return all(same(x, y) for x, y in zip(a, b))
    return True


def main():
    VALUES.update(SLOTS)
    for line in iter(sys.stdin.readline, ""):
        words = line.split()
        if words[0] == "names":
            answer = " ".join(sorted(VALUES))
        elif words[0] == "dump":
            protocol = int(words[2])
            answer = binascii.hexlify(pickle.dumps(VALUES[words[1]], protocol)).decode()
        else:
            got = pickle.loads(binascii.unhexlify(words[2]))
            answer = str(same(got, VALUES[words[1]]))
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


main()
