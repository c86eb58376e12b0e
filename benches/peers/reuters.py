"""Reuters-21578 from the files to the scores: is a story about acquisitions?

Usage: reuters.py FOLDER --peer sklearn|dask|dask-warm

Parses the files, keeps the stories with a tag, hashes their words, holds out every fifth story of every file, learns by
a chain of SGD and by the plain mean of the logistic regressions of the files, and scores both. scikit-learn works in
one process, file by file; the dask graph of the same functions has two processes, which dask starts when the graph is
computed, or which are there before the clock.
"""

import argparse
import copy
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier

from common import tell
from sgml import examples, files

VECTORIZER = HashingVectorizer(decode_error="ignore", n_features=2**18, alternate_sign=False)

# Stops when the gradient is about 1e-6 of what it was, as ours does by default.
TOL = 1e-5


def load(path):
    """Train and test examples of a file: texts and labels of each."""
    texts, labels = examples(path)
    labels = np.array(labels)
    held_out = np.arange(len(texts)) % 5 == 4
    train, test = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    return [texts[i] for i in train], labels[train], [texts[i] for i in test], labels[test]


def chained(model, x, y):
    """One more file; the model that it gets stays what it was, as a graph's values must."""
    model = copy.deepcopy(model) if model else SGDClassifier(shuffle=False)
    return model.partial_fit(x, y, classes=[False, True])


def logistic(x, y):
    """The fit of one file, about as near its optimum as ours."""
    model = LogisticRegression(solver="liblinear", tol=TOL, max_iter=1000).fit(x, y)
    return model.coef_[0], model.intercept_[0]


def mean(models):
    """Coefficients and intercept, each file with equal weight."""
    return np.mean([coef for coef, _ in models], 0), np.mean([intercept for _, intercept in models])


def chained_facts(model, x, y):
    """What the chain's model says of the test rows."""
    return facts(model.coef_[0], model.intercept_[0], model.predict(x), y)


def averaged_facts(model, x, y):
    """What the mean says of the test rows."""
    return facts(*model, x @ model[0] + model[1] > 0, y)


def facts(coef, intercept, predicted, y):
    """What is compared."""
    return {
        "accuracy": np.mean(predicted == y),
        "positive": int(predicted.sum()),
        "coef_norm": np.linalg.norm(coef),
        "intercept": intercept,
    }


def by_sklearn(paths):
    """File by file, step by step."""
    started = time.perf_counter()
    chunks = [load(path) for path in paths]
    train = [(VECTORIZER.transform(texts), y) for texts, y, _, _ in chunks]
    test = [VECTORIZER.transform(texts) for _, _, texts, _ in chunks]
    model = SGDClassifier(shuffle=False)
    for x, y in train:
        model.partial_fit(x, y, classes=[False, True])
    average = mean([logistic(x, y) for x, y in train])
    x_test, y_test = sparse.vstack(test), np.concatenate([y for _, _, _, y in chunks])
    found = {"chained": chained_facts(model, x_test, y_test), "averaged": averaged_facts(average, x_test, y_test)}
    seconds = time.perf_counter() - started
    n_train, n_test = sum(len(y) for _, y in train), len(y_test)
    work = {"documents": n_train + n_test, "train": n_train, "test": n_test, "stored": sum(x.nnz for x, _ in train)}
    return {"seconds": seconds, **work, **found}


def by_dask(paths, workers, is_warm):
    """The same as a graph of pure functions."""
    import dask

    lazy = lambda function, **options: dask.delayed(function, pure=True, **options)
    stack, concatenate = lazy(sparse.vstack), lazy(np.concatenate)
    with ProcessPoolExecutor(workers) if is_warm else nullcontext() as pool:
        if is_warm:
            # Each has its imports before the clock.
            list(pool.map(warm, range(workers)))
        started = time.perf_counter()
        chunks = [lazy(load, nout=4)(path) for path in paths]
        train = [(lazy(VECTORIZER.transform)(texts), y) for texts, y, _, _ in chunks]
        test = [lazy(VECTORIZER.transform)(texts) for _, _, texts, _ in chunks]
        model = None
        for x, y in train:
            model = lazy(chained)(model, x, y)
        average = lazy(mean)([lazy(logistic)(x, y) for x, y in train])
        x_test, y_test = stack(test), concatenate([y for _, _, _, y in chunks])
        scores = lazy(chained_facts)(model, x_test, y_test), lazy(averaged_facts)(average, x_test, y_test)
        chain, mean_ = dask.compute(*scores, scheduler="processes", pool=pool, num_workers=workers)
        seconds = time.perf_counter() - started
    return {"seconds": seconds, "chained": chain, "averaged": mean_}


def warm(_):
    """Takes long enough for every process to be given one."""
    time.sleep(0.5)
    return LogisticRegression(solver="liblinear").fit([[0.0], [1.0]], [0, 1]).n_iter_


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--peer", choices=("sklearn", "dask", "dask-warm"), required=True)
    args = parser.parse_args()
    paths = files(args.folder)
    tell(**(by_sklearn(paths) if args.peer == "sklearn" else by_dask(paths, 2, args.peer == "dask-warm")))


if __name__ == "__main__":
    main()
