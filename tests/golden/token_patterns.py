"""Writes token patterns, texts, and what Python's `re` makes of them.

    python3 token_patterns.py SEED COUNT OUT.jsonl.gz

Needs Python 3.11 and nothing else. Each line is [pattern, [[text, found], ..]], where found lists what `findall` gives;
or [pattern, "why"] for a pattern that `re` refuses, or that has more than one group, which scikit-learn refuses.
"""

import gzip
import json
import random
import re
import signal
import sys
import warnings

warnings.simplefilter("ignore")

LETTERS = list("abcdABz01 _-.,\n") + ["é", "É", "ß", "ſ", "K", "İ", "ı", "σ", "ς", "Σ", "क", "ि", "\u0345", "ι", "東", "𝒳", "٣", "²", "\x1c", "\xa0"]
PLAIN = list("abcAB01 _é")
FRAGMENTS = [
    r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", r"\b", r"\B", r"\A", r"\Z", "^", "$", ".", r"\1", r"\2", r"\n", r"\t",
    r"\x61", r"\u00e9", r"\U0001d4b3", r"\141", r"\07", r"\0", r"\q", r"\\", r"\.", r"\]", r"\N{DASH}", "(?P=n)",
    "(?P=m)", "[a", "a]", "{", "}", "{,2}", "{2}", "{1,", "*", "+", "?", "??", "*?", "+?", "*+", "++", "?+", "{2}+",
    "{1,3}?", "(?i)", "(?a)", "(?x)", "(?s)", "(?m)", "(?u)", "(?L)", "(?#c)", "(?#", "(?:", "(", ")", "|", "(?=",
    "(?!", "(?<=", "(?<!", "(?>", "(?P<n>", "(?(1)", "(?(2)", "(?(n)", "(?(0)", "(?i:", "(?-i:", "(?a:", "(?s-i:", "(?x:", " #", "#",
]


class Generator:
    def __init__(self, rng):
        self.rng = rng

    def pattern(self):
        self.groups, self.closed = 0, False
        rng = self.rng
        flags = rng.choice(["", "", "", "", "(?i)", "(?a)", "(?s)", "(?m)", "(?x)", "(?ia)", "(?im)", "(?u)"])
        text = flags + self.branch(rng.choice([1, 2, 2, 3]))
        if rng.random() < 0.15:
            text = self.mutated(text)
        return text

    def mutated(self, text):
        rng = self.rng
        for _ in range(rng.choice([1, 1, 2, 3])):
            at = rng.randrange(len(text) + 1)
            kind = rng.random()
            if kind < 0.5:
                text = text[:at] + rng.choice(FRAGMENTS) + text[at:]
            elif kind < 0.8:
                text = text[:at] + text[at + rng.choice([1, 1, 2, 3]):]
            else:
                end = rng.randrange(at, len(text) + 1)
                text = text[:end] + text[at:end] + text[end:]
        return text[:200]

    def branch(self, depth):
        n = self.rng.choice([1, 1, 1, 2, 3])
        return "|".join(self.sequence(depth) for _ in range(n))

    def sequence(self, depth):
        n = self.rng.choice([0, 1, 1, 2, 2, 3, 4])
        return "".join(self.item(depth) for _ in range(n))

    def item(self, depth):
        atom = self.atom(depth)
        anchor = atom in ("^", "$", r"\b", r"\B", r"\A", r"\Z") and self.rng.random() < 0.98
        if self.rng.random() < 0.4 and not anchor:
            atom += self.rng.choice(["*", "+", "?", "*", "+", "{2}", "{1,2}", "{,2}", "{2,}", "{0}", "{0,1}", "{3}"])
            atom += self.rng.choice(["", "", "", "?", "?", "+"])
        return atom

    def atom(self, depth):
        rng = self.rng
        kind = rng.random()
        if depth <= 0 or kind < 0.35:
            return self.simple()
        if kind < 0.45 and self.groups == 0:
            self.groups += 1
            inner = self.branch(depth - 1)
            self.closed = True
            return rng.choice(["(%s)", "(?P<n>%s)"]) % inner
        inner = self.branch(depth - 1)
        if kind < 0.6:
            return "(?:%s)" % inner
        if kind < 0.66:
            return rng.choice(["(?=%s)", "(?!%s)"]) % inner
        if kind < 0.72:
            return rng.choice(["(?<=%s)", "(?<!%s)"]) % rng.choice([self.simple(), self.simple() * 2, self.simple(), inner])
        if kind < 0.77:
            return "(?>%s)" % inner
        if kind < 0.83:
            return rng.choice(["(?i:%s)", "(?-i:%s)", "(?a:%s)", "(?s:%s)", "(?m:%s)", "(?x: %s )", "(?s-m:%s)", "(?u:%s)"]) % inner
        if kind < 0.88 and (self.groups or rng.random() < 0.03):
            name = rng.choice(["1"] * 9 + ["n", "2"])
            return rng.choice(["(?(%s)%s|%s)", "(?(%s)%s)"]).replace("%s", "{}").format(name, self.sequence(depth - 1), self.sequence(depth - 1))
        if kind < 0.96 and self.closed:
            return rng.choice([r"\1"] * 9 + ["(?P=n)"])
        return self.simple()

    def simple(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.4:
            c = rng.choice(LETTERS)
            return re.escape(c) if rng.random() < 0.8 else c
        if kind < 0.6:
            return rng.choice([r"\w", r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", ".", "."])
        if kind < 0.75:
            return rng.choice([r"\b", r"\b", r"\B", "^", "$", r"\A", r"\Z"])
        return self.set()

    def set(self):
        rng = self.rng
        members = []
        for _ in range(rng.choice([1, 2, 2, 3])):
            kind = rng.random()
            if kind < 0.5:
                c = rng.choice(LETTERS + list("[]^-&~|"))
                members.append("\\" + c if c in "]^\\-" and rng.random() < 0.8 else c)
            elif kind < 0.7:
                members.append(rng.choice([r"\w", r"\d", r"\s", r"\W", r"\D", r"\S", r"\b", r"\x41", r"\101", r"\n"]))
            else:
                a, b = sorted([rng.choice("abcdzAZ019éßσ"), rng.choice("abcdzAZ019éßσ")])
                members.append(a + "-" + b)
        return "[" + rng.choice(["", "", "^"]) + "".join(members) + "]"

    def text(self):
        rng = self.rng
        letters = rng.choice([PLAIN, list("ab"), LETTERS, list("aA bB\n")])
        return "".join(rng.choice(letters) for _ in range(rng.choice([0, 1, 2, 4, 8, 16, 30])))


class TooSlow(Exception):
    pass


def interrupt(*_):
    raise TooSlow


def row(generator):
    pattern = generator.pattern()
    try:
        compiled = re.compile(pattern)
    except (re.error, ValueError, OverflowError, RecursionError) as error:
        return [pattern, str(error)]
    if compiled.groups > 1:
        return [pattern, "more than one group"]
    found = []
    for _ in range(6):
        text = generator.text()
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        try:
            found.append([text, compiled.findall(text)])
        except (TooSlow, SystemError):  # the latter is a bug of re
            return None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return [pattern, found]


def main():
    seed, count, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    signal.signal(signal.SIGALRM, interrupt)
    generator = Generator(random.Random(seed))
    rows, seen = [], set()
    while len(rows) < count:
        one = row(generator)
        if one is None or one[0] in seen:
            continue
        seen.add(one[0])
        rows.append(one)
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows)
    with open(out, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main()
