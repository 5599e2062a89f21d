"""A Pool whose workers are processes of a Go program: pool.py PROGRAM."""
import sys

import brine


def main():
    ctx = brine.context(sys.argv[1])
    from brine.functions import primes

    print(primes.count)
    with ctx.Pool(2) as pool:
        limits = [10, 1000, 100000, 1000000]
        for limit, n in zip(limits, pool.imap(primes.count, limits)):
            print("%7d primes below %d" % (n, limit))
        try:
            pool.apply(primes.count, (-1,))
        except ValueError as error:
            print("ValueError:", error)


if __name__ == "__main__":
    main()
