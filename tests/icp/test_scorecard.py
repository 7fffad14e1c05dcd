"""Points, scores with their ranges, and tiers."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_voice.config import IcpConfig
from icp_voice.errors import EvidenceError
from icp_voice.evidence.traits import TraitTable, table_from_values
from icp_voice.icp.scorecard import (
    distribute_points,
    record_tiers,
    score_deals,
    tier_of,
    tiers_separable,
)
from icp_voice.records import Deal, Quote
from icp_voice.results import Criterion, CriterionKind, Finding, Profile, TierRecord


def make_criterion(trait: str, points: int, kind: CriterionKind = "nice_to_have") -> Criterion:
    """Make a criterion with an empty finding."""
    nothing = (None,) * 10
    finding = Finding(trait, "discovery", 0, 0, 0, 0, 0, *nothing, "proven")  # type: ignore[arg-type]
    return Criterion(trait, kind, trait.title(), points, finding)


def make_profile(*criteria: Criterion) -> Profile:
    """Make a profile of criteria alone."""
    return Profile(criteria, (), tiers_separable=False, warnings=())


def make_table(values: list[list[int]], traits: list[str]) -> TraitTable:
    """Make a table of deals a, b, ..."""
    ids = [chr(97 + i) for i in range(len(values))]
    return table_from_values(ids, traits, np.array(values, dtype=np.int8))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 10), min_size=1, max_size=7))
def test_points_add_up_to_a_hundred(weights: list[float]) -> None:
    """Whatever the weights, points sum to 100 inside floor and cap, larger weights not less."""
    points = distribute_points(weights)
    assert sum(points) == 100
    assert min(points) >= 5
    if len(weights) >= 3:
        assert max(points) <= 35
    order = sorted(range(len(weights)), key=lambda i: weights[i])
    assert all(points[i] <= points[j] + 1 for i, j in pairwise(order))


def test_points_by_hand() -> None:
    """Largest remainder, floor and cap worked out by hand."""
    assert distribute_points([1, 1, 1]) == (34, 33, 33)
    assert distribute_points([10, 1, 1, 0.1]) == (35, 30, 30, 5)
    assert distribute_points([3, 1]) == (75, 25)
    assert distribute_points([]) == ()
    with pytest.raises(EvidenceError, match="21 criteria"):
        distribute_points([1.0] * 21)


def test_unknowns_count_by_prevalence_and_open_a_range() -> None:
    """30 points known, 20 unknown at a prevalence of one half: 40, between 30 and 50."""
    table = make_table([[1, -1, 0], [1, 1, 1], [0, 0, 1]], ["x", "y", "z"])
    profile = make_profile(
        make_criterion("x", 30), make_criterion("y", 20), make_criterion("z", 50)
    )
    score = score_deals(profile, table, [Deal("a", "open")])[0]
    assert (score.score, score.low, score.high, score.n_unknown) == (40, 30, 50, 1)
    assert [part.value for part in score.parts] == [True, None, False]
    assert score.tier == "B"


def test_a_deal_without_calls_is_all_range() -> None:
    """Nothing known: from 0 to 100."""
    table = make_table([[1, 0], [0, 1]], ["x", "y"])
    profile = make_profile(make_criterion("x", 60), make_criterion("y", 40))
    score = score_deals(profile, table, [Deal("z", "open")])[0]
    assert (score.score, score.low, score.high, score.n_unknown) == (50, 0, 100, 2)


def test_exclude_forces_the_lowest_tier_and_warning_does_not() -> None:
    """A deal with full points and a red flag is C; with a warning it stays A."""
    table = make_table([[1, 1, 0], [0, 1, 1]], ["bad", "good", "odd"])
    profile = make_profile(
        make_criterion("good", 100),
        make_criterion("bad", 0, "exclude"),
        make_criterion("odd", 0, "warning"),
    )
    excluded, warned = score_deals(profile, table, [Deal("a", "lost"), Deal("b", "won")])
    assert (excluded.score, excluded.tier, excluded.excluded_by) == (100, "C", ("Bad",))
    assert (warned.score, warned.tier, warned.excluded_by) == (100, "A", ())


def test_parts_show_the_deals_own_quote() -> None:
    """The quote of a part is one of this deal, and only where the trait is present."""
    table = make_table([[1], [0]], ["x"])
    quotes = {"x": tuple(Quote(f"c{d}", "c", d, "Ann", "said", 1, 2) for d in ("b", "a"))}
    one, other = score_deals(
        make_profile(make_criterion("x", 100)), table, [Deal("a", "won"), Deal("b", "won")], quotes
    )
    assert one.parts[0].quote is quotes["x"][1]
    assert other.parts[0].quote is None


def test_without_positive_criteria_nothing_is_scored() -> None:
    """No points, no score."""
    table = make_table([[1]], ["x"])
    assert score_deals(make_profile(), table, [Deal("a", "won")]) == ()
    assert score_deals(make_profile(make_criterion("x", 0, "exclude")), table, []) == ()


def test_a_trait_the_data_lack_is_an_error() -> None:
    """A profile of other data says what is missing."""
    with pytest.raises(EvidenceError, match="'y'"):
        score_deals(make_profile(make_criterion("y", 100)), make_table([[1]], ["x"]), [])


def test_tiers_begin_at_70_and_40() -> None:
    """The borders belong to the higher tier."""
    assert [tier_of(score, IcpConfig()) for score in (100, 70, 69, 40, 39, 0)] == list("AABBCC")


def test_tier_records_count_closed_deals() -> None:
    """Open deals are not in the record; the interval contains the win rate."""
    table = make_table([[1], [1], [1], [0]], ["x"])
    deals = [Deal("a", "won"), Deal("b", "lost"), Deal("c", "open"), Deal("d", "lost")]
    scores = score_deals(make_profile(make_criterion("x", 100)), table, deals)
    best, middle, rest = record_tiers(scores, deals, IcpConfig())
    assert (best.n_deals, best.n_won, best.win_rate) == (2, 1, 0.5)
    assert best.interval is not None
    assert best.interval.low < 0.5 < best.interval.high
    assert (middle.n_deals, middle.win_rate, middle.interval) == (0, None, None)
    assert (rest.n_deals, rest.n_won) == (1, 0)


@pytest.mark.parametrize(
    ("rates", "separable"),
    [
        ((0.8, 0.4, 0.1), True),
        ((0.8, None, 0.1), True),
        ((0.4, 0.6, 0.1), False),
        ((None, 0.4, 0.1), False),
        ((0.5, 0.5, 0.5), False),
    ],
)
def test_tiers_are_separable_only_if_win_rates_fall(
    rates: tuple[float | None, ...], separable: bool
) -> None:
    """A >= B >= C, with A above C and both filled."""
    records = [
        TierRecord(tier, 0, 10, 5, rate, None)  # type: ignore[arg-type]
        for tier, rate in zip("ABC", rates, strict=True)
    ]
    assert tiers_separable(records) is separable
