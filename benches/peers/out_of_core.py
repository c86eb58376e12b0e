"""scikit-learn's way to learn from text that does not fit into memory, on the files of the example out_of_core.

Usage: out_of_core.py FOLDER

Reads about as much at a time as the example does, holds out the same share to be scored, and ends with one line of
JSON. Needs scikit-learn.
"""

import json
import sys
import time
from pathlib import Path

from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier

CHUNK = 8 << 20


def blocks(folder):
    """Lists of lines, file by file, cut as the example cuts them: a line belongs where it begins."""
    for path in sorted(Path(folder).glob("part-*.jsonl")):
        size = path.stat().st_size
        with path.open("rb") as file:
            end = CHUNK
            while file.tell() < size:
                lines = []
                while file.tell() < min(end, size):
                    lines.append(file.readline())
                if lines:
                    yield lines
                end += CHUNK


def main():
    folder = sys.argv[1]
    files = sorted(Path(folder).glob("part-*.jsonl"))
    n_blocks = sum(-(-path.stat().st_size // CHUNK) for path in files)
    vectorizer = HashingVectorizer(n_features=2**20)
    model = SGDClassifier(loss="log_loss")
    seconds, rows, total, hits, tested = 0.0, 0, 0, 0, 0
    held_out = []
    start = time.perf_counter()
    for c, lines in enumerate(blocks(folder)):
        if c % 20 == 19 or c + 1 == n_blocks:
            held_out.append(lines)
            continue
        total += sum(map(len, lines))
        records = [json.loads(line) for line in lines]
        x = vectorizer.transform(record["text"] for record in records)
        model.partial_fit(x, [record["label"] for record in records], classes=[0, 1])
        rows += len(records)
    seconds = time.perf_counter() - start
    for lines in held_out:
        records = [json.loads(line) for line in lines]
        predicted = model.predict(vectorizer.transform(record["text"] for record in records))
        hits += sum(int(p == record["label"]) for p, record in zip(predicted, records))
        tested += len(records)
    print(json.dumps({"bytes": total, "rows": rows, "seconds": seconds, "accuracy": hits / max(tested, 1)}))


if __name__ == "__main__":
    main()
