"""Three processes share a cache that is written in Go: clients.py PORT.

There is nothing of brine in here: managers as the standard library has them.
"""
import os
import sys
from multiprocessing import Process
from multiprocessing.managers import BaseManager


class CacheManager(BaseManager):
    pass


CacheManager.register("get_cache")
CacheManager.register("Cache")


def connect():
    manager = CacheManager(address=("127.0.0.1", int(sys.argv[1])), authkey=os.environ["CACHE_AUTHKEY"].encode("ascii"))
    manager.connect()
    return manager


def steps(n, cache):
    """How many steps the Collatz sequence takes from n to 1."""
    key = str(n)
    try:
        return cache[key]
    except KeyError:
        pass
    count = 0 if n == 1 else 1 + steps(n // 2 if n % 2 == 0 else 3 * n + 1, cache)
    cache[key] = count
    return count


def work(first):
    cache = connect().get_cache()
    longest = max(range(first, 60, 3), key=lambda n: steps(n, cache))
    cache["longest of %d" % first] = (longest, steps(longest, cache))


def main():
    workers = [Process(target=work, args=(i,)) for i in (1, 2, 3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    cache = connect().get_cache()
    for i in (1, 2, 3):
        print("process %d: %d takes %d steps" % ((i,) + cache["longest of %d" % i]))
    stats = cache.stats()
    print("%s, %d in use, hits: %s" % (cache, len(cache), stats["hits"] > 0))
    small = connect().Cache(size=2)
    for key in "abc":
        small[key] = key.upper()
    print("a: %s, b: %s, c: %s" % ("a" in small, "b" in small, small["c"]))
    try:
        connect().Cache(0)
    except Exception as error:
        print(str(error).strip().splitlines()[-2])


if __name__ == "__main__":
    main()
