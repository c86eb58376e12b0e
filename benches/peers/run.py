#!/usr/bin/env python3
"""Runs chunkfit and its peers side by side on the same work, in turns, and writes what came out.

    python3 benches/peers/run.py [--data DIR] [--rounds 5] [--only NAME,..] [--mb 500] [--venv DIR]

Makes a virtual environment with the peers, builds both sides, checks that each pair did the same work, and writes
`benches/results/latest.json`, `.md` and `.svg` and the table in the README. A part of the rows (`--only`) is printed
and written nowhere. Needs Python 3.11, cargo, a C++ compiler, and Reuters-21578.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from suite import corpora, pairs, report, tools
from suite.measure import measure
from suite.process import Failed


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("CHUNKFIT_DATA")
    parser.add_argument("--data", type=Path, default=data, help="the folder that holds reuters21578 (CHUNKFIT_DATA)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each pair is run; the median counts")
    parser.add_argument("--only", help="names of rows, separated by commas")
    parser.add_argument("--mb", type=int, default=500, help="MB of text in each of the files that are only read")
    parser.add_argument("--venv", type=Path, default=tools.ROOT / "target/peers/venv", help="made if it is not there")
    args = parser.parse_args()
    if not args.data:
        parser.error("--data DIR or CHUNKFIT_DATA is to name the folder that holds reuters21578")
    if args.rounds < 1:
        parser.error("--rounds is at least 1")
    return args


def chosen(rows, names):
    """The rows of these names, or all."""
    if names is None:
        return rows
    known = [row.name for row in rows]
    unknown = [name for name in names.split(",") if name not in known]
    if unknown:
        raise SystemExit(f"no row is called {', '.join(unknown)}; there are {', '.join(known)}")
    return [row for row in rows if row.name in names.split(",")]


def main():
    args = arguments()
    try:
        ready = tools.prepare(args.venv.absolute())
    except (Failed, subprocess.CalledProcessError) as failure:
        sys.exit(str(failure))
    rows = []
    print(report.HEADER, end="")
    with tempfile.TemporaryDirectory() as folder:
        written = corpora.write(args.data.absolute() / "reuters21578", folder)
        asked = chosen(pairs.pairs(ready, written), args.only)
        if any(pair.name.startswith(pairs.READING) for pair in asked):
            corpora.write_documents(ready, written, args.mb)
        for pair in asked:
            rows.append(measure(pair, args.rounds))
            print(report.line(rows[-1]), end="", flush=True)
            if rows[-1]["error"]:
                print(f"{pair.name}: {rows[-1]['error']}", file=sys.stderr)
    results = {"head": report.head(ready, args.rounds), "rows": rows}
    if args.only is None:
        report.write(results)
        files = report.RESULTS / "latest.json", report.RESULTS / "latest.svg"
        subprocess.run([ready.interpreter, Path(__file__).parent / "suite/chart.py", *files], check=True)
        report.show(results)
    # Results are there even so.
    sys.exit(any(row["error"] for row in rows))


if __name__ == "__main__":
    main()
