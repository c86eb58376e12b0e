"""Writes categorical_nb.json: scikit-learn 1.9's CategoricalNB of random codes. Arguments: the seed, the file.

Chunks are learned by partial_fit, and later ones may have greater codes."""

import json
import sys
import warnings

import numpy as np
from sklearn.naive_bayes import CategoricalNB

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")
cases = []


def case(classes, alpha, weighted=False, fit_prior=True, prior=None, least=None, chunks=(25, 15), force_alpha=True):
    rows, columns = 40, 5
    most = np.array([2, 3, 5, 9, 4])
    y = np.concatenate([np.arange(classes), random.integers(0, classes, rows - classes)])
    # Each class prefers codes of its own.
    x = (random.integers(0, most, (rows, columns)) + y[:, None] * random.integers(0, 2, (rows, columns))) % most
    x[random.random(x.shape) < 0.3] = 0
    # The greatest code of all columns but one comes last.
    x[-1] = most - 1
    x[:-1, 4] = np.minimum(x[:-1, 4], 1)
    weights = random.integers(1, 9, rows) / 4.0 if weighted else None
    if prior == "given":
        prior = (random.random(classes) + 0.1).tolist()
    if least == "each":
        least = (most + random.integers(0, 3, columns)).tolist()
    model = CategoricalNB(alpha=alpha, fit_prior=fit_prior, class_prior=prior, min_categories=least, force_alpha=force_alpha)
    start = 0
    for n in chunks:
        part = slice(start, start + n)
        model.partial_fit(x[part], y[part], classes=np.arange(classes), sample_weight=None if weights is None else weights[part])
        start += n
    asked = random.integers(0, most, (12, columns))
    joint, log_proba = model.predict_joint_log_proba(asked), model.predict_log_proba(asked)
    cases.append({
        "classes": classes, "alpha": alpha, "force_alpha": force_alpha, "fit_prior": fit_prior, "class_prior": prior,
        "min_categories": least, "chunks": list(chunks), "x": x.tolist(), "y": y.tolist(),
        "sample_weight": None if weights is None else weights.tolist(), "asked": asked.tolist(),
        "n_categories": [count.shape[1] for count in model.category_count_],
        "category_count": [count.tolist() for count in model.category_count_],
        "class_log_prior": model.class_log_prior_.tolist(),
        # An infinite one stands as null: alpha 0 rules a category out.
        "joint": [[value if np.isfinite(value) else None for value in row] for row in joint.tolist()],
        "log_proba": [[value if np.isfinite(value) else None for value in row] for row in log_proba.tolist()],
        "predicted": model.predict(asked).tolist(),
    })


for classes in (2, 3, 5):
    case(classes, 1.0)
    case(classes, 0.5, weighted=True)
    case(classes, 0.3, fit_prior=False, chunks=(10, 20, 10))
    case(classes, 2.0, prior="given", weighted=True)
    case(classes, 1.0, least=9)
    case(classes, 0.7, least="each", weighted=True, chunks=(40,))
    case(classes, 1e-12, force_alpha=False)
    case(classes, 0.0, weighted=True)

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
