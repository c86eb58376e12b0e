"""Writes scorers.json: the scores of scikit-learn 1.9.1 by the names of its scorers. Arguments: the seed, the file.

A case has what a model says of some rows, and for each name the score without weights ("plain") and with ("weighted").
Scores of clusterings take no weights there: those rows are repeated as often as their weights say.
"""

import json
import sys
import warnings

import numpy as np
from sklearn import metrics
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.cluster import KMeans
from sklearn.metrics import get_scorer

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")


def plain(x):
    return np.asarray(x).tolist()


def weights(n):
    w = random.integers(0, 5, n)
    w[:2] = [1, 2]
    return w


class Fixed(BaseEstimator):
    """A fitted model that says the same whatever it is asked."""

    def __init__(self, **said):
        self.said, self.classes_ = said, np.arange(said.get("n_classes", 2))

    def __sklearn_is_fitted__(self):
        return True

    def predict(self, x):
        return self.said["predicted"]

    def decision_function(self, x):
        return self.said["decision"]

    def predict_proba(self, x):
        return self.said["probabilities"]


class FixedClassifier(ClassifierMixin, Fixed):
    pass


class FixedRegressor(RegressorMixin, Fixed):
    pass


def by_name(names, model, y, w):
    x = np.zeros((len(y), 1))
    return {"plain": {name: get_scorer(name)(model, x, y) for name in names},
            "weighted": {name: get_scorer(name)(model, x, y, sample_weight=w) for name in names}}


AGAINST_LABELS = ["rand_score", "adjusted_rand_score", "fowlkes_mallows_score", "homogeneity_score",
                  "completeness_score", "v_measure_score", "mutual_info_score", "normalized_mutual_info_score"]


def clusterings():
    for n, n_labels, n_clusters, noise in [(60, 3, 3, 0.2), (90, 4, 7, 0.5), (40, 1, 3, 0.3), (40, 3, 1, 0.3),
                                           (50, 5, 5, 0.0), (80, 6, 4, 1.0)]:
        truth = random.integers(0, n_labels, n)
        drawn = random.integers(0, n_clusters, n)
        clusters = np.where(random.random(n) < noise, drawn, truth % n_clusters)
        w = weights(n)
        of = lambda truth, clusters: {name: getattr(metrics, name)(truth, clusters) for name in AGAINST_LABELS}
        yield {"truth": plain(truth), "clusters": plain(clusters), "weights": plain(w), "plain": of(truth, clusters),
               "weighted": of(np.repeat(truth, w), np.repeat(clusters, w))}


def inertias():
    for n, columns, k, weighted in [(30, 3, 2, False), (60, 4, 5, True), (45, 2, 3, True)]:
        x = np.round(random.normal(size=(n, columns)) + 3 * random.integers(0, k, (n, 1)), 3)
        w = weights(n) + 1 if weighted else None
        model = KMeans(k, init=x[:k], n_init=1, max_iter=50, tol=0, algorithm="lloyd").fit(x, sample_weight=w)
        test = np.round(3 * random.normal(size=(20, columns)), 3)
        w_test = weights(20)
        yield {"x": plain(x), "weights": None if w is None else plain(w), "k": k,
               "centers": plain(model.cluster_centers_), "n_iter": model.n_iter_, "inertia": model.inertia_,
               "test": plain(test), "test_weights": plain(w_test), "plain": model.score(test),
               "weighted": model.score(test, sample_weight=w_test)}


EVERY_VALUE = ["r2", "explained_variance", "neg_mean_squared_error", "neg_root_mean_squared_error",
               "neg_mean_absolute_error", "neg_mean_absolute_percentage_error", "neg_max_error"]
ABOVE_MINUS_ONE = ["neg_mean_squared_log_error", "neg_root_mean_squared_log_error"]
DEVIANCES = ["neg_mean_poisson_deviance", "neg_mean_gamma_deviance"]


def regressions():
    for n, shift, names in [(50, 0.0, EVERY_VALUE), (40, 1e6, EVERY_VALUE), (70, None, EVERY_VALUE + ABOVE_MINUS_ONE
                                                                            + DEVIANCES)]:
        if shift is None:
            y, p = random.exponential(3.0, n) + 0.01, random.exponential(3.0, n) + 0.01
        else:
            y = random.normal(size=n) + shift
            p = y + random.normal(size=n) + 0.5
        if n == 50:
            y[0] = 0.0
        w = weights(n)
        # The largest error has no weight in scikit-learn: a row of weight 0 counts there.
        w[np.argmax(np.abs(y - p))] = 1
        names_ = [name for name in names if name != "neg_max_error"]
        case = by_name(names_, FixedRegressor(predicted=p), y, w)
        for kind in ["plain", "weighted"]:
            if "neg_max_error" in names:
                case[kind]["neg_max_error"] = -metrics.max_error(y, p)
        yield {"y": plain(y), "predicted": plain(p), "weights": plain(w), **case}
    counts, p = random.poisson(1.5, 60).astype(float), random.exponential(1.5, 60) + 0.01
    w = weights(60)
    names = ABOVE_MINUS_ONE + DEVIANCES[:1]
    yield {"y": plain(counts), "predicted": plain(p), "weights": plain(w),
           **by_name(names, FixedRegressor(predicted=p), counts, w)}


OF_LABELS = ["accuracy", "balanced_accuracy", "matthews_corrcoef"] + [
    f"{score}_{average}" for score in ["precision", "recall", "f1", "jaccard"]
    for average in ["macro", "micro", "weighted"]]
OF_PROBABILITIES = ["neg_log_loss", "neg_brier_score", "d2_log_loss_score", "d2_brier_score"]


def classifications():
    for n, k in [(80, 2), (90, 3), (120, 5)]:
        y = random.integers(0, k, n)
        y[: 2 * k] = np.tile(np.arange(k), 2)
        raw = np.round(random.normal(size=(n, k)) + 1.2 * np.eye(k)[y], 2)
        probabilities = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
        predicted = probabilities.argmax(axis=1)
        decision = raw[:, 1] - raw[:, 0] if k == 2 else raw
        w = weights(n)
        w[: 2 * k] += 1
        model = FixedClassifier(predicted=predicted, probabilities=probabilities, decision=decision, n_classes=k)
        names = OF_LABELS + OF_PROBABILITIES + ["roc_auc_ovr", "roc_auc_ovr_weighted"]
        if k == 2:
            names += ["precision", "recall", "f1", "jaccard", "roc_auc", "average_precision"]
        case = by_name(names, model, y, w)
        if k == 2:
            for kind, w_ in [("plain", None), ("weighted", w)]:
                ratios = metrics.class_likelihood_ratios(y, predicted, sample_weight=w_, replace_undefined_by=1.0)
                case[kind]["positive_likelihood_ratio"] = ratios[0]
                case[kind]["neg_negative_likelihood_ratio"] = -ratios[1]
        yield {"y": plain(y), "predicted": plain(predicted), "probabilities": plain(probabilities), "n_classes": k,
               "decision": plain(decision) if k == 2 else None, "weights": plain(w), **case}


OF_SETS = ["accuracy"] + [f"{score}_{average}" for score in ["precision", "recall", "f1", "jaccard"]
                          for average in ["macro", "micro", "weighted", "samples"]]


def multilabels():
    for n, k in [(60, 3), (70, 5)]:
        y = random.random((n, k)) < 0.4
        y[0], y[1] = True, False
        decision = np.round(random.normal(size=(n, k)) + 1.5 * y - 0.7, 1)
        predicted = decision > 0
        w = weights(n)
        case = by_name(OF_SETS, FixedClassifier(predicted=predicted.astype(int)), y.astype(int), w)
        for kind, w_ in [("plain", None), ("weighted", w)]:
            case[kind]["neg_hamming_loss"] = -metrics.hamming_loss(y, predicted, sample_weight=w_)
            case[kind]["roc_auc"] = metrics.roc_auc_score(y, decision, sample_weight=w_)
            case[kind]["average_precision"] = metrics.average_precision_score(y, decision, sample_weight=w_)
        yield {"y": plain(y), "decision": plain(decision), "weights": plain(w), **case}


out = {"clusterings": list(clusterings()), "inertias": list(inertias()), "regressions": list(regressions()),
       "classifications": list(classifications()), "multilabels": list(multilabels())}
with open(path, "w") as file:
    json.dump([out], file, separators=(",", ":"))
    file.write("\n")
