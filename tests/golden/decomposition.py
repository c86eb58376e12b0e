"""Writes decomposition.json: what scikit-learn 1.9 makes of random rows. Arguments: the seed, the file."""

import json
import sys

import numpy as np
import scipy.sparse as sp
from sklearn.decomposition import PCA, IncrementalPCA, TruncatedSVD

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
cases = []


def axes(fitted):
    names = ("mean_", "components_", "singular_values_", "explained_variance_", "explained_variance_ratio_")
    return {name: getattr(fitted, name).tolist() for name in names} | {"noise_variance_": float(fitted.noise_variance_)}


def tall(rows, columns):
    x = random.normal(size=(rows, columns)) @ random.normal(size=(columns, columns)) * np.geomspace(5, 0.1, columns)
    return np.round(x + 10 * random.normal(size=columns), 3)


for n_components, sizes, columns, whiten in [
    (None, [9, 4, 7], 5, False), (3, [6, 3, 1, 12], 6, False), (4, [4, 11], 4, True), (2, [8, 2], 7, True)
]:
    chunks, test = [tall(rows, columns) for rows in sizes], tall(3, columns)
    incremental = IncrementalPCA(n_components, whiten=whiten)
    for chunk in chunks:
        incremental.partial_fit(chunk)
    whole = PCA(n_components, whiten=whiten, svd_solver="covariance_eigh").fit(np.concatenate(chunks))
    cases.append({
        "kind": "pca", "n_components": n_components, "whiten": whiten,
        "chunks": [chunk.tolist() for chunk in chunks], "test": test.tolist(),
        "incremental": axes(incremental) | {"out": incremental.transform(test).tolist()},
        "pca": axes(whole) | {"out": whole.transform(test).tolist()},
    })

for n_components, rows, columns in [(3, 40, 12), (4, 60, 30)]:
    # Singular values that fall fast: after some iterations both are the truth.
    u, _ = np.linalg.qr(random.normal(size=(rows, columns)))
    v, _ = np.linalg.qr(random.normal(size=(columns, columns)))
    x = u * np.geomspace(100, 1e-3, columns) @ v.T
    x[np.abs(x) < 0.3] = 0
    x = np.round(x, 4)
    fitted = TruncatedSVD(n_components, n_iter=20, random_state=seed).fit(sp.csr_array(x))
    names = ("components_", "singular_values_", "explained_variance_", "explained_variance_ratio_")
    cases.append({"kind": "svd", "n_components": n_components, "x": x.tolist(), "out": fitted.transform(x[:4]).tolist()}
                 | {name: getattr(fitted, name).tolist() for name in names})

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
