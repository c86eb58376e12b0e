"""A text classifier of chunkfit in scikit-learn: reads a model file, predicts for lines of text.

    pip install safetensors scikit-learn
    echo "Acme to buy 20 pct stake in Widget Corp" | python examples/python/load_model.py acq.safetensors

The file is that of a FittedPipeline of a HashingVectorizer and a linear classifier, as
`cargo run --release --bin save_and_load -- fit acq.safetensors` writes it. For every line of standard
input its margin (a list of them if there are more than two classes) and its label are printed.
"""

import json
import sys

import numpy as np
from safetensors import safe_open
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier


def load(path):
    """The vectorizer and the classifier in a model file."""
    with safe_open(path, framework="np") as file:
        entry = json.loads(file.metadata()["chunkfit"])
        if entry["format"] != 1 or not entry["kind"].startswith("FittedPipeline<HashingVectorizer, "):
            raise ValueError(f"{path} holds a {entry['kind']} in format {entry['format']}")
        model = entry["model"]["model"]
        # Models learned by gradient descent are written out beside; others are as they are.
        linear = entry["written_out"].get("linear") or model.get("linear") or model
        coef, intercept = (file.get_tensor(linear[name]["$tensor"]) for name in ("coef", "intercept"))
    return vectorizer(entry["model"]["transformer"]), classifier(linear["classes"], coef, intercept)


def vectorizer(settings):
    """scikit-learn's HashingVectorizer of the same settings."""
    settings = dict(settings)
    ngrams, words = settings.pop("ngram_range"), settings.pop("stop_words")
    words = words["custom"] if isinstance(words, dict) else {"none": None}.get(words, words)
    return HashingVectorizer(**settings, ngram_range=(ngrams["min"], ngrams["max"]), stop_words=words)


def classifier(classes, coef, intercept):
    """scikit-learn's linear classifier of these numbers."""
    model = SGDClassifier()
    model.classes_, model.coef_, model.intercept_ = np.array(classes), coef, intercept
    model.n_features_in_ = coef.shape[1]
    return model


def main():
    hasher, model = load(sys.argv[1])
    rows = hasher.transform(line.rstrip("\n") for line in sys.stdin)
    for margin, label in zip(model.decision_function(rows), model.predict(rows)):
        print(f"{np.round(margin, 9)}\t{str(label).lower()}")


if __name__ == "__main__":
    main()
