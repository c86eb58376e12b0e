"""Writes cluster.json: scikit-learn 1.9's KMeans and MiniBatchKMeans from given centres. Arguments: the seed, the file."""

import json
import sys

import numpy as np
import scipy.sparse as sp
from sklearn.cluster import KMeans, MiniBatchKMeans

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
cases = []


def numbers(rows, columns):
    x = np.round(random.normal(size=(rows, columns)) + 2 * random.integers(0, 3, (rows, 1)), 3)
    x[random.random(x.shape) < 0.4] = 0.0
    return x


for n_clusters, columns, sizes, sparse, weighted in [
    (2, 3, [5, 1, 7], False, False), (4, 5, [12, 9, 3, 8], False, True), (3, 8, [10, 10], True, False),
    (5, 6, [7, 11, 4], True, True),
]:
    init, test = numbers(n_clusters, columns), numbers(6, columns)
    model = MiniBatchKMeans(n_clusters, init=init, n_init=1, reassignment_ratio=0.0)
    chunks = []
    for rows in sizes:
        x, weights = numbers(rows, columns), random.integers(0, 9, rows) / 4
        model.partial_fit(sp.csr_array(x) if sparse else x, sample_weight=weights if weighted else None)
        chunks.append({"x": x.tolist(), "weights": weights.tolist() if weighted else None,
                       "centers": model.cluster_centers_.tolist()})
    rows = np.concatenate([chunk["x"] for chunk in chunks])
    wrap = sp.csr_array if sparse else np.asarray
    steps = [KMeans(n_clusters, init=rows[:n_clusters], n_init=1, max_iter=n, tol=0, algorithm="lloyd").fit(wrap(rows))
             for n in (1, 3, 50)]
    cases.append({
        "lloyd": [{"max_iter": step.max_iter, "centers": step.cluster_centers_.tolist(), "inertia": step.inertia_,
                   "labels": step.labels_.tolist()} for step in steps],
        "sparse": sparse, "init": init.tolist(), "chunks": chunks, "test": test.tolist(),
        "counts": model._counts.tolist(), "labels": model.predict(test).tolist(),
        "distances": model.transform(test).tolist(), "inertia": -model.score(test),
    })

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
