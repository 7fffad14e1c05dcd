"""The proposed profile as cards, and the rows of its figure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from icp_voice.records import Quote
from icp_voice.report.effect_charts import EffectRow
from icp_voice.report.lookup import Lookup, QuoteView
from icp_voice.report.variety import pick_varied
from icp_voice.report.words import (
    LONGEST_NAME,
    VERDICT_NAMES,
    cut,
    n_with,
    n_without,
    rate_with,
    rate_without,
    say_confidence,
    say_count,
    say_effect,
    say_interval,
    say_number,
    say_share,
    say_share_interval,
)
from icp_voice.results import Analysis, Criterion, CriterionKind, Finding, Interval

SHOWN_QUOTES = 3
SHOWN_PROMISING = 6
SHOWN_DESCRIBED = 8
QUOTES_DESCRIBED = 2
KIND_TITLES: dict[CriterionKind, tuple[str, str]] = {
    "must_have": ("Must-have", "Nearly every best customer has it."),
    "nice_to_have": ("Nice to have", "Found clearly more often in deals that were won."),
    "exclude": ("Exclude", "Deals with it are rarely won; they go to the lowest tier."),
    "warning": (
        "Warnings",
        "They go with losing. They take no points off until somebody makes them an exclusion.",
    ),
}


@dataclass(frozen=True)
class RateBar:
    """A win rate with its interval, as shares; `label` is how many were won of how many."""

    label: str
    rate: float | None
    interval: Interval | None
    said: str


@dataclass(frozen=True)
class CriterionCard:
    """One criterion as it is shown; `facts` are the figures behind it, name and value."""

    statement: str
    kind: CriterionKind
    points: int
    verdict: str
    register: str
    counts: str
    unknown: str
    effect: str
    bars: tuple[RateBar, RateBar]
    caveats: tuple[str, ...]
    folded: tuple[str, ...]
    quotes: tuple[QuoteView, ...]
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class DescribedTrait:
    """A trait without any judgement: how many closed deals have it, and who said so."""

    statement: str
    size: str
    quotes: tuple[QuoteView, ...]


@dataclass(frozen=True)
class CriterionGroup:
    """The criteria of one kind."""

    title: str
    lead: str
    cards: tuple[CriterionCard, ...]


def criterion_groups(analysis: Analysis, lookup: Lookup) -> tuple[CriterionGroup, ...]:
    """Return the criteria by kind, in the order of the proposal; kinds without any are left out."""
    groups = []
    for kind, (title, lead) in KIND_TITLES.items():
        chosen = [c for c in analysis.profile.criteria if c.kind == kind]
        if chosen:
            cards = tuple(_card(c, analysis.quotes.get(c.trait, ()), lookup) for c in chosen)
            groups.append(CriterionGroup(title, lead, cards))
    return tuple(groups)


def described_traits(analysis: Analysis, lookup: Lookup) -> tuple[DescribedTrait, ...]:
    """Return what comes up most, with quotes: all that can be said without any criterion."""
    heard = [f for f in analysis.measurement.findings if analysis.quotes.get(f.trait)]
    heard.sort(key=lambda f: (-n_with(f), f.trait))
    return tuple(
        DescribedTrait(
            statement=lookup.statement(f.trait),
            size=(
                f"in {say_count(n_with(f), 'closed deal')}: {f.present_won} won, "
                f"{f.present_lost} lost"
            ),
            quotes=_quotes(analysis.quotes[f.trait], QUOTES_DESCRIBED, lookup),
        )
        for f in heard[:SHOWN_DESCRIBED]
    )


def effect_rows(analysis: Analysis, lookup: Lookup) -> tuple[EffectRow, ...]:
    """Return what the effects figure shows: the criteria, then the next promising traits."""
    rows = [
        EffectRow(_statement(c, lookup), c.finding, "criterion" if c.points else "against")
        for c in analysis.profile.criteria
        if _drawable(c.finding)
    ]
    named = {t for c in analysis.profile.criteria for t in (c.trait, *c.folded_traits)}
    promising = [
        f
        for f in analysis.measurement.findings
        if f.verdict == "promising" and f.trait not in named and _drawable(f)
    ]
    promising.sort(key=_distance_from_one)
    rows += [
        EffectRow(lookup.statement(f.trait), f, "promising") for f in promising[:SHOWN_PROMISING]
    ]
    return tuple(rows)


def rate_bars(finding: Finding) -> tuple[RateBar, RateBar]:
    """Return the win rates with and without a trait."""
    sides = (
        (finding.present_won, n_with(finding), rate_with(finding), finding.win_rate_with),
        (finding.absent_won, n_without(finding), rate_without(finding), finding.win_rate_without),
    )
    with_it, without = (
        RateBar(
            f"{won} of {n}",
            rate,
            interval if rate is not None else None,
            "no such deal" if rate is None else say_share(rate),
        )
        for won, n, rate, interval in sides
    )
    return with_it, without


def _card(criterion: Criterion, more: Sequence[Quote], lookup: Lookup) -> CriterionCard:
    """Put a criterion into words; `more` are further quotes to pick from."""
    finding = criterion.finding
    unknown = f"In {say_count(finding.unknown, 'deal')} it is not known." * bool(finding.unknown)
    return CriterionCard(
        statement=_statement(criterion, lookup),
        kind=criterion.kind,
        points=criterion.points,
        verdict=VERDICT_NAMES[finding.verdict],
        register=(
            "named before the run"
            if finding.register == "hypothesis"
            else "a candidate until later deals confirm it"
        ),
        counts=(
            f"Won {finding.present_won} of {n_with(finding)} with it, "
            f"{finding.absent_won} of {n_without(finding)} without."
        ),
        unknown=unknown,
        effect=say_effect(finding),
        bars=rate_bars(finding),
        caveats=criterion.caveats,
        folded=_folded(criterion, lookup),
        quotes=_quotes((*criterion.quotes, *more), SHOWN_QUOTES, lookup),
        facts=tuple(_facts(finding)),
        reasons=finding.reasons,
    )


def _quotes(quotes: Sequence[Quote], n: int, lookup: Lookup) -> tuple[QuoteView, ...]:
    varied = pick_varied(quotes, n, text=lambda q: q.text, source=lambda q: q.deal_id or q.call_id)
    return tuple(lookup.quote(q) for q in varied)


def _folded(criterion: Criterion, lookup: Lookup) -> tuple[str, ...]:
    """Name the folded traits, unless a caveat already does."""
    named = tuple(lookup.statement(trait) for trait in criterion.folded_traits)
    said = " ".join(criterion.caveats)
    return () if all(name in said for name in named) else named


def _statement(criterion: Criterion, lookup: Lookup) -> str:
    return cut(criterion.statement, 2 * LONGEST_NAME) or lookup.statement(criterion.trait)


def _facts(finding: Finding) -> list[tuple[str, str]]:
    """List the figures behind a finding that are known."""
    facts: list[tuple[str, str]] = []
    if finding.odds_ratio_shrunken is not None and finding.interval_90 is not None:
        name = f"Odds ratio to expect (shrunken), {say_confidence(finding.interval_90)}"
        value = f"{say_number(finding.odds_ratio_shrunken)} ({say_interval(finding.interval_90)})"
        facts.append((name, value))
    ratios = (
        ("Odds ratio as seen in these deals", finding.odds_ratio),
        ("Odds ratio inside the segments", finding.odds_ratio_stratified),
    )
    facts += [(name, say_number(value)) for name, value in ratios if value is not None]
    if finding.win_rate_difference is not None:
        name = f"Difference of the win rates, {say_confidence(finding.win_rate_difference)}"
        facts.append((name, say_share_interval(finding.win_rate_difference)))
    p_values = (
        ("p, Fisher mid-p", finding.p_value),
        ("p, inside the segments (Cochran-Mantel-Haenszel)", finding.p_stratified),
        ("q, false discovery rate (Benjamini-Hochberg)", finding.q_value),
        ("p, luckiest of all traits in shuffled tables (max-T)", finding.p_max_t),
    )
    facts += [(name, _small(value)) for name, value in p_values if value is not None]
    shares = (
        ("Picked in random halves of the accounts", finding.stability),
        ("Segments that point the same way", finding.sign_agreement),
    )
    facts += [(name, say_share(value)) for name, value in shares if value is not None]
    return [*facts, ("Trait", finding.trait)]


def _small(p: float) -> str:
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def _drawable(finding: Finding) -> bool:
    return finding.interval_90 is not None and (finding.odds_ratio_shrunken or 0.0) > 0.0


def _distance_from_one(finding: Finding) -> tuple[float, str]:
    return -abs(math.log(finding.odds_ratio_shrunken or 1.0)), finding.trait


def strongest(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Return the criteria that carry points, strongest first."""
    scored = [c for c in criteria if c.points]
    return sorted(scored, key=lambda c: (-c.points, c.trait))
