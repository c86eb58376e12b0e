"""Writes sgd_small.json: what scikit-learn 1.9's SGD learns from a few random rows, unshuffled, over all parameters at once.
Arguments: the seed, the file.

Every case is one call of `fit`: one pass, which a chain over chunks has to equal wherever the rows are cut, or several.
Rows of weight 0 are left out before: here they count as absent, while scikit-learn shrinks and averages the weights for
them, too.
"""

import json
import sys
import warnings

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import Perceptron, SGDClassifier, SGDOneClassSVM, SGDRegressor

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")
cases = []
COLUMNS = 3
CLASSIFICATION = ["hinge", "log_loss", "modified_huber", "squared_hinge", "perceptron", "squared_error", "huber",
                  "epsilon_insensitive", "squared_epsilon_insensitive"]
REGRESSION = CLASSIFICATION[5:]


def pick(values):
    return values[random.integers(len(values))]


def short(numbers):
    return [float(f"{number:.12g}") for number in np.ravel(numbers)]


def passes():
    """One pass three times out of four."""
    return pick([{"max_iter": 1, "tol": None}] * 3 + [{"max_iter": 3, "tol": None}, {"max_iter": 25, "tol": 1e-2, "n_iter_no_change": 2}])


def parameters(losses):
    rate = pick(["optimal", "constant", "invscaling", "adaptive", "pa1", "pa2", "pa1", "pa2"])
    if rate.startswith("pa"):
        losses = ["epsilon_insensitive" if losses is REGRESSION else "hinge"]
    loss = pick(losses)
    # Squared losses take steps that are too long for `optimal`.
    if rate == "optimal" and loss.startswith("squared"):
        rate = "constant"
    return {
        "loss": loss, "learning_rate": rate, "penalty": pick(["l2", "l1", "elasticnet", None]), "alpha": pick([0.01, 0.1]),
        "eta0": pick([0.05, 0.3]), "power_t": 0.3, "l1_ratio": 0.4, "epsilon": 0.2, "fit_intercept": pick([True, True, False]),
        "average": pick([False, False, 1, 4]), **passes(),
    }


def case(kind):
    rows = int(random.integers(6, 11))
    x = np.round(random.normal(size=(rows, COLUMNS)), 2)
    x[random.random(x.shape) < 0.3] = 0.0
    # Of many cases some rows are empty.
    x[random.random(rows) < pick([0.0, 0.3])] = 0.0
    weights = pick([None, np.round(2 * random.random(rows), 1) * (random.random(rows) < 0.7)])
    present = np.ones(rows, bool) if weights is None else weights > 0
    classes = pick([2, 3])
    if kind == "regressor":
        y = np.round(x @ [1.0, -0.5, 2.0] + 0.5 * random.normal(size=rows), 2)
        params = parameters(REGRESSION)
        model = SGDRegressor(shuffle=False, **params)
    elif kind == "one_class":
        y = np.zeros(rows)
        params = {"nu": pick([0.1, 0.5]), "learning_rate": pick(["optimal", "constant", "invscaling"]), "eta0": 0.1,
                  "power_t": 0.3, "fit_intercept": pick([True, False]), "average": pick([False, 1, 4]), **passes()}
        params.pop("n_iter_no_change", None)
        model = SGDOneClassSVM(shuffle=False, **params)
    else:
        y = random.integers(classes, size=rows)
        if kind == "perceptron":
            params = {"penalty": pick([None, "l2"]), "alpha": 0.01, "eta0": 0.5, **passes()}
            model = Perceptron(shuffle=False, **params)
        else:
            params = parameters(CLASSIFICATION)
            class_weight = pick([None, None, "balanced", {k: w for k, w in enumerate([0.5, 2.0, 1.5])}])
            if isinstance(class_weight, dict):
                class_weight = {k: w for k, w in class_weight.items() if k in y[present]}
            model = SGDClassifier(shuffle=False, class_weight=class_weight, **params)
            params["class_weight"] = list(class_weight.items()) if isinstance(class_weight, dict) else class_weight
    distinct = np.unique(y[present])
    if kind in ("classifier", "perceptron") and len(distinct) < 2 or not present.any():
        return False
    form = pick(["dense", "sparse", "stored zeros"])
    learned = x[present]
    if form == "sparse":
        learned = sp.csr_matrix(learned)
    elif form == "stored zeros":
        shape = learned.shape
        indptr = np.arange(0, shape[0] * COLUMNS + 1, COLUMNS, dtype=np.int32)
        indices = np.tile(np.arange(COLUMNS, dtype=np.int32), shape[0])
        learned = sp.csr_matrix((np.ravel(learned), indices, indptr), shape=shape)
    own = None if weights is None else weights[present]
    try:
        model.fit(learned, None if kind == "one_class" else y[present], sample_weight=own)
    except ValueError as error:
        assert "overflow" in str(error), error
        return False
    intercept = model.offset_ if kind == "one_class" else model.intercept_
    if not np.isfinite(model.coef_).all() or np.abs(model.coef_).max() > 1e4:
        return False
    cases.append({
        "kind": kind, "form": form, "x": short(x), "y": [float(v) for v in y], "params": params,
        "sample_weight": None if weights is None else short(weights), "coef": short(model.coef_),
        "intercept": short(intercept), "n_iter": int(model.n_iter_),
    })
    return True


for kind, count in (("classifier", 170), ("regressor", 70), ("one_class", 25), ("perceptron", 15)):
    made = 0
    while made < count:
        made += case(kind)

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
