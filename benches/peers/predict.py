"""Documents in memory to predictions, by scikit-learn and a model fitted before the clock.

Usage: predict.py FOLDER
"""

import sys

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier

from common import per_pass, tell, whole


def main():
    texts, labels = whole(sys.argv[1])
    labels = np.array(labels)
    vectorizer = HashingVectorizer()
    model = SGDClassifier(shuffle=False).partial_fit(vectorizer.transform(texts), labels, classes=[False, True])
    seconds, predicted = per_pass(lambda: model.predict(vectorizer.transform(texts)))
    right = int((predicted == labels).sum())
    tell(seconds=seconds, documents=len(texts), positive=int(predicted.sum()), right=right)


if __name__ == "__main__":
    main()
