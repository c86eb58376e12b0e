"""A file of documents and labels, read once, by its peers: how many rows there are, the bytes of their text, the mean
of the labels.

Usage: reading.py FILE --peer polars|duckdb

The format is that of the file's name. Polars has its streaming engine, on as many threads as POLARS_MAX_THREADS says;
DuckDB has two.
"""

import argparse
import time
from pathlib import Path

from common import tell


def by_polars(file):
    """The types of the columns are those it finds, as they are for us."""
    import polars

    scan = {".jsonl": polars.scan_ndjson, ".csv": polars.scan_csv, ".parquet": polars.scan_parquet}[file.suffix]
    text, label = polars.col("text"), polars.col("label")
    sums = polars.len(), text.str.len_bytes().sum().alias("bytes"), label.mean().alias("mean")
    started = time.perf_counter()
    rows = scan(file).select(*sums).collect(engine="streaming")
    return time.perf_counter() - started, rows.row(0)


def by_duckdb(file):
    """A column is named with its type where the format has none."""
    import duckdb

    columns = "columns = {text: 'VARCHAR', label: 'BOOLEAN'}"
    source = {
        ".jsonl": f"read_json('{file}', format = 'newline_delimited', {columns})",
        ".csv": f"read_csv('{file}', header = true, {columns})",
        ".parquet": f"read_parquet('{file}')",
    }[file.suffix]
    connection = duckdb.connect(config={"threads": 2})
    started = time.perf_counter()
    rows = connection.execute(f"SELECT count(*), sum(strlen(text)), count_if(label) / count(*) FROM {source}").fetchone()
    return time.perf_counter() - started, rows


PEERS = {"polars": by_polars, "duckdb": by_duckdb}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--peer", choices=PEERS, required=True)
    args = parser.parse_args()
    seconds, (rows, size, mean) = PEERS[args.peer](args.file)
    tell(seconds=seconds, rows=rows, bytes=int(size), mean=float(mean))


if __name__ == "__main__":
    main()
