"""What each part of a program adds to the time that an edit takes to build: the program `parts`, with more or less in it."""

import json
from dataclasses import replace

from . import cargo
from .package import ROOT
from .report import RESULTS, head

PROGRAM = "parts"
# What the program does, and by which features of the package.
PARTS = [
    ("reads a sample", ()),
    ("fits `Pipeline::new(HashingVectorizer, Chained::new(SgdClassifier))`", ("part-fit",)),
    ("… and a second pipeline, with a learned step: `TfidfTransformer`", ("part-learned",)),
    ("… and a second estimator and combinator: `Averaged::new(LogisticRegression)`", ("part-averaged",)),
    ("… and `fit.score(&test)`", ("part-score",)),
    ("… and `fit.confusion(&test)`, printed", ("part-confusion",)),
    ("… and `Search` over a grid, its results printed", ("part-search",)),
    ("… and `save` and `load`", ("part-save",)),
    ("… and predictions into CSV files", ("part-sink",)),
]
EVERYTHING = ("all of these", tuple(feature for _, features in PARTS for feature in features))
HEADER = "| the program | an edit in release, CPU s | in dev, CPU s |\n|---|---|---|\n"


def rows(measuring, program):
    """The rows as they come to be known: what an edit of the program costs by the two profiles."""
    for name, features in [*PARTS, EVERYTHING]:
        with_parts = replace(program, features=features)
        yield {"part": name, "features": features} | {
            profile: edited(measuring, with_parts, profile) for profile in ("release", "dev")
        }


def edited(measuring, program, profile):
    """What an edit of the program costs. The crates below it are those of all its parts."""
    target = measuring.scratch / "target" / profile
    program.restore()
    cargo.measured("build", program, profile, measuring.package, target)
    return measuring.edited("build", program, profile, target)


def line(row):
    """A row in Markdown."""
    seconds = [f"{row[profile]['cpu']:.1f}" for profile in ("release", "dev")]
    return f"| {row['part']} | {' | '.join(seconds)} |\n"


def write(found):
    """The JSON, and the table of the guide."""
    where = head()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "parts.json").write_text(json.dumps({"head": where, "rows": found}, indent=2) + "\n", encoding="utf-8")
    place = f"{where['date']}, {where['cpu']}, {where['cores']} cores, rustc {where['rust']}, cargo's defaults."
    table = f"{HEADER}{''.join(map(line, found))}\n{place}\n"
    (ROOT / "src/guide/build_costs.md").write_text(table, encoding="utf-8")
