"""The values whose pickles are timed. They are the same on every run.

Run as a program, this writes them into a folder and then times them as told:

    python3 corpus.py FOLDER

It answers each line "loads NAME" or "dumps NAME" with nanoseconds, a sample
each. A sample is the mean of enough runs to fill SAMPLE seconds, with Python's
garbage collector as it is by default. To "check NAME FILE" it answers whether
the pickle in FILE, with the buffer beside it, is equal to the value.
"""

import collections
import dataclasses
import datetime
import sys
import time

import _pickle
import numpy

SAMPLE = 0.020
SAMPLES = 2


@dataclasses.dataclass
class Order:
    number: int
    customer: str
    total: float
    paid: bool


Row = collections.namedtuple("Row", "number name score")

# pickle looks the classes up where others import them from.
Order.__module__ = Row.__module__ = "corpus"
sys.modules["corpus"] = sys.modules[__name__]


def records():
    return [
        {
            "id": i,
            "name": f"user{i}",
            "score": i / 3,
            "active": i % 3 == 0,
            "tags": [f"tag{i % 10}", f"tag{i % 7}"],
        }
        for i in range(10_000)
    ]


def nested():
    value = []
    for _ in range(999):
        value = [value]
    return value


def datetimes():
    start = datetime.datetime(2024, 1, 1)
    return [start + datetime.timedelta(seconds=37 * i, microseconds=i) for i in range(10_000)]


def orders():
    return [Order(i, f"customer{i}", i / 7, i % 2 == 0) for i in range(10_000)]


def table():
    words = [f"a word of the table, number {i}" for i in range(1_000)]
    return [tuple(words[(i * k) % 1_000] for k in (1, 3, 7, 11)) for i in range(10_000)]


# What makes the value, and its protocol. Protocol 4 is what every Python since 3.8
# sends. A value is made when it is asked for: while one is timed no other lives.
CORPUS = {
    "request": (lambda: ("7f9c5b0a1e50", "__setitem__", ("colour", 7), {}), 4),
    "reply": (lambda: ("#RETURN", 300), 4),
    "dict": (lambda: {f"key{i}": i for i in range(10_000)}, 4),
    "floats": (lambda: [i / 7 for i in range(100_000)], 4),
    "records": (records, 4),
    "nested": (nested, 4),
    "bytes": (lambda: bytes(range(256)) * 4096, 4),
    "datetimes": (datetimes, 4),
    "array": (lambda: numpy.arange(1_000_000, dtype="f8"), 5),
    "buffer": (lambda: numpy.arange(1_000_000, dtype="f8"), 5),
    "dataclass": (orders, 4),
    "namedtuple": (lambda: [Row(i, f"name{i}", i / 3) for i in range(10_000)], 4),
    "strings": (table, 4),
}


def buffers(name):
    """The list that takes out-of-band buffers; in band they are in the pickle."""
    return [] if name == "buffer" else None


def dump(name, value, protocol, out):
    if out is None:
        return _pickle.dumps(value, protocol)
    out.clear()
    return _pickle.dumps(value, protocol, buffer_callback=out.append)


def write(folder):
    for name, (make, protocol) in CORPUS.items():
        value, out = make(), buffers(name)
        with open(f"{folder}/{name}.pickle", "wb") as f:
            f.write(dump(name, value, protocol, out))
        for b in out or ():
            with open(f"{folder}/{name}.buffer", "wb") as f:
                f.write(b)


def job(verb, name):
    make, protocol = CORPUS[name]
    value, out = make(), buffers(name)
    if verb == "dumps":
        if out is None:
            return lambda: _pickle.dumps(value, protocol)
        return lambda: dump(name, value, protocol, out)
    data, loads = dump(name, value, protocol, out), _pickle.loads
    if out is None:
        return lambda: loads(data)
    return lambda: loads(data, buffers=out)


def check(name, file):
    buffer = [open(file.replace(".pickle", ".buffer"), "rb").read()] if name == "buffer" else None
    with open(file, "rb") as f:
        got = _pickle.load(f, buffers=buffer)
    value = CORPUS[name][0]()
    if name == "datetimes":
        got = [d.replace(tzinfo=None) for d in got]  # Go's time.Time always has a zone
    if name in ("array", "buffer"):
        return type(got) is type(value) and numpy.array_equal(got, value)
    return got == value


def run(f, n):
    clock = time.perf_counter
    runs = range(n)
    start = clock()
    for _ in runs:
        f()
    return clock() - start


def samples(f):
    n, took = 1, run(f, 1)
    while took < SAMPLE / 2:
        n *= 2
        took = run(f, n)
    n = max(1, round(n * SAMPLE / took))
    return [run(f, n) / n * 1e9 for _ in range(SAMPLES)]


def main():
    sys.setrecursionlimit(10_000)  # for "nested"
    write(sys.argv[1])
    print("ready", sys.version.split()[0], "numpy", numpy.__version__, flush=True)
    for line in sys.stdin:
        verb, *words = line.split()
        answer = [check(*words)] if verb == "check" else samples(job(verb, *words))
        print(*answer, flush=True)


if __name__ == "__main__":
    main()
