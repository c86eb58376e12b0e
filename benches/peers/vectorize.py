"""Documents in memory to rows of 2^20 columns by scikit-learn's HashingVectorizer.

Usage: vectorize.py FOLDER [--char-wb]
"""

import argparse

from sklearn.feature_extraction.text import HashingVectorizer

from common import per_pass, tell, whole


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--char-wb", action="store_true", help="two to four characters of words, not words")
    args = parser.parse_args()
    texts, _ = whole(args.folder)
    vectorizer = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4)) if args.char_wb else HashingVectorizer()
    seconds, rows = per_pass(lambda: vectorizer.transform(texts))
    size = sum(len(text.encode()) for text in texts)
    tell(seconds=seconds, bytes=size, documents=rows.shape[0], stored=rows.nnz, sum=rows.sum())


if __name__ == "__main__":
    main()
