"""The closed deals that are compared, lined up with their traits, strata and groups."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from icp_voice.config import EvidenceConfig
from icp_voice.errors import EvidenceError
from icp_voice.evidence.observations import leakage_cut
from icp_voice.evidence.traits import UNKNOWN, Int8Array, TraitTable
from icp_voice.records import Deal

_SMALL_GROUP = 5
_CALL_COLUMNS = ("n_calls", "calls", "number_of_calls", "meetings", "n_meetings")
_LANGUAGE_COLUMNS = ("language", "languages", "lang")


@dataclass(frozen=True, eq=False)
class Grouping:
    """Deals by the levels of one property; int codes (n_deals,) and the levels' names."""

    name: str
    codes: NDArray[np.int64]
    levels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Frame:
    """Closed deals with everything about them that the measurement uses.

    Attributes:
        deals: closed, in the order of their ids.
        values, ever: int8 (n_deals, n_traits), at the landmark and over all calls.
        n_calls: int (n_deals,); None where it is not known.
        before_cut: bool (n_deals,), the landmark lies before the leakage cut; None without dates.
        strata: the grouping inside which deals are compared (one level where there is none).
        groups: owner, language, quarter: what the effect is repeated by.
    """

    deals: tuple[Deal, ...]
    traits: tuple[str, ...]
    values: Int8Array
    ever: Int8Array | None
    won: NDArray[np.bool_]
    n_calls: NDArray[np.int64] | None
    before_cut: NDArray[np.bool_] | None
    strata: Grouping
    groups: tuple[Grouping, ...]
    stratified_by: str | None
    n_open: int
    warnings: tuple[str, ...]

    @property
    def n_won(self) -> int:
        """Won deals."""
        return int(self.won.sum())

    @property
    def n_lost(self) -> int:
        """Lost deals."""
        return len(self.deals) - self.n_won

    @property
    def accounts(self) -> list[str]:
        """Account of each deal; a deal without one stands for itself."""
        return [
            f"account {d.account_id}" if d.account_id else f"deal {d.deal_id}" for d in self.deals
        ]


def build_frame(table: TraitTable, deals: Sequence[Deal], config: EvidenceConfig) -> Frame:
    """Line up closed deals with their traits.

    Raises:
        EvidenceError: ids that stand twice, traits of deals that are not among `deals`, or no
            closed deal.
    """
    counted = Counter(deal.deal_id for deal in deals)
    twice = sorted(deal_id for deal_id, n in counted.items() if n > 1)
    if twice:
        raise EvidenceError(
            f"Deal ids stand twice: {', '.join(twice[:5])}. Each deal may stand once."
        )
    strange = [deal_id for deal_id in table.deal_ids if deal_id not in counted]
    if strange:
        raise EvidenceError(
            f"Traits are given for {len(strange)} deals that the deals file does not have: "
            f"{', '.join(strange[:5])}. Add them there, or leave them out."
        )
    warnings = list(table.warnings)
    closed = sorted((d for d in deals if d.outcome != "open"), key=lambda d: d.deal_id)
    n_open = len(deals) - len(closed)
    if not closed:
        raise EvidenceError(
            f"None of the {len(deals)} deals is won or lost, so there is nothing to compare. "
            "Add closed deals with outcome won or lost."
        )
    closed = _drop_decided_early(closed, table, warnings)
    row = table.deal_index()
    rows = np.array([row.get(deal.deal_id, -1) for deal in closed])
    won = np.array([deal.outcome == "won" for deal in closed])
    n_calls = _calls(table, closed, rows)
    strata, stratified_by = _strata(closed, config.stratify_by, warnings)
    values = _pick(table.values, rows)
    _note_silent_deals(values, warnings)
    return Frame(
        deals=tuple(closed),
        traits=table.traits,
        values=values,
        ever=None if table.ever is None else _pick(table.ever, rows),
        won=won,
        n_calls=n_calls,
        before_cut=_before_cut(table, closed, rows),
        strata=strata,
        groups=_groups(closed, stratified_by),
        stratified_by=stratified_by,
        n_open=n_open,
        warnings=tuple(warnings),
    )


def _pick(values: Int8Array, rows: NDArray[np.int64]) -> Int8Array:
    """Take rows; -1 gives a row of unknowns."""
    out = values[np.maximum(rows, 0)]
    out[rows < 0] = UNKNOWN
    return out


def _note_silent_deals(values: Int8Array, warnings: list[str]) -> None:
    silent = int((values == UNKNOWN).all(axis=1).sum()) if values.shape[1] else 0
    if silent:
        warnings.append(
            f"{silent} of {len(values)} closed deals have no known trait at their first call; "
            "they count as unknown, not as absent."
        )


def _drop_decided_early(closed: list[Deal], table: TraitTable, warnings: list[str]) -> list[Deal]:
    """Drop deals that were decided before the day their traits were known."""
    if table.landmark_on is None:
        return closed
    row = table.deal_index()
    kept = []
    for deal in closed:
        i = row.get(deal.deal_id)
        landmark = np.datetime64("NaT") if i is None else table.landmark_on[i]
        early = deal.closed_on is not None and np.datetime64(deal.closed_on.isoformat()) < landmark
        if not early:
            kept.append(deal)
    dropped = len(closed) - len(kept)
    if dropped:
        warnings.append(
            f"{dropped} deals were decided before their first call on record; they are left out."
        )
    return kept


def _calls(
    table: TraitTable, closed: Sequence[Deal], rows: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Return calls a deal, from the observations or from a CRM column."""
    if table.n_calls is not None:
        return np.where(rows >= 0, table.n_calls[np.maximum(rows, 0)], 0).astype(np.int64)
    for column in _CALL_COLUMNS:
        texts = [deal.attributes.get(column) or "" for deal in closed]
        if texts and all(text.strip().isdigit() for text in texts):
            return np.array([int(text) for text in texts], dtype=np.int64)
    return None


def _before_cut(
    table: TraitTable, closed: Sequence[Deal], rows: NDArray[np.int64]
) -> NDArray[np.bool_] | None:
    if table.landmark_on is None:
        return None
    landmark = np.where(rows >= 0, table.landmark_on[np.maximum(rows, 0)], np.datetime64("NaT"))
    cut = np.array([leakage_cut(deal) for deal in closed], dtype="datetime64[D]")
    return np.asarray(np.isnat(landmark) | np.isnat(cut) | (landmark < cut))


def property_of(deal: Deal, name: str) -> str:
    """Return a CRM column of a deal as text; blank where it is not known."""
    if name in ("owner", "account_id", "currency"):
        value = getattr(deal, name)
        return str(value or "")
    folded = {key.casefold(): value for key, value in deal.attributes.items()}
    return (folded.get(name.casefold()) or "").strip()


def _strata(
    closed: Sequence[Deal], column: str, warnings: list[str]
) -> tuple[Grouping, str | None]:
    none = Grouping("", np.zeros(len(closed), dtype=np.int64), ("all",))
    if not column:
        return none, None
    texts = [property_of(deal, column) for deal in closed]
    if not any(texts):
        warnings.append(
            f"The deals have no column {column!r}, so all deals are compared together: a trait "
            "may only stand for company size or industry. Name a column to compare inside."
        )
        return none, None
    return _grouping(column, texts), column


def _grouping(name: str, texts: Sequence[str]) -> Grouping:
    """Number the levels; levels of fewer than five deals are put together."""
    counts = Counter(texts)
    labels = [text or "not known" if counts[text] >= _SMALL_GROUP else "other" for text in texts]
    levels = tuple(sorted(set(labels)))
    index = {level: i for i, level in enumerate(levels)}
    return Grouping(name, np.array([index[label] for label in labels], dtype=np.int64), levels)


def _groups(closed: Sequence[Deal], stratified_by: str | None) -> tuple[Grouping, ...]:
    """Return what the effect is repeated by, where at least two levels are known."""
    language = next(
        (c for c in _LANGUAGE_COLUMNS if any(property_of(d, c) for d in closed)), "language"
    )
    texts = {
        "owner": [property_of(deal, "owner") for deal in closed],
        "language": [property_of(deal, language) for deal in closed],
        "quarter": [_quarter(deal) for deal in closed],
    }
    found = (
        _grouping(name, values)
        for name, values in texts.items()
        if name != stratified_by and sum(map(bool, values)) >= len(values) / 2
    )
    return tuple(group for group in found if len(group.levels) > 1)


def _quarter(deal: Deal) -> str:
    """Return the quarter of the first call, else of the deal's start."""
    day = deal.first_call_on or deal.created_on
    return "" if day is None else f"{day.year} Q{(day.month + 2) // 3}"
