"""A file of Vowpal Wabbit's own format to a model. Usage: vowpal.py FILE [--test FILE]

The package has no command of its own, so this process is it: what it takes on an empty file is its start-up.
"""

import argparse

from vowpalwabbit import Workspace

from common import tell

OPTIONS = "--loss_function logistic -b 18 --quiet"


def right(model, path):
    """Of so many lines so many are predicted as they say."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    hits = [(model.predict(line[line.index("|") :]) > 0) == line.startswith("1") for line in lines]
    return sum(hits) / len(hits)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--test")
    args = parser.parse_args()
    # The whole file is learned from before this returns.
    model = Workspace(f"-d {args.file} {OPTIONS}")
    facts = {"documents": int(model.get_weighted_examples())}
    if args.test:
        facts["accuracy"] = right(model, args.test)
    tell(**facts)


if __name__ == "__main__":
    main()
