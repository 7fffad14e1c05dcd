"""The whole measurement: closed deals and their traits in, the evidence table out."""

import logging
import time
from collections.abc import Callable, Sequence

import numpy as np

from icp_voice.config import EvidenceConfig
from icp_voice.errors import EvidenceError
from icp_voice.evidence import bias
from icp_voice.evidence.association import count_cells, stratified_effect
from icp_voice.evidence.duplicates import duplicate_warning
from icp_voice.evidence.figures import name_registers, stands_for_strata, work_out_figures
from icp_voice.evidence.frame import Frame, build_frame
from icp_voice.evidence.power import MIN_CLOSED, MIN_EACH, detectable_odds_ratio, enough_to_rank
from icp_voice.evidence.traits import ABSENT, TraitTable
from icp_voice.evidence.verdicts import (
    Evidence,
    counts_sentence,
    make_finding,
    rate_interval,
    set_aside_reasons,
)
from icp_voice.records import Deal
from icp_voice.results import Finding, Measurement, Verdict

logger = logging.getLogger(__name__)

MAX_HYPOTHESES = 20
_ORDER: dict[Verdict, int] = {
    "proven": 0,
    "promising": 1,
    "biased": 2,
    "noise": 3,
    "set_aside": 4,
}


def measure(table: TraitTable, deals: Sequence[Deal], config: EvidenceConfig) -> Measurement:
    """Measure which traits go with wins.

    Args:
        table: deal x trait at the landmark; its deals must be among `deals`.
        deals: all deals, open ones too (they are counted, never taken as lost).
        config: strata, hypotheses, false discovery rate, permutations, seed.

    Returns:
        One finding a trait with its verdict and reasons, strongest first; with too few deals a
        description without ranking.

    Raises:
        EvidenceError: no closed deal, one outcome only, ids that stand twice or are not known,
            or more than 20 hypotheses.
    """
    started = time.perf_counter()
    if len(config.hypotheses) > MAX_HYPOTHESES:
        raise EvidenceError(
            f"{len(config.hypotheses)} hypotheses are named; {MAX_HYPOTHESES} at most, because "
            "each further one hides the others."
        )
    frame = build_frame(table, deals, config)
    if min(frame.n_won, frame.n_lost) == 0:
        have, lack = ("won", "lost") if frame.n_lost == 0 else ("lost", "won")
        raise EvidenceError(
            f"All {len(frame.deals)} closed deals are {have}: without {lack} ones there is "
            f"nothing to compare. Export {lack} deals too."
        )
    warnings = _warnings(frame, table, deals, config)
    if not enough_to_rank(frame.n_won, frame.n_lost):
        return _describe(frame, config, warnings)
    evidence, book, set_aside, noise = _collect(frame, table, config)
    findings = [
        make_finding(evidence, j, book, set_aside[j], _extra(evidence, j))
        for j in range(len(frame.traits))
    ]
    findings.sort(key=_rank)
    detectable = detectable_odds_ratio(len(frame.deals), win_rate=frame.n_won / len(frame.deals))
    warnings += _result_warnings(evidence, findings, noise, detectable)
    logger.info(
        "measured %d traits of %d closed deals, %d set aside, in %.1f s",
        len(findings),
        len(frame.deals),
        sum(reason is not None for reason in set_aside),
        time.perf_counter() - started,
    )
    return _measurement(frame, findings, warnings, noise, detectable)


def _measurement(
    frame: Frame,
    findings: Sequence[Finding],
    warnings: Sequence[str],
    noise: float | None,
    detectable: float | None,
) -> Measurement:
    return Measurement(
        n_deals=len(frame.deals) + frame.n_open,
        n_won=frame.n_won,
        n_lost=frame.n_lost,
        n_open=frame.n_open,
        findings=tuple(findings),
        warnings=tuple(warnings),
        expected_by_noise=noise,
        detectable_odds_ratio=detectable,
        stratified_by=frame.stratified_by,
    )


def _rank(finding: Finding) -> tuple[int, float, float, str]:
    primary = finding.p_stratified if finding.p_stratified is not None else finding.p_value
    effect = finding.odds_ratio_shrunken or 1.0
    p = 2.0 if primary is None else primary
    return _ORDER[finding.verdict], p, -abs(np.log(effect)), finding.trait


def _collect(
    frame: Frame, table: TraitTable, config: EvidenceConfig
) -> tuple[Evidence, bias.FlagBook, list[str | None], float]:
    """Work out every figure; what is set aside is decided before any outcome is looked at."""
    strata = frame.strata.codes
    cells = count_cells(frame.values, frame.won, strata)
    pooled = cells.pooled()
    counts = np.concatenate(pooled.arrays())
    set_aside = set_aside_reasons(counts, len(frame.deals), config.min_deals_per_cell)
    book = bias.FlagBook(len(frame.traits))
    bias.check_kinds(book, frame, table.late_share)
    tested = np.array([reason is None for reason in set_aside]) & np.array(
        [not flags for flags in book.flags], dtype=bool
    )
    own = stands_for_strata(frame)
    crude = stratified_effect(pooled)
    bias.check_exposure(book, frame, crude)
    bias.check_groups(book, frame, crude, own)
    bias.check_owner_share(book, frame, crude)
    bias.check_near_decision(book, frame, crude)
    bias.check_accounts(book, frame, crude)
    bias.check_not_asked(book, frame.values)
    evidence, noise = work_out_figures(frame, config, cells, crude, tested, own)
    return evidence, book, set_aside, noise


def _extra(evidence: Evidence, j: int) -> tuple[str, ...]:
    """Return what else a reader should know of a trait that looks like something."""
    out = []
    if not evidence.tested[j] or not evidence.q_value[j] <= evidence.fdr:
        return ()
    if evidence.p_max_t[j] > evidence.fdr:
        out.append(
            f"In {evidence.p_max_t[j]:.0%} of shuffled tables the luckiest of all traits looks "
            "at least this strong."
        )
    if evidence.heterogeneity[j] < 0.05 and evidence.stratified_by:
        out.append(f"How strong it is differs between the {evidence.stratified_by} groups.")
    return tuple(out)


def _describe(frame: Frame, config: EvidenceConfig, warnings: list[str]) -> Measurement:
    """Return counts and win rates only, in alphabetical order: too few deals to rank."""
    reason = (
        f"Not enough data: {frame.n_won} won and {frame.n_lost} lost deals; ranking traits needs "
        f"{MIN_CLOSED} closed deals with {MIN_EACH} of each."
    )
    counts = np.concatenate(count_cells(frame.values, frame.won).arrays())
    findings = []
    for j, (trait, register) in enumerate(
        zip(frame.traits, name_registers(frame, config), strict=True)
    ):
        a, b, c, d = (int(x) for x in counts[:, j])
        findings.append(
            Finding(
                trait=trait,
                register=register,
                present_won=a,
                present_lost=b,
                absent_won=c,
                absent_lost=d,
                unknown=len(frame.deals) - a - b - c - d,
                p_value=None,
                p_stratified=None,
                q_value=None,
                p_max_t=None,
                odds_ratio=None,
                odds_ratio_shrunken=None,
                interval_90=None,
                stability=None,
                win_rate_with=rate_interval(a, a + b),
                win_rate_without=rate_interval(c, c + d),
                verdict="set_aside",
                reasons=(reason, counts_sentence(a, b, c, d)),
            )
        )
    detectable = detectable_odds_ratio(len(frame.deals), win_rate=frame.n_won / len(frame.deals))
    return _measurement(frame, findings, [reason, *warnings], None, detectable)


def _warnings(
    frame: Frame, table: TraitTable, deals: Sequence[Deal], config: EvidenceConfig
) -> list[str]:
    """Say what the data can't show, before any result."""
    warnings = list(frame.warnings)
    checks: tuple[Callable[[], str | None], ...] = (
        lambda: duplicate_warning(frame),
        lambda: _open_warning(frame),
        lambda: _undated_warning(table),
        lambda: _only_present_warning(frame),
        lambda: _quick_deals_warning(deals),
        lambda: _account_warning(frame),
        lambda: _hypothesis_warning(frame, config),
    )
    warnings += [sentence for check in checks if (sentence := check())]
    return warnings


def _open_warning(frame: Frame) -> str | None:
    if not frame.n_open:
        return None
    return (
        f"{frame.n_open} {'deal is' if frame.n_open == 1 else 'deals are'} still open and too "
        "young to judge: left out, never counted as lost."
    )


def _undated_warning(table: TraitTable) -> str | None:
    if table.ever is not None:
        return None
    return (
        "The traits carry no dates, so it can't be checked whether they were known on the first "
        "call: won deals have more calls, and more is said in them."
    )


def _only_present_warning(frame: Frame) -> str | None:
    if frame.values.size == 0 or (frame.values == ABSENT).any() or not (frame.values > 0).any():
        return None
    return (
        "Only presence is recorded: without rows of value 0 for what was looked for and not "
        "found, nothing can be compared. Blank means unknown, not absent."
    )


def _quick_deals_warning(deals: Sequence[Deal]) -> str | None:
    """Say that the newest closed deals are the quick ones, where many of their age are open."""
    by_quarter: dict[str, list[bool]] = {}
    for deal in deals:
        day = deal.first_call_on or deal.created_on
        if day is not None:
            quarter = f"{day.year} Q{(day.month + 2) // 3}"
            by_quarter.setdefault(quarter, []).append(deal.outcome == "open")
    young = [q for q, is_open in sorted(by_quarter.items()) if sum(is_open) > 0.4 * len(is_open)]
    n_closed = sum(len(by_quarter[q]) - sum(by_quarter[q]) for q in young)
    if not n_closed:
        return None
    since = young[0] if len(young) == 1 else f"{young[0]} to {young[-1]}"
    return (
        f"Of the deals begun in {since} many are still open; the {n_closed} that are closed are "
        "mostly the quick ones."
    )


def _account_warning(frame: Frame) -> str | None:
    repeated = len(frame.accounts) - len(set(frame.accounts))
    if not repeated:
        return None
    return (
        f"{len(frame.deals)} closed deals come from {len(set(frame.accounts))} accounts; an "
        "account's deals are kept together when halves are drawn."
    )


def _hypothesis_warning(frame: Frame, config: EvidenceConfig) -> str | None:
    missing = [trait for trait in config.hypotheses if trait not in frame.traits]
    if not missing:
        return None
    import difflib

    near = difflib.get_close_matches(missing[0], frame.traits, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"No deal has a value for the hypothesis {', '.join(missing)}{hint}."


def _result_warnings(
    evidence: Evidence, findings: Sequence[Finding], noise: float, detectable: float | None
) -> list[str]:
    n_tested = int(evidence.tested.sum())
    n_found = int((evidence.q_value <= evidence.fdr).sum())
    out = []
    if n_tested == 0:
        out.append("No trait could be compared: all are too rare, too common or not known.")
    elif n_found:
        out.append(
            f"{n_found} of {n_tested} traits {'stands' if n_found == 1 else 'stand'} out; noise "
            f"alone would give about {noise:.1f} this strong."
        )
    else:
        out.append(
            f"Nothing stands out of {n_tested} traits after correcting for their number; noise "
            f"alone would give about {noise:.1f} with a p-value under 0.05."
        )
    if detectable is not None:
        out.append(
            f"With {evidence.n_deals} closed deals, effects under about {detectable:.1f} times "
            "the odds would mostly be missed."
        )
    return out
