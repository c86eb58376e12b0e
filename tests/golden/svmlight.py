"""Writes svmlight.json: what scikit-learn 1.9 reads of files in svmlight format. Arguments: the seed, the file."""

import io
import json
import sys

import numpy as np
import scipy.sparse as sp
from sklearn.datasets import dump_svmlight_file, load_svmlight_file

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)


def dumped(rows, columns, zero_based):
    x = sp.csr_matrix(random.normal(size=(rows, columns)) * (random.random((rows, columns)) < 0.4))
    file = io.BytesIO()
    dump_svmlight_file(x, random.integers(-3, 4, rows) / 2, file, zero_based=zero_based, comment="made up")
    return file.getvalue().decode()


texts = [(dumped(rows, columns, zero), columns, zero) for rows, columns in [(12, 5), (6, 30)] for zero in (True, False)]
texts += [
    ("# a comment\n\n+1 1:2e-1 # another\n-1\n  2.5   0:1\t2:3\r\n", 4, True),
    ("1 1:2 3:0 4:-5#no blank\n-0.5 2:.5", 4, False),
]
cases = []
for text, columns, zero_based in texts:
    x, y = load_svmlight_file(io.BytesIO(text.encode()), n_features=columns, zero_based=zero_based)
    # As text: readers of JSON may be off by the last bit.
    data = [repr(value) for value in x.data.tolist()]
    row = {"indptr": x.indptr.tolist(), "indices": x.indices.tolist(), "data": data, "y": y.tolist()}
    cases.append({"text": text, "n_features": columns, "zero_based": zero_based} | row)

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
