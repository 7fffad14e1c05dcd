"""Assign traits to deals by quota, then shuffle them inside cells until they are independent.

Quotas fix each trait's counts by segment and outcome, so the planted effects are exact and the
absent ones are absent. Swapping values between deals of one cell keeps the counts and removes the
chance correlations between traits that would blur both.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt


def quota(rates: Sequence[float], sizes: Sequence[int], rng: random.Random) -> list[int]:
    """Return how many deals of each cell have a trait, rounding the running total.

    Args:
        rates: wanted share in each cell, in [0, 1].
        sizes: deals in each cell.
        rng: source of the starting fraction.

    Returns:
        One count a cell; their sum is within one of the sum of `rates * sizes`.
    """
    carried = rng.random() * 0.5 + 0.25
    counts = []
    for rate, size in zip(rates, sizes, strict=True):
        wanted = rate * size + carried
        count = min(size, int(wanted))
        carried = wanted - count if count < size else 0.5
        counts.append(count)
    return counts


def systematic(
    options: Sequence[Hashable], rates: Sequence[float], size: int, rng: random.Random
) -> list[Hashable]:
    """Return `size` options in shares close to `rates`, in random order."""
    total = float(sum(rates))
    edges = np.cumsum([rate / total for rate in rates])
    start = rng.random()
    picked = [
        options[min(int(np.searchsorted(edges, (start + k) / size)), len(options) - 1)]
        for k in range(size)
    ]
    rng.shuffle(picked)
    return picked


def decorrelate(
    columns: npt.NDArray[np.float64],
    groups: Sequence[Sequence[int]],
    cells: Sequence[int],
    weights: npt.NDArray[np.float64],
    *,
    rng: random.Random,
    sweeps: int = 60_000,
) -> None:
    """Swap values inside cells, in place, until columns hardly correlate within cells.

    Args:
        columns: shape (deals, columns), 0 or 1.
        groups: columns that move together (the one-hot columns of one category).
        cells: cell number of each deal; only deals of one cell swap.
        weights: importance of each column, shape (columns,).
        rng: source of the swaps tried.
        sweeps: swaps tried.
    """
    cell_of = np.asarray(cells)
    centred = columns.copy()
    members = [np.flatnonzero(cell_of == cell) for cell in sorted(set(cells))]
    for rows in members:
        centred[rows] -= centred[rows].mean(axis=0)
    scale = np.sqrt(np.maximum((centred**2).sum(axis=0), 1e-9))
    centred /= scale
    pair_weight = np.outer(weights, weights)
    for group in groups:
        pair_weight[np.ix_(group, group)] = 0.0
    gram = centred.T @ centred
    members = [rows for rows in members if len(rows) > 1]
    for _ in range(sweeps):
        group = list(groups[rng.randrange(len(groups))])
        rows = members[rng.randrange(len(members))]
        a, b = (int(row) for row in rng.sample(list(rows), 2))
        difference = centred[b, group] - centred[a, group]
        if not difference.any():
            continue
        change = np.outer(difference, centred[a] - centred[b])
        old = gram[group]
        new = old + change
        weight = pair_weight[group]
        if (weight * new**2).sum() < (weight * old**2).sum():
            centred[np.ix_([a, b], group)] = centred[np.ix_([b, a], group)]
            columns[np.ix_([a, b], group)] = columns[np.ix_([b, a], group)]
            gram[group] = new
            gram[:, group] = new.T
