"""Writes statistics.json: what pandas makes of random columns. Arguments: the seed, the file."""

import json
import sys
import warnings

import numpy as np
import pandas as pd

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")
cases = []


def columns(rows):
    few = random.integers(-4, 5, rows).astype(float)
    missing = random.normal(size=rows)
    missing[random.random(rows) < 0.3] = np.nan
    sparse = random.normal(size=rows)
    sparse[random.random(rows) < 0.8] = 0.0
    infinite = random.normal(size=rows)
    infinite[random.integers(0, rows)] = np.inf
    return {
        "few": few, "constant": np.full(rows, 0.1), "zeros": np.zeros(rows), "missing": missing,
        "all missing": np.full(rows, np.nan), "huge mean": 1e9 + random.random(rows),
        "sizes": random.normal(size=rows) * 10.0 ** random.integers(-12, 13, rows), "sparse": sparse,
        "infinite": infinite, "tiny": random.normal(size=rows) * 1e-300,
        "integers": random.integers(0, 10**6, rows).astype(float),
    }


def shown(number):
    """JSON has no NaN and no infinity."""
    return str(number) if not np.isfinite(number) else float(number)


def describe(rows, dtype):
    frame = pd.DataFrame(columns(rows)).astype(dtype)
    described = frame.describe()
    cases.append({
        "kind": "describe", "dtype": dtype, "rows": frame.map(shown).values.tolist(), "names": list(frame.columns),
        "out": {name: [shown(number) for number in described[name]] for name in frame.columns},
        "distinct": {name: int(frame[name].nunique()) for name in frame.columns},
        "wider": {name: [shown(frame[name].quantile(q)) for q in (0.0, 0.01, 0.1, 0.9, 0.99, 1.0)] for name in frame.columns},
    })


def words(rows, n):
    return ["w" + str(i) for i in random.integers(0, n, rows)]


def text(rows, n):
    values = words(rows, n)
    described = pd.Series(values).describe()
    cases.append({
        "kind": "text", "values": values,
        "out": {"count": int(described["count"]), "unique": int(described["unique"]), "freq": int(described["freq"])},
    })


def value_counts(rows, n):
    values = words(rows, n)
    counts = pd.Series(values).value_counts()
    # Equally frequent ones have no order there.
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    cases.append({"kind": "value_counts", "values": values, "out": [[word, int(count)] for word, count in order]})


def aggregate(rows, n):
    frame = pd.DataFrame({"group": words(rows, n), "x": columns(rows)["missing"]})
    groups = frame.groupby("group")["x"].agg(["count", "sum", "mean", "std", "min", "max"])
    cases.append({
        "kind": "aggregate", "groups": frame["group"].tolist(), "values": [shown(x) for x in frame["x"]],
        "out": {group: [shown(number) for number in row] for group, row in zip(groups.index, groups.values)},
    })


for rows in (1, 2, 3, 10, 57, 200):
    for dtype in ("float64", "float32"):
        describe(rows, dtype)
for rows, n in ((1, 1), (50, 3), (200, 60)):
    text(rows, n)
    value_counts(rows, n)
    aggregate(rows, n)

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
