"""Writes elastic_net.json: scikit-learn 1.9's ElasticNet and Lasso of random rows. Arguments: the seed, the file.

The tolerance is so tight that the objective is the least one to 1e-12."""

import json
import sys
import warnings

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import ElasticNet, Lasso

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")
cases = []


def case(l1_ratio, alpha, shape=(40, 6), sparse=False, weighted=False, intercept=True, positive=False, constant=False,
         shift=0.0):
    x = random.normal(size=shape) * random.choice([0.5, 1.0, 4.0], shape[1]) + shift
    x[random.random(shape) < 0.4] = 0.0
    if constant:
        x[:, 2] = 1.5
    coef = np.where(random.random(shape[1]) < 0.5, 0.0, random.normal(size=shape[1]))
    y = x @ coef + random.normal(size=shape[0]) * 0.3 + 2.0
    # Halves, which every float holds; some are 0.
    weight = random.integers(0, 5, shape[0]) / 2.0 if weighted else None
    exact = {"alpha": alpha, "fit_intercept": intercept, "positive": positive, "tol": 1e-14, "max_iter": 1_000_000}
    model = Lasso(**exact) if l1_ratio == 1.0 else ElasticNet(l1_ratio=l1_ratio, **exact)
    model.fit(sp.csr_matrix(x) if sparse else x, y, sample_weight=weight)
    errors = y - model.predict(x)
    penalty = alpha * (l1_ratio * np.abs(model.coef_).sum() + (1 - l1_ratio) / 2 * (model.coef_**2).sum())
    cases.append({
        "l1_ratio": l1_ratio, "alpha": alpha, "sparse": sparse, "intercept": intercept, "positive": positive,
        "x": x.tolist(), "y": y.tolist(), "weight": None if weight is None else weight.tolist(),
        "coef": model.coef_.tolist(), "coef_0": float(model.intercept_),
        "objective": float(np.average(errors**2, weights=weight) / 2 + penalty),
    })


for sparse in (False, True):
    for l1_ratio in (0.0, 0.5, 1.0):
        case(l1_ratio, 0.1, sparse=sparse)
        case(l1_ratio, 0.1, sparse=sparse, weighted=True)
        case(l1_ratio, 0.1, sparse=sparse, weighted=True, intercept=False)
        case(l1_ratio, 0.3, shape=(12, 20), sparse=sparse)
    case(1.0, 0.05, sparse=sparse, constant=True)
    case(0.5, 0.05, sparse=sparse, positive=True, weighted=True)
    case(1.0, 0.02, shape=(12, 20), sparse=sparse, positive=True)
    case(0.9, 0.1, sparse=sparse, shift=100.0)
    case(1.0, 100.0, sparse=sparse)

with open(path, "w") as file:
    json.dump(cases, file)
    file.write("\n")
