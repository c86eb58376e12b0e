"""Passes of scikit-learn's SGD over rows in memory, chunk by chunk. Usage: partial_fit.py FOLDER [--shuffle]"""

import argparse

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier

from common import documents, per_pass, tell

EPOCHS = 5


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--shuffle", action="store_true")
    args = parser.parse_args()
    vectorizer = HashingVectorizer(n_features=2**18, alternate_sign=False)
    chunks = [(vectorizer.transform(texts), np.array(labels)) for texts, labels in documents(args.folder)]

    def learn():
        model = SGDClassifier(shuffle=args.shuffle, random_state=0)
        for _ in range(EPOCHS):
            for x, y in chunks:
                model.partial_fit(x, y, classes=[False, True])
        return model

    seconds, model = per_pass(learn)
    rows = sum(len(y) for _, y in chunks)
    right = sum(int((model.predict(x) == y).sum()) for x, y in chunks)
    tell(
        seconds=seconds,
        documents=rows,
        accuracy=right / rows,
        intercept=model.intercept_[0],
        coef_sum=model.coef_.sum(),
        coef_norm=np.linalg.norm(model.coef_),
    )


if __name__ == "__main__":
    main()
