"""What the jobs of the Python peers share: documents in memory, the clock, and the line of JSON they end with."""

import json
import time
from pathlib import Path

LEAST = 0.5


def documents(folder):
    """Texts and labels of every file of a folder of JSON lines."""
    chunks = []
    for path in sorted(Path(folder).glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        chunks.append(([record["text"] for record in records], [record["label"] for record in records]))
    return chunks


def whole(folder):
    """Texts and labels of all files together."""
    chunks = documents(folder)
    return [text for texts, _ in chunks for text in texts], [label for _, labels in chunks for label in labels]


def per_pass(work):
    """The seconds of one pass, the mean of as many as take half a second, and what the last one gave."""
    passes, started = 0, time.perf_counter()
    while True:
        result = work()
        passes += 1
        seconds = time.perf_counter() - started
        if seconds >= LEAST:
            return seconds / passes, result


def tell(**facts):
    """The facts as one line of JSON."""
    # Scalars of numpy know how to become Python's.
    print(json.dumps(facts, default=lambda scalar: scalar.item()))
