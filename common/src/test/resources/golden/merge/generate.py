"""Writes golden.json: merged vectors of models of two tensors, by numpy, in float64.

Run: python generate.py (made with numpy 2.4.6). Linear: Wortsman et al. 2022, Model soups. SLERP:
Shoemake 1985, tensor by tensor. TIES: Yadav et al. 2023, section 3: trim over the whole vector,
elect signs, mean of the values that agree.
"""

import json
from pathlib import Path

import numpy as np

random = np.random.default_rng(5)
SHAPES = {"a": [3, 4], "b": [6]}
SIZES = [int(np.prod(shape)) for shape in SHAPES.values()]
D = sum(SIZES)
# Values of float32, so that both sides begin with the same numbers.
base = random.normal(size=D).astype(np.float32).astype(np.float64)
models = [(base + random.normal(size=D)).astype(np.float32).astype(np.float64) for _ in range(3)]


def tensors(vector):
    return np.split(vector, np.cumsum(SIZES)[:-1])


def slerp(one, other, t):
    parts = []
    for a, b in zip(tensors(one), tensors(other)):
        angle = np.arccos(np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)))
        parts.append((np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle))
    return np.concatenate(parts)


def ties(density, scale):
    kept = []
    for model in models:
        task = model - base
        order = np.argsort(-np.abs(task))
        trimmed = np.zeros(D)
        first = order[: int(np.floor(density * D))]
        trimmed[first] = task[first]
        kept.append(trimmed)
    kept = np.stack(kept)
    sign = np.sign(kept.sum(axis=0))
    agree = (np.sign(kept) == sign) & (kept != 0)
    count = agree.sum(axis=0)
    mean = np.where(count > 0, (kept * agree).sum(axis=0) / np.maximum(count, 1), 0)
    return base + scale * mean


golden = {
    "shapes": SHAPES,
    "base": base.tolist(),
    "models": [model.tolist() for model in models],
    "linear": (0.5 * models[0] + 0.3 * models[1] + 0.2 * models[2]).tolist(),
    "slerp": slerp(models[0], models[1], 0.3).tolist(),
    "ties": ties(0.4, 0.8).tolist(),
    "ties_whole": ties(1.0, 1.0).tolist(),
}
Path(__file__).with_name("golden.json").write_text(json.dumps(golden, indent=1) + "\n")
