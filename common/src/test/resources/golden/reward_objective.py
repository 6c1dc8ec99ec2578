"""Writes reward_objective.json beside it: losses of reward models and their slopes in the scores.

Usage: python reward_objective.py, without any library. torch was not at hand, so the losses are computed from their
definitions with 60 decimal digits, and the slopes are differences of them, so that nothing is derived by hand.

classifier: -log p where p = sigmoid(score) if the completion passed, else 1 - sigmoid(score).
pairwise: -log sigmoid(chosen - rejected).
"""

import json
import random
from decimal import Decimal, getcontext
from pathlib import Path

getcontext().prec = 60
ONE, STEP = Decimal(1), Decimal("1e-25")
numbers = random.Random(23)


def sigmoid(x):
    return ONE / (ONE + (-x).exp())


def classifier(passed):
    return lambda scores: -(sigmoid(scores[0]) if passed else ONE - sigmoid(scores[0])).ln()


def pairwise(scores):
    return -sigmoid(scores[0] - scores[1]).ln()


def slopes(loss, scores):
    def moved(i, by):
        return loss([s + by if j == i else s for j, s in enumerate(scores)])

    return [float((moved(i, STEP) - moved(i, -STEP)) / (2 * STEP)) for i in range(len(scores))]


def case(kind, loss, scores, **more):
    exact = [Decimal(s) for s in scores]
    return {"type": kind, "scores": scores, "loss": float(loss(exact)), "slopes": slopes(loss, exact), **more}


cases = []
for score in [0.0, 12.0, -12.0] + [round(numbers.gauss(0, 2), 6) for _ in range(5)]:
    for passed in (True, False):
        cases.append(case("classifier", classifier(passed), [score], passed=passed))
for _ in range(8):
    cases.append(case("pairwise", pairwise, [round(numbers.gauss(0, 2), 6) for _ in range(2)]))
cases.append(case("pairwise", pairwise, [1.5, 1.5]))
Path(__file__).with_suffix(".json").write_text(json.dumps(cases, indent=1) + "\n")
