"""A client that must notice nothing: witness.py.

It works until a line comes on stdin, checking each answer, and then prints
how often it worked and the longest time that it waited for one round. A wrong
answer ends it.
"""

import os
import sys
import threading
import time
from multiprocessing import managers


def parse(text):
    if text.startswith(("/", "\0")):
        return text
    host, _, port = text.rpartition(":")
    return host, int(port)


def main():
    m = managers.SyncManager(address=parse(os.environ["MANAGER_ADDRESS"]),
                             authkey=os.environ["MANAGER_AUTHKEY"].encode())
    m.connect()
    d, l, q, lock = m.dict(), m.list(range(10)), m.Queue(), m.Lock()
    told = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), told.set()), daemon=True).start()
    print("working", flush=True)
    rounds, longest = 0, 0.0
    while not told.is_set() or rounds < 20:
        start = time.monotonic()
        d[rounds % 7] = rounds
        assert d[rounds % 7] == rounds
        l.append(rounds)
        assert l.pop() == rounds and len(l) == 10
        q.put(rounds)
        assert q.get(True, 30) == rounds
        assert lock.acquire(True, 30)
        lock.release()
        fresh = m.list([rounds])  # a new connection must be served, too
        assert fresh[0] == rounds
        longest = max(longest, time.monotonic() - start)
        rounds += 1
        told.wait(0.002)  # leave the machine to the test
    print("%d %.3f" % (rounds, longest), flush=True)


main()
