"""The grid search of the example `grid_search` by its peers. Usage: grid_search.py FOLDER --peer sklearn|dask-ml

12 candidates (one word or up to two; three penalties; two losses), 3 folds, five epochs each: 36 fits. The files are
parsed before the clock, and scikit-learn's two processes are there before it; dask-ml's two are threads.
"""

import argparse
import time

import numpy as np
from joblib import Parallel, delayed
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import Pipeline

from common import tell
from sgml import examples, files

JOBS = 2
GRID = {
    "vectorizer__ngram_range": [(1, 1), (1, 2)],
    "sgd__alpha": [1e-3, 1e-4, 1e-5],
    "sgd__loss": ["hinge", "log_loss"],
}


def warm(_):
    """Takes long enough for every process to be given one, which has its imports then."""
    time.sleep(0.5)
    return SGDClassifier().fit([[0.0], [1.0]], [0, 1]).n_iter_


def by_sklearn(pipeline, folds):
    """The processes of joblib stay from one call to the next."""
    Parallel(n_jobs=JOBS)(delayed(warm)(i) for i in range(JOBS))
    return GridSearchCV(pipeline, GRID, cv=folds, refit=False, n_jobs=JOBS)


def by_dask_ml(pipeline, folds):
    """It fits the vectorizer once for all that share one."""
    from dask_ml.model_selection import GridSearchCV as Search

    return Search(pipeline, GRID, cv=folds, refit=False, scheduler="threads", n_jobs=JOBS)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--peer", choices=("sklearn", "dask-ml"), required=True)
    args = parser.parse_args()
    chunks = [examples(path) for path in files(args.folder)]
    texts = np.array([text for found, _ in chunks for text in found], dtype=object)
    labels = np.array([label for _, found in chunks for label in found])
    vectorizer = HashingVectorizer(decode_error="ignore", n_features=2**18, alternate_sign=False)
    pipeline = Pipeline([("vectorizer", vectorizer), ("sgd", SGDClassifier(max_iter=5, tol=None, random_state=0))])
    make = by_sklearn if args.peer == "sklearn" else by_dask_ml
    search = make(pipeline, KFold(3, shuffle=True, random_state=0))
    started = time.perf_counter()
    search.fit(texts, labels)
    seconds = time.perf_counter() - started
    results = search.cv_results_
    best = int(np.argmin(results["rank_test_score"]))
    tell(
        seconds=seconds,
        documents=len(texts),
        fits=len(results["params"]) * 3,
        best=[f"{name} {value}" for name, value in results["params"][best].items()],
        best_accuracy=results["mean_test_score"][best],
    )


if __name__ == "__main__":
    main()
