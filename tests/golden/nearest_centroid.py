"""Writes nearest_centroid.json: scikit-learn 1.9's NearestCentroid of random rows. Arguments: the seed, the file.

scikit-learn's takes no weights: its rows are repeated as often as their weight says."""

import json
import sys
import warnings

import numpy as np
import scipy.sparse as sp
from sklearn.neighbors import NearestCentroid

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")
cases = []


def case(sparse, classes, priors, shrink=None, weighted=False, shift=0.0, constant=False):
    rows, columns = 40, 5
    y = np.concatenate([np.arange(classes), random.integers(0, classes, rows - classes) // random.integers(1, 3)])
    x = random.normal(size=(rows, columns)) * (0.5 + random.random(columns)) + 0.6 * y[:, None] * random.normal(size=columns)
    x[random.random(x.shape) < 0.4] = 0.0
    x = np.round(x, 4) + shift
    if constant:
        # Within the classes, by whole numbers, of which sums and means are exact.
        x[:, 2] = y
    weights = random.integers(1, 4, rows) if weighted else np.ones(rows, dtype=int)
    if priors == "given":
        priors = (random.random(classes) + 0.1).tolist()
    wrap = sp.csr_matrix if sparse else np.asarray
    model = NearestCentroid(priors=priors, shrink_threshold=shrink)
    repeated = np.repeat(x, weights, axis=0)
    if shrink is None:
        model.fit(wrap(repeated), np.repeat(y, weights))
    else:
        # scikit-learn shrinks towards the mean of dense rows only.
        model.fit(repeated, np.repeat(y, weights))
    asked = np.round(random.normal(size=(10, columns)), 4) * (random.random((10, columns)) < 0.7) + shift
    cases.append({
        "classes": classes, "priors": priors, "shrink_threshold": shrink, "shift": shift,
        "x": x.tolist(), "y": y.tolist(), "sample_weight": weights.tolist() if weighted else None, "asked": asked.tolist(),
        "centroids": model.centroids_.tolist(), "class_prior": model.class_prior_.tolist(),
        "within_class_std_dev": np.ravel(model.within_class_std_dev_).tolist(),
        "predicted": model.predict(wrap(asked)).tolist(), "decision": model.decision_function(wrap(asked)).tolist(),
        "log_proba": model.predict_log_proba(wrap(asked)).tolist(), "proba": model.predict_proba(wrap(asked)).tolist(),
    })


for sparse in (False, True):
    for classes in (2, 4):
        for priors in ("uniform", "empirical", "given"):
            case(sparse, classes, priors)
            case(sparse, classes, priors, weighted=True)
            case(sparse, classes, priors, shrink=0.3 * classes)
        case(sparse, classes, "empirical", weighted=True, shrink=0.5)
        if not sparse:
            case(sparse, classes, "empirical", constant=True)
            case(sparse, classes, "given", weighted=True, constant=True, shrink=0.4)
            case(sparse, classes, "empirical", shift=1000.0)

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
