"""Frames, series and indexes of pandas, in band and out of band."""
import datetime

import numpy as np
import pandas as pd

from corpus import Point


def frames():
    dates = pd.date_range("2024-01-01", periods=4, freq="D", tz="Europe/Berlin")
    frame = pd.DataFrame({
        "i": [1, 2, 3, 4], "f": [0.5, np.nan, -0.0, np.inf], "s": ["a", None, "\xe9", ""], "b": [True, False, True, True],
        "d": dates, "c": pd.Categorical(list("abca"), ordered=True), "I": pd.array([1, None, 3, 4], dtype="Int64"),
        "o": [[1], {"k": 2}, (3,), Point(1, 2)],
    })  # fmt: skip
    yield "a frame", frame
    yield "a frame by dates", frame.set_index("d")
    yield "a frame by several columns", frame.set_index(["i", "s"])
    yield "an empty frame", pd.DataFrame()
    yield "a frame of one type", pd.DataFrame(np.arange(12.0).reshape(3, 4), columns=list("wxyz"))
    yield "a large frame", pd.DataFrame({"a": np.arange(20000), "b": np.arange(20000) / 3})
    named = frame.copy()
    named.attrs["note"] = [1]
    yield "a frame with attributes", named
    yield "columns of a frame", [frame, frame["f"], frame.loc[1:2], frame.T]
    yield "frames that share", {"a": frame, "b": [frame, frame.index]}
    yield "series", [pd.Series([1, 2], name="n"), pd.Series(dtype="f8"), pd.Series(["a", None], dtype="string"), frame["o"]]
    yield "a sparse series", pd.Series(pd.arrays.SparseArray([0, 0, 1]))
    yield "categories", [pd.Categorical(["x", "y", None]), pd.Series(["a", "b"], dtype="category"), pd.CategoricalDtype(["a"])]
    yield "indexes", [pd.RangeIndex(1, 9, 2), pd.Index([3, 1]), pd.Index(["b", "a"], name="n"), pd.CategoricalIndex(list("ab"))]
    yield "several levels", pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["x", None])
    yield "dates", [dates, pd.DatetimeIndex(["2024-01-01", "NaT"]), pd.PeriodIndex(["2024-01", "2024-02"], freq="M")]
    yield "differences", [pd.timedelta_range("1h", periods=3), pd.Timedelta("1D"), pd.NaT, pd.NA]
    yield "stamps", [pd.Timestamp("2024-01-01 12:00", tz="UTC"), pd.Timestamp(2024, 10, 27), pd.Period("2024Q1")]
    yield "intervals", [pd.interval_range(0, 3), pd.Interval(1, 2, closed="both"), pd.IntervalIndex.from_breaks([0, 1, 5])]
    yield "offsets", [pd.offsets.BDay(2), pd.offsets.MonthEnd(), pd.tseries.frequencies.to_offset("3H")]
    yield "a resampler's parts", [frame.set_index("d")["f"].resample("2D").mean(), datetime.date(2024, 1, 1)]


def cases(Case, Beside):
    for name, value in frames():
        yield Case("pandas: " + name, value)
        yield Beside("pandas, buffers: " + name, value)
