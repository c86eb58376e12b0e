"""Runs a pair in turns and compares."""

from statistics import median

from .process import Command, Failed


def measure(pair, rounds):
    """The row of a pair, for the results."""
    row = {"name": pair.name, "what": pair.what, "peer_name": pair.peer_name, "goal": pair.goal, "unit": pair.unit}
    row |= {"ours": None, "peer": None, "ratio": None, "met": None, "remark": pair.remark, "error": None}
    try:
        return row | measured(pair, rounds)
    except Failed as failure:
        return row | {"error": str(failure)}


def measured(pair, rounds):
    """What is found by running it."""
    if pair.proof:
        ours, peer = pair.ours.also(*pair.proof[0]), pair.peer.also(*pair.proof[1])
        agree(pair.proof_checks, ours.run(), peer.run())
    runs = []
    for _ in range(rounds):
        ours = pair.ours.run()
        peer = pair.peer.run() if isinstance(pair.peer, Command) else {"seconds": pair.peer}
        agree(pair.checks, ours, peer)
        runs.append((ours, peer))
    ratios = [peer["seconds"] / ours["seconds"] for ours, peer in runs]
    ratio = median(ratios)
    return {
        "ours": median(ours["seconds"] for ours, _ in runs) * pair.scale,
        "peer": median(peer["seconds"] for _, peer in runs) * pair.scale,
        "ratio": ratio,
        "ratios": [min(ratios), max(ratios)],
        "met": None if pair.goal is None else ratio >= pair.goal,
        "facts": {"ours": runs[-1][0], "peer": runs[-1][1]},
    }


def agree(checks, ours, peer):
    """Fails where the two did not do the same."""
    complaints = [complaint for check in checks for complaint in check(ours, peer)]
    if complaints:
        raise Failed("not the same work: " + "; ".join(complaints))
