"""From figures to a verdict with its reasons, in words a sales lead would use."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from icp_voice.evidence.bias import MIN_KNOWN_SHARE, FlagBook
from icp_voice.evidence.traits import FloatArray
from icp_voice.intervals import newcombe_difference, wilson_bounds
from icp_voice.results import Finding, Interval, Register, Verdict

MIN_STABILITY = 0.60
MIN_SIGN_AGREEMENT = 0.75
MIN_DEALS_PROVEN = 8
PROMISING_P = 0.05
MAX_LUCK = 0.05
_CONFIDENCE = 0.90


@dataclass(frozen=True, eq=False)
class Evidence:
    """All figures of all traits; arrays are (n_traits,), NaN where a trait was not tested.

    Attributes:
        counts: int64 (4, n_traits): present won, present lost, absent won, absent lost.
        n_deals: closed deals; those not in the counts are unknown.
        tested: bool; False where the trait was set aside or is never a criterion.
        sign_agreement: share of the segments in which the effect has the same sign.
        luckiest: the smallest max-T p-value of the trait's register: how often shuffled outcomes
            give any trait as strong as the strongest here.
        boschloo: exact cross-check of finalists.
        heterogeneity: Breslow-Day p-value over the segments.
    """

    traits: tuple[str, ...]
    registers: tuple[Register, ...]
    counts: NDArray[np.int64]
    n_deals: int
    tested: NDArray[np.bool_]
    p_value: FloatArray
    p_stratified: FloatArray
    q_value: FloatArray
    p_max_t: FloatArray
    odds_ratio: FloatArray
    stratified_odds_ratio: FloatArray
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    stability: FloatArray
    sign_agreement: FloatArray
    luckiest: FloatArray
    boschloo: FloatArray
    heterogeneity: FloatArray
    fdr: float
    stratified_by: str | None

    @property
    def p_primary(self) -> FloatArray:
        """The stratified p-value where there is one, else the mid-p."""
        return np.where(np.isfinite(self.p_stratified), self.p_stratified, self.p_value)


def set_aside_reasons(counts: NDArray[np.int64], n_deals: int, min_deals: int) -> list[str | None]:
    """Say why a trait can't be compared, by counts of deals alone; None where it can."""
    reasons: list[str | None] = []
    present, absent = counts[0] + counts[1], counts[2] + counts[3]
    for with_it, without in zip(present.tolist(), absent.tolist(), strict=True):
        known = with_it + without
        if known < MIN_KNOWN_SHARE * n_deals:
            reasons.append(
                f"In {n_deals - known} of {n_deals} deals it is not known: not asked is not absent."
            )
        elif with_it < min_deals:
            reasons.append(f"Only {_deals(with_it)} have it; fewer than {min_deals} tell nothing.")
        elif without < min_deals:
            reasons.append(f"Only {_deals(without)} lack it; fewer than {min_deals} tell nothing.")
        else:
            reasons.append(None)
    return reasons


def _deals(n: int) -> str:
    return f"{n} deal" if n == 1 else f"{n} deals"


def make_finding(
    evidence: Evidence, j: int, book: FlagBook, set_aside: str | None, extra: tuple[str, ...] = ()
) -> Finding:
    """Judge one trait."""
    verdict, why = _judge(evidence, j, book, set_aside)
    a, b, c, d = (int(x) for x in evidence.counts[:, j])
    caveats = [flag.sentence for flag in book.flags[j] if flag.sentence not in why]
    tested = bool(evidence.tested[j])
    expected = _number(np.exp(evidence.expected[j]))
    return Finding(
        trait=evidence.traits[j],
        register=evidence.registers[j],
        present_won=a,
        present_lost=b,
        absent_won=c,
        absent_lost=d,
        unknown=evidence.n_deals - a - b - c - d,
        p_value=_number(evidence.p_value[j]),
        p_stratified=_number(evidence.p_stratified[j]),
        q_value=_number(evidence.q_value[j]),
        p_max_t=_number(evidence.p_max_t[j]),
        odds_ratio=_number(evidence.odds_ratio[j]),
        odds_ratio_shrunken=expected,
        interval_90=None
        if expected is None
        else Interval(
            low=float(np.exp(evidence.low[j])),
            high=float(np.exp(evidence.high[j])),
            confidence=_CONFIDENCE,
        ),
        stability=_number(evidence.stability[j]) if tested else None,
        win_rate_with=rate_interval(a, a + b),
        win_rate_without=rate_interval(c, c + d),
        verdict=verdict,
        reasons=(*why, counts_sentence(a, b, c, d), *caveats, *extra),
        odds_ratio_stratified=_number(evidence.stratified_odds_ratio[j]),
        win_rate_difference=_difference(a, b, c, d),
        sign_agreement=_number(evidence.sign_agreement[j]),
    )


def _judge(
    evidence: Evidence, j: int, book: FlagBook, set_aside: str | None
) -> tuple[Verdict, tuple[str, ...]]:
    """Return the verdict and the sentences that carry it."""
    demoting = tuple(flag.sentence for flag in book.flags[j] if flag.demotes)
    never = book.codes(j) & {"leakage", "not_recorded"}
    if set_aside is not None and not never:
        return "set_aside", (set_aside, *demoting)
    if demoting:
        return "biased", demoting
    missing = _missing(evidence, j)
    if not missing:
        return "proven", (_proven_sentence(evidence, j),)
    excludes_one = evidence.low[j] > 0 or evidence.high[j] < 0
    q, alone = evidence.q_value[j], evidence.p_primary[j] <= PROMISING_P
    if q <= evidence.fdr or (q <= 2 * evidence.fdr and alone and excludes_one):
        return "promising", ("Not proven: " + "; ".join(missing) + ".",)
    return "noise", (_noise_sentence(evidence, j),)


def _missing(evidence: Evidence, j: int) -> list[str]:
    """List the conditions of a proven trait that do not hold."""
    a, b, c, d = (int(x) for x in evidence.counts[:, j])
    out = []
    if not evidence.q_value[j] <= evidence.fdr:
        n = int(evidence.tested.sum())
        out.append(
            f"among {n} traits, more than {evidence.fdr:.0%} of those this strong would be false "
            f"(q = {evidence.q_value[j]:.2f})"
        )
    if not evidence.luckiest[j] <= MAX_LUCK:
        out.append(
            f"in {evidence.luckiest[j]:.0%} of shuffled tables some trait looks as strong as the "
            "strongest here"
        )
    if not evidence.p_primary[j] <= PROMISING_P:
        out.append(f"on its own it may be chance (p = {evidence.p_primary[j]:.2f})")
    if min(a + b, c + d) < MIN_DEALS_PROVEN:
        out.append(f"it rests on {_deals(min(a + b, c + d))} on one side")
    if not evidence.stability[j] >= MIN_STABILITY:
        out.append(
            f"it is picked in {evidence.stability[j]:.0%} of random halves of the accounts "
            f"({MIN_STABILITY:.0%} needed)"
        )
    if not (evidence.low[j] > 0 or evidence.high[j] < 0):
        out.append(
            f"the expected effect may be none ({np.exp(evidence.low[j]):.1f} to "
            f"{np.exp(evidence.high[j]):.1f} times)"
        )
    if evidence.sign_agreement[j] < MIN_SIGN_AGREEMENT:
        out.append(
            f"it points the same way in {evidence.sign_agreement[j]:.0%} of the "
            f"{evidence.stratified_by or 'segment'}s only"
        )
    if evidence.boschloo[j] > PROMISING_P:
        out.append(f"the exact cross-check disagrees (p = {evidence.boschloo[j]:.2f})")
    return out


def _proven_sentence(evidence: Evidence, j: int) -> str:
    wins = evidence.expected[j] > 0
    odds = np.exp(np.sort(np.abs([evidence.low[j], evidence.high[j]])))
    kind = (
        "Written down before the run and confirmed"
        if evidence.registers[j] == "hypothesis"
        else "Found in this data: a candidate until later deals confirm it"
    )
    return (
        f"Goes with {'winning' if wins else 'losing'}: expect about "
        f"{np.exp(abs(evidence.expected[j])):.1f} times the odds of "
        f"{'winning' if wins else 'losing'} ({odds[0]:.1f} to {odds[1]:.1f}). {kind}."
    )


def _noise_sentence(evidence: Evidence, j: int) -> str:
    p = evidence.p_primary[j]
    if not np.isfinite(p):
        return "It can't be compared: no group of deals has it both ways."
    n = int(evidence.tested.sum())
    if p > PROMISING_P or n < 2:
        return f"A difference this large comes up by chance in {p:.0%} of shuffled tables."
    return (
        f"A difference this large comes up by chance once in {1 / max(p, 1e-6):.0f} shuffled "
        f"tables, and {n} traits were tried."
    )


def counts_sentence(a: int, b: int, c: int, d: int) -> str:
    """Say both win rates with their counts and 90 % intervals."""
    with_it, without = _rate_words(a, a + b), _rate_words(c, c + d)
    return f"Won with it: {with_it}; without it: {without}."


def _rate_words(won: int, n: int) -> str:
    if n == 0:
        return "0 of 0"
    low, high = wilson_bounds(won, n, confidence=_CONFIDENCE)
    return f"{won} of {n} ({won / n:.0%}, {float(low):.0%}-{float(high):.0%})"


def rate_interval(won: int, n: int) -> Interval | None:
    """Return the 90 % Wilson interval of a win rate; None without deals."""
    if n == 0:
        return None
    low, high = wilson_bounds(won, n, confidence=_CONFIDENCE)
    return Interval(low=float(low), high=float(high), confidence=_CONFIDENCE)


def _difference(a: int, b: int, c: int, d: int) -> Interval | None:
    if a + b == 0 or c + d == 0:
        return None
    low, high = newcombe_difference(a, a + b, c, c + d, confidence=_CONFIDENCE)
    return Interval(low=float(low), high=float(high), confidence=_CONFIDENCE)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
