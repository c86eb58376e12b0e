"""The results for people and programs: JSON, a table, and the same in the README."""

import json
import os
import platform
import subprocess
from datetime import date
from pathlib import Path

from .tools import PEERS, ROOT

RESULTS = ROOT / "benches/results"
PICTURE = "![Times as fast as each peer, with the goals](benches/results/latest.svg)"
BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"
HEADER = "| | ours | peer | | ratio | goal | |\n|---|---|---|---|---|---|---|\n"


def head(tools, rounds):
    """Where and when, and with what."""
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True)
    python = subprocess.run([tools.interpreter, "--version"], capture_output=True, text=True, check=True)
    pinned = (PEERS / "requirements.txt").read_text(encoding="utf-8").split()
    return {
        "date": date.today().isoformat(),
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "rounds": rounds,
        "versions": {"rust": rustc.stdout.split()[1], "python": python.stdout.split()[1]}
        | dict(line.split("==") for line in pinned)
        | rust_peers(),
    }


def cpu():
    """The processor's own name, where the system tells."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")


def rust_peers():
    """The versions of the peers in Rust, as they are locked."""
    lock = (PEERS / "rust/Cargo.lock").read_text(encoding="utf-8")
    packages = [block.splitlines() for block in lock.split("[[package]]\n")[1:]]
    values = ([line.split('"')[1] for line in package[:2]] for package in packages)
    return {name: version for name, version in values if name in ("vtext", "linfa-preprocessing")}


def table(rows):
    """The rows in Markdown."""
    return HEADER + "".join(line(row) for row in rows)


def line(row):
    """A row in Markdown."""
    goal = "" if row["goal"] is None else f"{row['goal']:g} ×"
    if row["error"]:
        return f"| {row['what']} | | | {row['peer_name']} | | {goal} | failed |\n"
    verdict = {True: "met", False: "**missed**", None: ""}[row["met"]]
    ours, peer = (quantity(row[side], row["unit"]) for side in ("ours", "peer"))
    return f"| {row['what']} | {ours} | {peer} | {row['peer_name']} | {row['ratio']:.3g} × | {goal} | {verdict} |\n"


def quantity(value, unit):
    """Three digits; seconds below one are milliseconds."""
    value, unit = (value * 1e3, "ms") if unit == "s" and value < 1 else (value, unit)
    return f"{value:.{max(0, 2 - len(str(int(value))) + 1)}f} {unit}"


def text(results):
    """The table with where it comes from and what is to be said of rows."""
    where = results["head"]
    place = f"{where['date']}, {where['cpu']}, {where['cores']} cores"
    way = f"medians of {where['rounds']} runs in turns, one thread where no number is given"
    versions = ", ".join(f"{name} {version}" for name, version in where["versions"].items())
    failures = notes(results["rows"], "error")
    failures = ["", "Failed:", "", *failures] if failures else []
    lines = [f"{place}; {way}.", "", table(results["rows"]), *notes(results["rows"], "remark"), *failures]
    return "\n".join([*lines, "", f"With {versions}.", ""])


def notes(rows, name):
    """What the rows that have such a note say, each on a line."""
    noted = (row for row in rows if row[name])
    return [f"- {row['what']}, {row['peer_name']}: {' '.join(row[name].split())}" for row in noted]


def write(results):
    """All files but the picture."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (RESULTS / "latest.md").write_text(text(results), encoding="utf-8")


def show(results, readme=ROOT / "README.md"):
    """Puts the chart and the table between the marks in the README."""
    put_between(readme, BEGIN, END, f"{PICTURE}\n\n{text(results)}")


def put_between(file, begin, end, content):
    """Puts the content between two marks in a file."""
    whole = file.read_text(encoding="utf-8")
    before, found_begin, rest = whole.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise SystemExit(f"{file} has no place for the table: {begin} and {end}")
    file.write_text(f"{before}{begin}\n{content}{end}{after}", encoding="utf-8")
