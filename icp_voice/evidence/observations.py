"""From dated observations (one trait in one call) to the table at the landmark.

The rows come from a long traits file or from the store's SQL; both as columns, so that a million
rows take a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icp_voice.errors import EvidenceError
from icp_voice.evidence.traits import UNKNOWN, FloatArray, Int8Array, TraitTable
from icp_voice.records import Deal

LEAKAGE_DAYS = 14
_PROPOSAL_COLUMNS = ("proposal_at", "proposal_on", "proposal_date", "proposal_sent_at")
_NEVER = np.iinfo(np.int32).max

DayArray = NDArray[np.datetime64]


@dataclass(frozen=True)
class Landmark:
    """Up to when an observation counts: the first `calls` calls, and `days` days more."""

    calls: int = 1
    days: int = 0


def table_from_observations(
    deal_ids: Sequence[str] | NDArray[np.object_],
    traits: Sequence[str] | NDArray[np.object_],
    values: ArrayLike,
    known_at: ArrayLike | None,
    *,
    deals: Sequence[Deal],
    call_numbers: ArrayLike | None = None,
    landmark: Landmark | None = None,
) -> TraitTable:
    """Fold observations into one row a deal, at the landmark and ever.

    Args:
        deal_ids: (n_rows,) ids; every one must be among `deals`.
        traits: (n_rows,) trait ids.
        values: (n_rows,) 1 present, 0 absent; -1, NaN or masked: unknown.
        known_at: (n_rows,) datetime64 of any unit; NaT or masked: not dated, taken as known from
            the start. None: no row is dated.
        deals: every deal of the table; those without a known row are unknown throughout.
        call_numbers: (n_rows,) 1 for the first call of the deal, and so on; masked or 0 for rows
            of no call. None: calls are told apart by `known_at`.
        landmark: the default takes the rows known by the end of the day of the deal's
            `first_call_on`, or of its earliest row.

    Raises:
        EvidenceError: an observation of an unknown deal, or a value other than 1, 0, unknown.
    """
    order = sorted(deal.deal_id for deal in deals)
    deal_codes = _code_deals(deal_ids, order)
    trait_codes, names = _code_traits(traits)
    observed = _clean_values(values)
    shape = (len(order), len(names))
    cells = deal_codes.astype(np.int64) * shape[1] + trait_codes
    ever = _fold(cells, observed, shape)
    if known_at is None and call_numbers is None:
        return TraitTable(deal_ids=tuple(order), traits=names, values=ever)
    by_id = {deal.deal_id: deal for deal in deals}
    ordered = [by_id[deal_id] for deal_id in order]
    days, stamps = _days(known_at, len(observed))
    numbers = _call_numbers(call_numbers, deal_codes, stamps)
    limit = _landmark_days(ordered, deal_codes, days, numbers, landmark or Landmark())
    if call_numbers is None:
        counts = np.isnat(days) | np.isnat(limit)[deal_codes] | (days <= limit[deal_codes])
    else:
        counts = (numbers == 0) | (numbers <= (landmark or Landmark()).calls)
    n_undated = int(np.isnat(days).sum()) if known_at is not None else 0
    return TraitTable(
        deal_ids=tuple(order),
        traits=names,
        values=_fold(cells[counts], observed[counts], shape),
        ever=ever,
        n_calls=_count_calls(deal_codes, numbers, len(order)),
        landmark_on=limit,
        late_share=_late_share(ordered, cells, observed, days, counts, ever),
        warnings=_undated_warning(n_undated, len(observed)),
    )


def _undated_warning(n_undated: int, n_rows: int) -> tuple[str, ...]:
    if n_undated == 0:
        return ()
    return (
        f"{n_undated} of {n_rows} observations have no date (known_at); they are taken as known "
        "before the first call, which can't be checked.",
    )


def _code_deals(
    deal_ids: Sequence[str] | NDArray[np.object_], order: list[str]
) -> NDArray[np.int32]:
    index = {deal_id: i for i, deal_id in enumerate(order)}
    if len(index) != len(order):
        twice = sorted({d for d in order if order.count(d) > 1})
        raise EvidenceError(f"Deal ids stand twice: {', '.join(twice[:5])}. Each may stand once.")
    codes = np.fromiter((index.get(d, -1) for d in deal_ids), dtype=np.int32, count=len(deal_ids))
    if (codes < 0).any():
        strange = sorted({str(d) for d, c in zip(deal_ids, codes, strict=True) if c < 0})
        raise EvidenceError(
            f"Traits are given for {len(strange)} deals that the deals file does not have: "
            f"{', '.join(strange[:5])}{', ...' if len(strange) > 5 else ''}. "
            "Add them there, or leave their rows out."
        )
    return codes


def _code_traits(
    traits: Sequence[str] | NDArray[np.object_],
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Number traits in sorted order."""
    names = tuple(sorted(set(traits)))
    index = {name: j for j, name in enumerate(names)}
    codes = np.fromiter((index[t] for t in traits), dtype=np.int32, count=len(traits))
    return codes, names


def _clean_values(values: ArrayLike) -> Int8Array:
    """Return int8 values with every kind of missing as -1."""
    masked = np.ma.masked_invalid(np.ma.asarray(values, dtype=np.float64))
    plain = np.asarray(masked.filled(UNKNOWN))
    if not np.isin(plain, (-1.0, 0.0, 1.0)).all():
        bad = plain[~np.isin(plain, (-1.0, 0.0, 1.0))][0]
        raise EvidenceError(f"A trait's value is {bad:g}; accepted: 1, 0 and -1 (unknown).")
    return plain.astype(np.int8)


def _fold(cells: NDArray[np.int64], observed: Int8Array, shape: tuple[int, int]) -> Int8Array:
    """Return the highest value of each cell: once present is present."""
    out = np.full(shape[0] * shape[1], UNKNOWN, dtype=np.int8)
    for value in (0, 1):
        out[cells[observed == value]] = value
    return out.reshape(shape)


def _days(known_at: ArrayLike | None, n_rows: int) -> tuple[DayArray, NDArray[np.int64]]:
    """Return the day of each row and a number that tells moments apart (NaT: lowest)."""
    if known_at is None:
        empty = np.full(n_rows, np.datetime64("NaT"), dtype="datetime64[D]")
        return empty, np.zeros(n_rows, dtype=np.int64)
    stamps: NDArray[np.generic] = np.ma.asarray(known_at).filled(np.datetime64("NaT"))
    moments = np.asarray(stamps, dtype="datetime64[us]")
    return moments.astype("datetime64[D]"), moments.astype(np.int64)


def _call_numbers(
    given: ArrayLike | None, deal_codes: NDArray[np.int32], stamps: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return 1, 2, ... by deal and moment; 0 for rows that belong to no call."""
    if given is not None:
        plain: NDArray[np.generic] = np.ma.asarray(given).filled(0)
        return np.asarray(plain, dtype=np.int64)
    dated = stamps != np.iinfo(np.int64).min
    pairs = np.stack([deal_codes.astype(np.int64), stamps], axis=1)[dated]
    unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
    first_row = np.searchsorted(unique[:, 0], unique[:, 0])
    rank = np.arange(len(unique)) - first_row + 1
    numbers = np.zeros(len(stamps), dtype=np.int64)
    numbers[dated] = rank[inverse.reshape(-1)]
    return numbers


def _count_calls(
    deal_codes: NDArray[np.int32], numbers: NDArray[np.int64], n_deals: int
) -> NDArray[np.int32]:
    calls = np.unique(np.stack([deal_codes, numbers], axis=1)[numbers > 0], axis=0)
    return np.bincount(calls[:, 0], minlength=n_deals).astype(np.int32)


def _landmark_days(
    deals: Sequence[Deal],
    deal_codes: NDArray[np.int32],
    days: DayArray,
    numbers: NDArray[np.int64],
    landmark: Landmark,
) -> DayArray:
    """Return the last day that counts for each deal, datetime64[D] (n_deals,)."""
    limit = np.array([_day(deal.first_call_on) for deal in deals], dtype="datetime64[D]")
    ordinal = days.astype(np.int64)
    dated = ~np.isnat(days)
    earliest = np.full(len(deals), _NEVER, dtype=np.int64)
    np.minimum.at(earliest, deal_codes[dated], ordinal[dated])
    seen = earliest != _NEVER
    fill = np.isnat(limit) & seen
    limit[fill] = earliest[fill].astype("datetime64[D]")
    limit = limit + np.timedelta64(landmark.days, "D")
    if landmark.calls > 1:
        inside = dated & (numbers > 0) & (numbers <= landmark.calls)
        last = np.full(len(deals), np.iinfo(np.int64).min, dtype=np.int64)
        np.maximum.at(last, deal_codes[inside], ordinal[inside])
        later = last > limit.astype(np.int64)
        limit[later & seen] = last[later & seen].astype("datetime64[D]")
    return limit


def _day(day: date | None) -> np.datetime64:
    return np.datetime64("NaT") if day is None else np.datetime64(day.isoformat(), "D")


def leakage_cut(deal: Deal) -> np.datetime64:
    """Return the day from which talk may only reflect the decision; NaT where it can't be told.

    The earlier of the proposal's date and 14 days before the outcome.
    """
    days = [] if deal.closed_on is None else [_day(deal.closed_on) - np.timedelta64(LEAKAGE_DAYS)]
    for column in _PROPOSAL_COLUMNS:
        text = deal.attributes.get(column)
        if text:
            try:
                days.append(_day(date.fromisoformat(text[:10])))
            except ValueError:
                continue
    return min(days) if days else np.datetime64("NaT")


def _late_share(
    deals: Sequence[Deal],
    cells: NDArray[np.int64],
    observed: Int8Array,
    days: DayArray,
    counts: NDArray[np.bool_],
    ever: Int8Array,
) -> FloatArray:
    """Return for each trait the share of its deals in which it first came up after the cut."""
    n_deals, n_traits = ever.shape
    cut = np.array([leakage_cut(deal) for deal in deals], dtype="datetime64[D]")
    first = np.full(n_deals * n_traits, _NEVER, dtype=np.int32)
    shown = observed == 1
    early = shown & (counts | np.isnat(days))
    first[cells[early]] = np.iinfo(np.int32).min
    later = shown & ~counts & ~np.isnat(days)
    np.minimum.at(first, cells[later], days[later].astype(np.int32))
    cut_day = np.where(np.isnat(cut), _NEVER, cut.astype(np.int64)).astype(np.int64)
    first_day = first.reshape(ever.shape)
    late = (first_day != _NEVER) & (first_day >= cut_day[:, None])
    n_shown = (ever == 1).sum(axis=0)
    share = np.full(n_traits, np.nan)
    np.divide(late.sum(axis=0), n_shown, out=share, where=n_shown > 0)
    return share
