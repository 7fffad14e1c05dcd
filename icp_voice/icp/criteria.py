"""From the evidence table to a profile: at most seven criteria, each with its evidence.

A trait becomes a criterion only when it is proven and can be heard in three quotes; what goes
with losing can only be an exclude or a warning. Correlated traits are one criterion that names
the others.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from icp_voice.config import IcpConfig
from icp_voice.icp.joint import correlation, joint_log_odds
from icp_voice.icp.scorecard import (
    distribute_points,
    record_tiers,
    score_deals,
    tiers_separable,
)
from icp_voice.icp.values import DealTraits, pick_values
from icp_voice.icp.wording import (
    breadth_warnings,
    criterion_caveats,
    nothing_proven,
    reach_notes,
    statement_of,
    unscored_warning,
)
from icp_voice.intervals import jeffreys_interval, wilson_interval
from icp_voice.records import Deal, Quote
from icp_voice.results import Criterion, CriterionKind, Finding, Measurement, Profile

logger = logging.getLogger(__name__)

JOINT_FROM_DEALS = 100
MUST_SHARE, MUST_LOWER_BOUND, MUST_PREVALENCE_RATIO = 0.80, 0.60, 1.3
EXCLUDE_MIN_DEALS = 15
_SHOWN_QUOTES = 3
_TELLING_KINDS = ("pain", "trigger", "stakeholder", "objection", "metric", "question")
_ORDER: dict[CriterionKind, int] = {"must_have": 0, "nice_to_have": 1, "exclude": 2, "warning": 3}


@dataclass(frozen=True)
class _Candidate:
    """A proven trait and those that are folded into it."""

    finding: Finding
    folded: tuple[str, ...]


def propose(
    measurement: Measurement,
    table: DealTraits,
    deals: Sequence[Deal],
    *,
    quotes: Mapping[str, tuple[Quote, ...]],
    statements: Mapping[str, str],
    config: IcpConfig,
) -> Profile:
    """Propose a profile: criteria with points, tiers with their record, and their limits.

    Args:
        measurement: findings of `table` against the outcomes of `deals`.
        table: deal x trait at the landmark.
        deals: all deals, open ones too.
        quotes: trait -> quotes that show it; traits from calls need `config.min_quotes` of them.
        statements: trait -> how a sales lead would say it.
        config: limits of points, tiers and quotes.

    Returns:
        A hypothesis to be tested on later deals; without criteria where nothing is proven.
    """
    warnings: list[str] = []
    proven = [f for f in measurement.findings if f.verdict == "proven"]
    shown = [f for f in proven if _has_quotes(f.trait, quotes, config)]
    warnings += _unheard_warnings(proven, shown, quotes, statements, config)
    negative = _choose(shown, measurement, table, config, wins=False)
    positive = _choose(shown, measurement, table, config, wins=True)
    kept_negative = negative[: config.max_negative]
    kept_positive = positive[: config.max_criteria - len(kept_negative)]
    left_out = [*positive[len(kept_positive) :], *negative[len(kept_negative) :]]
    if left_out:
        named = ", ".join(statement_of(c.finding.trait, statements) for c in left_out)
        warnings.append(f"Proven too, but beyond {config.max_criteria} criteria: {named}.")
    criteria = _with_points(kept_positive, kept_negative, measurement, table, deals, config)
    criteria = tuple(
        replace(
            criterion,
            statement=statement_of(criterion.trait, statements),
            quotes=tuple(quotes.get(criterion.trait, ())[:_SHOWN_QUOTES]),
            caveats=criterion_caveats(criterion.finding, criterion.folded_traits, statements)
            + criterion.caveats,
        )
        for criterion in criteria
    )
    if not criteria:
        warnings.insert(0, nothing_proven(measurement, statements))
        return Profile(criteria=(), tiers=(), tiers_separable=False, warnings=tuple(warnings))
    return _finish(criteria, table, deals, warnings, config)


def _finish(
    criteria: tuple[Criterion, ...],
    table: DealTraits,
    deals: Sequence[Deal],
    warnings: list[str],
    config: IcpConfig,
) -> Profile:
    """Score the closed deals, record the tiers, and say what the profile can't do."""
    draft = Profile(criteria=criteria, tiers=(), tiers_separable=False, warnings=())
    scores = score_deals(draft, table, deals, None, config)
    tiers = record_tiers(scores, deals, config) if scores else ()
    separable = tiers_separable(tiers)
    coarse = unscored_warning(criteria)
    warnings += [coarse] if coarse else []
    warnings += breadth_warnings(tiers)
    if tiers and not separable:
        warnings.append("Tiers not separable yet: their win rates do not fall from A to B to C.")
    if tiers:
        warnings.append(
            "The tiers are counted on the deals the profile was learnt from; later deals will "
            "do somewhat worse."
        )
    logger.info("proposed %d criteria of %d deals", len(criteria), len(deals))
    return Profile(
        criteria=criteria,
        tiers=tiers,
        tiers_separable=separable,
        warnings=tuple(warnings),
        notes=reach_notes(tiers, scores, deals),
    )


def needs_quotes(trait: str) -> bool:
    """Tell whether a trait must be heard: not CRM columns, nor who was there.

    >>> needs_quotes("pain/manual_work"), needs_quotes("attribute/industry=retail")
    (True, False)
    """
    kind, _, rest = trait.partition("/")
    if not rest:
        return "=" not in trait
    return not (kind == "attribute" or (kind == "stakeholder" and rest.endswith("/present")))


def _has_quotes(trait: str, quotes: Mapping[str, tuple[Quote, ...]], config: IcpConfig) -> bool:
    return not needs_quotes(trait) or len(quotes.get(trait, ())) >= config.min_quotes


def _unheard_warnings(
    proven: Sequence[Finding],
    shown: Sequence[Finding],
    quotes: Mapping[str, tuple[Quote, ...]],
    statements: Mapping[str, str],
    config: IcpConfig,
) -> list[str]:
    kept = {finding.trait for finding in shown}
    return [
        f"{statement_of(f.trait, statements)}: proven, but heard in {len(quotes.get(f.trait, ()))} "
        f"quotes only ({config.min_quotes} needed to become a criterion)."
        for f in proven
        if f.trait not in kept
    ]


def _choose(
    shown: Sequence[Finding],
    measurement: Measurement,
    table: DealTraits,
    config: IcpConfig,
    *,
    wins: bool,
) -> list[_Candidate]:
    """Return candidates of one direction, strongest first, with their twins folded in."""
    ranked = sorted((f for f in shown if _goes_with_wins(f) == wins), key=_strength)
    near = [
        f
        for f in measurement.findings
        if f.verdict == "promising" and _goes_with_wins(f) == wins and f not in ranked
    ]
    pool = [*ranked, *near]
    columns = {trait: j for j, trait in enumerate(table.traits)}
    phi = correlation(table.values, [columns[f.trait] for f in pool])
    taken: set[int] = set()
    chosen: list[_Candidate] = []
    for i, finding in enumerate(ranked):
        if i in taken:
            continue
        twins = [
            k
            for k in range(i + 1, len(pool))
            if k not in taken and phi[i, k] >= config.fold_correlation
        ]
        taken.update(twins)
        group = [finding, *(pool[k] for k in twins)]
        spokesman = min((f for f in group if f.verdict == "proven"), key=_telling)
        folded = tuple(f.trait for f in group if f is not spokesman)
        chosen.append(_Candidate(spokesman, folded))
    return chosen


def _telling(finding: Finding) -> tuple[bool, int, float, str]:
    """Rank twins: what was expected first, then what says most about the buyer, then by p."""
    kind = finding.trait.partition("/")[0]
    place = _TELLING_KINDS.index(kind) if kind in _TELLING_KINDS else len(_TELLING_KINDS)
    return (finding.register != "hypothesis", place, *_strength(finding))


def _goes_with_wins(finding: Finding) -> bool:
    return (finding.odds_ratio_shrunken or 1.0) > 1


def _strength(finding: Finding) -> tuple[float, str]:
    """Rank by the primary p-value; ties by name."""
    primary = finding.p_stratified if finding.p_stratified is not None else finding.p_value
    return (1.0 if primary is None else primary, finding.trait)


def _with_points(
    positive: Sequence[_Candidate],
    negative: Sequence[_Candidate],
    measurement: Measurement,
    table: DealTraits,
    deals: Sequence[Deal],
    config: IcpConfig,
) -> tuple[Criterion, ...]:
    """Make criteria of candidates: kinds, points, and the order they are shown in."""
    weights = _weights(positive, measurement, table, deals)
    points = distribute_points(weights, floor=config.min_points, cap=config.max_points)
    base_rate = measurement.n_won / max(measurement.n_won + measurement.n_lost, 1)
    criteria = [
        _criterion(candidate, _positive_kind(candidate.finding), n)
        for candidate, n in zip(positive, points, strict=True)
    ]
    for candidate in negative:
        kind = _negative_kind(candidate.finding, base_rate)
        caveat = (
            "An exclude puts a deal into the lowest tier: it needs your approval."
            if kind == "exclude"
            else _warning_reason(candidate.finding, base_rate)
        )
        criteria.append(_criterion(candidate, kind, 0, caveat))
    criteria.sort(key=lambda c: (_ORDER[c.kind], -c.points, _strength(c.finding)))
    return tuple(criteria)


def _criterion(
    candidate: _Candidate, kind: CriterionKind, points: int, caveat: str = ""
) -> Criterion:
    return Criterion(
        trait=candidate.finding.trait,
        kind=kind,
        statement="",
        points=points,
        finding=candidate.finding,
        folded_traits=candidate.folded,
        caveats=(caveat,) if caveat else (),
    )


def _weights(
    positive: Sequence[_Candidate],
    measurement: Measurement,
    table: DealTraits,
    deals: Sequence[Deal],
) -> list[float]:
    """Return shrunken log odds ratios: joint from 100 closed deals, else one by one."""
    alone = [float(np.log(c.finding.odds_ratio_shrunken or 1.0)) for c in positive]
    closed = [deal for deal in deals if deal.outcome != "open"]
    if len(closed) < JOINT_FROM_DEALS or len(positive) < 2:
        return alone
    values = pick_values(table, closed, [c.finding.trait for c in positive])
    won = np.array([deal.outcome == "won" for deal in closed])
    groups = [_group(deal, measurement.stratified_by) for deal in closed]
    codes = np.unique(np.array(groups, dtype=object).astype(str), return_inverse=True)[1]
    return [float(weight) for weight in joint_log_odds(values, won, codes)]


def _group(deal: Deal, column: str | None) -> str:
    """Return the deal's stratum, as the measurement compared it."""
    if column is None:
        return ""
    if column == "owner":
        return deal.owner or ""
    folded = {key.casefold(): value for key, value in deal.attributes.items()}
    return folded.get(column.casefold()) or ""


def _positive_kind(finding: Finding) -> CriterionKind:
    """Must-have: nearly all won deals have it, surely most, and all deals do much less."""
    won_known = finding.present_won + finding.absent_won
    known = won_known + finding.present_lost + finding.absent_lost
    everywhere = (finding.present_won + finding.present_lost) / max(known, 1)
    share = finding.present_won / max(won_known, 1)
    sure = won_known > 0 and (
        wilson_interval(finding.present_won, won_known).low >= MUST_LOWER_BOUND
    )
    rarer = everywhere > 0 and share / everywhere >= MUST_PREVALENCE_RATIO
    return "must_have" if share >= MUST_SHARE and sure and rarer else "nice_to_have"


def _negative_kind(finding: Finding, base_rate: float) -> CriterionKind:
    """Exclude: 15 deals or more, and surely won less than half as often as deals are."""
    n = finding.present_won + finding.present_lost
    if n < EXCLUDE_MIN_DEALS:
        return "warning"
    upper = jeffreys_interval(finding.present_won, n).high
    return "exclude" if upper < base_rate / 2 else "warning"


def _warning_reason(finding: Finding, base_rate: float) -> str:
    n = finding.present_won + finding.present_lost
    if n < EXCLUDE_MIN_DEALS:
        return f"A warning, no exclude: {n} deals have it ({EXCLUDE_MIN_DEALS} needed)."
    upper = jeffreys_interval(finding.present_won, n).high
    return (
        f"A warning, no exclude: up to {upper:.0%} of such deals may be won, and half of the usual "
        f"win rate is {base_rate / 2:.0%}."
    )
