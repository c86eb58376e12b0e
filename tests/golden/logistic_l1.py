"""Writes logistic_l1.json: scikit-learn 1.9's LogisticRegression with L1 and elastic-net penalties. Arguments: the seed, the
file.

Solved so tightly that the objectives agree to some ten digits; rows whose minimum is nearly degenerate (a coefficient that is
barely zero, or barely not) are drawn anew."""

import json
import sys
import warnings

import numpy as np
import scipy.sparse as sp
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")
cases = []


def margins(model, x):
    margin = x @ model.coef_.T + model.intercept_
    return np.hstack([np.zeros_like(margin), margin]) if margin.shape[1] == 1 else margin


def objective(model, x, y, weight, alpha, ratio):
    """Per example, as `alpha` has it."""
    margin, w = margins(model, x), model.coef_
    loss = logsumexp(margin, axis=1) - margin[np.arange(len(y)), y]
    return loss @ weight / weight.sum() + alpha * (ratio * np.abs(w).sum() + (1 - ratio) / 2 * (w * w).sum())


def is_clear(model, x, y, weight, alpha, ratio):
    """True at a minimum whose zeros are no matter of rounding."""
    margin, w = margins(model, x), model.coef_
    residual = np.exp(margin - logsumexp(margin, axis=1, keepdims=True))
    residual[np.arange(len(y)), y] -= 1
    residual *= weight[:, None] / weight.sum()
    gradient = (residual.T @ x)[-len(w):] + alpha * (1 - ratio) * w
    bound, zero = alpha * ratio, w == 0
    slack, rest = bound - np.abs(gradient[zero]), np.abs(gradient + bound * np.sign(w))[~zero]
    if model.fit_intercept and np.abs(residual.sum(axis=0)).max() > 1e-7:
        return False
    return (slack > 1e-3 * bound).all() and (rest < 1e-7).all() and (np.abs(w[~zero]) > 1e-3).all()


def case(classes, c, ratio, weighted=False, intercept=True, solver="saga", scales=False):
    rows, columns = 60, 8
    while True:
        y = np.concatenate([np.arange(classes), random.integers(0, classes, rows - classes)])
        x = random.normal(size=(rows, columns)) + 0.8 * (y[:, None] == np.arange(columns) % (classes + 2))
        x[random.random(x.shape) < 0.4] = 0.0
        if scales:
            x *= np.array([1.0, 3.0, 0.3, 1.0, 2.0, 1.0, 1.0, 0.5])
        x = np.round(x, 4)
        weight = random.integers(0, 5, rows) / 2.0 if weighted else np.ones(rows)
        model = LogisticRegression(C=c, l1_ratio=ratio, fit_intercept=intercept, solver=solver, tol=1e-14, max_iter=200_000)
        # The intercept of sparse rows hardly moves.
        model.fit(x if intercept else sp.csr_matrix(x), y, sample_weight=weight)
        alpha = 1 / (c * weight.sum())
        if is_clear(model, x, y, weight, alpha, ratio):
            break
    cases.append({
        "classes": classes, "C": c, "l1_ratio": ratio, "fit_intercept": intercept, "solver": solver, "alpha": alpha,
        "x": x.tolist(), "y": y.tolist(), "weight": weight.tolist() if weighted else None,
        "coef": model.coef_.tolist(), "intercept": model.intercept_.tolist() if intercept else [0.0] * len(model.coef_),
        "objective": objective(model, x, y, weight, alpha, ratio), "n_nonzero": int((model.coef_ != 0).sum()),
    })


for classes in (2, 3):
    for ratio in (0.5, 1.0):
        for intercept in (True, False):
            case(classes, 0.3, ratio, intercept=intercept)
            case(classes, 1.0, ratio, intercept=intercept, weighted=True)
    case(classes, 0.5, 1.0, scales=True)
    # So strong that no coefficient stays. With an intercept, saga stops before that has come to rest.
    case(classes, 0.02, 1.0, intercept=False)
    case(classes, 0.02, 0.9, intercept=False, weighted=True)
for c in (0.02, 0.3, 2.0):
    case(2, c, 1.0, intercept=False, solver="liblinear")

with open(path, "w") as file:
    json.dump(cases, file)
    file.write("\n")
