"""The tests of pickling in CPython's tests of its standard library, without brine and with brine in the
middle. Python 2.7 and 3.

Every test whose name says that it pickles, and that does, is run twice: as it is, and so that what
pickle.dumps returns goes through brine first. Prints a JSON line a test, as pickle_suite.py does.
"""
from __future__ import print_function

import importlib
import os
import pickle
import sys
import test
import unittest
import warnings

import pickle_suite

MODULES = """array baseexception bool bytes collections complex cookies csv ctypes dataclasses datetime decimal
defaultdict deque dict dictviews enum enumerate exception_group exceptions fractions functools genericalias
http_cookies iter itertools ipaddress memoryview namedtuple operator ordered_dict pathlib plistlib random range
re set slice statistics string structseq time tuple type_aliases typing uuid weakset xml_etree zoneinfo""".split()

through_brine = False
dumped = 0


def switched(dumps):
    """dumps, with brine behind it while that is asked for: tests take the function when they are imported."""
    recoding = pickle_suite.dumping(dumps)

    def either(*args, **kwargs):
        global dumped
        dumped += 1
        return (recoding if through_brine else dumps)(*args, **kwargs)

    return either


def switch_all():
    modules = [pickle]
    if sys.version_info[0] == 2:
        import cPickle

        modules.append(cPickle)
    for module in modules:
        for name in ["dumps", "_dumps"]:
            if hasattr(module, name):
                setattr(module, name, switched(getattr(module, name)))


def stands(name):
    return any(os.path.exists(os.path.join(folder, name + end)) for folder in test.__path__ for end in ["", ".py"])


def flatten(suite):
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            for inner in flatten(one):
                yield inner
        elif "pickl" in getattr(one, "_testMethodName", ""):
            yield one


class Reporter(pickle_suite.Reporter):
    def __init__(self, module):
        super(Reporter, self).__init__(module, through_brine)
        self.module = module

    def startTest(self, test):
        self.prefix, self.before = "%s.%s" % (self.module, type(test).__name__), dumped
        super(Reporter, self).startTest(test)

    def stopTest(self, test):
        if dumped > self.before:
            super(Reporter, self).stopTest(test)


def main():
    global through_brine
    warnings.simplefilter("ignore")
    switch_all()
    for name in ["test_" + module for module in MODULES]:
        if not stands(name):
            continue  # this Python has no such tests
        try:
            module = importlib.import_module("test." + name)
        except unittest.SkipTest as skipped:  # CPython's own word: what they test was not built
            print("%s: %s" % (name, skipped), file=sys.stderr)
            continue
        tests = list(flatten(unittest.defaultTestLoader.loadTestsFromModule(module)))
        for through_brine in [False, True]:
            unittest.TestSuite(tests).run(Reporter(name))
            tests = list(flatten(unittest.defaultTestLoader.loadTestsFromModule(module)))
    pickle_suite.brine.close()


if __name__ == "__main__":
    pickle_suite.out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    main()
    pickle_suite.out.close()
