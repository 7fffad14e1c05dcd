"""What was tested and is no criterion: promising, biased, noise, set aside."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from icp_voice.report.lookup import Lookup
from icp_voice.report.words import (
    n_with,
    n_without,
    rate_with,
    rate_without,
    say_interval,
    say_number,
    say_share,
)
from icp_voice.results import Analysis, Finding, Verdict

SHOWN_ROWS = 12
LISTED_ROWS = 300
SHARED_FROM = 3
COUNTS_SENTENCE = "Won with it:"  # stands among the reasons; here the counts have columns


@dataclass(frozen=True)
class ComparedTrait:
    """One trait that is no criterion, with its counts, expected effect and the reasons."""

    statement: str
    with_it: str
    without: str
    expected: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ComparedGroup:
    """The traits of one verdict: those shown, those folded away, and how many are not listed.

    Attributes:
        alike: a reason that many traits share word for word, with their statements; they stand
            in no row.
    """

    shown: tuple[ComparedTrait, ...]
    folded: tuple[ComparedTrait, ...]
    n_traits: int
    n_unlisted: int
    alike: tuple[tuple[str, tuple[str, ...]], ...] = ()


def compared_group(analysis: Analysis, verdict: Verdict, lookup: Lookup) -> ComparedGroup:
    """Return the traits of one verdict, strongest first; set-aside ones by how often they occur."""
    criteria = {t for c in analysis.profile.criteria for t in (c.trait, *c.folded_traits)}
    findings = [
        f for f in analysis.measurement.findings if f.verdict == verdict and f.trait not in criteria
    ]
    findings.sort(key=_strength)
    views = [_trait(finding, lookup) for finding in findings[:LISTED_ROWS]]
    alike = _shared_reasons(views) if verdict == "biased" else {}
    rows = [view for view in views if view.reasons[:1] not in alike]
    return ComparedGroup(
        shown=tuple(rows[:SHOWN_ROWS]),
        folded=tuple(rows[SHOWN_ROWS:]),
        n_traits=len(findings),
        n_unlisted=len(findings) - len(views),
        alike=tuple((reason, said) for (reason,), said in alike.items()),
    )


def _shared_reasons(
    views: Sequence[ComparedTrait],
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return first reasons that several traits share, with the traits' statements."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for view in views:
        if view.reasons:
            groups.setdefault(view.reasons[:1], []).append(view.statement)
    return {reason: tuple(said) for reason, said in groups.items() if len(said) >= SHARED_FROM}


def proven_without_place(analysis: Analysis, lookup: Lookup) -> tuple[str, ...]:
    """Name traits that hold in the data and are no criterion, such as beyond the seventh."""
    criteria = {t for c in analysis.profile.criteria for t in (c.trait, *c.folded_traits)}
    return tuple(
        lookup.statement(f.trait)
        for f in analysis.measurement.findings
        if f.verdict == "proven" and f.trait not in criteria
    )


def count_tested(analysis: Analysis) -> tuple[int, int]:
    """Count the traits that were compared and those of them that hold."""
    findings = analysis.measurement.findings
    tested = [f for f in findings if f.p_value is not None]
    return len(tested), sum(f.verdict == "proven" for f in tested)


def _strength(finding: Finding) -> tuple[float, int, str]:
    ratio = finding.odds_ratio_shrunken
    strength = abs(math.log(ratio)) if ratio is not None and ratio > 0 else 0.0
    return -strength, -n_with(finding), finding.trait


def _trait(finding: Finding, lookup: Lookup) -> ComparedTrait:
    return ComparedTrait(
        statement=lookup.statement(finding.trait),
        with_it=_rate(finding.present_won, n_with(finding), rate_with(finding)),
        without=_rate(finding.absent_won, n_without(finding), rate_without(finding)),
        expected=_expected(finding),
        reasons=tuple(r for r in finding.reasons if not r.startswith(COUNTS_SENTENCE)),
    )


def _rate(won: int, n: int, rate: float | None) -> str:
    return "none" if rate is None else f"{won} of {n} ({say_share(rate)})"


def _expected(finding: Finding) -> str:
    if finding.odds_ratio_shrunken is None or finding.interval_90 is None:
        return "–"
    return f"{say_number(finding.odds_ratio_shrunken)} ({say_interval(finding.interval_90)})"
