"""Writes sgd_one_class_svm.json: scikit-learn 1.9's SGDOneClassSVM of random rows, unshuffled. Arguments: the seed, the file."""

import json
import sys
import warnings

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import SGDOneClassSVM

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")
cases = []


def case(sparse, whole, **params):
    x = np.round(random.random((24, 6)) + 0.2 * random.normal(size=6), 3)
    x[random.random(x.shape) < 0.4] = 0.0
    weights = np.round(2 * random.random(24), 3).tolist() if random.random() < 0.5 else None
    model = SGDOneClassSVM(shuffle=False, **params)
    wrap = sp.csr_matrix if sparse else np.asarray
    chunks = [24] if whole else [7, 1, 10, 6]
    if whole:
        model.fit(wrap(x), sample_weight=weights)
    else:
        for start, rows in zip(np.cumsum([0] + chunks), chunks):
            span = slice(start, start + rows)
            model.partial_fit(wrap(x[span]), sample_weight=weights and weights[span])
    cases.append({
        "sparse": sparse, "whole": whole, "params": params, "chunks": chunks, "sample_weight": weights,
        "x": x.tolist(), "coef": model.coef_.tolist(), "offset": model.offset_[0], "t": model.t_,
        "n_iter": int(model.n_iter_), "decision": model.decision_function(wrap(x)).tolist(),
        "score": model.score_samples(wrap(x)).tolist(), "predicted": model.predict(wrap(x)).tolist(),
    })


for sparse in (False, True):
    for whole in (False, True):
        case(sparse, whole)
        case(sparse, whole, nu=0.1, average=True)
        case(sparse, whole, nu=0.4, average=12, learning_rate="invscaling", eta0=0.1, power_t=0.25)
        case(sparse, whole, nu=1.0, fit_intercept=False, learning_rate="constant", eta0=0.05)
        case(sparse, whole, nu=0.05, learning_rate="adaptive", eta0=0.2, max_iter=60)
        case(sparse, whole, nu=0.2, tol=None, max_iter=7)

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
