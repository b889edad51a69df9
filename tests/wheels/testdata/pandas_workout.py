"""pandas: group-by, joins, hashing and the CSV parser release the GIL."""

import io

import numpy as np
import pandas as pd

from workout import in_threads


def work(number):
    frame = pd.DataFrame(
        {
            "key": np.arange(5_000) % 7,
            "value": np.arange(5_000, dtype=float),
            "text": ["row %d" % (row % 50) for row in range(5_000)],
        }
    )
    sums = frame.groupby("key")["value"].sum()
    assert sums.sum() == frame["value"].sum()
    labels = pd.DataFrame({"key": range(7), "label": list("abcdefg")})
    joined = frame.merge(labels, on="key", how="left")
    assert joined["label"].nunique() == 7
    assert frame["text"].factorize()[0].max() == 49
    assert frame["text"].str.upper().str.startswith("ROW").all()

    text = frame.to_csv(index=False)
    read = pd.read_csv(io.StringIO(text), engine="c", low_memory=bool(number % 2))
    assert read.equals(frame)
    days = pd.date_range("2024-01-01", periods=366, freq="D")
    series = pd.Series(np.arange(366), index=days)
    assert series.rolling(7).mean().dropna().iloc[0] == 3.0
    assert series.resample("7D").sum().sum() == series.sum()
    assert frame["value"].rank().iloc[-1] == 5000.0
    return len(read)


assert in_threads(work) == [5_000] * 4
print("pandas ok")
