"""Cargo, and what a command of it costs."""

import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

# Variables that change what cargo builds, or how long that takes, and those of cargo's that do not.
CHANGES = re.compile(r"CARGO_|RUSTC|RUSTFLAGS|RUSTDOCFLAGS|(GLIBC_TUNABLES|LD_PRELOAD)$")
CHANGES_NOTHING = re.compile(r"CARGO_(HOME$|HTTP_|NET_|REGISTRIES_|REGISTRY_)")


class Failed(Exception):
    """A command that did not end well, or did something else than was to be measured."""


@dataclass(frozen=True)
class Cost:
    """CPU time (user and system, of cargo and all processes that it starts) and wall time in seconds, and how many
    packages were compiled."""

    cpu: float
    wall: float
    crates: int
    program: Path | None = None

    def then(self, other):
        """One command after the other."""
        return Cost(self.cpu + other.cpu, self.wall + other.wall, self.crates + other.crates, other.program)


def environment():
    """That of this process, without what changes a build: cargo has its defaults."""
    kept = {name for name in os.environ if not CHANGES.match(name) or CHANGES_NOTHING.match(name)}
    return {name: os.environ[name] for name in kept}


def run(*words, folder, **more):
    """What a command prints."""
    options = {"cwd": folder, "env": environment() | more, "capture_output": True, "text": True}
    done = subprocess.run([str(word) for word in words], **options, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{done.stderr.strip()[-3000:]}")
    return done.stdout


def measured(command, program, profile, folder, target):
    """The cost of a command, `build` or `check`, for one program."""
    words = ["cargo", command, "--locked", "--offline", "--bin", program.name, "--target-dir", target]
    words += ["--release"] * (profile == "release") + [f"--features={','.join(program.features)}"]
    cpu, started = children(), time.perf_counter()
    printed = run(*words, "--message-format=json-render-diagnostics", folder=folder)
    wall, cpu = time.perf_counter() - started, children() - cpu
    messages = [json.loads(line) for line in printed.splitlines()]
    artifacts = [message for message in messages if message["reason"] == "compiler-artifact"]
    compiled = {artifact["package_id"] for artifact in artifacts if not artifact["fresh"]}
    executables = [artifact["executable"] for artifact in artifacts if artifact["executable"]]
    return Cost(cpu, wall, len(compiled), Path(executables[-1]) if executables else None)


def children():
    """The CPU time of all processes that were started from here and have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
