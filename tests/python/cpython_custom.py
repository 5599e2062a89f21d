"""CPython's own tests of managers that register types of their own, and of SharedMemoryManager.

Every manager that a test starts gets the server of $BRINE, which knows those types too. Prints what
cpython_suite.py does. In _TestRemoteManager requests are pickled, not written as XML: a tuple stays one.
"""
import sys
import unittest
from multiprocessing import managers

import cpython_suite
from brine import manager as private

CLASSES = ["WithManagerTestManagerRestart", "WithManagerTestMyManager", "WithManagerTestRemoteManager"]
SHARED = "WithProcessesTestSharedMemory"

# What a test's own interpreter runs before the test's program.
ADOPT = "import sys; sys.path[:0] = %r; import cpython_custom; cpython_custom.adopt()\n"


def adopt():
    """Gives every manager that starts a server of ours."""
    stock = managers.BaseManager.start

    def start(self, *args, **kwds):
        self._ctx = private._ServerContext(private._find(None))
        stock(self, *args, **kwds)

    managers.BaseManager.start = start


def adapt(suite):
    """Makes the tests speak pickle, and their children adopt too."""
    from test.support import script_helper

    suite.SERIALIZER = "pickle"
    suite._TestRemoteManager.result = tuple(suite._TestRemoteManager.values)
    run = script_helper.assert_python_ok

    def assert_python_ok(*args, **env):
        if args[0] == "-c":
            args = ("-c", ADOPT % sys.path[:2] + args[1]) + args[2:]
        return run(*args, **env)

    script_helper.assert_python_ok = assert_python_ok


def main():
    from test import _test_multiprocessing as suite

    adopt()
    adapt(suite)
    classes = cpython_suite.cases("fork", lambda name: name in CLASSES or name == SHARED)
    load = unittest.defaultTestLoader
    tests = unittest.TestSuite(load.loadTestsFromTestCase(classes[name]) for name in CLASSES)
    for name in load.getTestCaseNames(classes[SHARED]):
        if "SharedMemoryManager" in name or "SharedMemoryServer" in name:
            tests.addTest(classes[SHARED](name))
    tests.run(cpython_suite.Reporter())


if __name__ == "__main__":
    cpython_suite.report(main)
