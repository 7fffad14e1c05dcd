"""The frozen records of what was found out: findings, criteria, scores, and the whole of a run.

Shares are in [0, 1]. Like `records`, this imports nothing outside the standard library.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from icp_voice.records import (
    CallMatch,
    CallSummary,
    Deal,
    DealSignals,
    FailedInput,
    Quote,
    RejectedRow,
    Theme,
)

Register = Literal["hypothesis", "discovery"]
Verdict = Literal["proven", "promising", "noise", "set_aside", "biased"]
CriterionKind = Literal["must_have", "nice_to_have", "exclude", "warning"]
Tier = Literal["A", "B", "C"]


@dataclass(frozen=True)
class Interval:
    """A two-sided interval and the share of repetitions it should cover."""

    low: float
    high: float
    confidence: float


@dataclass(frozen=True)
class Finding:
    """One trait against the outcome: the row of the evidence table.

    Attributes:
        trait: id such as `pain/manual_work`, `stakeholder/it/present`, `attribute/industry=retail`.
        present_won..absent_lost: closed deals in the four cells.
        unknown: closed deals in which the trait is not known.
        p_value: two-sided Fisher mid-p; None where the trait was set aside.
        p_stratified: Cochran-Mantel-Haenszel over the segments; the primary p-value.
        q_value: Benjamini-Hochberg within the register.
        p_max_t: Westfall-Young max-T.
        odds_ratio: raw (Haldane-Anscombe corrected); `odds_ratio_shrunken` is what to expect.
        interval_90: 90 % interval of the shrunken odds ratio.
        stability: share of half-samples that select the trait.
        win_rate_with, win_rate_without: shares with their 90 % Wilson intervals.
        reasons: plain sentences, most important first.
        odds_ratio_stratified: inside the segments (Mantel-Haenszel); None without segments.
        win_rate_difference: 90 % Newcombe interval of win_rate_with - win_rate_without.
        sign_agreement: share of the segments in which the effect points the same way.
    """

    trait: str
    register: Register
    present_won: int
    present_lost: int
    absent_won: int
    absent_lost: int
    unknown: int
    p_value: float | None
    p_stratified: float | None
    q_value: float | None
    p_max_t: float | None
    odds_ratio: float | None
    odds_ratio_shrunken: float | None
    interval_90: Interval | None
    stability: float | None
    win_rate_with: Interval | None
    win_rate_without: Interval | None
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    odds_ratio_stratified: float | None = None
    win_rate_difference: Interval | None = None
    sign_agreement: float | None = None


@dataclass(frozen=True)
class Measurement:
    """What `measure` returns: the evidence table and what the data can and can't show."""

    n_deals: int
    n_won: int
    n_lost: int
    n_open: int
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]
    expected_by_noise: float | None
    detectable_odds_ratio: float | None
    stratified_by: str | None


@dataclass(frozen=True)
class Criterion:
    """One line of the proposed profile; `points` is 0 for excludes and warnings."""

    trait: str
    kind: CriterionKind
    statement: str
    points: int
    finding: Finding
    quotes: tuple[Quote, ...] = ()
    folded_traits: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class TierRecord:
    """How the closed deals of one tier ended, with the Jeffreys interval of their win rate."""

    tier: Tier
    lowest_score: int
    n_deals: int
    n_won: int
    win_rate: float | None
    interval: Interval | None


@dataclass(frozen=True)
class Profile:
    """The proposed ideal customer profile: a hypothesis, with its record.

    `notes` are plain facts on its reach (deals, wins and accounts in tier A).
    """

    criteria: tuple[Criterion, ...]
    tiers: tuple[TierRecord, ...]
    tiers_separable: bool
    warnings: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScorePart:
    """One criterion's share of a deal's score; `value` None is unknown."""

    trait: str
    statement: str
    points: int
    value: bool | None
    quote: Quote | None = None


@dataclass(frozen=True)
class DealScore:
    """A deal's score in [0, 100] with the range its unknowns leave open."""

    deal_id: str
    score: int
    low: int
    high: int
    tier: Tier
    n_unknown: int
    excluded_by: tuple[str, ...]
    parts: tuple[ScorePart, ...]


@dataclass(frozen=True)
class Analysis:
    """Everything one run found out; what the terminal, the report and the exports are made of.

    Attributes:
        statements: trait id -> how a sales lead would say it ("Work is done by hand in
            spreadsheets"); traits without an entry are shown by their id.
        quotes: trait id -> quotes that show it, won deals first.
        data_until: latest date of a call or deal; stands for "now", so reruns give equal bytes.
    """

    name: str
    synthetic: bool
    data_until: date | None
    deals: tuple[Deal, ...]
    calls: tuple[CallSummary, ...]
    measurement: Measurement
    profile: Profile
    scores: tuple[DealScore, ...]
    themes: tuple[Theme, ...]
    deal_signals: tuple[DealSignals, ...]
    statements: Mapping[str, str]
    quotes: Mapping[str, tuple[Quote, ...]]
    unmatched: tuple[CallMatch, ...]
    failures: tuple[FailedInput, ...]
    rejected_rows: tuple[RejectedRow, ...]
    sentence_model: str
