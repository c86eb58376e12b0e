"""Writes ridge_classifier.json: scikit-learn 1.9's RidgeClassifier of random rows. Arguments: the seed, the file.

It is fitted to dense rows, which its solvers fit exactly; sparse ones have the same minimum."""

import json
import sys

import numpy as np
from sklearn.linear_model import RidgeClassifier

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
cases = []


def case(classes, alpha, weighted=False, intercept=True, class_weight=None, shift=0.0):
    rows, columns = 45, 4
    y = np.concatenate([np.arange(classes), random.integers(0, classes, rows - classes)])
    # Chunks of a third of the rows: the first class is in the first alone.
    y[1:] = np.where((y[1:] == 0) & (np.arange(1, rows) >= rows // 3), classes - 1, y[1:])
    x = random.normal(size=(rows, columns)) + y[:, None] * random.normal(size=columns)
    x[random.random(x.shape) < 0.4] = 0.0
    x = np.round(x, 4) + shift
    # Quarters, which every float holds.
    weights = random.integers(1, 9, rows) / 4.0 if weighted else None
    if class_weight == "named":
        class_weight = {0: 2.5, classes - 1: 0.5}
    model = RidgeClassifier(alpha=alpha, fit_intercept=intercept, class_weight=class_weight, solver="svd")
    model.fit(x, y, sample_weight=weights)
    asked = np.round(random.normal(size=(10, columns)), 4) * (random.random((10, columns)) < 0.7) + shift
    cases.append({
        "classes": classes, "alpha": alpha, "intercept": intercept, "shift": shift,
        "class_weight": sorted(class_weight.items()) if isinstance(class_weight, dict) else class_weight,
        "x": x.tolist(), "y": y.tolist(), "sample_weight": None if weights is None else weights.tolist(),
        "asked": asked.tolist(), "coef": model.coef_.tolist(), "coef_0": np.broadcast_to(model.intercept_, 1 if classes == 2 else classes).tolist(),
        "decision": model.decision_function(asked).tolist(), "predicted": model.predict(asked).tolist(),
    })


for classes in (2, 3, 5):
    case(classes, 1.0)
    case(classes, 0.5, weighted=True)
    case(classes, 0.0)
    case(classes, 0.0, weighted=True, intercept=False)
    case(classes, 0.5, intercept=False)
    case(classes, 1.0, class_weight="balanced")
    case(classes, 3.0, weighted=True, class_weight="balanced")
    case(classes, 1.0, weighted=True, class_weight="named")
    case(classes, 0.5, intercept=False, class_weight="named")
    case(classes, 1.0, weighted=True, shift=100.0)

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
