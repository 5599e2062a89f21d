"""CPython's own tests of managers and pools, or those that multiprocess makes of them.

    cpython_suite.py managers [CLASS_LEFT_OUT...]
    cpython_suite.py pools PROGRAM

The tests of managers run against a manager's server that is already there: every manager that a
test starts is connected to MANAGER_ADDRESS instead. Those of pools have a Go program for their
workers, which knows the functions that the tests use. Prints a JSON line a test: its id, how it
ended (ok, fail, error, skip, timeout) and the last line of what went wrong.
"""
import gc
import importlib
import json
import os
import signal
import sys
import types
import unittest
import warnings

import client
from client import managers, multiprocessing

TEST_TIME = 60  # seconds a test


class OutOfTime(BaseException):
    """No Exception: a test must not swallow it."""


def start(self, initializer=None, initargs=()):
    """In place of BaseManager.start: the server is there, only say that it is ours."""
    if initializer is not None and not callable(initializer):
        raise TypeError("initializer must be a callable")
    self._address = client.address()
    self._authkey = multiprocessing.process.AuthenticationString(client.authkey())
    self.connect()
    self._process = None
    self.shutdown = lambda: None


def cases(start_method, wanted):
    """The test classes that are wanted, by name, as a test module of CPython makes them."""
    if client.package == "multiprocess":
        suite = importlib.import_module("multiprocess_tests").tests
    else:
        suite = importlib.import_module("test._test_multiprocessing")
    suite.LOG_LEVEL = 50
    module = types.ModuleType("cpython_cases")
    sys.modules[module.__name__] = module
    suite.install_tests_in_module_dict(module.__dict__, start_method)
    return {name: getattr(module, name) for name in sorted(dir(module)) if wanted(name)}


class Reporter(unittest.TestResult):
    """Prints what became of each test, and stops the one that hangs."""

    def startTest(self, test):
        super().startTest(test)
        self.ended = ("ok", "")
        signal.signal(signal.SIGALRM, self.out_of_time)
        signal.alarm(TEST_TIME)

    def out_of_time(self, *_):
        raise OutOfTime("no end within %d s" % TEST_TIME)

    def stopTest(self, test):
        signal.alarm(0)
        say(name(test), *self.ended)
        if self.ended[0] == "timeout":
            recover()
        super().stopTest(test)

    def set(self, test, outcome, err):
        said = "%s: %s" % (err[0].__name__, err[1])
        if issubclass(err[0], OutOfTime):
            outcome = "timeout"
        if isinstance(test, unittest.TestCase):
            self.ended = (outcome, said)
        else:
            say(str(test), outcome, said)  # a class or module that cannot be set up

    def addError(self, test, err):
        self.set(test, "error", err)

    def addFailure(self, test, err):
        self.set(test, "fail", err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.set(test, "fail", err)

    def addSkip(self, test, reason):
        if isinstance(test, unittest.TestCase):
            self.ended = ("skip", reason)

    def addUnexpectedSuccess(self, test):
        self.ended = ("fail", "unexpected success")


def recover():
    """Gives the next test connections of its own: those of a hung one have lost their place."""
    for child in multiprocessing.active_children():
        child.terminate()
        child.join(5)
    for pair in list(managers.BaseProxy._address_to_local.values()):
        if hasattr(pair[0], "connection"):
            pair[0].connection.close()
            del pair[0].connection


def name(test):
    return "%s.%s" % (type(test).__name__, test._testMethodName)


def say(test, outcome, said):
    lines = [line for line in said.splitlines() if line.strip("- ")]
    print(json.dumps({"test": test, "outcome": outcome, "said": lines[-1].strip() if lines else ""}), file=out)


def objects(manager):
    """How many objects the server counts once our garbage is gone."""
    gc.collect()
    return manager._number_of_objects()


def run_managers(left_out):
    multiprocessing.current_process().authkey = client.authkey()
    managers.BaseManager.start = start
    others = "TestSyncManagerTypes", "TestManagerExceptions"
    classes = cases("fork", lambda name: name.startswith("WithManager") or name in others)
    manager = client.connect()
    result = Reporter()
    for cls in sorted(set(classes) - set(left_out)):
        before = objects(manager)
        run(classes[cls], result)
        left = objects(manager) - before
        say(cls + ".objects_left", "ok" if left <= 0 else "fail", "%d objects left on the server" % left)


def run_pools(program):
    multiprocessing.set_start_method("spawn")
    multiprocessing.set_executable(program)
    if client.package == "multiprocess":
        # Debian's calls 3.11's fork_exec with the arguments of 3.10.
        spawn = importlib.import_module("multiprocessing.util").spawnv_passfds
        multiprocessing.util.spawnv_passfds = lambda path, args, fds: spawn(os.fsencode(path), args, fds)
    result = Reporter()
    for cls in cases("spawn", lambda name: name.startswith("WithProcessesTestPool")).values():
        run(cls, result)


def run(cls, result):
    unittest.defaultTestLoader.loadTestsFromTestCase(cls).run(result)
    result._previousTestClass = None  # its class is torn down, which a next suite does not know
    for child in multiprocessing.active_children():
        child.join(5)


def main(kind, *args):
    warnings.simplefilter("ignore")
    if kind == "managers":
        run_managers(args)
    else:
        run_pools(*args)


def report(program, *args):
    """Runs it with a standard output of our own: children and tests print as they like."""
    global out
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    program(*args)
    out.flush()
    os._exit(0)  # some tests leave threads that wait for ever


if __name__ == "__main__":
    report(main, *sys.argv[1:])
