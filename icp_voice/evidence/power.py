"""What the data could show at all: the smallest effect that would probably be seen."""

import numpy as np

from icp_voice.intervals import normal_quantile

MIN_CLOSED, MIN_EACH = 20, 8


def enough_to_rank(n_won: int, n_lost: int) -> bool:
    """Tell whether traits may be ranked: 20 closed deals, 8 won and 8 lost."""
    return n_won + n_lost >= MIN_CLOSED and min(n_won, n_lost) >= MIN_EACH


def detectable_odds_ratio(
    n_deals: int,
    *,
    win_rate: float,
    prevalence: float = 0.30,
    alpha: float = 0.05,
    power: float = 0.80,
) -> float | None:
    """Return the smallest odds ratio that one test would find with this power; None above 1000.

    Args:
        n_deals: closed deals.
        win_rate: share won over all of them, in (0, 1).
        prevalence: share of deals with the trait, in (0, 1).
        alpha: two-sided level of the one test.
        power: probability of finding it.

    Source: Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, ch. 4,
        normal approximation with the variance pooled under the null; the overall win rate is held.

    >>> [round(detectable_odds_ratio(n, win_rate=0.35), 1) for n in (60, 300, 1000)]
    [5.1, 2.1, 1.5]
    """
    if not 0 < win_rate < 1 or not 0 < prevalence < 1 or n_deals < 2:
        return None
    from scipy.special import ndtri

    z_alpha, z_power = normal_quantile(1 - alpha), float(ndtri(power))
    n_with, n_without = n_deals * prevalence, n_deals * (1 - prevalence)
    null_se = np.sqrt(win_rate * (1 - win_rate) * (1 / n_with + 1 / n_without))

    def falls_short(odds_ratio: float) -> bool:
        with_trait, without = _win_rates(odds_ratio, win_rate, prevalence)
        se = np.sqrt(with_trait * (1 - with_trait) / n_with + without * (1 - without) / n_without)
        return bool(with_trait - without < z_alpha * null_se + z_power * se)

    low, high = 1.0, 1000.0
    if falls_short(high):
        return None
    for _ in range(60):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if falls_short(middle) else (low, middle)
    return high


def _win_rates(odds_ratio: float, win_rate: float, prevalence: float) -> tuple[float, float]:
    """Return win rates with and without a trait that average to the overall one."""
    low, high = 0.0, win_rate / (1 - prevalence) if win_rate < 1 - prevalence else 1.0
    with_trait = win_rate
    for _ in range(80):
        without = (low + high) / 2
        odds = odds_ratio * without / (1 - without) if without < 1 else np.inf
        with_trait = odds / (1 + odds) if np.isfinite(odds) else 1.0
        if prevalence * with_trait + (1 - prevalence) * without > win_rate:
            high = without
        else:
            low = without
    return with_trait, (low + high) / 2
