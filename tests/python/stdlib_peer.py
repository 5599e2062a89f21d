"""Sends values of the standard library and judges what comes back.

Prints, a line each: the index of a value, a protocol, the pickle in hex. A line without fields ends
them. Then it answers lines of commands, by "ok" or what is wrong:

    same INDEX HEX      is the pickle equal to the value, and of its type?
    dump PROTOCOL CODE  answers the pickle of what the code makes, in hex
    eval HEX CODE       is the pickle equal to what the code makes?
    instant HEX SECONDS is the pickle, an aware datetime, at so many seconds since 1970?
"""
from __future__ import print_function
import binascii
import os
import pickle
import sys

sys.path.insert(0, os.environ["STDLIB_VALUES"])
import generate
import records
from generate import *

if sys.version_info >= (3,):
    from multiprocessing.pool import rebuild_exc
if sys.version_info >= (3, 9):
    import zoneinfo


def parts(v):
    """What == does not look at."""
    found = [getattr(v, name, None) for name in ("tzinfo", "fold", "is_safe", "maxlen", "default_factory", "args", "__notes__",
                                                 "typecode", "flags", "pattern", "key")]
    if isinstance(v, collections.OrderedDict):
        found.append(list(v.items()))
    if isinstance(v, decimal.Decimal):
        found.append(v.as_tuple())
    if isinstance(v, BaseException):
        found.append(vars(v))
        found.append(repr(getattr(v, "__cause__", None)))
    return found


def difference(got, want):
    if type(got) is not type(want):
        return "type %s, want %s" % (type(got), type(want))
    if isinstance(want, (list, tuple)):
        if len(got) != len(want):
            return "%d items, want %d" % (len(got), len(want))
        return next((d for d in map(difference, got, want) if d), None)
    if isinstance(want, decimal.Decimal) and want.is_nan() or isinstance(want, BaseException):
        return None if parts(got) == parts(want) else "%r %r, want %r" % (got, parts(got), parts(want))
    if not got == want or parts(got) != parts(want):
        return "%r %r, want %r %r" % (got, parts(got), want, parts(want))
    return None


def judge(command, data, rest):
    if command == "dump":
        return binascii.hexlify(pickle.dumps(eval(rest), int(data))).decode("ascii")
    value = pickle.loads(binascii.unhexlify(data))
    if command == "same":
        return difference(value, values[int(rest)][1])
    if command == "eval":
        return difference(value, eval(rest))
    seconds = (value - dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)) / dt.timedelta(seconds=1)
    return None if seconds == float(rest) else "%r is at %r, want %s" % (value, seconds, rest)


def main():
    for index, (name, value, text) in enumerate(values):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                data = pickle.dumps(value, protocol)
                if difference(pickle.loads(data), value):  # Python loses it by itself
                    continue
            except Exception:
                continue
            print(index, name.replace(" ", "_"), protocol, binascii.hexlify(data).decode("ascii"))
    print()
    sys.stdout.flush()
    for line in iter(sys.stdin.readline, ""):
        command, data, rest = line.rstrip("\n").split(" ", 2)
        try:
            answer = judge(command, data, rest)
        except Exception as error:
            answer = "%s: %s" % (type(error).__name__, error)
        print("ok" if answer is None else answer.replace("\n", " "))
        sys.stdout.flush()


main()
