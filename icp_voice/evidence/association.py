"""Traits against outcomes: 2x2 tables of all traits at once, their tests and effects.

Written with matrix products instead of a loop over scipy and statsmodels, which takes
milliseconds a trait; the tests hold the two against each other. Cells are named

                  won   lost
    present        a     b
    absent         c     d

and every array of counts has shape (n_strata, n_traits); deals in which the trait is unknown are
in none of the cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from icp_voice.evidence.traits import ABSENT, PRESENT, FloatArray, Int8Array

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cells:
    """Counts of deals, int64 (n_strata, n_traits) each."""

    present_won: IntArray
    present_lost: IntArray
    absent_won: IntArray
    absent_lost: IntArray

    def pooled(self) -> "Cells":
        """Add the strata up to one."""
        return Cells(*(cell.sum(axis=0, keepdims=True) for cell in self.arrays()))

    def take(self, columns: NDArray[np.generic] | Sequence[int]) -> "Cells":
        """Keep some traits."""
        return Cells(*(cell[:, columns] for cell in self.arrays()))

    def arrays(self) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Return a, b, c, d."""
        return self.present_won, self.present_lost, self.absent_won, self.absent_lost


@dataclass(frozen=True, eq=False)
class Effect:
    """Log odds ratios and their standard errors, float64 (n_traits,) each."""

    log_odds: FloatArray
    se: FloatArray

    def p_value(self) -> FloatArray:
        """Two-sided normal p-value; for sensitivity rows, not for the evidence itself."""
        from scipy.special import ndtr

        return np.asarray(2 * ndtr(-np.abs(self.log_odds) / self.se), dtype=np.float64)


def count_cells(
    values: Int8Array, won: NDArray[np.bool_], strata: NDArray[np.integer] | None = None
) -> Cells:
    """Count won and lost deals with and without each trait.

    Args:
        values: int8 (n_deals, n_traits); 1, 0, -1 unknown.
        won: bool (n_deals,); closed deals only.
        strata: int (n_deals,), 0..K-1; None for one stratum.
    """
    codes = np.zeros(len(won), dtype=np.int64) if strata is None else strata
    n_strata = int(codes.max()) + 1 if len(codes) else 1
    indicator = np.zeros((2 * n_strata, len(won)), dtype=np.float32)
    indicator[codes + np.where(won, 0, n_strata), np.arange(len(won))] = 1
    present = np.rint(indicator @ (values == PRESENT).astype(np.float32)).astype(np.int64)
    absent = np.rint(indicator @ (values == ABSENT).astype(np.float32)).astype(np.int64)
    return Cells(present[:n_strata], present[n_strata:], absent[:n_strata], absent[n_strata:])


@lru_cache(maxsize=4096)
def _mid_p_of_margins(n_total: int, n_won: int, n_present: int) -> tuple[int, FloatArray]:
    """Return the lowest possible a and the two-sided mid-p for a = lowest, lowest + 1, ..."""
    from scipy.special import gammaln

    low, high = max(0, n_won + n_present - n_total), min(n_won, n_present)
    a = np.arange(low, high + 1, dtype=np.float64)
    log_pmf = -(
        gammaln(a + 1)
        + gammaln(n_won - a + 1)
        + gammaln(n_present - a + 1)
        + gammaln(n_total - n_won - n_present + a + 1)
    )
    pmf = np.exp(log_pmf - log_pmf.max())
    pmf /= pmf.sum()
    upper = np.cumsum(pmf[::-1])[::-1] - 0.5 * pmf
    lower = np.cumsum(pmf) - 0.5 * pmf
    return low, np.minimum(1.0, 2 * np.minimum(upper, lower))


def fisher_mid_p(cells: Cells) -> FloatArray:
    """Return the two-sided Fisher mid-p of each pooled table, float64 (n_traits,).

    The hypergeometric table of each set of margins is worked out once and looked up after.

    Source: Lancaster (1961), JASA 56; Lydersen, Fagerland & Laake (2009), Stat. Med. 28:1159.

    >>> tea = Cells(*(np.array([[k]]) for k in (3, 1, 1, 3)))   # the lady tasting tea
    >>> round(float(fisher_mid_p(tea)[0]), 4)
    0.2571
    """
    a, b, c, d = (cell.sum(axis=0) for cell in cells.arrays())
    out = np.ones(len(a))
    for j, (x, n_won, n_present, n_total) in enumerate(
        zip(a.tolist(), (a + c).tolist(), (a + b).tolist(), (a + b + c + d).tolist(), strict=True)
    ):
        low, table = _mid_p_of_margins(n_total, n_won, n_present)
        out[j] = table[x - low]
    return out


def cochran_mantel_haenszel(cells: Cells) -> tuple[FloatArray, FloatArray]:
    """Return z (signed) and the two-sided p-value of the stratified test, (n_traits,) each.

    Without continuity correction, as `StratifiedTable.test_null_odds`. Where no stratum has both
    kinds of deals and both values of the trait, z is 0 and p is 1.

    Source: Mantel & Haenszel (1959), JNCI 22:719.
    """
    from scipy.special import ndtr

    a, b, c, d = (cell.astype(np.float64) for cell in cells.arrays())
    n = a + b + c + d
    present, won = a + b, a + c
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(n > 0, present * won / n, 0.0)
        variance = np.where(
            n > 1, present * (n - present) * won * (n - won) / (n * n * (n - 1)), 0.0
        )
    total = variance.sum(axis=0)
    z = np.zeros(a.shape[1])
    np.divide((a - expected).sum(axis=0), np.sqrt(total), out=z, where=total > 1e-12)
    return z, np.asarray(2 * ndtr(-np.abs(z)), dtype=np.float64)


def stratified_effect(cells: Cells) -> Effect:
    """Return the smoothed Mantel-Haenszel log odds ratio and its standard error.

    Half a deal is added to each cell, spread over the strata by their size, so that zero cells
    have an answer. With one stratum this is ln[(a+.5)(d+.5)/((b+.5)(c+.5))] with variance
    sum 1/(cell+.5) (Haldane 1956; Gart 1966).

    Source: Robins, Breslow & Greenland (1986), Biometrics 42:311, for the variance.
    """
    a, b, c, d = (cell.astype(np.float64) for cell in cells.arrays())
    n = a + b + c + d
    total = n.sum(axis=0)
    extra = 0.5 * np.divide(n, total, out=np.full_like(n, 1.0 / len(n)), where=total > 0)
    a, b, c, d = a + extra, b + extra, c + extra, d + extra
    n = np.maximum(n + 4 * extra, 1e-12)
    p, q = (a + d) / n, (b + c) / n
    r, s = a * d / n, b * c / n
    sum_r, sum_s = r.sum(axis=0), s.sum(axis=0)
    variance = (
        (p * r).sum(axis=0) / (2 * sum_r**2)
        + (p * s + q * r).sum(axis=0) / (2 * sum_r * sum_s)
        + (q * s).sum(axis=0) / (2 * sum_s**2)
    )
    return Effect(log_odds=np.log(sum_r / sum_s), se=np.sqrt(variance))


def raw_odds_ratio(cells: Cells) -> FloatArray:
    """Return the pooled odds ratio with half a deal added to each cell, (n_traits,)."""
    return np.exp(stratified_effect(cells.pooled()).log_odds)


def heterogeneity_p(cells: Cells) -> FloatArray:
    """Return the Breslow-Day p-value that the strata share one odds ratio, (n_traits,).

    As `StratifiedTable.test_equal_odds`; NaN where fewer than two strata can be compared.

    Source: Breslow & Day (1980), Statistical Methods in Cancer Research I, p. 142.
    """
    from scipy.special import chdtrc

    a, b, c, d = (cell.astype(np.float64) for cell in cells.arrays())
    n, present, won = a + b + c + d, a + b, a + c
    usable = (present > 0) & (n - present > 0) & (won > 0) & (n - won > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        common = (a * d / n).sum(axis=0, where=n > 0) / (b * c / n).sum(axis=0, where=n > 0)
        # expected a solves a (n - present - won + a) = common (present - a)(won - a)
        x = common - 1
        y = -(common * (present + won) + (n - present - won))
        root = np.sqrt(np.maximum(y * y - 4 * x * common * present * won, 0.0))
        expected = np.where(np.abs(x) < 1e-9, present * won / n, (-y - root) / (2 * x))
        variance = 1 / (
            1 / expected
            + 1 / (present - expected)
            + 1 / (won - expected)
            + 1 / (n - present - won + expected)
        )
        terms = np.where(usable, (a - expected) ** 2 / variance, 0.0)
    statistic, freedom = terms.sum(axis=0), usable.sum(axis=0) - 1
    out = np.full(a.shape[1], np.nan)
    good = (freedom > 0) & np.isfinite(statistic)
    out[good] = chdtrc(freedom[good], statistic[good])
    return out


def boschloo_p(present_won: int, present_lost: int, absent_won: int, absent_lost: int) -> float:
    """Return Boschloo's exact p-value, the cross-check of finalists (about 40 ms a table).

    Source: Boschloo (1970), Statistica Neerlandica 24:1; `scipy.stats.boschloo_exact`.
    """
    from scipy.stats import boschloo_exact

    result = boschloo_exact([[present_won, absent_won], [present_lost, absent_lost]], n=32)
    return float(result.pvalue)
