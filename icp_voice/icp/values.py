"""What this stage needs of the deal x trait table, whoever made it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from icp_voice.errors import EvidenceError
from icp_voice.records import Deal

Int8Array = NDArray[np.int8]
FloatArray = NDArray[np.float64]


class DealTraits(Protocol):
    """Deals x traits; int8 values (n_deals, n_traits): 1 present, 0 absent, -1 unknown."""

    @property
    def deal_ids(self) -> tuple[str, ...]:
        """Rows."""

    @property
    def traits(self) -> tuple[str, ...]:
        """Columns."""

    @property
    def values(self) -> Int8Array:
        """Cells at the landmark."""


def pick_values(table: DealTraits, deals: Sequence[Deal], traits: Sequence[str]) -> Int8Array:
    """Return int8 (n_deals, n_traits) for these deals and traits; unknown where not in the table.

    Raises:
        EvidenceError: the table lacks a trait.
    """
    columns = {trait: j for j, trait in enumerate(table.traits)}
    missing = [trait for trait in traits if trait not in columns]
    if missing:
        raise EvidenceError(
            f"The deals have no trait {missing[0]!r} that the profile uses. Measure and propose "
            "again on this data."
        )
    rows = {deal_id: i for i, deal_id in enumerate(table.deal_ids)}
    out = np.full((len(deals), len(traits)), -1, dtype=np.int8)
    where = [(i, rows[deal.deal_id]) for i, deal in enumerate(deals) if deal.deal_id in rows]
    if where and traits:
        here, there = (list(side) for side in zip(*where, strict=True))
        out[here] = table.values[there][:, [columns[trait] for trait in traits]]
    return out


def prevalence(values: Int8Array) -> FloatArray:
    """Return the share of known deals with each trait, (n_traits,); 0.5 where none is known."""
    known = (values >= 0).sum(axis=0)
    out = np.full(values.shape[1], 0.5)
    np.divide((values == 1).sum(axis=0), known, out=out, where=known > 0)
    return out
