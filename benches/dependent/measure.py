#!/usr/bin/env python3
"""Measures what it costs to build programs that use chunkfit, with cargo's defaults.

    python3 benches/dependent/measure.py [--cold all] [--only NAME,..] [--profiles dev,release]
    python3 benches/dependent/measure.py --parts

For each program of this package and each profile: CPU time and wall time of a build from nothing but downloaded
sources, of a build and of a check after an edit; the crates compiled; the size of the program. Builds a copy of the
package in a temporary folder (TMPDIR says where; some GB), and edits only that. Variables that change a build are
removed from the environment; what `config.toml` in CARGO_HOME sets applies. Every program is run once, and has to
succeed.

Writes `benches/results/dependent.json` and `.md` and the table in the README. A part of the rows (`--only`,
`--profiles`) is printed and written nowhere. Needs Python 3.11 and cargo, and for the wall time a machine with nothing
else to do.

By default the crates below the programs are built from nothing once for each profile and set of features (by a
program that does nothing), and their cost is added to what each program takes after that. With `--cold all` every
program is built from nothing by one command, with all that it depends on.

With `--parts` only the program `parts` is measured, with more and more in it: what each part of a program adds to an edit.
Writes `benches/results/parts.json` and the table of the guide page `guide::build_costs`.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from building import package, parts, report
from building.cargo import Failed
from building.measure import Measuring

PROFILES = ["dev", "release"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cold", choices=["once", "all"], default="once", help="which builds are from nothing")
    parser.add_argument("--parts", action="store_true", help="what each part of a program adds, and nothing else")
    parser.add_argument("--only", help="names of programs, separated by commas")
    parser.add_argument("--profiles", help="dev, release or both, separated by commas")
    return parser.parse_args()


def chosen(known, names, what):
    """Those of these names, or all."""
    names = list(known) if names is None else names.split(",")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"no {what} is called {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in known if name in names]


def measure_parts(measuring, program):
    """Prints and writes what each part of a program adds."""
    found = []
    print(parts.HEADER, end="", flush=True)
    for row in parts.rows(measuring, program):
        found.append(row)
        print(parts.line(row), end="", flush=True)
    parts.write(found)


def main():
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="chunkfit-dependent-") as folder:
        folder = Path(folder)
        (folder / "package").mkdir()
        try:
            known = {program.name: program for program in package.copy(folder / "package")}
            by_parts = known.pop(parts.PROGRAM)
            if args.parts:
                measure_parts(Measuring(folder, each_cold=False), by_parts)
                return
            programs = chosen(known, args.only, "program")
            profiles = chosen(dict(zip(PROFILES, PROFILES)), args.profiles, "profile")
            rows = []
            print(report.HEADER, end="", flush=True)
            for row in Measuring(folder, args.cold == "all").rows(programs, profiles):
                rows.append(row)
                print(report.line(row), end="", flush=True)
        except Failed as failure:
            sys.exit(str(failure))
    results = {"head": report.head(), "rows": rows}
    if args.only is None and args.profiles is None:
        report.write(results)
        report.show(results)


if __name__ == "__main__":
    main()
