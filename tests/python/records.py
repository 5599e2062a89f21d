"""Classes that Go types stand for. Python 2.7 and 3."""
import sys


class Tagged(object):
    """One whose Go struct has no class in its tags."""

    def __init__(self, degrees):
        self.degrees = degrees

    def __eq__(self, other):
        return type(other) is type(self) and self.degrees == other.degrees

    def __ne__(self, other):
        return not self == other


class Celsius(Tagged):
    """Is made by a call with its degrees."""

    def __reduce__(self):
        return type(self), (self.degrees,)


class Kelvin(Celsius):
    pass


def noted(error, note):
    error.add_note(note)
    return error


if sys.version_info >= (3, 4):
    import enum

    Colour = enum.Enum("Colour", "RED GREEN", module=__name__)
