"""Uses iterators that Go methods return: sequences.py, or "sequences.py wait" for one that takes an item, says
so and waits for the next.
"""
from __future__ import print_function

import gc
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "python"))
import client


class SyncManager(client.managers.SyncManager):
    pass


class PlainManager(client.managers.BaseManager):
    pass


for cls in SyncManager, PlainManager:
    cls.register("get_source")
PlainManager.register("Iterator", proxytype=client.managers.IteratorProxy, create_method=False)


def outcome(f):
    try:
        return repr(f())
    except Exception as e:
        return "%s: %s" % (type(e).__name__, str(e).strip().splitlines()[-1:])


def main():
    for cls in SyncManager, PlainManager:
        source = client.connect(cls).get_source()
        print(list(source.squares(4)), list(source.once()), source.nothing())
        print([(int(n), text == "x" * n) for n, text in source.pairs()])
        lines = source.lines()
        print(outcome(lambda: next(lines) == "one"), outcome(lambda: next(lines)), outcome(lambda: next(lines)))
        unfinished = source.squares(1000000)
        print(next(unfinished), next(unfinished))
        del unfinished
        gc.collect()  # which PyPy needs
        print(source.wait_for_end())
    feed = source.feed()
    for _ in range(3):
        print(next(feed))


def wait():
    feed = client.connect(PlainManager).get_source().feed()
    print("took", next(feed))
    sys.stdout.flush()
    next(feed)


wait() if sys.argv[1:] == ["wait"] else main()
