"""Sends numpy's values and judges what comes back.

Prints, a line each: the index of a value, a protocol, the pickle in hex, buffers out of band in hex with
commas between, or "-". A line without fields ends them. Then it answers lines

    same INDEX HEX BUFFERS
    eval HEX BUFFERS CODE

by "ok" or what is wrong.
"""
import os
import pickle
import sys

import numpy as np

sys.path.insert(0, os.environ["NUMPY_VALUES"])
import generate


def difference(got, want):
    if type(got) is not type(want):
        return "type %s, want %s" % (type(got), type(want))
    if isinstance(want, list):
        if len(got) != len(want) or [g is got[0] for g in got] != [w is want[0] for w in want]:
            return "%r, want %r" % (got, want)
        return next((d for d in map(difference, got, want) if d), None)
    if isinstance(want, np.dtype):
        same = got == want and got.metadata == want.metadata and got.flags == want.flags and got.isalignedstruct == want.isalignedstruct
        return None if same else "%r, want %r" % (got, want)
    if isinstance(want, (np.ndarray, np.generic)):
        if got.dtype != want.dtype and got.dtype == want.dtype.newbyteorder("="):
            want = want.astype(got.dtype)  # numpy turns numbers round when it copies them from a pickle
        if got.dtype != want.dtype or got.shape != want.shape or got.tobytes() != want.tobytes() and not want.dtype.hasobject:
            return "%r, want %r" % (got, want)
        if want.dtype.hasobject and got.tolist() != want.tolist():
            return "%r, want %r" % (got, want)
        if isinstance(want, np.ndarray) and want.flags.fnc and not got.flags.fnc:
            return "no longer in Fortran's order"
        return None
    return None if got is want or got == want else "%r, want %r" % (got, want)


def main():
    for index, (name, value) in enumerate(generate.values):
        for protocol, data, buffers in generate.pickles(value):
            print(index, name.replace(" ", "_"), protocol, data.hex(), ",".join(b.hex() for b in buffers) if buffers else "-")
    print()
    sys.stdout.flush()
    for line in iter(sys.stdin.readline, ""):
        command, rest = line.rstrip("\n").split(" ", 1)
        try:
            if command == "same":
                index, data, buffers = rest.split(" ")
                want = generate.values[int(index)][1]
            else:
                data, buffers, code = rest.split(" ", 2)
                want = eval(code)
            buffers = None if buffers == "-" else [bytearray.fromhex(b) for b in buffers.split(",")]
            answer = difference(pickle.loads(bytes.fromhex(data), buffers=buffers), want)
        except Exception as error:
            answer = "%s: %s" % (type(error).__name__, error)
        print("ok" if answer is None else answer.replace("\n", " "))
        sys.stdout.flush()


main()
