"""What shows that both sides did the same work. A check takes the facts of both and complains, or does not."""


def same(*names):
    """Equal facts."""

    def check(ours, peer):
        found = ((name, fact(ours, name), fact(peer, name)) for name in names)
        return [f"{name} is {a} here and {b} there" for name, a, b in found if a != b]

    return check


def close(tolerance, *names):
    """Numbers that differ by no more than this part of the peer's, or of 1 if that is less."""

    def check(ours, peer):
        found = ((name, fact(ours, name), fact(peer, name)) for name in names)
        far = ((name, a, b) for name, a, b in found if not abs(a - b) <= tolerance * max(1.0, abs(b)))
        return [f"{name} is {a} here and {b} there, more than {tolerance} apart" for name, a, b in far]

    return check


def at_least(name):
    """A number no smaller than the peer's."""

    def check(ours, peer):
        a, b = fact(ours, name), fact(peer, name)
        return [] if a >= b else [f"{name} is {a} here, less than {b} there"]

    return check


def fact(facts, path):
    """A fact by its name, `chained.accuracy` say."""
    for name in path.split("."):
        facts = facts[name]
    return facts
