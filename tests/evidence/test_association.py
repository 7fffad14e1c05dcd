"""Tables, tests and effects against published examples and against statsmodels and scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_voice.evidence.association import (
    Cells,
    boschloo_p,
    cochran_mantel_haenszel,
    count_cells,
    fisher_mid_p,
    heterogeneity_p,
    raw_odds_ratio,
    stratified_effect,
)

# Applicants admitted and rejected in six departments of Berkeley, 1973: men, then women
# (Bickel, Hammel & O'Connell 1975, Science 187:398).
BERKELEY = np.array(
    [
        [512, 313, 89, 19],
        [353, 207, 17, 8],
        [120, 205, 202, 391],
        [138, 279, 131, 244],
        [53, 138, 94, 299],
        [22, 351, 24, 317],
    ]
)


def cells_of(*tables: tuple[int, int, int, int]) -> Cells:
    """Make one trait's cells, one table a stratum."""
    counts = np.array(tables, dtype=np.int64)
    return Cells(*(counts[:, [k]] for k in range(4)))


def test_lady_tasting_tea_gives_the_known_mid_p() -> None:
    """Three of four cups right: one-sided mid-p is 17/70 - 8/70, doubled 0.257."""
    assert fisher_mid_p(cells_of((3, 1, 1, 3)))[0] == pytest.approx(2 * 9 / 70)
    assert fisher_mid_p(cells_of((4, 0, 0, 4)))[0] == pytest.approx(1 / 70)


def test_epinephrine_trial_gives_the_published_mid_p() -> None:
    """1 of 34 against 7 of 34 survivors: mid-p 0.030 where Fisher's exact test has 0.054."""
    p = fisher_mid_p(cells_of((1, 33, 7, 27)))[0]
    assert p == pytest.approx(0.0297, abs=5e-5)
    assert boschloo_p(1, 33, 7, 27) < 0.054


def test_berkeley_reverses_inside_departments() -> None:
    """Men are admitted 1.84 times the odds over all, 0.90 times inside departments."""
    cells = cells_of(*map(tuple, BERKELEY.tolist()))
    assert raw_odds_ratio(cells)[0] == pytest.approx(1.84, abs=0.005)
    effect = stratified_effect(cells)
    assert np.exp(effect.log_odds[0]) == pytest.approx(0.905, abs=0.002)
    _, p = cochran_mantel_haenszel(cells)
    assert p[0] == pytest.approx(0.2169, abs=5e-4)
    assert heterogeneity_p(cells)[0] == pytest.approx(0.0021, abs=2e-4)


def test_stratified_figures_agree_with_statsmodels() -> None:
    """CMH, equal-odds test and Mantel-Haenszel ratio equal StratifiedTable's on random tables."""
    from statsmodels.stats.contingency_tables import StratifiedTable

    rng = np.random.default_rng(4)
    counts = rng.integers(3, 40, size=(4, 3, 25))  # cell, stratum, trait
    cells = Cells(*counts)
    z, p = cochran_mantel_haenszel(cells)
    equal = heterogeneity_p(cells)
    effect = stratified_effect(Cells(*(counts * 1000)))
    for j in range(counts.shape[2]):
        reference = StratifiedTable([counts[:, k, j].reshape(2, 2) for k in range(3)])
        result = reference.test_null_odds(correction=False)
        assert p[j] == pytest.approx(result.pvalue, rel=1e-9)
        assert z[j] ** 2 == pytest.approx(result.statistic, rel=1e-9)
        assert equal[j] == pytest.approx(reference.test_equal_odds().pvalue, rel=1e-6)
        assert np.exp(effect.log_odds[j]) == pytest.approx(reference.oddsratio_pooled, rel=1e-3)
        assert effect.se[j] * np.sqrt(1000) == pytest.approx(reference.logodds_pooled_se, rel=1e-2)


def test_one_stratum_gives_the_haldane_estimate() -> None:
    """Without strata: ln[(a+.5)(d+.5)/((b+.5)(c+.5))] with variance sum 1/(cell+.5)."""
    effect = stratified_effect(cells_of((6, 0, 20, 34)))
    expected = np.log(6.5 * 34.5 / (0.5 * 20.5))
    assert effect.log_odds[0] == pytest.approx(expected)
    assert effect.se[0] ** 2 == pytest.approx(1 / 6.5 + 1 / 0.5 + 1 / 20.5 + 1 / 34.5)


def test_mid_p_agrees_with_the_hypergeometric_definition() -> None:
    """The cached table equals scipy's hypergeometric formula."""
    from scipy.stats import hypergeom

    rng = np.random.default_rng(9)
    for a, b, c, d in rng.integers(0, 25, size=(60, 4)).tolist():
        law = hypergeom(a + b + c + d, a + c, a + b)
        up = law.sf(a) + 0.5 * law.pmf(a)
        wanted = min(1.0, 2 * min(up, 1 - up))
        assert fisher_mid_p(cells_of((a, b, c, d)))[0] == pytest.approx(wanted, abs=1e-9)


def test_unknown_deals_are_in_no_cell() -> None:
    """Counting leaves unknowns out and keeps strata apart."""
    values = np.array([[1], [0], [-1], [1], [0]], dtype=np.int8)
    won = np.array([True, False, True, False, True])
    cells = count_cells(values, won, np.array([0, 0, 0, 1, 1]))
    assert [cell[:, 0].tolist() for cell in cells.arrays()] == [[1, 0], [0, 1], [0, 1], [1, 0]]


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.integers(0, 30)] * 4))
def test_swapping_won_and_lost_turns_the_effect_round(table: tuple[int, int, int, int]) -> None:
    """The log odds change sign, the p-value stays."""
    a, b, c, d = table
    one, other = cells_of((a, b, c, d)), cells_of((b, a, d, c))
    assert stratified_effect(one).log_odds[0] == pytest.approx(
        -stratified_effect(other).log_odds[0]
    )
    assert fisher_mid_p(one)[0] == pytest.approx(fisher_mid_p(other)[0])
    assert cochran_mantel_haenszel(one)[1][0] == pytest.approx(cochran_mantel_haenszel(other)[1][0])
