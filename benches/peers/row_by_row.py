"""A function of every row of a table, from a CSV file to another with one more column, by its peers.

Usage: row_by_row.py FILE OUT --peer pandas|dask|polars-elements|polars-rows|polars-expressions

`OUT` is a folder. dask has two processes, which it starts when the graph is computed. The last peer writes the function
in Polars' own expressions, and not as a function of a row.
"""

import argparse
import time
from pathlib import Path

from common import tell

# About as many blocks of the file as ours has chunks.
BLOCK = 2 << 20


def fare(distance, minutes, kind):
    """The price of a trip."""
    if kind == "rail":
        return 1.5 + 0.12 * distance
    if kind == "taxi" and minutes > 30.0:
        return 3.0 + 0.5 * minutes + 0.9 * distance
    return 2.0 + 0.3 * minutes


def by_pandas(file, out):
    """One thread."""
    import pandas

    started = time.perf_counter()
    trips = pandas.read_csv(file)
    trips["fare"] = trips.apply(lambda trip: fare(trip.distance, trip.minutes, trip.kind), axis=1)
    trips.to_csv(out / "trips.csv", index=False)
    return time.perf_counter() - started


def by_dask(file, out):
    """Threads would wait for each other, as the function is Python's."""
    import dask
    import dask.dataframe

    started = time.perf_counter()
    with dask.config.set(scheduler="processes", num_workers=2):
        trips = dask.dataframe.read_csv(file, blocksize=BLOCK)
        fares = trips.apply(lambda trip: fare(trip.distance, trip.minutes, trip.kind), axis=1, meta=("fare", "float64"))
        trips.assign(fare=fares).to_csv(out / "trips-*.csv", index=False)
    return time.perf_counter() - started


def by_polars_elements(file, out):
    """A struct of every row is given to the function."""
    import polars

    started = time.perf_counter()
    of_struct = lambda trip: fare(trip["distance"], trip["minutes"], trip["kind"])
    trips = polars.read_csv(file)
    fares = polars.struct("distance", "minutes", "kind").map_elements(of_struct, return_dtype=polars.Float64)
    trips.with_columns(fares.alias("fare")).write_csv(out / "trips.csv")
    return time.perf_counter() - started


def by_polars_rows(file, out):
    """A tuple of every row is given to the function."""
    import polars

    started = time.perf_counter()
    trips = polars.read_csv(file)
    fares = trips.map_rows(lambda trip: fare(*trip), return_dtype=polars.Float64).to_series().alias("fare")
    trips.with_columns(fares).write_csv(out / "trips.csv")
    return time.perf_counter() - started


def by_polars_expressions(file, out):
    """No function of Python's is called."""
    import polars
    from polars import col

    started = time.perf_counter()
    dear = (col("kind") == "taxi") & (col("minutes") > 30.0)
    value = (
        polars.when(col("kind") == "rail")
        .then(1.5 + 0.12 * col("distance"))
        .when(dear)
        .then(3.0 + 0.5 * col("minutes") + 0.9 * col("distance"))
        .otherwise(2.0 + 0.3 * col("minutes"))
    )
    polars.read_csv(file).with_columns(value.alias("fare")).write_csv(out / "trips.csv")
    return time.perf_counter() - started


PEERS = {
    "pandas": by_pandas,
    "dask": by_dask,
    "polars-elements": by_polars_elements,
    "polars-rows": by_polars_rows,
    "polars-expressions": by_polars_expressions,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--peer", choices=PEERS, required=True)
    args = parser.parse_args()
    args.out.mkdir(exist_ok=True)
    seconds = PEERS[args.peer](args.file, args.out)

    import pandas

    written = [pandas.read_csv(path, usecols=["fare"])["fare"] for path in sorted(args.out.glob("*.csv"))]
    tell(seconds=seconds, rows=sum(map(len, written)), sum=sum(fares.sum() for fares in written))


if __name__ == "__main__":
    main()
