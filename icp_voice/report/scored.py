"""Tiers with their record, and the open deals ranked by score."""

from collections import Counter
from dataclasses import dataclass

from icp_voice.records import Deal
from icp_voice.report.lookup import Lookup
from icp_voice.report.words import (
    LONGEST_NAME,
    cut,
    say_confidence,
    say_share,
    say_share_interval,
)
from icp_voice.results import Analysis, DealScore, Interval, ScorePart, Tier

SHOWN_DEALS = 12
LISTED_DEALS = 250
TIER_MEANING: dict[Tier, str] = {
    "A": "Top priority",
    "B": "The standard path",
    "C": "Nurture, or a polite no",
}


@dataclass(frozen=True)
class TierRow:
    """One tier: its scores, how its closed deals ended, and how many deals wait in it."""

    tier: Tier
    meaning: str
    scores: str
    n_won: int
    n_deals: int
    rate: float | None
    said_rate: str
    interval: Interval | None
    said_interval: str
    n_open: int


@dataclass(frozen=True)
class ScoredDeal:
    """One open deal; `reasons` and `ask` are the criteria it has and those not known of it."""

    rank: int
    name: str
    deal_id: str
    owner: str
    score: int
    low: int
    high: int
    tier: Tier
    said_range: str
    reasons: tuple[str, ...]
    lacks: tuple[str, ...]
    ask: tuple[str, ...]
    excluded_by: tuple[str, ...]


@dataclass(frozen=True)
class ScoredDeals:
    """The open deals by rank: those shown, those folded away, and how many are only exported."""

    shown: tuple[ScoredDeal, ...]
    folded: tuple[ScoredDeal, ...]
    n_unlisted: int


def tier_rows(analysis: Analysis) -> tuple[TierRow, ...]:
    """Return the tiers from the top."""
    tiers = sorted(analysis.profile.tiers, key=lambda t: t.tier)
    open_ids = {d.deal_id for d in analysis.deals if d.outcome == "open"}
    waiting = Counter(s.tier for s in analysis.scores if s.deal_id in open_ids)
    rows = []
    above = 101
    for record in tiers:
        rows.append(
            TierRow(
                tier=record.tier,
                meaning=TIER_MEANING[record.tier],
                scores=f"{record.lowest_score} to {above - 1}",
                n_won=record.n_won,
                n_deals=record.n_deals,
                rate=record.win_rate,
                said_rate="–" if record.win_rate is None else say_share(record.win_rate),
                interval=record.interval,
                said_interval=_say(record.interval),
                n_open=waiting[record.tier],
            )
        )
        above = record.lowest_score
    return tuple(rows)


def tier_confidence(analysis: Analysis) -> str:
    """Return what the interval of the tiers is called."""
    intervals = [t.interval for t in analysis.profile.tiers if t.interval]
    return say_confidence(intervals[0]) if intervals else "interval"


def scored_deals(analysis: Analysis, lookup: Lookup) -> ScoredDeals:
    """Return the open deals, best first; what is excluded comes last in its tier."""
    ranked = ranked_open(analysis)
    views = [
        _scored(rank, score, deal, lookup)
        for rank, (score, deal) in enumerate(ranked[:LISTED_DEALS], start=1)
    ]
    return ScoredDeals(
        shown=tuple(views[:SHOWN_DEALS]),
        folded=tuple(views[SHOWN_DEALS:]),
        n_unlisted=max(0, len(ranked) - LISTED_DEALS),
    )


def ranked_open(analysis: Analysis) -> list[tuple[DealScore, Deal]]:
    """Return the scores of open deals: by tier, then not excluded, score, best case and id."""
    deals = {d.deal_id: d for d in analysis.deals if d.outcome == "open"}
    ranked = [(s, deals[s.deal_id]) for s in analysis.scores if s.deal_id in deals]
    ranked.sort(
        key=lambda pair: (
            pair[0].tier,
            bool(pair[0].excluded_by),
            -pair[0].score,
            -pair[0].high,
            pair[0].deal_id,
        )
    )
    return ranked


def _scored(rank: int, score: DealScore, deal: Deal, lookup: Lookup) -> ScoredDeal:
    parts = sorted((p for p in score.parts if p.points), key=lambda p: (-p.points, p.trait))
    unknown = f", {score.n_unknown} unknown" if score.n_unknown else ""
    exact = score.low == score.high
    return ScoredDeal(
        rank=rank,
        name=lookup.deal(score.deal_id),
        deal_id=cut(score.deal_id, LONGEST_NAME) if deal.name else "",
        owner=cut(deal.owner or "", LONGEST_NAME),
        score=score.score,
        low=score.low,
        high=score.high,
        tier=score.tier,
        said_range="" if exact and not unknown else f"{score.low}–{score.high}{unknown}",
        reasons=tuple(_say_part(p, lookup) for p in parts if p.value),
        lacks=tuple(_say_part(p, lookup) for p in parts if p.value is False),
        ask=tuple(_say_part(p, lookup) for p in parts if p.value is None),
        excluded_by=tuple(lookup.statement(trait) for trait in score.excluded_by),
    )


def _say_part(part: ScorePart, lookup: Lookup) -> str:
    return cut(part.statement, LONGEST_NAME) or lookup.statement(part.trait)


def _say(interval: Interval | None) -> str:
    return "–" if interval is None else say_share_interval(interval)
