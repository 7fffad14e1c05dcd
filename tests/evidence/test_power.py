"""What the data could show."""

import pytest

from icp_voice.evidence.power import detectable_odds_ratio, enough_to_rank


@pytest.mark.parametrize(
    ("n_deals", "wanted"), [(30, 10.3), (60, 5.1), (120, 3.1), (300, 2.1), (500, 1.8), (1000, 1.5)]
)
def test_smallest_detectable_odds_ratio_follows_the_reference(n_deals: int, wanted: float) -> None:
    """Prevalence 30 %, win rate 35 %, one test at .05, power 80 %."""
    assert detectable_odds_ratio(n_deals, win_rate=0.35) == pytest.approx(wanted, abs=0.06)


def test_tiny_samples_detect_nothing() -> None:
    """Five deals show no effect whatever its size."""
    assert detectable_odds_ratio(5, win_rate=0.4) is None


def test_ranking_needs_twenty_deals_and_eight_of_each() -> None:
    """20 closed, 8 won, 8 lost is the least."""
    assert enough_to_rank(12, 8)
    assert not enough_to_rank(8, 11)
    assert not enough_to_rank(40, 7)
