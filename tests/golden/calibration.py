"""Writes calibration.json: what scikit-learn 1.9 makes of random decision values. Arguments: the seed, the file."""

import json
import sys
import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import fbeta_score, precision_recall_curve

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")


class Given(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose rows are its decision values."""

    def fit(self, x, y):
        self.classes_, self.n_features_in_ = np.unique(y), x.shape[1]
        return self

    def decision_function(self, x):
        return x[:, 0] if x.shape[1] == 1 else x

    def predict(self, x):
        return self.classes_[x.argmax(axis=1) if x.shape[1] > 1 else (x[:, 0] > 0).astype(int)]


cases = []
for n, classes, spread, rounded in [(60, 2, 1.0, True), (300, 2, 0.2, False), (200, 2, 50.0, False), (240, 4, 1.5, True)]:
    y = np.concatenate([np.arange(classes), random.integers(0, classes, n - classes)])
    signal = (y[:, None] == np.arange(classes)) if classes > 2 else y[:, None]
    x = spread * (1.5 * signal + random.normal(size=signal.shape) - 0.6)
    x = np.round(x, 1) if rounded else x
    test = np.linspace(1.2 * x.min(), 1.2 * x.max(), 25)[:, None] + random.normal(size=(25, x.shape[1]))
    case = {"classes": classes, "labels": y.tolist(), "decision": x.tolist(), "test": test.tolist()}
    for method in ("sigmoid", "isotonic"):
        fitted = CalibratedClassifierCV(FrozenEstimator(Given().fit(x, y)), method=method).fit(x, y)
        case[method] = fitted.predict_proba(test).tolist()
        calibrator = fitted.calibrated_classifiers_[0].calibrators[0]
        if method == "sigmoid":
            case["a"], case["b"] = calibrator.a_, calibrator.b_
        else:
            case["steps"] = [calibrator.X_thresholds_.tolist(), calibrator.y_thresholds_.tolist()]
    if classes == 2:
        precision, recall, thresholds = precision_recall_curve(y, x[:, 0])
        case["f_beta"] = []
        for beta in (0.5, 1.0, 2.0):
            scores = [fbeta_score(y, x[:, 0] >= threshold, beta=beta) for threshold in thresholds]
            best = np.max(np.flatnonzero(np.isclose(scores, np.max(scores), rtol=1e-12, atol=0)))
            case["f_beta"].append([beta, thresholds[best], scores[best]])
        enough = np.flatnonzero(precision[:-1] >= 0.8)
        best = enough[recall[enough] == recall[enough].max()].max()
        case["precision"] = [0.8, thresholds[best], recall[best]]
    cases.append(case)

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
