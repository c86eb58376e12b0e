"""What the pairs are run with: a Python with the peers, our benchmark, and the peers in Rust."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .process import Command, Failed

PEERS = Path(__file__).resolve().parent.parent
ROOT = PEERS.parent.parent

# Prints the first requirement that is not met, if there is one.
MISSING = """
import sys
from importlib.metadata import PackageNotFoundError, version
for line in open(sys.argv[1]):
    name, wanted = line.strip().split("==")
    try:
        if version(name) == wanted: continue
    except PackageNotFoundError: pass
    sys.exit(line.strip())
"""


@dataclass(frozen=True)
class Tools:
    """Commands by what they do."""

    interpreter: Path
    benchmark: Path
    rust_peers: Path

    def ours(self, *words, threads=1):
        """A job of our benchmark."""
        return Command((self.benchmark, *words), threads)

    def python(self, script, *words, threads=1):
        """A job of a peer in Python."""
        return Command((self.interpreter, PEERS / script, *words), threads)

    def rust(self, *words):
        """A job of a peer in Rust."""
        return Command((self.rust_peers, *words))


def prepare(venv):
    """Makes what is not there yet."""
    peers = ["build", "--release", "--manifest-path", str(PEERS / "rust/Cargo.toml")]
    return Tools(
        interpreter(venv),
        built("bench", "--no-run", "-p", "chunkfit-benches", "--bench", "peers"),
        built(*peers, "--target-dir", str(ROOT / "target/peers/rust")),
    )


def interpreter(venv):
    """The Python of a virtual environment that has what `requirements.txt` names."""
    python = venv / "bin/python"
    requirements = PEERS / "requirements.txt"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    has_all = subprocess.run([python, "-c", MISSING, requirements], stderr=subprocess.DEVNULL, check=False)
    if has_all.returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", requirements], check=True)
    return python


def built(*arguments):
    """The program that cargo built."""
    command = ["cargo", *arguments, "--message-format=json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(command)} ended with {done.returncode}")
    messages = (json.loads(line) for line in done.stdout.splitlines())
    programs = [message["executable"] for message in messages if message.get("executable")]
    return Path(programs[-1])
