"""The ratios as a bar chart. Usage: chart.py RESULTS.json CHART.svg

A process of its own, because matplotlib is where the peers are.
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
# Text stays text, and the same results give the same file.
matplotlib.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "peers", "font.family": "sans-serif", "font.size": 9}
from matplotlib import pyplot  # noqa: E402

# Seen on white and on black.
BLUE, ORANGE, GREY = "#2e86ab", "#d1603d", "#808080"


def draw(rows, path):
    """One bar a row: as long as its ratio, blue unless its goal is missed, and a mark at the goal."""
    rows = [row for row in rows if row["ratio"]]
    figure, axes = pyplot.subplots(figsize=(9, 0.32 * len(rows) + 0.9), layout="constrained")
    places = range(len(rows))
    colours = [ORANGE if row["met"] is False else BLUE for row in rows]
    axes.barh(places, [row["ratio"] for row in rows], color=colours, height=0.62)
    marks = [(row["goal"], place) for place, row in zip(places, rows) if row["goal"]]
    if marks:
        axes.plot(*zip(*marks), linestyle="", marker="|", markersize=13, markeredgewidth=2, color=GREY, label="goal")
        axes.legend(frameon=False, labelcolor=GREY, loc="lower right")
    axes.set_xscale("log")
    axes.margins(x=0.12)
    axes.set_xlim(left=min([1.0, *(row["ratio"] * 0.9 for row in rows)]))
    # Beside a bar a number could be taken for the goal.
    axes.set_yticks(places, [f"{row['what']}: {row['peer_name']}, {row['ratio']:.3g} ×" for row in rows])
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("times as fast (logarithmic)", color=GREY)
    axes.tick_params(colors=GREY, which="both")
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(GREY)
    figure.savefig(path, transparent=True, metadata={"Date": None})


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["rows"], sys.argv[2])
