"""Writes kl_convex.json beside it: losses of tokens with the KL-convex term, and their slopes in each logit.

Usage: python kl_convex.py, without any library. The loss of a token is the centered clip of ReMix plus BETA times
lambda KL(policy || base) + (1 - lambda) KL(policy || previous), each estimated from the token. It is computed from its
definition with 60 decimal digits, and the slopes are differences of it, so that nothing is derived by hand.
"""

import json
import random
from decimal import Decimal, getcontext
from pathlib import Path

getcontext().prec = 60
ONE, RANGE, BETA, STEP = Decimal(1), Decimal("0.2"), Decimal("0.3"), Decimal("1e-25")
SHARES = [(1, 1.0), (50, 1.0), (51, 0.9), (60, 0.9), (61, 0.8), (71, 0.7), (91, 0.5), (500, 0.5)]
numbers = random.Random(11)


def estimate(kind, log_policy, log_other):
    d = log_policy - log_other
    return d * d / 2 if kind == "k2" else (-d).exp() + d - ONE


def loss(kind, token, logits):
    log_policy = logits[token["target"]] - sum(z.exp() for z in logits).ln()
    old, center, base, previous, advantage, share = (
        Decimal(token[name]) for name in ("old", "center", "base", "previous", "advantage", "share")
    )
    ratio, middle = (log_policy - old).exp(), (center - old).exp()
    bounded = min(max(ratio, middle - RANGE), middle + RANGE)
    anchored = share * estimate(kind, log_policy, base) + (ONE - share) * estimate(kind, log_policy, previous)
    return -min(ratio * advantage, bounded * advantage) + BETA * anchored


def slope(kind, token, logits, at):
    def moved(by):
        return loss(kind, token, [z + by if i == at else z for i, z in enumerate(logits)])

    return (moved(STEP) - moved(-STEP)) / (2 * STEP)


def near(value, width):
    return round(value + numbers.uniform(-width, width), 6)


def make(step, share):
    logits = [round(numbers.gauss(0, 1), 6) for _ in range(4)]
    target = numbers.randrange(4)
    exact = [Decimal(z) for z in logits]
    own = float(exact[target] - sum(z.exp() for z in exact).ln())
    token = {"step": step, "share": share, "logits": logits, "target": target, "advantage": near(0, 2)}
    token.update(old=near(own, 0.5), center=near(own, 0.3), base=near(own, 1), previous=near(own, 0.5))
    return token


cases = []
for kind in ("k2", "k3"):
    for token in [make(step, share) for step, share in SHARES]:
        exact = [Decimal(z) for z in token["logits"]]
        gradient = [float(slope(kind, token, exact, at)) for at in range(4)]
        cases.append({"kl_estimator": kind, **token, "loss": float(loss(kind, token, exact)), "gradient": gradient})
(Path(__file__).parent / "kl_convex.json").write_text("[\n" + ",\n".join(map(json.dumps, cases)) + "\n]\n")
