"""A client that works until its server is gone: busy.py.

Says "working", answers each line of stdin with what it has done, and in the
end "cut" when a call was answered with the end of the connection.
"""

import os
import sys
import threading
from multiprocessing import managers


def parse(text):
    if text.startswith(("/", "\0")):
        return text
    host, _, port = text.rpartition(":")
    return host, int(port)


def work(m, done):
    d, q, lock = m.dict(), m.Queue(), m.RLock()
    while True:
        d[done[0]] = q
        q.put([done[0], "x" * 1000])
        assert q.get(True, 30) == [done[0], "x" * 1000]
        with lock:
            assert len(d) == done[0] + 1
        assert m.list([1]).pop() == 1
        done[0] += 1
        if done[0] == 1:
            print("working", flush=True)


def report(done):
    for _ in sys.stdin:
        print("done %d" % done[0], flush=True)


def main():
    m = managers.SyncManager(address=parse(os.environ["MANAGER_ADDRESS"]),
                             authkey=os.environ["MANAGER_AUTHKEY"].encode())
    m.connect()
    done = [0]
    threading.Thread(target=report, args=(done,), daemon=True).start()
    try:
        work(m, done)
    except (EOFError, OSError):
        print("cut", flush=True)
    except Exception as e:
        print("%r" % (e,), flush=True)
    os._exit(0)  # finalizers would talk to the server


main()
