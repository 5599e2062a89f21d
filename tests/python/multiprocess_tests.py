"""The tests of Debian's multiprocess, as a module that its 3.11 can import, and so can the workers of
pools. What they look for in test.support has moved to other modules since 3.9, for which they were
written."""
import importlib

from test import support

for _part in "import_helper", "os_helper", "socket_helper", "threading_helper", "warnings_helper":
    for _name, _value in vars(importlib.import_module("test.support." + _part)).items():
        if not _name.startswith("_") and not hasattr(support, _name):
            setattr(support, _name, _value)

from multiprocess import tests  # noqa: E402
from multiprocess.tests import *  # noqa: E402,F401,F403

for _value in vars(tests).values():
    if getattr(_value, "__module__", None) == tests.__name__:
        _value.__module__ = __name__
