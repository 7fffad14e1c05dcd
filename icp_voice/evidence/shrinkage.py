"""Expected effects: estimates pulled towards nothing by as much as their noise deserves.

A trait that stands out of many is partly lucky (the winner's curse). With fewer than 40 traits
the prior is one normal, N(0, .75^2) on the log odds ratio ("we add four imaginary wins and four
imaginary losses"); from 40 it is a mixture of zero-mean normals learnt from the traits
themselves, because one normal fitted among many nulls shrinks true effects to a third. The
mixture begins with ten imaginary traits without effect and ten with effects of about .5: with
the first ten alone it lost half of the true effects that pass the false discovery rate, and
those that were left came out too large (tests/benchmarks/evidence_simulation.py).
"""

from dataclasses import dataclass

import numpy as np

from icp_voice.evidence.traits import FloatArray
from icp_voice.intervals import normal_quantile

PRIOR_SD = 0.75
MIXTURE_FROM = 40
NULL_WEIGHT, SLAB_WEIGHT, SLAB_SD = 10.0, 10.0, 0.5
_GRID = np.concatenate([[0.001], np.geomspace(0.05, 2.2, 12)])
_SLAB = np.exp(-2 * np.log(_GRID[1:] / SLAB_SD) ** 2)  # log-normal around .5, sd of the log .5


@dataclass(frozen=True, eq=False)
class Shrunken:
    """Posterior mean and interval of log odds ratios, float64 (n_traits,) each."""

    mean: FloatArray
    low: FloatArray
    high: FloatArray


def shrink(
    log_odds: FloatArray, se: FloatArray, z: FloatArray | None = None, *, confidence: float = 0.90
) -> Shrunken:
    """Shrink log odds ratios, with the prior that fits their number.

    Args:
        log_odds: float64 (n_traits,).
        se: standard errors, positive, same shape.
        z: of the test against no effect; used by the mixture, see `shrink_mixture`.
        confidence: coverage of the interval.
    """
    if len(log_odds) < MIXTURE_FROM:
        return shrink_normal(log_odds, se, confidence=confidence)
    return shrink_mixture(log_odds, se, z, confidence=confidence)


def shrink_normal(log_odds: FloatArray, se: FloatArray, *, confidence: float = 0.90) -> Shrunken:
    """Shrink with the prior N(0, .75^2): b tau^2 / (tau^2 + s^2).

    >>> round(float(shrink_normal(np.array([1.0]), np.array([0.75])).mean[0]), 2)
    0.5
    """
    weight = PRIOR_SD**2 / (PRIOR_SD**2 + se**2)
    mean, half = weight * log_odds, normal_quantile(confidence) * se * np.sqrt(weight)
    return Shrunken(mean=mean, low=mean - half, high=mean + half)


def shrink_mixture(
    log_odds: FloatArray, se: FloatArray, z: FloatArray | None = None, *, confidence: float = 0.90
) -> Shrunken:
    """Shrink with a mixture of zero-mean normals fitted to all traits by EM.

    Whether a trait belongs to the null component is judged by its test `z` where that is
    stronger than log_odds / se: with a cell near zero the standard error at the estimate is far
    wider than the one at no effect (Hauck & Donner 1977, JASA 72:851). How large the effect is
    stays with `se`.

    Source: Stephens (2017), Biostatistics 18:275 (adaptive shrinkage), with weight 10 on the
    null component and 10 spread over effects of the size that is usual.
    """
    from scipy.special import ndtr

    test_se = se
    if z is not None:
        test_se = np.minimum(se, np.abs(log_odds) / np.maximum(np.abs(z), 1e-9))
        test_se = np.where(np.abs(log_odds) < 1e-9, se, test_se)
    weights = _fit_weights(log_odds, test_se)
    shrinkage = _GRID**2 / (_GRID**2 + se[:, None] ** 2)
    means, sds = shrinkage * log_odds[:, None], se[:, None] * np.sqrt(shrinkage)
    post = weights * _likelihood(log_odds, test_se)
    post /= post.sum(axis=1, keepdims=True)
    tail = (1 - confidence) / 2
    reach = np.abs(log_odds) + 8 * np.max(sds, axis=1)
    bounds = []
    for target in (tail, 1 - tail):
        low, high = -reach, reach
        for _ in range(60):
            middle = (low + high) / 2
            below = (post * ndtr((middle[:, None] - means) / sds)).sum(axis=1) < target
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        bounds.append((low + high) / 2)
    mean = (post * means).sum(axis=1)
    # a spike at nothing and a far component can leave the mean outside the equal tails
    return Shrunken(mean=mean, low=np.minimum(bounds[0], mean), high=np.maximum(bounds[1], mean))


def _likelihood(log_odds: FloatArray, se: FloatArray) -> FloatArray:
    """Return N(b; 0, grid^2 + s^2) up to a factor a trait, (n_traits, n_grid)."""
    sd = np.sqrt(_GRID**2 + se[:, None] ** 2)
    log_density = -0.5 * (log_odds[:, None] / sd) ** 2 - np.log(sd)
    return np.asarray(np.exp(log_density - log_density.max(axis=1, keepdims=True)))


def _fit_weights(log_odds: FloatArray, se: FloatArray, *, steps: int = 2000) -> FloatArray:
    """Return the mixture's weights by EM, with imaginary traits added to each component."""
    density = _likelihood(log_odds, se)
    imaginary = np.concatenate([[NULL_WEIGHT - 1], SLAB_WEIGHT * _SLAB / _SLAB.sum()])
    weights = imaginary / imaginary.sum()
    for _ in range(steps):
        share = weights * density
        share /= share.sum(axis=1, keepdims=True)
        updated = share.sum(axis=0) + imaginary
        updated /= updated.sum()
        if np.abs(updated - weights).max() < 1e-7:
            return np.asarray(updated)
        weights = updated
    return np.asarray(weights)
