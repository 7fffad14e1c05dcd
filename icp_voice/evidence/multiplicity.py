"""Many traits at once: false discovery rate, max-T, and what noise alone would give."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from icp_voice.evidence.traits import ABSENT, PRESENT, FloatArray, Int8Array

_CHUNK_CELLS = 20_000_000


def benjamini_hochberg(p_values: FloatArray) -> FloatArray:
    """Return q-values, float64 (n_traits,), in the order given.

    Source: Benjamini & Hochberg (1995), JRSS B 57:289; equals
    `scipy.stats.false_discovery_control(method="bh")`.

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.04, 0.04]
    """
    n = len(p_values)
    if n == 0:
        return np.empty(0)
    order = np.argsort(p_values, kind="stable")
    scaled = p_values[order] * n / np.arange(1, n + 1)
    out = np.empty(n)
    out[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return out


@dataclass(frozen=True, eq=False)
class MaxT:
    """Outcome permutation: adjusted p-values and how many strong traits noise gives.

    Attributes:
        p_values: float64 (n_traits,), adjusted within each family.
        expected_by_noise: mean number of traits a permutation has at |T| >= `threshold`.
    """

    p_values: FloatArray
    expected_by_noise: float


def max_t(
    values: Int8Array,
    won: NDArray[np.bool_],
    strata: NDArray[np.integer],
    families: NDArray[np.integer],
    *,
    threshold: float,
    permutations: int,
    seed: int,
) -> MaxT:
    """Permute outcomes inside strata and compare each trait with the strongest of noise.

    T is the stratified score statistic: the trait centred inside each stratum (0 where unknown)
    against the outcome, over its permutation standard deviation. With nothing unknown it is the
    Cochran-Mantel-Haenszel z. One matrix product serves all permutations of a chunk.

    Args:
        values: int8 (n_deals, n_traits).
        won: bool (n_deals,).
        strata: int (n_deals,), 0..K-1; outcomes change places inside a stratum only.
        families: int (n_traits,); traits are compared with the strongest of their own family.
        threshold: |T| from which a permuted trait counts as strong.
        permutations: B; p_j = (1 + #{max |T*| >= |T_j|}) / (B + 1).
        seed: of `numpy.random.default_rng`.

    Source: Westfall & Young (1993), Resampling-Based Multiple Testing, single-step max-T.
    """
    centred, scale = _centre(values, won, strata)
    outcome = won.astype(np.float32)
    observed = np.abs(outcome @ centred) / scale
    n_traits = values.shape[1]
    members = [np.flatnonzero(families == family) for family in np.unique(families)]
    maxima = np.zeros((permutations, len(members)))
    n_strong = 0
    rng = np.random.default_rng(seed)
    chunk = max(1, _CHUNK_CELLS // max(len(won), n_traits, 1))
    groups = [np.flatnonzero(strata == k) for k in np.unique(strata)]
    for start in range(0, permutations, chunk):
        size = min(chunk, permutations - start)
        shuffled = np.empty((size, len(won)), dtype=np.float32)
        for rows in groups:
            shuffled[:, rows] = rng.permuted(np.tile(outcome[rows], (size, 1)), axis=1)
        noise = np.abs(shuffled @ centred)
        noise /= scale
        n_strong += int((noise >= threshold).sum())
        for f, columns in enumerate(members):
            maxima[start : start + size, f] = noise[:, columns].max(axis=1)
    p_values = np.ones(n_traits)
    for f, columns in enumerate(members):
        # single precision: a tie may differ in the last digits, so it is counted against the trait
        ranks = np.searchsorted(np.sort(maxima[:, f]), observed[columns] - 1e-4)
        p_values[columns] = (1 + permutations - ranks) / (permutations + 1)
    return MaxT(p_values=p_values, expected_by_noise=n_strong / max(permutations, 1))


def _centre(
    values: Int8Array, won: NDArray[np.bool_], strata: NDArray[np.integer]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the traits centred inside strata, and the spread of their product with outcomes.

    float32 (n_deals, n_traits), and the permutation standard deviation, float32 (n_traits,).
    """
    centred = np.zeros(values.shape, dtype=np.float32)
    variance = np.zeros(values.shape[1])
    for k in np.unique(strata):
        rows = strata == k
        block = values[rows]
        known = block >= ABSENT
        n_known = np.maximum(known.sum(axis=0), 1)
        share = (block == PRESENT).sum(axis=0) / n_known
        part = np.where(known, (block == PRESENT) - share.astype(np.float32), np.float32(0))
        centred[rows] = part
        n = int(rows.sum())
        if n > 1:
            rate = won[rows].mean()
            spread = (part.astype(np.float64) ** 2).sum(axis=0)
            variance += rate * (1 - rate) * n / (n - 1) * spread
    scale = np.where(variance > 1e-12, np.sqrt(np.maximum(variance, 1e-12)), np.inf)
    return centred, scale.astype(np.float32)
