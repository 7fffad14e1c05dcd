"""What is left of an effect after allowing for luck."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_voice.evidence.shrinkage import shrink, shrink_mixture, shrink_normal


def test_few_traits_are_shrunken_by_the_normal_prior() -> None:
    """Under 40 traits: b tau^2 / (tau^2 + s^2) with tau .75, and its interval."""
    result = shrink(np.array([1.2]), np.array([0.5]))
    weight = 0.75**2 / (0.75**2 + 0.5**2)
    assert result.mean[0] == pytest.approx(1.2 * weight)
    assert result.high[0] - result.mean[0] == pytest.approx(
        1.6449 * 0.5 * np.sqrt(weight), rel=1e-4
    )


def test_many_nulls_do_not_shrink_the_few_true_effects_away() -> None:
    """Among 90 nulls, effects seen clearly keep most of their size; nulls lose theirs."""
    rng = np.random.default_rng(3)
    truth = np.r_[np.full(10, 1.3), np.zeros(90)]
    se = np.full(100, 0.25)
    estimate = truth + rng.normal(0, 0.25, 100)
    result = shrink(estimate, se)
    assert 0.8 < result.mean[:10].mean() / 1.3 < 1.1
    assert np.abs(result.mean[10:]).mean() < 0.1
    covered = (result.low <= truth) & (truth <= result.high)
    assert covered.mean() >= 0.85


def test_pure_noise_is_shrunken_to_nothing() -> None:
    """No interval of 100 null traits excludes zero."""
    estimate = np.random.default_rng(8).normal(0, 0.3, 100)
    result = shrink_mixture(estimate, np.full(100, 0.3))
    assert ((result.low < 0) & (result.high > 0)).all()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-4, 4), st.floats(0.1, 3)), min_size=1, max_size=60))
def test_shrinking_only_pulls_towards_nothing(rows: list[tuple[float, float]]) -> None:
    """The result has the estimate's sign, is not larger, and lies in its interval."""
    estimate, se = (np.array(column) for column in zip(*rows, strict=True))
    for result in (shrink_normal(estimate, se), shrink_mixture(estimate, se)):
        assert (np.abs(result.mean) <= np.abs(estimate) + 1e-9).all()
        assert (result.mean * estimate >= -1e-12).all()
        assert (result.low <= result.mean + 1e-6).all()
        assert (result.mean <= result.high + 1e-6).all()
