"""Stories again and again, as one file of JSON lines, one of CSV and one of Parquet.

Usage: documents.py STORIES FOLDER --mb MB

`STORIES` is a folder of JSON lines with a text and a label. Each file has so many MB of text. The Parquet file is
pyarrow's by its defaults, in row groups of some 16 MB of text.
"""

import argparse
import csv
import json
from itertools import cycle
from pathlib import Path

import pyarrow
from pyarrow import parquet

from common import tell, whole

GROUP = 16_000_000


def groups(stories, size):
    """Lists of rows with some 16 MB of text each, so much in all."""
    rows, in_group = [], 0
    for text, label in cycle(stories):
        rows.append((text, label))
        in_group += len(text.encode())
        if in_group >= min(GROUP, size):
            yield rows
            size -= in_group
            rows, in_group = [], 0
        if size <= 0:
            return


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stories", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mb", type=int, required=True)
    args = parser.parse_args()
    stories = list(zip(*whole(args.stories)))
    schema = pyarrow.schema({"text": pyarrow.string(), "label": pyarrow.bool_()})
    create = lambda ending: (args.folder / f"documents.{ending}").open("w", encoding="utf-8", newline="")
    written = 0
    with create("jsonl") as lines, create("csv") as table:
        with parquet.ParquetWriter(args.folder / "documents.parquet", schema) as writer:
            csv_writer = csv.writer(table, lineterminator="\n")
            csv_writer.writerow(schema.names)
            for rows in groups(stories, args.mb * 1_000_000):
                lines.writelines(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows)
                csv_writer.writerows((text, "true" if label else "false") for text, label in rows)
                writer.write_table(pyarrow.table(list(zip(*rows)), schema=schema))
                written += len(rows)
    tell(rows=written)


if __name__ == "__main__":
    main()
