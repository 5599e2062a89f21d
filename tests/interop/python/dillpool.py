"""The examples of multiprocess' README, with the Pool of a manager: dill sends its functions by value."""
import os
import sys

import multiprocess
from multiprocess.managers import SyncManager


def f(x):
    return x * x


def squares(p):
    while True:  # a machine that is busy may need longer
        try:
            return p.map_async(f, range(10)).get(timeout=1)
        except multiprocess.TimeoutError:
            print("again", file=sys.stderr)


key = os.environ["MANAGER_AUTHKEY"].encode()
multiprocess.current_process().authkey = key
m = SyncManager(address=os.environ["MANAGER_ADDRESS"], authkey=key)
m.connect()
p = m.Pool(4)
print(squares(p))
print(p.map(lambda x: (lambda y: y**2)(x) + x, range(10)))
