"""Intervals of shares and differences, against statsmodels and as laws."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_voice.errors import EvidenceError
from icp_voice.intervals import (
    jeffreys_interval,
    newcombe_difference,
    ratio_interval,
    wilson_interval,
)


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    """Draw hits and n."""
    n = draw(st.integers(1, 400))
    return draw(st.integers(0, n)), n


@settings(max_examples=80, deadline=None)
@given(shares())
def test_intervals_contain_the_share(share: tuple[int, int]) -> None:
    """Wilson and Jeffreys contain hits / n and stay inside [0, 1]."""
    hits, n = share
    for interval in (wilson_interval(hits, n), jeffreys_interval(hits, n)):
        assert 0 <= interval.low <= hits / n <= interval.high <= 1


@settings(max_examples=80, deadline=None)
@given(shares(), shares())
def test_difference_interval_contains_the_difference(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    """Newcombe's interval contains the observed difference."""
    low, high = newcombe_difference(*one, *other)
    gap = one[0] / one[1] - other[0] / other[1]
    assert low - 1e-12 <= gap <= high + 1e-12


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (7, 10), (10, 10), (31, 200)])
def test_wilson_and_jeffreys_agree_with_statsmodels(hits: int, n: int) -> None:
    """The closed forms equal proportion_confint inside, and reach 0 and 1 at the ends."""
    from statsmodels.stats.proportion import proportion_confint

    wilson = wilson_interval(hits, n, confidence=0.95)
    low, high = proportion_confint(hits, n, method="wilson")
    assert (wilson.low, wilson.high) == pytest.approx((low, high), abs=1e-9)
    jeffreys = jeffreys_interval(hits, n, confidence=0.95)
    low, high = proportion_confint(hits, n, method="jeffreys")
    if hits > 0:
        assert jeffreys.low == pytest.approx(low, abs=1e-9)
    if hits < n:
        assert jeffreys.high == pytest.approx(high, abs=1e-9)


def test_difference_agrees_with_statsmodels_newcomb() -> None:
    """Newcombe's hybrid interval equals confint_proportions_2indep(method="newcomb")."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    wanted = confint_proportions_2indep(7, 34, 1, 34, method="newcomb", compare="diff", alpha=0.1)
    found = newcombe_difference(7, 34, 1, 34)
    assert tuple(map(float, found)) == pytest.approx(wanted, abs=1e-9)


def test_ratio_interval_has_answers_on_zero_cells() -> None:
    """No wins without the trait leaves the ratio open above, with a lower bound."""
    ratio = ratio_interval(7, 20, 0, 20, confidence=0.9)
    assert ratio.low > 1
    assert ratio.high == float("inf")
    inside = ratio_interval(12, 20, 6, 20, confidence=0.9)
    assert inside.low < 2 < inside.high


def test_impossible_counts_are_refused() -> None:
    """More hits than deals is an error with both numbers."""
    with pytest.raises(EvidenceError, match="5 of 4"):
        wilson_interval(5, 4)
