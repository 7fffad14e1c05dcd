"""A hundred points over the criteria, a score with its range for each deal, and tiers.

A deal's score is the sum of the points of the criteria it meets. What is not known about it
counts by how common it is, and opens a range: "62 (48-76, 2 unknown)".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from icp_voice.config import IcpConfig
from icp_voice.errors import EvidenceError
from icp_voice.icp.values import DealTraits, FloatArray, Int8Array, pick_values, prevalence
from icp_voice.intervals import jeffreys_interval
from icp_voice.records import Deal, Quote
from icp_voice.results import Criterion, DealScore, Profile, ScorePart, Tier, TierRecord

_TIERS: tuple[Tier, ...] = ("A", "B", "C")
_NO_QUOTES: Mapping[str, tuple[Quote, ...]] = {}


def distribute_points(
    weights: Sequence[float], *, total: int = 100, floor: int = 5, cap: int = 35
) -> tuple[int, ...]:
    """Spread points by weight, each within [floor, cap], by the largest remainder.

    Args:
        weights: of each criterion; negative ones count as 0.
        total: what the points add up to.
        floor: least points of a criterion.
        cap: most points of a criterion; with one or two criteria there is no cap, because theirs
            must add up to the total too.

    Raises:
        EvidenceError: so many criteria that the floor does not fit.

    >>> distribute_points([3.0, 2.0, 1.0, 1.0])
    (35, 33, 16, 16)
    >>> distribute_points([1.0])
    (100,)
    """
    n = len(weights)
    if n == 0:
        return ()
    if n * floor > total:
        raise EvidenceError(f"{n} criteria of {floor} points or more do not fit into {total}.")
    limit = cap if n * cap >= total else total
    share = _water_fill([max(w, 0.0) for w in weights], total, floor, limit)
    points = [int(np.floor(x + 1e-9)) for x in share]
    rest = sorted(range(n), key=lambda i: (-(share[i] - points[i]), i))
    open_places = [i for i in rest if points[i] < limit]
    for i in open_places[: total - sum(points)]:
        points[i] += 1
    return tuple(points)


def _water_fill(weights: Sequence[float], total: int, floor: int, cap: int) -> list[float]:
    """Return shares proportional to the weights inside [floor, cap] that add up to the total."""
    largest = max(weights)
    positive = [max(w / largest, 1e-6) if largest > 1e-9 else 1.0 for w in weights]
    low, high = 0.0, cap / min(positive)
    for _ in range(200):
        scale = (low + high) / 2
        if sum(min(max(scale * w, floor), cap) for w in positive) < total:
            low = scale
        else:
            high = scale
    return [min(max(high * w, floor), cap) for w in positive]


@dataclass(frozen=True, eq=False)
class _Card:
    """The criteria that carry points, and those that exclude."""

    criteria: tuple[Criterion, ...]
    excludes: tuple[Criterion, ...]
    usual: FloatArray

    @property
    def points(self) -> FloatArray:
        return np.array([criterion.points for criterion in self.criteria], dtype=np.float64)


def score_deals(
    profile: Profile,
    table: DealTraits,
    deals: Sequence[Deal],
    quotes: Mapping[str, tuple[Quote, ...]] | None = None,
    config: IcpConfig | None = None,
) -> tuple[DealScore, ...]:
    """Score deals against a profile, in the order given.

    Args:
        profile: its positive criteria add up to 100 points; without any there is nothing to
            score and the result is empty.
        table: deal x trait; deals it lacks are unknown in everything.
        deals: the deals to score, open or closed.
        quotes: trait -> quotes; a part shows the one of its own deal.
        config: tier borders.

    Raises:
        EvidenceError: the table lacks a trait of the profile.
    """
    settings = config or IcpConfig()
    return _score(profile.criteria, table, deals, quotes or _NO_QUOTES, settings)


def _score(
    criteria: Sequence[Criterion],
    table: DealTraits,
    deals: Sequence[Deal],
    quotes: Mapping[str, tuple[Quote, ...]],
    config: IcpConfig,
) -> tuple[DealScore, ...]:
    scoring = tuple(c for c in criteria if c.points > 0)
    excludes = tuple(c for c in criteria if c.kind == "exclude")
    if not scoring:
        return ()
    names = [c.trait for c in scoring]
    known = [c.trait for c in excludes if c.trait in set(table.traits)]
    values = pick_values(table, deals, names)
    flagged = pick_values(table, deals, known) == 1
    card = _Card(scoring, tuple(c for c in excludes if c.trait in known), _usual(table, names))
    by_deal = _quotes_by_deal(quotes, names)
    return tuple(
        _score_one(deal, card, values[i], flagged[i], by_deal, config)
        for i, deal in enumerate(deals)
    )


def _usual(table: DealTraits, traits: Sequence[str]) -> FloatArray:
    columns = {trait: j for j, trait in enumerate(table.traits)}
    return prevalence(table.values[:, [columns[trait] for trait in traits]])


def _quotes_by_deal(
    quotes: Mapping[str, tuple[Quote, ...]], traits: Sequence[str]
) -> dict[tuple[str, str], Quote]:
    found: dict[tuple[str, str], Quote] = {}
    for trait in traits:
        for quote in quotes.get(trait, ()):
            if quote.deal_id is not None:
                found.setdefault((trait, quote.deal_id), quote)
    return found


def _score_one(
    deal: Deal,
    card: _Card,
    values: Int8Array,
    flagged: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    quotes: Mapping[tuple[str, str], Quote],
    config: IcpConfig,
) -> DealScore:
    points = card.points
    unknown = values < 0
    low = float(points[values == 1].sum())
    high = low + float(points[unknown].sum())
    score = low + float((points * card.usual)[unknown].sum())
    excluded_by = tuple(
        c.statement for c, hit in zip(card.excludes, flagged.tolist(), strict=True) if hit
    )
    whole = int(np.floor(score + 0.5))
    return DealScore(
        deal_id=deal.deal_id,
        score=whole,
        low=int(low),
        high=int(high),
        tier="C" if excluded_by else tier_of(whole, config),
        n_unknown=int(unknown.sum()),
        excluded_by=excluded_by,
        parts=tuple(
            ScorePart(
                trait=c.trait,
                statement=c.statement,
                points=c.points,
                value=None if value < 0 else bool(value),
                quote=quotes.get((c.trait, deal.deal_id)) if value == 1 else None,
            )
            for c, value in zip(card.criteria, values.tolist(), strict=True)
        ),
    )


def tier_of(score: int, config: IcpConfig) -> Tier:
    """Return A from 70 points, B from 40, else C (with the default borders)."""
    if score >= config.tier_a_from:
        return "A"
    return "B" if score >= config.tier_b_from else "C"


def record_tiers(
    scores: Sequence[DealScore], deals: Sequence[Deal], config: IcpConfig
) -> tuple[TierRecord, ...]:
    """Count how the closed deals of each tier ended, with 90 % Jeffreys intervals."""
    outcome = {deal.deal_id: deal.outcome for deal in deals}
    lowest = {"A": config.tier_a_from, "B": config.tier_b_from, "C": 0}
    records = []
    for tier in _TIERS:
        closed = [outcome[s.deal_id] for s in scores if s.tier == tier]
        closed = [found for found in closed if found != "open"]
        n, n_won = len(closed), closed.count("won")
        records.append(
            TierRecord(
                tier=tier,
                lowest_score=lowest[tier],
                n_deals=n,
                n_won=n_won,
                win_rate=n_won / n if n else None,
                interval=jeffreys_interval(n_won, n) if n else None,
            )
        )
    return tuple(records)


def tiers_separable(tiers: Sequence[TierRecord]) -> bool:
    """Tell whether the tiers' win rates fall from A to B to C; an empty A or C can't tell."""
    rates = {record.tier: record.win_rate for record in tiers}
    if rates.get("A") is None or rates.get("C") is None:
        return False
    found = [rate for tier in _TIERS if (rate := rates.get(tier)) is not None]
    return found == sorted(found, reverse=True) and found[0] > found[-1]
