"""The figures for people and programs: a table, JSON, and the table in the README."""

import json
import os
import subprocess
import sys
from datetime import date

from .package import ROOT

sys.path.append(str(ROOT / "benches/peers"))
from suite.report import RESULTS, cpu, put_between  # noqa: E402

BEGIN, END = "<!-- dependent: begin -->", "<!-- dependent: end -->"
HEADER = (
    "| program | lines | features | profile | cold, CPU s | cold, s | crates | edit, CPU s | edit, s | check, CPU s "
    "| check, s | size |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n"
)
FIGURES = """\
- cold: `cargo build --bin PROGRAM` in an empty target directory, from downloaded sources{how}.
- edit: the same command after one line of the program was changed; check: `cargo check` after that (profile dev).
  Medians of three edits.
- CPU s: user and system time of cargo and all processes that it starts; s: wall time.
- crates: packages compiled by the cold build, the program's own among them; a build script counts with its package.
- size: of the program's file as cargo writes it, with its symbols.
"""
ONCE = "; the crates that it depends on were built once for all programs of the same features, and are added"


def head():
    """Where and when, and with what."""
    version = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    return {"date": date.today().isoformat(), "cpu": cpu(), "cores": os.cpu_count(), "rust": version}


def line(row):
    """A row in Markdown."""
    cold, edit, check = row["cold"], row["edit"], row["check"]
    features = ", ".join(row["features"]) or "default"
    seconds = [f"{cost[clock]:.1f}" if cost else "" for cost in (cold, edit, check) for clock in ("cpu", "wall")]
    cells = [row["program"], row["lines"], features, row["profile"], *seconds[:2], cold["crates"], *seconds[2:]]
    return f"| {' | '.join(map(str, cells))} | {row['bytes'] / 1e6:.1f} MB |\n"


def text(results):
    """The table with where it comes from and what its figures are."""
    where = results["head"]
    place = f"{where['date']}, {where['cpu']}, {where['cores']} cores, rustc {where['rust']}, cargo's defaults."
    table = HEADER + "".join(line(row) for row in results["rows"])
    how = "" if all(row["cold"]["builds"] == 1 for row in results["rows"]) else ONCE
    return f"{place}\n\n{table}\n{FIGURES.format(how=how)}"


def write(results):
    """All files."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "dependent.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    (RESULTS / "dependent.md").write_text(text(results), encoding="utf-8")


def show(results, readme=ROOT / "README.md"):
    """Puts the table between the marks in the README."""
    put_between(readme, BEGIN, END, text(results))
