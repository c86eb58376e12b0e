"""Writes sgd_parts.json: what scikit-learn 1.9's SGD learns in one pass from given coefficients. Arguments: the seed, the file."""

import json
import sys
import warnings

import numpy as np
from sklearn.linear_model import SGDClassifier, SGDOneClassSVM, SGDRegressor

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")
cases = []
ROWS, COLUMNS = 20, 4


def case(kind, model, y, boundaries, start):
    """`start` is what fit calls the intercepts; the decision values before are of a model that was put together."""
    x = np.round(random.normal(size=(ROWS, COLUMNS)), 3)
    coef = np.round(random.normal(size=(boundaries, COLUMNS)), 3)
    intercept = np.round(random.normal(size=boundaries), 3)
    before = x @ coef.T + (-intercept if kind == "one_class" else intercept)
    # Of one boundary it wants a vector and a number. What it is given, it learns in.
    begin = {"coef_init": coef.copy(), start: intercept.copy()}
    if boundaries == 1:
        begin = {name: value[0] for name, value in begin.items()}
    model.fit(*((x,) if y is None else (x, y)), **begin)
    after = model.predict(x) if kind == "regressor" else model.decision_function(x)
    cases.append({
        "kind": kind, "x": x.tolist(), "y": None if y is None else y.tolist(), "coef": coef.tolist(),
        "intercept": intercept.tolist(), "params": {k: v for k, v in model.get_params().items() if k in ("average", "alpha")},
        "before": before.tolist(), "after": np.reshape(after, (ROWS, -1)).tolist(), "t": model.t_,
    })


for average in (False, 8):
    for classes in (2, 3):
        y = random.permutation(np.arange(ROWS) % classes)
        one_pass = {"shuffle": False, "max_iter": 1, "tol": None, "average": average}
        case("classifier", SGDClassifier(loss="log_loss", alpha=0.01, **one_pass), y, 1 if classes == 2 else 3, "intercept_init")
    y = np.round(random.normal(size=ROWS), 3)
    case("regressor", SGDRegressor(alpha=0.01, **one_pass), y, 1, "intercept_init")
    case("one_class", SGDOneClassSVM(nu=0.3, **one_pass), None, 1, "offset_init")

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
