"""What else could explain it: exposure, leakage, segment, rep, quarter, accounts, not asked.

Each check gives the sentence a sales lead reads. `demotes` says whether the trait can still be
proven; the others are caveats.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from icp_voice.evidence.association import Effect, count_cells, stratified_effect
from icp_voice.evidence.frame import Frame, Grouping
from icp_voice.evidence.traits import ABSENT, PRESENT, FloatArray, Int8Array

MIN_KNOWN_SHARE = 0.40
MAX_FALL = 0.30
MAX_FALL_SUBSET = 0.50
LATE_SHARE = 0.50
NOTABLE_P, NOTABLE_Z = 0.05, 1.96
MAX_ACCOUNT_SHARE, MIN_ACCOUNTS = 0.90, 5

_PROCESS_WORDS = {
    "contract", "contracts", "contracting", "contractual", "invoice", "invoices", "invoicing",
    "onboarding", "kickoff", "signature", "signatures", "signing", "msa", "redlines", "paperwork",
    "договор", "контракт", "договір", "рахунок", "umowa", "faktura",
}  # fmt: skip
_OUTCOME_COLUMNS = {
    "outcome", "status", "deal_status", "stage", "deal_stage", "stage_name", "pipeline_stage",
    "probability", "win_probability", "forecast", "forecast_category", "close_reason",
    "closed_reason", "lost_reason", "loss_reason", "win_reason", "won_reason", "reason_lost",
    "reason_won", "closed", "is_closed", "is_won", "closed_won", "closed_lost",
}  # fmt: skip
_FREE_KINDS = ("pain", "trigger", "tool", "competitor", "stakeholder", "metric", "theme")
_PRESENT_VENDOR = {"renewal", "renewals", "expiry", "expires", "ending", "end", "ends", "current"}

_GROUP_WORDS = {
    "owner": ("each sales rep's deals", "who sells"),
    "language": ("each language", "the language of the call"),
    "quarter": ("each quarter", "when the deal began"),
}


@dataclass(frozen=True)
class Flag:
    """One bias that shows in one trait."""

    code: str
    demotes: bool
    sentence: str


def is_process_trait(trait: str) -> bool:
    """Tell whether a trait is about buying itself (contract, invoice, onboarding, deal stage).

    >>> is_process_trait("process/approval"), is_process_trait("question/contract")
    (True, True)
    >>> is_process_trait("trigger/vendor_end"), is_process_trait("contract_renewal")
    (False, False)
    >>> is_process_trait("attribute/Deal stage=Closed Won"), is_process_trait("status_quo")
    (True, False)
    """
    kind, _, rest = trait.partition("/")
    if kind == "process":
        return True
    if kind in _FREE_KINDS and rest:
        return False
    column = (rest or trait).split("=")[0].casefold()
    words = re.findall(r"[^\W\d_]+", column)
    if (kind == "attribute" or not rest) and "_".join(words) in _OUTCOME_COLUMNS:
        return True
    if _PRESENT_VENDOR & {*words}:
        return False
    return bool(_PROCESS_WORDS & {*words})


def says_not_recorded(trait: str) -> bool:
    """Tell whether the trait is a CRM's "unknown": how it was filled in, not what the buyer is."""
    return trait.casefold().endswith("=unknown")


class FlagBook:
    """Collects flags by trait."""

    def __init__(self, n_traits: int) -> None:
        """Start with none."""
        self.flags: list[list[Flag]] = [[] for _ in range(n_traits)]

    def add(self, j: int, code: str, sentence: str, *, demotes: bool = True) -> None:
        """Note one flag of trait j."""
        self.flags[j].append(Flag(code, demotes, sentence))

    def codes(self, j: int) -> set[str]:
        """Return the demoting codes of trait j."""
        return {flag.code for flag in self.flags[j] if flag.demotes}


def check_kinds(book: FlagBook, frame: Frame, late_share: FloatArray | None) -> None:
    """Flag traits that can't be reasons to buy: looked at without any outcome."""
    for j, trait in enumerate(frame.traits):
        if is_process_trait(trait):
            what = "how they decide" if trait.startswith("process/") else "contracts"
            book.add(
                j,
                "leakage",
                f"This is about the purchase itself: people discuss {what} because they are "
                "buying, not the other way round. It is never a criterion.",
            )
        elif says_not_recorded(trait):
            book.add(
                j,
                "not_recorded",
                "This says how the CRM was filled in, not what the customer is.",
            )
        elif late_share is not None and late_share[j] >= LATE_SHARE:
            book.add(
                j,
                "leakage",
                f"In {late_share[j]:.0%} of its deals it first came up after the proposal or in "
                "the last 14 days before the decision: it may follow from buying, not lead to it.",
            )


def check_exposure(book: FlagBook, frame: Frame, landmark: Effect) -> None:
    """Flag traits whose tie to winning comes of won deals having more calls."""
    if frame.ever is None:
        _check_call_counts(book, frame, landmark)
        return
    if frame.n_calls is None:
        return
    calls_won = float(frame.n_calls[frame.won].mean())
    calls_lost = float(frame.n_calls[~frame.won].mean())
    if calls_won <= calls_lost:
        return
    ever = stratified_effect(count_cells(frame.ever, frame.won))
    halved = landmark.log_odds < ever.log_odds / 2
    for j in np.flatnonzero((ever.p_value() <= NOTABLE_P) & (ever.log_odds > 0) & halved):
        book.add(
            int(j),
            "exposure",
            f"Won deals had {calls_won:.1f} calls, lost ones {calls_lost:.1f}: more was said in "
            f"them. Over all calls the odds are {np.exp(ever.log_odds[j]):.1f} times, on first "
            f"calls only {np.exp(landmark.log_odds[j]):.1f} times. We compare first calls.",
        )


def _check_call_counts(book: FlagBook, frame: Frame, crude: Effect) -> None:
    """Without dates: compare inside deals with as many calls, where their number is known."""
    if frame.n_calls is None:
        return
    codes = np.digitize(frame.n_calls, [2, 3, 5])
    inside = stratified_effect(count_cells(frame.values, frame.won, codes))
    for j in _fallen(crude, inside, MAX_FALL):
        book.add(
            int(j),
            "exposure",
            "Among deals with about as many calls the odds fall from "
            f"{_times(crude, j)} to {_times(inside, j)}: it mostly says that there were more "
            "calls, so more was said.",
        )


def check_groups(book: FlagBook, frame: Frame, crude: Effect, exempt: NDArray[np.bool_]) -> None:
    """Repeat inside the strata and by rep, language and quarter; a fall of 30 % demotes."""
    groups = frame.groups
    if frame.stratified_by is not None and len(frame.strata.levels) > 1:
        groups = (frame.strata, *groups)
    for group in groups:
        inside = stratified_effect(count_cells(frame.values, frame.won, group.codes))
        where, what = _GROUP_WORDS.get(group.name, (f"each {group.name}", f"the {group.name}"))
        code = "segment" if group is frame.strata else group.name
        for j in _fallen(crude, inside, MAX_FALL):
            if group is frame.strata and exempt[j]:
                continue
            book.add(
                int(j),
                code,
                f"Inside {where} the difference falls from {_times(crude, j)} to "
                f"{_times(inside, j)} the odds: it mostly stands for {what}.",
            )


def check_owner_share(book: FlagBook, frame: Frame, crude: Effect) -> None:
    """Flag traits of which one rep has half of the won deals; demote if it is only theirs."""
    group = next((g for g in frame.groups if g.name == "owner"), None)
    if group is None or len(group.levels) < 3:
        return
    hits = _level_counts(group, (frame.values == PRESENT) & frame.won[:, None])
    all_deals = np.bincount(group.codes, minlength=len(group.levels)) / len(group.codes)
    total = hits.sum(axis=0)
    for j in np.flatnonzero((total >= 5) & (crude.p_value() <= NOTABLE_P)):
        k = int(hits[:, j].argmax())
        share = hits[k, j] / total[j]
        if share < 0.5 or share < 1.5 * all_deals[k] or group.levels[k] == "other":
            continue
        rest = group.codes != k
        without = stratified_effect(count_cells(frame.values[rest][:, [j]], frame.won[rest]))
        falls = without.log_odds[0] * np.sign(crude.log_odds[j]) < (1 - MAX_FALL_SUBSET) * abs(
            crude.log_odds[j]
        )
        book.add(
            int(j),
            "owner",
            f"{hits[k, j]} of the {total[j]} won deals with it are {group.levels[k]}'s"
            + (
                f"; without them the odds are {np.exp(without.log_odds[0]):.1f} times instead of "
                f"{_times(crude, j)}."
                if falls
                else "; it holds without them."
            ),
            demotes=bool(falls),
        )


def _level_counts(group: Grouping, hits: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count hits a level, (n_levels, n_traits)."""
    return np.stack([hits[group.codes == k].sum(axis=0) for k in range(len(group.levels))])


def check_near_decision(book: FlagBook, frame: Frame, crude: Effect) -> None:
    """Repeat without deals whose first call was already after the leakage cut."""
    early = frame.before_cut
    if early is None or early.all():
        return
    n_won, n_lost = int(frame.won[early].sum()), int((~frame.won[early]).sum())
    if min(n_won, n_lost) < 8:
        return
    inside = stratified_effect(count_cells(frame.values[early], frame.won[early]))
    for j in _fallen(crude, inside, MAX_FALL_SUBSET):
        book.add(
            int(j),
            "leakage",
            f"Without the {int((~early).sum())} deals whose first call was already within 14 days "
            f"of the decision or after the proposal, the odds fall from {_times(crude, j)} to "
            f"{_times(inside, j)}.",
        )


def check_accounts(book: FlagBook, frame: Frame, crude: Effect) -> None:
    """Flag traits whose difference rests on a few accounts with many deals.

    The score test again with the variance between accounts instead of between deals, within
    strata. Source: Liang & Zeger (1986), Biometrika 73:13.
    """
    names, codes = np.unique(np.array(frame.accounts), return_inverse=True)
    n_deals, n_accounts = len(codes), len(names)
    if n_accounts > MAX_ACCOUNT_SHARE * n_deals:
        return
    notable = np.flatnonzero(crude.p_value() <= NOTABLE_P)
    values = frame.values[:, notable]
    for j, column, z in zip(notable, values.T, _account_z(frame, values, codes), strict=True):
        n_with = int((column == PRESENT).sum())
        n_holders = len(np.unique(codes[column == PRESENT]))
        if n_holders < MIN_ACCOUNTS:
            sentence = f"Its {n_with} deals are of {n_holders} accounts only."
        elif abs(z) < NOTABLE_Z:
            sentence = (
                f"{n_deals} deals come from {n_accounts} accounts: counting by account, a "
                "difference this large may be chance."
            )
        else:
            continue
        book.add(int(j), "accounts", sentence)


def _account_z(frame: Frame, values: Int8Array, codes: NDArray[np.intp]) -> FloatArray:
    """Return the score z of each trait with deals of one account counted as one piece."""
    n_accounts = int(codes.max()) + 1
    scores = np.zeros((n_accounts, values.shape[1]))
    for k in np.unique(frame.strata.codes):
        rows = frame.strata.codes == k
        known = values[rows] >= ABSENT
        present = values[rows] == PRESENT
        n_known = np.maximum(known.sum(axis=0), 1)
        residual = frame.won[rows][:, None] - (frame.won[rows] @ known) / n_known
        product = np.where(known, (present - present.sum(axis=0) / n_known) * residual, 0.0)
        np.add.at(scores, codes[rows], product)
    spread = np.sqrt((scores**2).sum(axis=0) * n_accounts / max(n_accounts - 1, 1))
    out = np.zeros(scores.shape[1])
    np.divide(scores.sum(axis=0), spread, out=out, where=spread > 0)
    return out


def check_not_asked(book: FlagBook, values: Int8Array) -> None:
    """Note where a third of the deals or more is unknown: a caveat, with the count."""
    n_deals = len(values)
    n_unknown = (values < ABSENT).sum(axis=0)
    for j in np.flatnonzero(n_unknown >= n_deals / 3):
        book.add(
            int(j),
            "not_asked",
            f"In {n_unknown[j]} of {n_deals} deals it is not known; only the others are compared.",
            demotes=False,
        )


def _fallen(full: Effect, other: Effect, limit: float) -> Iterable[np.intp]:
    """Return traits that look like something and lose `limit` of it, or turn round."""
    direction = np.sign(full.log_odds)
    kept = other.log_odds * direction <= (1 - limit) * np.abs(full.log_odds)
    return np.flatnonzero((full.p_value() <= NOTABLE_P) & kept)


def _times(effect: Effect, j: "np.intp | int") -> str:
    return f"{np.exp(effect.log_odds[j]):.1f} times"
