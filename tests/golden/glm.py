"""Writes glm.json: what scikit-learn 1.9 fits to random rows. Arguments: the seed, the file."""

import json
import sys
import warnings

import numpy as np
from sklearn.linear_model import GammaRegressor, LinearRegression, PoissonRegressor, Ridge, TweedieRegressor

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")
cases = []


def case(model, kind, targets, power=None, alpha=0.0, weighted=False, dependent=False, intercept=True):
    rows, columns = 30, 4
    x = random.normal(size=(rows, columns))
    x[random.random(x.shape) < 0.4] = 0.0
    if dependent:
        x[:, 3] = x[:, 0] - 2.0 * x[:, 1]
    y = targets(x @ np.array([0.5, -0.3, 0.2, 0.1]) + 0.4)
    # Halves, which every float holds.
    weight = random.integers(0, 5, rows) / 2.0 if weighted else None
    model.fit(x, y, sample_weight=weight)
    cases.append({
        "kind": kind, "power": power, "alpha": alpha, "intercept": intercept, "dependent": dependent, "x": x.tolist(), "y": y.tolist(),
        "weight": None if weight is None else weight.tolist(), "coef": model.coef_.tolist(),
        "coef_0": float(model.intercept_), "predicted": model.predict(x[:5]).tolist(),
    })


def noisy(margin):
    return margin + random.normal(size=len(margin)) * 0.3


def counts(margin):
    return random.poisson(np.exp(margin)).astype(float)


def amounts(margin):
    return np.exp(margin) * random.gamma(3.0, 1 / 3, len(margin))


exact = {"tol": 1e-12, "max_iter": 1000, "solver": "newton-cholesky"}
for weighted in (False, True):
    case(LinearRegression(), "linear", noisy, weighted=weighted)
    case(PoissonRegressor(alpha=0.1, **exact), "poisson", counts, alpha=0.1, weighted=weighted)
    case(GammaRegressor(alpha=0.05, **exact), "gamma", amounts, alpha=0.05, weighted=weighted)
    case(TweedieRegressor(power=1.5, alpha=0.01, **exact), "tweedie", counts, power=1.5, alpha=0.01, weighted=weighted)
    case(TweedieRegressor(power=0.0, alpha=0.2, **exact), "tweedie", noisy, power=0.0, alpha=0.2, weighted=weighted)
case(LinearRegression(), "linear", noisy, dependent=True)
case(LinearRegression(fit_intercept=False), "linear", noisy, intercept=False)
case(Ridge(alpha=6.0, solver="cholesky"), "linear", noisy, alpha=6.0 / 30)
case(PoissonRegressor(alpha=0.0, fit_intercept=False, **exact), "poisson", counts, intercept=False)

with open(path, "w") as file:
    json.dump(cases, file)
    file.write("\n")
