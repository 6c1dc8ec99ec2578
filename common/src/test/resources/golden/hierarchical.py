"""Writes hierarchical.json beside it: values of seeds and problems with intervals for their mean, by another way.

Usage: python hierarchical.py, with numpy and scipy. Where all seeds have all problems, the variance comes from the mean
squares of the two-way analysis of variance; elsewhere from a matrix of the covariances of the seeds' means.
"""

import json
import os

import numpy as np
from scipy.stats import t

rng = np.random.default_rng(17)


def crossed(x):
    s, p = x.shape
    rows, columns, all_ = x.mean(1, keepdims=True), x.mean(0, keepdims=True), x.mean()
    ms_seed = p * ((rows - all_) ** 2).sum() / (s - 1)
    ms_problem = s * ((columns - all_) ** 2).sum() / (p - 1)
    ms_rest = ((x - rows - columns + all_) ** 2).sum() / ((s - 1) * (p - 1))
    between, common = max(ms_seed, ms_rest) / (s * p), max(0.0, (ms_problem - ms_rest) / (s * p))
    return all_, between, (s - 1) * (p - 1 if ms_seed < ms_rest else 1), common, p


def general(x):  # NaN where a seed was not asked
    s = len(x)
    means = np.nanmean(x, axis=1)
    matrix = np.zeros((s, s))
    for i in range(s):
        for j in range(s):
            both = ~np.isnan(x[i]) & ~np.isnan(x[j])
            if i != j and both.sum() > 1:
                sizes = (~np.isnan(x[i])).sum() * (~np.isnan(x[j])).sum()
                matrix[i, j] = np.cov(x[i, both], x[j, both])[0, 1] * both.sum() / sizes
    shared = ((~np.isnan(x)).sum(0) > 1).sum()
    between, covariance = means.var(ddof=1) / s, matrix.sum() / (s * (s - 1))
    sizes = (~np.isnan(x)).sum(1)
    rest = ((np.nanvar(x, axis=1, ddof=1) / sizes).mean() - covariance) / s
    freedom = (s - 1) * (sizes.mean() - 1 if between < rest else 1)
    return means.mean(), max(between, rest), freedom, max(0.0, covariance), shared


def interval(x):
    mean, between, free, common, shared = crossed(x) if not np.isnan(x).any() else general(x)
    variance = between + common
    freedom = variance**2 / (between**2 / free + common**2 / max(1, shared - 1))
    half = t.ppf(0.975, freedom) * np.sqrt(variance)
    return mean, mean - half, mean + half


def passed(seeds, problems, of_seeds, of_problems):
    log_odds = of_seeds * rng.normal(size=(seeds, 1)) + of_problems * rng.normal(size=(1, problems)) - 0.5
    return (rng.random((seeds, problems)) < 1 / (1 + np.exp(-log_odds))).astype(float)


def without(x, share):
    x = x.copy()
    x[rng.random(x.shape) < share] = np.nan
    return x


nested = np.full((4, 48), np.nan)
for i in range(4):
    nested[i, 12 * i : 12 * i + 12] = passed(1, 12, 0.5, 1.0)
cases = [
    passed(5, 40, 0.5, 1.5),
    passed(3, 25, 0.0, 2.0),
    passed(2, 30, 1.0, 0.5),
    passed(3, 30, 0.5, 1.0) - passed(3, 30, 0.5, 1.0),
    without(passed(5, 40, 0.3, 1.0), 0.3),
    nested,
    np.eye(2, 50),  # both seeds have the mean 0.02
    without(np.eye(3, 40) - np.eye(3, 40, 5), 0.1),
]
found = []
for x in cases:
    mean, low, high = map(float, interval(x))
    seeds = [{"p%02d" % i: v for i, v in enumerate(row) if not np.isnan(v)} for row in x]
    found.append({"seeds": seeds, "mean": mean, "low": low, "high": high})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "hierarchical.json"), "w") as file:
    file.write("[\n" + ",\n".join(map(json.dumps, found)) + "\n]\n")
