"""One run of one side: a process of its own that ends with a line of JSON."""

import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from statistics import mean

# Whatever counts threads in these programs.
THREADS = (
    "RAYON_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
)


class Failed(Exception):
    """A run that did not end well, or did not do the same work."""


@dataclass(frozen=True)
class Command:
    """What is run, with so many threads."""

    words: tuple
    threads: int = 1
    # Whether the whole process is timed, not what it times itself.
    whole: bool = False
    # The same program on nothing, whose time is taken off that of the whole process.
    on_nothing: tuple = ()
    # How many of it run side by side.
    at_once: int = 1

    def run(self):
        """The facts it tells, with its `seconds`: of several at once, the mean divided by their number."""
        with ThreadPoolExecutor(self.at_once) as waiting:
            done = list(waiting.map(lambda _: self.run_one(), range(self.at_once)))
        return done[0] | {"seconds": mean(facts["seconds"] for facts in done) / self.at_once}

    def run_one(self):
        """The same of one of them."""
        seconds, facts = self.finish(self.words)
        if self.whole:
            facts["seconds"] = seconds
        if self.on_nothing:
            facts["start_up"], _ = self.finish(self.on_nothing)
            facts["seconds"] -= facts["start_up"]
        if facts["seconds"] <= 0:
            raise Failed(f"no time is left of {' '.join(map(str, self.words))}")
        return facts

    def also(self, *words):
        """The same with more arguments."""
        return replace(self, words=self.words + words)

    def side_by_side(self, number):
        """The same, so many at once."""
        return replace(self, at_once=number)

    def as_whole(self, on_nothing=()):
        """The same, timed from its start to its end, less its time on nothing."""
        return replace(self, whole=True, on_nothing=on_nothing)

    def finish(self, words):
        """The seconds of a whole process, and its last line."""
        threads = {name: str(self.threads) for name in THREADS}
        return finish([str(word) for word in words], os.environ | threads)


def finish(words, environment):
    """Runs to the end."""
    started = time.perf_counter()
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise Failed(f"{' '.join(words)} ended with {done.returncode}: {done.stderr.strip()[-800:]}")
    try:
        return seconds, json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError) as error:
        raise Failed(f"{' '.join(words)} does not end with a line of JSON: {done.stdout[-200:]!r}") from error
