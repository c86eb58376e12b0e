"""The files that both sides read: Reuters-21578 as JSON lines, in five scripts, as lines to learn from, and as long
files in three formats; a table."""

import csv
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

from sgml import files, stories

WORD = re.compile(r"\w\w+")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def one_to_one(lower):
    """A table from Latin letters to those of another script; capitals stay capitals."""
    assert len(set(lower)) == len(LETTERS), "a letter for every letter"
    return str.maketrans(LETTERS + LETTERS.upper(), lower + lower.upper())


GREEK = one_to_one("αβψδεφγηιξκλμνοπχρστυωέάζθ")
RUSSIAN = one_to_one("абцдефгхийклмнопярстужвыэз")
ACCENTED = one_to_one("ábçdéfghíjklmñópqrštúvwxýž")
LETTER_RUN = re.compile(r"[A-Za-z]+")

TRIPS = 1_000_000


def chinese(text):
    """A character for every two letters, so that a word is a few characters; case is lost."""

    def characters(run):
        letters = run[0].lower()
        pairs = (letters[i : i + 2] for i in range(0, len(letters), 2))
        return "".join(chr(0x4E00 + 27 * LETTERS.index(pair[0]) + LETTERS.find(pair[1:] or "?") + 1) for pair in pairs)

    return LETTER_RUN.sub(characters, text)


SCRIPTS = {
    "ascii": lambda text: text,
    "greek": lambda text: text.translate(GREEK),
    "russian": lambda text: text.translate(RUSSIAN),
    "chinese": chinese,
    "accented": lambda text: text.translate(ACCENTED),
}


@dataclass(frozen=True)
class Corpora:
    """Where the files are."""

    reuters: Path
    folder: Path

    def script(self, name):
        """All stories with a body, their letters those of a script: a folder of JSON lines."""
        return self.folder / name

    def lines(self, kind):
        """Stories with a tag, `train` or `test`, as `label<TAB>text`."""
        return self.folder / f"{kind}.tsv"

    def vowpal(self, kind):
        """The same for Vowpal Wabbit, lower-cased and cut into words; `empty` has none."""
        return self.folder / f"{kind}.vw"

    def fast_text(self, kind):
        """The same for fastText."""
        return self.folder / f"{kind}.fasttext"

    def trips(self):
        """A table of made-up trips: two numbers and a text a row, `distance,minutes,kind`."""
        return self.folder / "trips.csv"

    def documents(self, ending):
        """Stories again and again in one file: `jsonl`, `csv` or `parquet`."""
        return self.folder / f"documents.{ending}"

    def out(self, side):
        """A folder for what this side writes."""
        return self.folder / f"out-{side}"


def write(reuters, folder):
    """Writes all of them."""
    corpora = Corpora(Path(reuters), Path(folder))
    by_file = [stories(path) for path in files(reuters)]
    for name, translate in SCRIPTS.items():
        corpora.script(name).mkdir()
        for i, chunk in enumerate(by_file):
            with_body = ((ascii_only(text), "acq" in tags) for text, body, tags in chunk if body.strip())
            records = ({"text": translate(text), "label": label} for text, label in with_body)
            lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
            (corpora.script(name) / f"part-{i:02}.jsonl").write_text(lines, encoding="utf-8")
    tagged = [[(" ".join(text.split()), "acq" in tags) for text, _, tags in chunk if tags] for chunk in by_file]
    for kind, held_out in ("train", False), ("test", True):
        write_lines(corpora, kind, [row for chunk in tagged for i, row in enumerate(chunk) if (i % 5 == 4) == held_out])
    corpora.vowpal("empty").touch()
    write_trips(corpora.trips())
    return corpora


def write_documents(tools, corpora, mb):
    """Files of so many MB of text. A process of its own, because pyarrow is where the peers are."""
    writer = tools.python("documents.py", corpora.script("ascii"), corpora.folder, "--mb", mb)
    writer.finish(writer.words)


def write_trips(path, rows=TRIPS):
    """The same in every run."""
    random_numbers = random.Random(0)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("distance,minutes,kind\n")
        for _ in range(rows):
            distance, minutes = random_numbers.uniform(0.5, 40), random_numbers.uniform(2, 90)
            file.write(f"{distance:.3f},{minutes:.1f},{random_numbers.choice(('rail', 'taxi', 'bus'))}\n")


def ascii_only(text):
    """Some stories have a stray byte."""
    return text.encode("ascii", "replace").decode()


def write_lines(corpora, kind, rows):
    """One story a line, as each of the three wants it."""
    with corpora.lines(kind).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerows(("true" if label else "false", text) for text, label in rows)
    words = [(" ".join(WORD.findall(text.lower())), label) for text, label in rows]
    vowpal = "".join(f"{1 if label else -1} | {text}\n" for text, label in words)
    corpora.vowpal(kind).write_text(vowpal, encoding="utf-8")
    fast_text = "".join(f"__label__{'acq' if label else 'other'} {text}\n" for text, label in words)
    corpora.fast_text(kind).write_text(fast_text, encoding="utf-8")
