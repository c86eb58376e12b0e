"""Writes preprocessing.json: what scikit-learn 1.9 makes of random rows. Arguments: the seed, the file."""

import json
import sys
import warnings

import numpy as np
import scipy.sparse as sp
from sklearn.preprocessing import (
    LabelBinarizer, MaxAbsScaler, MinMaxScaler, MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder, StandardScaler,
)

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")
cases = []


def numbers(rows, columns=5):
    x = random.normal(size=(rows, columns)) * 10.0 ** random.integers(-3, 4, columns) + random.normal(size=columns) * 100
    x[random.random(x.shape) < 0.4] = 0.0
    x[:, 3] = 0.1  # constant
    x[:, 4] = 0.0
    return x


def scaler(make, params, sparse, dtype):
    parts = [numbers(int(rows)).astype(dtype) for rows in random.integers(1, 12, 3)]
    test = numbers(6).astype(dtype)
    wrap = sp.csr_array if sparse else np.asarray
    fitted = make(**params)
    fitted.fit(wrap(np.concatenate(parts)))
    out = fitted.transform(wrap(test))
    cases.append({
        "kind": make.__name__, "params": params, "sparse": sparse, "dtype": dtype,
        "parts": [part.tolist() for part in parts], "test": test.tolist(),
        "out": (out.toarray() if sparse else out).tolist(),
    })


for dtype in ("float64", "float32"):
    for with_std in (True, False):
        scaler(StandardScaler, {"with_mean": True, "with_std": with_std}, False, dtype)
        for sparse in (True, False):
            scaler(StandardScaler, {"with_mean": False, "with_std": with_std}, sparse, dtype)
    for clip in (True, False):
        for sparse in (True, False):
            scaler(MaxAbsScaler, {"clip": clip}, sparse, dtype)
        for low, high in ((0, 1), (-2, 0.5)):
            scaler(MinMaxScaler, {"clip": clip, "feature_range": (low, high)}, False, dtype)


def words(shape, n):
    return np.array(["w" + str(i) for i in random.integers(0, n, np.prod(shape))], dtype=object).reshape(shape)


for make, unknown in ((OneHotEncoder, "ignore"), (OrdinalEncoder, "use_encoded_value")):
    for declared in (False, True):
        parts = [words((int(rows), 3), 6) for rows in random.integers(1, 6, 3)]
        params = {"handle_unknown": unknown}
        if make is OrdinalEncoder:
            params["unknown_value"] = -1
        if declared:
            params["categories"] = [["w3", "w0"], ["w5", "w4", "w1"], ["w0", "w1", "w2"]]
        test = words((6, 3), 8)
        fitted = make(**params).fit(np.concatenate(parts))
        out = fitted.transform(test)
        cases.append({
            "kind": make.__name__, "params": params, "parts": [part.tolist() for part in parts], "test": test.tolist(),
            "out": (out.toarray() if make is OneHotEncoder else out).tolist(),
        })

for n in (2, 5):
    for low, high in ((0, 1), (-1, 3)):
        parts = [words(int(rows), n) for rows in random.integers(4, 8, 3)]
        test = words(6, n if n == 2 else n + 2)  # there, unknown ones turn two classes into many
        fitted = LabelBinarizer(neg_label=low, pos_label=high).fit(np.concatenate(parts).astype(str))
        cases.append({
            "kind": "LabelBinarizer", "params": {"values": [low, high]}, "parts": [part.tolist() for part in parts],
            "test": test.tolist(), "out": fitted.transform(test.astype(str)).tolist(),
        })

for classes in (None, ["w4", "w1", "w0"]):
    sets = lambda n: [words(int(k), n).tolist() for k in random.integers(0, 4, 5)]
    parts, test = [sets(5) for _ in range(3)], sets(7)
    fitted = MultiLabelBinarizer(classes=classes).fit([labels for part in parts for labels in part])
    cases.append({
        "kind": "MultiLabelBinarizer", "params": {"classes": classes}, "parts": parts, "test": test,
        "out": fitted.transform(test).tolist(),
    })

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
