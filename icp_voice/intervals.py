"""Intervals of shares and of the difference between two shares.

Own closed forms, because statsmodels 0.15 has a wrong coefficient in the score interval of a
difference (its issue 10269) and fails on zero cells; the tests compare with its sound methods.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icp_voice.errors import EvidenceError
from icp_voice.results import Interval

FloatArray = NDArray[np.float64]


def normal_quantile(confidence: float) -> float:
    """Return z such that a normal lies within +-z with this probability.

    >>> round(normal_quantile(0.95), 3)
    1.96
    """
    from scipy.special import ndtri

    if not 0 < confidence < 1:
        raise EvidenceError(f"confidence is {confidence}; it must lie between 0 and 1.")
    return float(ndtri(0.5 + confidence / 2))


def wilson_bounds(
    hits: ArrayLike, n: ArrayLike, *, confidence: float = 0.90
) -> tuple[FloatArray, FloatArray]:
    """Return lower and upper Wilson score bounds of shares; (0, 1) where n is 0.

    Args:
        hits: counts, 0 <= hits <= n, any shape.
        n: counts, same shape.
        confidence: two-sided coverage, in (0, 1).

    Source: Wilson (1927), JASA 22; Newcombe (1998), Stat. Med. 17:857, method 3.
    """
    z = normal_quantile(confidence)
    x, total = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    safe = np.maximum(total, 1.0)
    centre = (x + z * z / 2) / (safe + z * z)
    half = z / (safe + z * z) * np.sqrt(np.maximum(x * (safe - x) / safe, 0.0) + z * z / 4)
    share = x / safe
    low = np.where(total > 0, np.minimum(np.clip(centre - half, 0, 1), share), 0.0)
    high = np.where(total > 0, np.maximum(np.clip(centre + half, 0, 1), share), 1.0)
    return low, high


def wilson_interval(hits: int, n: int, *, confidence: float = 0.90) -> Interval:
    """Return the Wilson score interval of one share.

    >>> interval = wilson_interval(7, 10, confidence=0.95)
    >>> round(interval.low, 2), round(interval.high, 2)
    (0.4, 0.89)
    """
    _check_counts(hits, n)
    low, high = wilson_bounds(hits, n, confidence=confidence)
    return Interval(low=float(low), high=float(high), confidence=confidence)


def jeffreys_interval(hits: int, n: int, *, confidence: float = 0.90) -> Interval:
    """Return the Jeffreys interval of one share: quantiles of Beta(hits + .5, misses + .5).

    With no hits the lower bound is 0, with no misses the upper one is 1.

    Source: Brown, Cai & DasGupta (2001), Statistical Science 16:101.
    """
    from scipy.special import betaincinv

    _check_counts(hits, n)
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits + 0.5, n - hits + 0.5, tail))
    high = 1.0 if hits == n else float(betaincinv(hits + 0.5, n - hits + 0.5, 1 - tail))
    return Interval(low=low, high=high, confidence=confidence)


def newcombe_difference(
    hits_1: ArrayLike, n_1: ArrayLike, hits_0: ArrayLike, n_0: ArrayLike, *, confidence: float = 0.9
) -> tuple[FloatArray, FloatArray]:
    """Return bounds of the difference of two shares, first minus second.

    Source: Newcombe (1998), Stat. Med. 17:873, method 10 (hybrid of two Wilson intervals).
    """
    low_1, high_1 = wilson_bounds(hits_1, n_1, confidence=confidence)
    low_0, high_0 = wilson_bounds(hits_0, n_0, confidence=confidence)
    share_1 = np.asarray(hits_1) / np.maximum(n_1, 1)
    share_0 = np.asarray(hits_0) / np.maximum(n_0, 1)
    gap = share_1 - share_0
    low = gap - np.sqrt((share_1 - low_1) ** 2 + (high_0 - share_0) ** 2)
    high = gap + np.sqrt((high_1 - share_1) ** 2 + (share_0 - low_0) ** 2)
    return np.asarray(low), np.asarray(high)


def ratio_interval(hits_1: int, n_1: int, hits_0: int, n_0: int, *, confidence: float) -> Interval:
    """Return the score interval of the ratio of two shares (the lift).

    Source: Koopman (1984), Biometrics 40:513; `confint_proportions_2indep(method="score")`.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    _check_counts(hits_1, n_1)
    _check_counts(hits_0, n_0)
    if hits_1 == 0 and hits_0 == 0:
        return Interval(low=0.0, high=float("inf"), confidence=confidence)
    if hits_0 == 0:
        flipped = ratio_interval(hits_0, n_0, hits_1, n_1, confidence=confidence)
        return Interval(low=1 / flipped.high, high=float("inf"), confidence=confidence)
    low, high = confint_proportions_2indep(
        hits_1, n_1, hits_0, n_0, method="score", compare="ratio", alpha=1 - confidence
    )
    return Interval(low=float(low), high=float(high), confidence=confidence)


def _check_counts(hits: int, n: int) -> None:
    if not 0 <= hits <= n:
        raise EvidenceError(f"{hits} of {n} is no share: counts must satisfy 0 <= hits <= n.")
