"""Writes files of text formats with pandas and scikit-learn, and what these read from them to expected.json, beside itself.

Argument: the seed.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.datasets import dump_svmlight_file, load_svmlight_file

folder = Path(__file__).parent
random = np.random.default_rng(int(sys.argv[1]))
expected = []

TEXTS = [
    "plain", "", " spaces at both ends ", 'say "hi"', '"', '""', "a,b;c\td", "two\nlines", "windows\r\nlines", "\n", ",",
    "ünïcödé", "日本語", "emoji 🦀", "'single'", "back\\slash", "ends in a quote\"", "NA", "null", "#no comment", "\u2028 separates",
]


def rows():
    text = [TEXTS[i] for i in random.permutation(len(TEXTS))]
    n = len(text)
    return pd.DataFrame({
        "id": [f"{k:03}" for k in random.permutation(n)],
        "text": text,
        "label": random.integers(-3, 4, n),
        "weight": np.round(random.random(n), 3),
        "unused": [None if k % 3 else "x\ny" for k in range(n)],
    })


def as_rows(frame):
    return [[row.id, row.text, int(row.label), float(row.weight)] for row in frame.itertuples()]


def write_csv(name, read=None, **options):
    path = folder / name
    rows().to_csv(path, index=False, **options)
    sep, header = options.get("sep", ","), options.get("header", True)
    names = None if header else ["id", "text", "label", "weight", "unused"]
    frame = pd.read_csv(path, sep=sep, names=names, dtype={"id": str}, keep_default_na=False, encoding=options.get("encoding"))
    expected.append({"file": name, "format": "csv", "delimiter": sep, "header": header, "rows": as_rows(frame)})


write_csv("minimal.csv")
write_csv("all.csv", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
write_csv("non_numeric.csv", quoting=csv.QUOTE_NONNUMERIC)
write_csv("tabs.tsv", sep="\t")
write_csv("semicolons.csv", sep=";", lineterminator="\r\n")
write_csv("marked.csv", encoding="utf-8-sig", quoting=csv.QUOTE_ALL)
write_csv("headless.csv", header=False)
write_csv("headless_marked.csv", header=False, encoding="utf-8-sig", quoting=csv.QUOTE_ALL)
write_csv("packed.csv.gz", compression={"method": "gzip", "mtime": 1})


def write_json(name, **options):
    path = folder / name
    frame = rows()
    frame.to_json(path, orient="records", lines=True, double_precision=15, **options)
    read = pd.read_json(path, lines=True, dtype={"id": str}, precise_float=True)
    expected.append({"file": name, "format": "json", "rows": as_rows(read)})


write_json("ascii.jsonl", force_ascii=True)
write_json("unicode.jsonl", force_ascii=False)
write_json("packed.jsonl.gz", force_ascii=False, compression={"method": "gzip", "mtime": 1})


def write_svmlight(name, zero_based, y, dtype=np.float64, **options):
    path = folder / name
    x = sp.random(12, 9, density=0.4, random_state=random, data_rvs=lambda n: random.normal(size=n) * 10.0 ** random.integers(-9, 9, n))
    dump_svmlight_file(sp.csr_matrix(x.astype(dtype)), y, str(path), zero_based=zero_based, **options)
    case = {"file": name, "format": "svmlight", "zero_based": zero_based}
    if not options.get("multilabel"):
        read, labels, queries = load_svmlight_file(str(path), n_features=9, zero_based=zero_based, query_id=True)
        rows = [[label, list(zip(row.indices.tolist(), row.data.tolist()))] for label, row in zip(labels.tolist(), read)]
        case["rows"] = rows
        if options.get("query_id") is not None:
            case["queries"] = queries.tolist()
    expected.append(case)


write_svmlight("zero_based.svm", True, random.integers(0, 3, 12))
write_svmlight("one_based.svm", False, np.round(random.normal(size=12), 4))
write_svmlight("single.svm", True, random.integers(0, 2, 12) * 2 - 1, dtype=np.float32)
write_svmlight("commented.svm", False, random.integers(0, 2, 12), comment="Written on a Friday\nwith ünïcode: 1:2")
write_svmlight("ranked.svm", True, random.integers(0, 2, 12), query_id=np.arange(12) // 4)
write_svmlight("labels.svm", True, sp.csr_matrix(random.integers(0, 2, (12, 3))), multilabel=True)

with open(folder / "expected.json", "w") as file:
    cases = (json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in expected)
    file.write("[\n" + ",\n".join(cases) + "\n]\n")
