"""CPython's own tests of pickle, without brine and with brine in the middle. Python 2.7 and 3.

Every class of test_pickle, test_cpickle and test_pickletools that stands on one of pickletester's is
run twice: as it is, and so that what its Pickler writes, and what is loaded in tests of loading, goes
through brine first. Prints a JSON line a test: its id, whether brine took part, how it ended (ok,
fail, error, skip) and the last line of what went wrong.
"""
from __future__ import print_function

import importlib
import io
import json
import os
import pickletools
import sys
import unittest
import warnings

from recoder import Recoder, Refused

MODULES = ["test.test_pickle", "test.test_cpickle", "test.test_pickletools"]
WITHOUT_FILES = ["cPickleUnpicklerTests", "cPicklePicklerTests", "cPickleListPicklerTests", "cPickleFastPicklerTests"]
PICKLERS = ["pickler", "pickler_class", "Pickler"]  # what test classes call the class they test

brine = Recoder()


def passed(data, protocol, buffers=None):
    """The pickle as brine writes it."""
    if protocol is None:
        protocol = sys.modules["pickle"].DEFAULT_PROTOCOL if sys.version_info[0] > 2 else 0
    if protocol < 0:
        protocol = sys.modules["pickle"].HIGHEST_PROTOCOL
    if buffers is None:
        return brine.recode(data, int(protocol))
    data, after = brine.beside(data, buffers, int(protocol))
    if after != buffers:
        raise AssertionError("the buffers are others now: %r, %r" % (buffers, after))
    return data


def dumped(data, protocol, buffers):
    """What a Pickler wrote, as brine writes it. One that writes several pickles may refer to earlier
    ones in later ones, which are none by themselves: neither Python nor brine reads such."""
    try:
        return passed(data, protocol, buffers)
    except Refused:
        if continues(data):
            return data
        raise


def continues(data):
    """Whether the pickle gets memo entries that it does not put."""
    known = set()
    for op, arg, _ in pickletools.genops(data):
        if op.name == "MEMOIZE":
            known.add(len(known))
        elif op.name.endswith("PUT"):
            known.add(arg)
        elif op.name.endswith("GET") and arg not in known:
            return True
    return False


class Beside(object):
    """Stands before a buffer_callback and keeps what goes out of band."""

    def __init__(self, callback):
        self.callback, self.buffers = callback, []

    def __call__(self, buffer):
        in_band = self.callback(buffer)
        if not in_band:
            with buffer.raw() as raw:
                self.buffers.append((raw.readonly, bytes(raw)))
        return in_band


def beside(kwargs):
    if kwargs.get("buffer_callback") is None:
        return kwargs, None
    callback = Beside(kwargs["buffer_callback"])
    return dict(kwargs, buffer_callback=callback), callback.buffers


def dumping(dumps):
    def through(arg, *args, **kwargs):
        protocol = args[0] if args else kwargs.get("protocol", kwargs.get("proto"))
        kwargs, buffers = beside(kwargs)
        return dumped(dumps(arg, *args, **kwargs), protocol, buffers)

    return through


def dumping_to_file(dump, dumps):
    def through(arg, file, *args, **kwargs):
        if getattr(file, "closed", False):
            return dump(arg, file, *args, **kwargs)
        for chunk in chunks(dumping(dumps)(arg, *args, **kwargs)):
            file.write(chunk)

    return through


def loading(loads):
    def through(data, *args, **kwargs):
        buffers = kwargs.get("buffers")
        if buffers is not None:
            kwargs["buffers"] = buffers = list(buffers)
            buffers = [(memoryview(b).readonly, bytes(memoryview(b))) for b in buffers]
        try:
            once = passed(ended(bytes(data)), protocol_of(data), buffers)
        except Refused as refused:
            loads(data, *args, **kwargs)  # Python must refuse it too
            raise AssertionError("%s, but Python loads %r" % (refused, data))
        return loads(once, *args, **kwargs)

    return through


def ended(data):
    """The pickle without what follows it, which Python ignores."""
    try:
        for op, _, pos in pickletools.genops(data):
            if op.name == "STOP":
                return data[: pos + 1]
    except Exception:
        pass
    return data


def protocol_of(data):
    """The least protocol that has all opcodes of a pickle; 0 for what is none."""
    highest = 0
    try:
        for op, arg, _ in pickletools.genops(data):
            highest = max(highest, op.proto, arg if op.name == "PROTO" else 0)
    except Exception:
        pass
    return min(highest, 5)


def chunks(data):
    """The pickle as a Pickler writes it: a frame, or what stands outside of frames, at a time."""
    at, ends = 0, []
    if protocol_of(data) >= 4:
        for op, arg, pos in pickletools.genops(data):
            if op.name == "FRAME":
                ends += [pos, pos + 9 + arg]
    for end in ends + [len(data)]:
        if end > at:
            yield data[at:end]
            at = end


def pickling(cls):
    """A Pickler whose pickles brine has written."""
    if not isinstance(cls, type(io.BytesIO)) and not hasattr(cls, "dump"):
        return pickling_function(cls)

    class Pickler(cls, object):
        def __init__(self, file, protocol=None, *args, **kwargs):
            if not hasattr(file, "write"):
                raise TypeError("file must have a 'write' attribute")
            kwargs, buffers = beside(kwargs)
            self.after, self.into, self.asked, self.beside = file, io.BytesIO(), protocol, buffers
            cls.__init__(self, self.into, protocol, *args, **kwargs)

        def dump(self, obj):
            cls.dump(self, obj)
            data = self.into.getvalue()
            self.into.seek(0)
            self.into.truncate()
            for chunk in chunks(dumped(data, self.asked, self.beside)):
                self.after.write(chunk)

    return Pickler


def pickling_function(new):
    """The same for a Pickler that is no class: cPickle's."""

    class Pickler(object):
        def __init__(self, file, protocol=0):
            self.__dict__.update(after=file, into=io.BytesIO(), asked=protocol)
            self.__dict__["inner"] = new(self.into, protocol)

        def dump(self, obj):
            self.inner.dump(obj)
            data = self.into.getvalue()
            self.into.seek(0)
            self.into.truncate()
            self.after.write(dumped(data, self.asked, None))

        def __getattr__(self, name):
            return getattr(self.inner, name)

        def __setattr__(self, name, value):
            setattr(self.inner, name, value)

    return Pickler


class Module(object):
    """A pickle module whose pickles brine has written."""

    def __init__(self, module):
        self.module = module
        self.dumps = dumping(module.dumps)
        self.dump = dumping_to_file(module.dump, module.dumps)
        self.Pickler = pickling(module.Pickler)

    def __getattr__(self, name):
        return getattr(self.module, name)


class WithBrine(object):
    """Before a test class: puts brine between what its tests dump and load."""

    def setUp(self):
        super(WithBrine, self).setUp()
        picklers = [name for name in PICKLERS if hasattr(self, name)]
        for name in picklers:
            setattr(self, name, pickling(getattr(self, name)))
        if hasattr(self, "dump"):
            self.dump = dumping_to_file(self.dump, self.dumps)
        if hasattr(self, "dumps") and picklers != ["pickler"]:
            self.dumps = dumping(self.dumps)
        if hasattr(self, "module"):
            self.module = Module(self.module)
        if stands_on(type(self), "AbstractUnpickleTests"):
            self.loads = loading(self.loads)


def stands_on(cls, prefix):
    return any(c.__module__ == "test.pickletester" and c.__name__.startswith(prefix) for c in cls.__mro__)


def cases():
    for name in MODULES:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue  # test_cpickle is Python 2's
        for attr in sorted(vars(module)):
            cls = getattr(module, attr)
            if not isinstance(cls, type) or not issubclass(cls, unittest.TestCase) or cls.__module__ != name:
                continue
            if attr in WITHOUT_FILES:  # the base of test classes that add a kind of file
                continue
            # Tests of what cannot be pickled have nothing to show to brine.
            if stands_on(cls, "Abstract") and not stands_on(cls, "AbstractPicklingErrorTests"):
                yield cls


class Reporter(unittest.TestResult):
    """Says what became of each test."""

    def __init__(self, prefix, brine):
        super(Reporter, self).__init__()
        self.prefix, self.brine = prefix, brine

    def startTest(self, test):
        super(Reporter, self).startTest(test)
        self.ended = "ok", ""

    def stopTest(self, test):
        super(Reporter, self).stopTest(test)
        outcome, said = self.ended
        test = "%s.%s" % (self.prefix, test._testMethodName)
        print(json.dumps({"test": test, "brine": self.brine, "outcome": outcome, "said": said}), file=out)

    def set(self, outcome, err):
        self.ended = outcome, "%s: %s" % (err[0].__name__, " ".join(str(err[1]).split())[-300:])

    def addError(self, test, err):
        self.set("error", err)

    def addFailure(self, test, err):
        self.set("fail", err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.set("fail", err)

    def addSkip(self, test, reason):
        self.ended = "skip", reason

    def addUnexpectedSuccess(self, test):
        self.ended = "fail", "unexpected success"


def run(cls, prefix, brine):
    unittest.defaultTestLoader.loadTestsFromTestCase(cls).run(Reporter(prefix, brine))


def main():
    warnings.simplefilter("ignore")
    for cls in cases():
        prefix = "%s.%s" % (cls.__module__.split(".")[-1], cls.__name__)
        if sys.argv[1:] and not any(arg in prefix for arg in sys.argv[1:]):
            continue
        run(cls, prefix, False)
        run(type(cls.__name__, (WithBrine, cls), {"__module__": cls.__module__}), prefix, True)
    brine.close()


if __name__ == "__main__":
    # Tests print as they like: what we say goes to a standard output of our own.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    main()
    out.close()
