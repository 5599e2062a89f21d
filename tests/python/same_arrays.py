"""Whether values of numpy and pandas are the same; same.py asks for these types."""
import numpy as np

from same import Different, short


def compare(comparison, a, b, where):
    if isinstance(a, np.dtype):
        equal = a == b and repr(a) == repr(b) and a.metadata == b.metadata
    elif isinstance(a, np.ndarray):
        return arrays(comparison, a, b, where)
    elif isinstance(a, np.generic):
        return comparison.values((a.dtype, a.item()), (b.dtype, b.item()), where) if a.dtype.hasobject else scalars(a, b, where)
    elif type(a).__module__.startswith("pandas"):
        return pandas(comparison, a, b, where)
    elif hasattr(a, "__reduce_ex__") and not isinstance(a, type):
        return comparison.reductions(a, b, where)
    else:
        equal = a is b
    if not equal:
        raise Different("%s: %s became %s" % (where, short(a), short(b)))


def scalars(a, b, where):
    if a.dtype != b.dtype or a.tobytes() != b.tobytes():
        raise Different("%s: %s became %s" % (where, short(a), short(b)))


def arrays(comparison, a, b, where):
    compare(comparison, a.dtype, b.dtype, where + ".dtype")
    flags = [(x.shape, x.flags.f_contiguous, x.flags.c_contiguous, x.flags.writeable, x.flags.aligned) for x in (a, b)]
    if flags[0] != flags[1]:
        raise Different("%s: shape and flags %s became %s" % (where, flags[0], flags[1]))
    plain = np.asarray(a), np.asarray(b)
    if a.dtype.hasobject:
        comparison.values(plain[0].tolist(), plain[1].tolist(), where)
    elif plain[0].tobytes() != plain[1].tobytes():
        raise Different("%s: %s became %s" % (where, short(a), short(b)))
    if hasattr(a, "__dict__"):
        comparison.dicts(vars(a), vars(b), where + ".__dict__")


def pandas(comparison, a, b, where):
    import pandas as pd

    checks = [
        (pd.DataFrame, pd.testing.assert_frame_equal), (pd.Series, pd.testing.assert_series_equal),
        (pd.Index, pd.testing.assert_index_equal), (pd.api.extensions.ExtensionArray, pd.testing.assert_extension_array_equal),
    ]  # fmt: skip
    for cls, check in checks:
        if isinstance(a, cls):
            check(a, b, check_exact=True) if cls is not pd.Index else check(a, b, exact=True)
            comparison.values(getattr(a, "attrs", None), getattr(b, "attrs", None), where + ".attrs")
            if cls is not pd.DataFrame:
                comparison.values(getattr(a, "freq", None), getattr(b, "freq", None), where + ".freq")
            return
    if a is not b and isinstance(a, type(pd.NaT)):
        raise Different("%s: %s is another now" % (where, a))
    comparison.reductions(a, b, where)
