"""A copy of the package, whose programs may be edited."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import cargo

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent

# What is changed in a program, one after the other: a constant, a text, a line more.
EDITS = [
    (r"const SEED: u64 = \d+;", "const SEED: u64 = 4242;"),
    (r'println!\("', 'println!("> '),
    (r"fn main\(\) -> .*\{\n", '\\g<0>    println!("begin");\n'),
]


@dataclass(frozen=True)
class Program:
    """A program of the package."""

    name: str
    features: tuple
    source: Path
    text: str

    @property
    def lines(self):
        """How many lines it has."""
        return self.text.count("\n")

    def restore(self):
        """Puts back what the package has."""
        self.source.write_text(self.text, encoding="utf-8")

    def edits(self):
        """Changes the program in place, once for every edit."""
        text = self.text
        for number, (pattern, new) in enumerate(EDITS):
            text, found = re.subn(pattern, new, text, count=1)
            if not found:
                raise cargo.Failed(f"{self.name} has nothing to edit: {pattern}")
            self.source.write_text(text, encoding="utf-8")
            yield number


def copy(folder):
    """Copies the package to a folder, fetches what it needs, and gives its programs."""
    shutil.copytree(PACKAGE / "src", folder / "src")
    shutil.copy(PACKAGE / "Cargo.lock", folder)
    manifest, found = re.subn(r'path = "\.\./\.\."', f'path = "{ROOT}"', (PACKAGE / "Cargo.toml").read_text("utf-8"))
    if found != 1:
        raise cargo.Failed("Cargo.toml names the library by another path than `../..`")
    (folder / "Cargo.toml").write_text(manifest, encoding="utf-8")
    cargo.run("cargo", "fetch", "--locked", folder=folder)
    described = cargo.run("cargo", "metadata", "--no-deps", "--format-version=1", "--offline", folder=folder)
    targets = json.loads(described)["packages"][0]["targets"]
    return [program(target) for target in targets]


def program(target):
    """A program as cargo describes it."""
    source = Path(target["src_path"])
    return Program(target["name"], tuple(target.get("required-features", ())), source, source.read_text("utf-8"))


def nothing(folder, features):
    """A program that does nothing, which takes building all that the others depend on."""
    source = folder / "src/bin/nothing.rs"
    source.write_text("fn main() {}\n", encoding="utf-8")
    return Program("nothing", features, source, "fn main() {}\n")
