"""Writes what numpy pickles, one value and protocol a line:

    name <TAB> protocol <TAB> pickle in hex <TAB> buffers out of band in hex, commas between, or "-"

Protocol "5o" is protocol 5 with buffers out of band.

    /usr/bin/python3 generate.py > numpy1.txt
"""
import pickle

import numpy as np

values = []


def add(name, value):
    values.append((name, value))


for code in ["?", "b", "B", "h", "H", "i", "I", "l", "L", "e", "f", "d", "F", "D", "g", ">i2", ">f8", ">c8", ">u4"]:
    add("array " + code, np.array([0, 1, 1], dtype=code))
    add("scalar " + code, np.array([1], dtype=code)[0])
    add("dtype " + code, np.dtype(code))
add("shape", np.arange(24, dtype="i4").reshape(2, 3, 4))
add("fortran", np.asfortranarray(np.arange(6, dtype="f8").reshape(2, 3)))
add("strided", np.arange(12, dtype="u2").reshape(3, 4)[::2, ::-1])
readonly = np.arange(3, dtype="f8")
readonly.setflags(write=False)
add("readonly", readonly)
add("0-d", np.array(5.5))
add("empty", np.zeros((0, 3)))
add("S", np.array([b"ab", b"c", b""]))
add("U", np.array(["ab", "\u00e9\U0001f600", ""]))
add("scalar S", np.bytes_(b"ab"))
add("scalar U", np.str_("a\u00e9"))
add("scalar V", np.void(b"abc"))
add("V", np.array([b"abc", b"def"], dtype="V3"))
for unit in ["ns", "us", "ms", "s", "m", "h", "D", "W", "M", "Y", "25s", "ps"]:
    add("M8[%s]" % unit, np.array([0, 1, -1], dtype="M8[%s]" % unit))
    add("m8[%s]" % unit, np.array([0, 1, -1], dtype="m8[%s]" % unit))
add("NaT", np.array(["NaT"], dtype="M8[ns]"))
add("M8", np.array(["NaT"], dtype="M8"))
add("scalar M8", np.datetime64("2020-01-02"))
add("struct", np.array([(1, 2.5), (3, 4.5)], dtype=[("a", "i4"), ("b", "f8")]))
add("scalar struct", np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", ">f8")])[0])
add("aligned", np.zeros(2, dtype=np.dtype([("a", "i1"), ("b", "f8", (2,))], align=True)))
add("nested", np.zeros(1, dtype=[("a", [("b", "i2"), ("c", "S3")])]))
add("offsets", np.zeros(1, dtype={"names": ["x", "y"], "formats": ["i4", "u1"], "offsets": [4, 0], "itemsize": 16}))
add("title", np.zeros(1, dtype=[(("long name", "a"), "i4")]))
add("subarray", np.dtype(("i4", (2, 3))))
add("metadata", np.dtype("i4", metadata={"a": 1}))
add("objects", np.array([1, "a", None, [2]], dtype=object))
add("objects 2-d", np.array([[1, 2], [3, "x"]], dtype=object))
add("struct of objects", np.array([(b"a", [1])], dtype=[("a", "S3"), ("o", "O")]))
add("shared", [np.arange(2.0)] * 2)
add("matrix", np.matrix([[1, 2]]))
add("record", np.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]))
add("masked", np.ma.array([1, 2], mask=[0, 1]))
add("type", np.float64)
rows = np.array([[1, -2, 3], [4, 5, 60]])
for code in ["i1", ">i2", "i4", ">i8", "u8", "e", ">e", "f", ">f8", "c8", ">c16", "?", "M8[s]", ">m8[ms]", "S2", "U2", ">U2", "O"]:
    add("rows " + code, rows.astype(code))
    add("columns " + code, np.asfortranarray(rows.astype(code)))
add("block", np.arange(24, dtype=">i4").reshape(2, 3, 4))
add("block in Fortran's order", np.asfortranarray(np.arange(24, dtype="i4").reshape(2, 3, 4)))
add("transposed", np.arange(24, dtype="i2").reshape(2, 3, 4).T)
add("no rows", np.zeros((0, 3), dtype="i4"))
add("rows of nothing", np.asfortranarray(np.zeros((3, 0), dtype="i4")))
add("large", np.array([2**53, 2**53 + 1]))
add("largest", np.array([2**64 - 1], dtype="u8"))
add("far", np.array([1e300]))


def pickles(value):
    """Every protocol, and the fifth with what is out of band."""
    for protocol in range(6):
        yield str(protocol), pickle.dumps(value, protocol), []
    buffers = []
    data = pickle.dumps(value, 5, buffer_callback=buffers.append)
    yield "5o", data, [bytes(b.raw()) for b in buffers]


def main():
    print("# numpy", np.__version__)
    for name, value in values:
        for protocol, data, buffers in pickles(value):
            print("\t".join([name, protocol, data.hex(), ",".join(b.hex() for b in buffers) if buffers else "-"]))


if __name__ == "__main__":
    main()
