"""A file of fastText's own format to a model: five epochs, two threads.

Usage: fast_text.py FILE --test FILE --lr RATE
"""

import argparse
import time

import fasttext

from common import tell


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--test", required=True)
    parser.add_argument("--lr", type=float, default=0.1)
    args = parser.parse_args()
    started = time.perf_counter()
    model = fasttext.train_supervised(input=args.file, epoch=5, lr=args.lr, thread=2, verbose=0)
    seconds = time.perf_counter() - started
    _, accuracy, _ = model.test(args.test)
    with open(args.file, encoding="utf-8") as file:
        documents = sum(1 for _ in file)
    tell(seconds=seconds, documents=documents, accuracy=accuracy)


if __name__ == "__main__":
    main()
