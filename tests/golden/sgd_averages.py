"""Makes the cases of sgd_classifier.json that average anew: scikit-learn 1.9's SGDClassifier in one pass over all rows.
Argument: the file.

A chain over chunks is one pass over their rows, while a loop of scikit-learn's `partial_fit` is not where it averages: of
two classes, every call begins with the intercept that there was before the average, of more with the average intercept.
"""

import json
import sys

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import SGDClassifier

with open(sys.argv[1]) as file:
    cases = json.load(file)

for case in cases:
    if not case["params"].get("average"):
        continue
    x = sp.lil_matrix((len(case["x"]), case["n_features"]))
    for i, row in enumerate(case["x"]):
        for column, value in row:
            x[i, column] = value
    x = x.tocsr()
    params = dict(case["params"])
    if "class_weight" in params:
        params["class_weight"] = dict(enumerate(params["class_weight"]))
    model = SGDClassifier(shuffle=False, **params)
    model.partial_fit(x, case["y"], classes=np.arange(case["n_classes"]), sample_weight=case.get("sample_weight"))
    case |= {
        "coef": model.coef_.tolist(), "intercept": model.intercept_.tolist(), "t": float(model.t_),
        "decision": model.decision_function(x).tolist(),
    }

with open(sys.argv[1], "w") as file:
    json.dump(cases, file, ensure_ascii=False)
