"""Correction for the number of traits."""

import numpy as np
import pytest

from icp_voice.evidence.association import cochran_mantel_haenszel, count_cells
from icp_voice.evidence.multiplicity import benjamini_hochberg, max_t


def noise_table(n_deals: int, n_traits: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Make traits that have nothing to do with the outcome."""
    rng = np.random.default_rng(seed)
    values = (rng.random((n_deals, n_traits)) < 0.3).astype(np.int8)
    return values, rng.random(n_deals) < 0.4


def test_q_values_equal_scipys() -> None:
    """Benjamini-Hochberg equals scipy's false_discovery_control."""
    from scipy.stats import false_discovery_control

    p = np.random.default_rng(1).random(50) ** 2
    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p, method="bh"))
    assert benjamini_hochberg(np.empty(0)).tolist() == []


def test_max_t_of_one_trait_is_its_permutation_p_value() -> None:
    """With one trait there is nothing to correct for: p is near the asymptotic one."""
    values, won = noise_table(80, 1, 2)
    values[:20, 0] = won[:20]
    zeros = np.zeros(80, dtype=np.int64)
    result = max_t(values, won, zeros, np.zeros(1, int), threshold=2.0, permutations=2000, seed=3)
    _, p = cochran_mantel_haenszel(count_cells(values, won))
    assert result.p_values[0] == pytest.approx(p[0], abs=0.03)


def test_max_t_keeps_the_error_rate_over_all_traits() -> None:
    """In pure noise the smallest adjusted p-value is under .10 in about one run of ten."""
    hits = 0
    for seed in range(60):
        values, won = noise_table(60, 30, seed)
        strata = np.arange(60) % 3
        result = max_t(
            values, won, strata, np.zeros(30, int), threshold=1.96, permutations=199, seed=seed
        )
        hits += result.p_values.min() <= 0.10
    assert hits <= 13  # binomial(60, .1): 99.7 % are at most 13


def test_noise_gives_the_expected_number_of_strong_traits() -> None:
    """About 5 % of the traits pass |T| >= 1.96 when outcomes are shuffled."""
    values, won = noise_table(200, 100, 5)
    result = max_t(
        values,
        won,
        np.zeros(200, int),
        np.zeros(100, int),
        threshold=1.96,
        permutations=200,
        seed=1,
    )
    assert result.expected_by_noise == pytest.approx(5, abs=1.5)


def test_families_are_compared_apart() -> None:
    """A trait alone in its family is not punished for the others."""
    values, won = noise_table(100, 40, 7)
    values[:, 0] = np.where(np.arange(100) < 80, won, values[:, 0])
    families = np.ones(40, dtype=np.int64)
    families[0] = 0
    args = {"threshold": 2.0, "permutations": 400, "seed": 2}
    apart = max_t(values, won, np.zeros(100, int), families, **args)
    together = max_t(values, won, np.zeros(100, int), np.ones(40, int), **args)
    assert apart.p_values[0] <= together.p_values[0]
    assert apart.p_values[1:].tolist() == pytest.approx(together.p_values[1:].tolist(), abs=0.1)
