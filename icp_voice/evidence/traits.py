"""Deal x trait: the three-valued table that everything in this stage is measured on.

A trait of a deal is present, absent or unknown. What counts is what was known at the *landmark*
(by default the end of the first call's day): deals that were won have more calls, so "ever
mentioned" favours them whatever is talked about. What was known later is kept beside it, for the
exposure and leakage checks only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from icp_voice.errors import EvidenceError

UNKNOWN, ABSENT, PRESENT = -1, 0, 1

Int8Array = NDArray[np.int8]
FloatArray = NDArray[np.float64]
_Item = TypeVar("_Item", bound=np.generic)


@dataclass(frozen=True, eq=False)
class TraitTable:
    """Which deal shows which trait, at the landmark and ever.

    Attributes:
        deal_ids: sorted, unique.
        traits: sorted, unique.
        values: int8 (n_deals, n_traits); 1 present, 0 absent, -1 unknown, at the landmark.
        ever: same shape, over all calls; None where the observations carry no dates.
        n_calls: int32 (n_deals,), calls on record; None where that is not known.
        landmark_on: datetime64[D] (n_deals,), last day that counts; NaT where not known.
        late_share: float64 (n_traits,): of the deals that ever show the trait, the share in which
            it first came up after the landmark and after the leakage cut (the earlier of the
            proposal's date and 14 days before the outcome); NaN where nothing is known.
        warnings: what a reader of the result must know of how the table was made.
    """

    deal_ids: tuple[str, ...]
    traits: tuple[str, ...]
    values: Int8Array
    ever: Int8Array | None = None
    n_calls: NDArray[np.int32] | None = None
    landmark_on: NDArray[np.datetime64] | None = None
    late_share: FloatArray | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse tables that are not what they say they are."""
        shape = (len(self.deal_ids), len(self.traits))
        for name, array in (("values", self.values), ("ever", self.ever)):
            if array is None:
                continue
            if array.shape != shape:
                raise EvidenceError(
                    f"{name} has shape {array.shape}; {shape[0]} deals x {shape[1]} traits "
                    f"need {shape}."
                )
            if array.size and (array.min() < UNKNOWN or array.max() > PRESENT):
                raise EvidenceError(f"{name} may hold 1, 0 and -1 (unknown) only.")
        for name, ids in (("deal id", self.deal_ids), ("trait", self.traits)):
            if any(a >= b for a, b in pairwise(ids)):
                raise EvidenceError(f"Every {name} must stand once, in sorted order.")

    @property
    def n_deals(self) -> int:
        """Number of deals, closed and open."""
        return len(self.deal_ids)

    def column(self, trait: str) -> Int8Array:
        """Return one trait's values, int8 (n_deals,).

        Raises:
            EvidenceError: the table has no such trait.
        """
        return self.values[:, self.trait_index()[self.known_trait(trait)]]

    def known_trait(self, trait: str) -> str:
        """Return the trait if the table has it, else say which are near."""
        if trait not in set(self.traits):
            import difflib

            near = difflib.get_close_matches(trait, self.traits, n=3)
            hint = f" Near: {', '.join(near)}." if near else ""
            raise EvidenceError(f"No trait is called {trait!r}.{hint}")
        return trait

    def trait_index(self) -> dict[str, int]:
        """Return trait -> column."""
        return {trait: j for j, trait in enumerate(self.traits)}

    def deal_index(self) -> dict[str, int]:
        """Return deal id -> row."""
        return {deal_id: i for i, deal_id in enumerate(self.deal_ids)}


def table_from_values(
    deal_ids: Sequence[str],
    traits: Sequence[str],
    values: Int8Array,
    *,
    warnings: tuple[str, ...] = (),
) -> TraitTable:
    """Make a table of undated values, sorting deals and traits.

    Args:
        deal_ids: (n_deals,) unique ids in any order.
        traits: (n_traits,) unique ids in any order.
        values: int8 (n_deals, n_traits); 1, 0 or -1 (unknown).
        warnings: carried over to the result.

    Raises:
        EvidenceError: ids or traits that occur twice, or shapes that do not fit.

    >>> table = table_from_values(["b", "a"], ["x"], np.array([[1], [0]], dtype=np.int8))
    >>> table.deal_ids, table.values[:, 0].tolist()
    (('a', 'b'), [0, 1])
    """
    if values.shape != (len(deal_ids), len(traits)):
        raise EvidenceError(
            f"values has shape {values.shape}; expected {(len(deal_ids), len(traits))}."
        )
    rows = sorted(range(len(deal_ids)), key=deal_ids.__getitem__)
    columns = sorted(range(len(traits)), key=traits.__getitem__)
    return TraitTable(
        deal_ids=tuple(deal_ids[i] for i in rows),
        traits=tuple(traits[j] for j in columns),
        values=np.ascontiguousarray(values[np.ix_(rows, columns)]),
        warnings=warnings,
    )


def join_tables(first: TraitTable, second: TraitTable) -> TraitTable:
    """Put the traits of two tables side by side; deals missing in one are unknown there.

    Call counts and landmarks come from whichever table has them. Undated traits (CRM attributes)
    count as known from the start, so their `ever` equals their `values`.

    Raises:
        EvidenceError: a trait stands in both tables.
    """
    shared = sorted(set(first.traits) & set(second.traits))
    if shared:
        raise EvidenceError(f"Both tables hold {', '.join(shared[:3])}; a trait may stand once.")
    deal_ids = tuple(sorted({*first.deal_ids, *second.deal_ids}))
    traits = first.traits + second.traits
    columns = sorted(range(len(traits)), key=traits.__getitem__)
    dated = next((t for t in (first, second) if t.ever is not None), None)
    late = [_or_nan(t.late_share, len(t.traits)) for t in (first, second)]
    calls = next((t for t in (first, second) if t.n_calls is not None), None)
    landmark = next((t for t in (first, second) if t.landmark_on is not None), None)
    values = np.hstack([_spread(t, t.values, deal_ids) for t in (first, second)])
    ever = None
    if dated is not None:
        parts = [t.values if t.ever is None else t.ever for t in (first, second)]
        ever = np.hstack(
            [_spread(t, part, deal_ids) for t, part in zip((first, second), parts, strict=True)]
        )[:, columns]
    return TraitTable(
        deal_ids=deal_ids,
        traits=tuple(traits[j] for j in columns),
        values=np.ascontiguousarray(values[:, columns]),
        ever=ever,
        n_calls=None if calls is None else _spread_deals(calls, calls.n_calls, deal_ids, 0),
        landmark_on=None
        if landmark is None
        else _spread_deals(landmark, landmark.landmark_on, deal_ids, np.datetime64("NaT")),
        late_share=np.concatenate(late)[columns] if dated is not None else None,
        warnings=tuple(dict.fromkeys(first.warnings + second.warnings)),
    )


def _or_nan(share: FloatArray | None, n_traits: int) -> FloatArray:
    return np.full(n_traits, np.nan) if share is None else share


def _spread(table: TraitTable, values: Int8Array, deal_ids: tuple[str, ...]) -> Int8Array:
    """Bring values into the order of `deal_ids`; deals without a row are unknown."""
    out = np.full((len(deal_ids), len(table.traits)), UNKNOWN, dtype=np.int8)
    index = {deal_id: i for i, deal_id in enumerate(deal_ids)}
    out[[index[deal_id] for deal_id in table.deal_ids]] = values
    return out


def _spread_deals(
    table: TraitTable,
    values: NDArray[_Item] | None,
    deal_ids: tuple[str, ...],
    missing: object,
) -> NDArray[_Item]:
    """Bring one value a deal into the order of `deal_ids`."""
    assert values is not None
    out = np.full(len(deal_ids), missing, dtype=values.dtype)
    index = {deal_id: i for i, deal_id in enumerate(deal_ids)}
    out[[index[deal_id] for deal_id in table.deal_ids]] = values
    return out
