"""Writes multilabel.json: scikit-learn 1.9's scores of random matrices of labels. Arguments: the seed, the file."""

import json
import sys
import warnings

import numpy as np
from sklearn.metrics import (
    accuracy_score, f1_score, hamming_loss, multilabel_confusion_matrix, precision_score, recall_score,
)

seed, path = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
warnings.simplefilter("ignore")
cases = []

for rows, labels, share in ((40, 6, 0.3), (60, 3, 0.6), (25, 12, 0.1), (5, 2, 0.5), (30, 4, 0.0)):
    truth = random.random((rows, labels)) < share
    # Some labels are right more often than others, one is never predicted, one is never true.
    predicted = truth ^ (random.random(truth.shape) < random.uniform(0.05, 0.4, labels))
    predicted[:, 0] = False
    truth[:, -1] = False
    scores = {
        average: [score(truth, predicted, average=average) for score in (precision_score, recall_score, f1_score)]
        for average in ("micro", "macro", "weighted", "samples")
    }
    each = [score(truth, predicted, average=None).tolist() for score in (precision_score, recall_score, f1_score)]
    counts = multilabel_confusion_matrix(truth, predicted)
    cases.append({
        "truth": truth.astype(int).tolist(), "predicted": predicted.astype(int).tolist(), **scores, "each": each,
        "true_positives": counts[:, 1, 1].tolist(), "false_positives": counts[:, 0, 1].tolist(),
        "false_negatives": counts[:, 1, 0].tolist(),
        "accuracy": accuracy_score(truth, predicted), "hamming_loss": hamming_loss(truth, predicted),
    })

with open(path, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
