"""Arrays and scalars of numpy: all types, orders and layouts, in band and out of band."""
import numpy as np

from corpus import Plain

TYPES = "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 g F D G S5 U5 V8 M8[ns] M8[D] m8[s] >i4 >f8 >U3 >M8[us]".split()


def arrays():
    for name in TYPES:
        a = np.zeros(12, "u1").repeat(np.dtype(name).itemsize)
        a[:] = np.arange(a.size) % 100
        if np.dtype(name).kind in "?bS":
            a %= 2
        if np.dtype(name).kind == "U":
            a[:] = 0
        yield "an array of " + name, a.view(name).reshape(3, 4)
        yield "a scalar of " + name, np.zeros((), name)[()]
    base = np.arange(24, dtype="f8").reshape(2, 3, 4)
    yield "order F", np.asfortranarray(base)
    yield "a transposed array", base.T
    yield "a slice with steps", base[:, ::2, ::-1]
    yield "a broadcast array", np.broadcast_to(base[0, 0], (3, 4))
    yield "no dimension", np.array(5)
    yield "no items", [np.zeros((0, 3)), np.zeros((3, 0), "i1", order="F"), np.array([])]
    fixed = np.arange(5)
    fixed.flags.writeable = False
    yield "a read-only array", [fixed, fixed, np.frombuffer(b"abcd", "u1")]
    yield "a large array", np.arange(50000.0)
    yield "many large arrays", [np.arange(20000), np.asfortranarray(np.ones((200, 200))), b"x" * 70000]
    yield "shared arrays", shared(base)
    objects = np.array([1, "a", None, [1], {"k": (2,)}, base], dtype=object)
    yield "an array of objects", objects
    yield "objects in order F", np.asfortranarray(np.array([[1, "a"], [None, 2.5]], dtype=object))
    loop = np.empty(2, dtype=object)
    loop[:] = [loop, [loop]]
    yield "an array in itself", loop
    yield "an array that its objects have", Plain(a=holder())
    record = np.dtype([("a", "i4"), ("b", "f8", (2,)), ("c", [("d", "S3"), ("e", "O")])])
    made = np.zeros(3, record)
    made["c"]["e"] = [None, [1], "x"]
    yield "a structured array", made
    yield "a structured scalar", made[0]
    yield "an aligned structure", np.zeros(2, np.dtype([("a", "i1"), ("b", "f8")], align=True))
    yield "a structure with titles and offsets", np.zeros(2, np.dtype({"names": ["x", "y"], "formats": ["i2", "u1"], "offsets": [4, 0], "titles": ["X", "Y"], "itemsize": 8}))  # fmt: skip
    yield "types", [np.dtype(t) for t in TYPES] + [record, np.dtype("i4", metadata={"k": 1}), np.float64, np.int8]
    yield "a record array", np.rec.array([(1, "a"), (2, "b")], dtype=[("x", "i4"), ("y", "U1")])
    yield "a masked array", np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0], fill_value=9)
    yield "a matrix", np.matrix([[1, 2], [3, 4]])
    yield "functions", [np.add, np.sum, np.linalg.inv, np.random.default_rng, np.ndarray.sum]
    yield "generators", [np.random.RandomState(3), np.random.default_rng(3), np.random.Generator(np.random.MT19937(1))]
    yield "a polynomial", [np.poly1d([1, 2]), np.polynomial.Polynomial([1, 2, 3])]
    yield "dates", [np.datetime64("2024-02-29"), np.datetime64("NaT"), np.timedelta64(5, "h"), np.datetime64(3, "ns")]
    yield "scalars as keys", {np.int64(1): "a", np.float32(2.5): "b", np.str_("c"): np.bytes_(b"d")}
    yield "an error of numpy", np.linalg.LinAlgError("x")


def shared(base):
    return [base, base, base.T, {"a": base}]


def holder():
    a = np.empty(1, dtype=object)
    a[0] = Plain(array=a)
    return a


def cases(Case, Beside):
    for name, value in arrays():
        yield Case("numpy: " + name, value)
        yield Beside("numpy, buffers: " + name, value)
