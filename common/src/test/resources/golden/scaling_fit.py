"""Writes scaling_fit.json beside it: fits of score = a ln(prompts) + b ln(responses) + c by numpy.

Usage: python scaling_fit.py, with numpy. The solution comes from numpy.linalg.lstsq, which uses the singular value
decomposition.
"""

import json
import os

import numpy as np

rng = np.random.default_rng(17)
found = []
for prompts, responses, noise in [
    ([36000, 110000, 383000], [1, 4, 16], 1.5),
    ([1, 10, 100], [0.5, 3], 0.2),
    ([50, 50, 200, 800], [2], 4.0),
]:
    points = [[float(p), float(r * (1 + i % 2))] for i, p in enumerate(prompts) for r in responses]
    x = np.array([[np.log(p), np.log(r), 1] for p, r in points])
    scores = x @ rng.normal(size=3) * 3 + noise * rng.normal(size=len(points))
    (a, b, c), *_ = np.linalg.lstsq(x, scores, rcond=None)
    rows = [[p, r, float(s)] for (p, r), s in zip(points, scores)]
    found.append({"points": rows, "a": float(a), "b": float(b), "c": float(c)})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "scaling_fit.json"), "w") as file:
    file.write("[\n" + ",\n".join(map(json.dumps, found)) + "\n]\n")
