"""From a column of the CRM to traits: flags as they are, text by value, numbers by range.

Ranges are learnt from the numbers alone, never from the outcomes.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from icp_voice.errors import EvidenceError
from icp_voice.evidence.traits import (
    ABSENT,
    PRESENT,
    UNKNOWN,
    Int8Array,
    TraitTable,
    table_from_values,
)
from icp_voice.records import Deal

_YES = ("1", "1.0", "true", "yes", "y", "present")
_NO = ("0", "0.0", "false", "no", "n", "absent")
_NOT_KNOWN = ("unknown", "n/a", "na", "none", "null", "nan", "?", "-", "not known")
FLAGS = {
    **dict.fromkeys(_YES, PRESENT),
    **dict.fromkeys(_NO, ABSENT),
    **dict.fromkeys(("", "-1", *_NOT_KNOWN), UNKNOWN),
}
MAX_CATEGORIES = 30
_MAX_RANGES = 4


@dataclass(frozen=True)
class ColumnTraits:
    """Traits of one column: int8 `values` (n_rows, n_traits), notes on what was left out."""

    traits: tuple[str, ...]
    values: Int8Array
    notes: tuple[str, ...] = ()


def is_flag_column(cells: Collection[str]) -> bool:
    """Tell whether all cells are 1, 0, yes, no or a word for unknown, and one is yes or no."""
    found = {cell.casefold() for cell in cells}
    return found <= FLAGS.keys() and (
        any(FLAGS[cell] != UNKNOWN for cell in found) or found <= {""}
    )


def column_traits(name: str, cells: Sequence[str]) -> ColumnTraits:
    """Make traits of one column's cells, (n_rows,) text.

    Blank is unknown. In a text column the word "unknown" is kept apart from blank: it is its own
    trait, and no value is absent because of it.

    >>> made = column_traits("sector", ["retail", "unknown", "", "retail"])
    >>> made.traits
    ('sector=retail', 'sector=unknown')
    >>> made.values[:, 0].tolist()
    [1, -1, -1, 1]
    """
    if is_flag_column(set(cells)):
        flags = np.array([FLAGS[cell.casefold()] for cell in cells], dtype=np.int8)
        return ColumnTraits(traits=(name,), values=flags[:, None])
    numbers = _as_numbers(cells)
    if numbers is not None:
        return _number_traits(name, numbers)
    return _text_traits(name, cells)


def _text_traits(name: str, cells: Sequence[str]) -> ColumnTraits:
    keys = [" ".join(cell.split()).casefold() for cell in cells]
    values = sorted({key for key in keys if key and key not in _NOT_KNOWN})
    empty = np.empty((len(cells), 0), dtype=np.int8)
    if not values:
        return ColumnTraits((), empty, (f"Column {name} holds no values.",))
    if len(values) > MAX_CATEGORIES and len(values) > len(cells) / 20:
        note = f"Column {name} has {len(values)} different texts: too many to compare; left out."
        return ColumnTraits((), empty, (note,))
    spelling = {key: Counter(_spellings(cells, keys, key)).most_common(1)[0][0] for key in values}
    columns = []
    array = np.array(keys, dtype=object)
    not_known = np.isin(array, ["", *_NOT_KNOWN])
    for key in values:
        columns.append(np.where(not_known, UNKNOWN, np.where(array == key, PRESENT, ABSENT)))
    names = [f"{name}={spelling[key]}" for key in values]
    said_unknown = np.isin(array, list(_NOT_KNOWN))
    if said_unknown.any():
        names.append(f"{name}=unknown")
        blank = array == ""
        columns.append(np.where(blank, UNKNOWN, np.where(said_unknown, PRESENT, ABSENT)))
    return ColumnTraits(tuple(names), np.stack(columns, axis=1).astype(np.int8))


def _spellings(cells: Sequence[str], keys: Sequence[str], key: str) -> list[str]:
    return sorted(" ".join(c.split()) for c, k in zip(cells, keys, strict=True) if k == key)


def _as_numbers(cells: Sequence[str]) -> "np.ndarray[tuple[int], np.dtype[np.float64]] | None":
    """Return the cells as float64 with NaN for unknown, or None where one is no number."""
    out = np.full(len(cells), np.nan)
    for i, cell in enumerate(cells):
        text = cell.strip().replace(" ", "").replace("\u00a0", "")
        if text.casefold() in _NOT_KNOWN or not text:
            continue
        try:
            out[i] = float(text)
        except ValueError:
            return None
    return None if np.isnan(out).all() else out


def _number_traits(
    name: str, numbers: "np.ndarray[tuple[int], np.dtype[np.float64]]"
) -> ColumnTraits:
    """Cut numbers into up to four ranges of about as many deals each."""
    known = numbers[np.isfinite(numbers)]
    quantiles = np.quantile(known, np.linspace(0, 1, _MAX_RANGES + 1)[1:-1])
    edges = sorted({_round_edge(edge) for edge in quantiles})
    edges = [edge for edge in edges if known.min() < edge <= known.max()]
    bounds = [-np.inf, *edges, np.inf]
    columns, names = [], []
    for low, high in pairwise(bounds):
        inside = (numbers >= low) & (numbers < high)
        columns.append(np.where(np.isfinite(numbers), inside.astype(np.int8), UNKNOWN))
        names.append(f"{name}={_range_words(low, high)}")
    return ColumnTraits(tuple(names), np.stack(columns, axis=1).astype(np.int8))


def _round_edge(edge: float) -> float:
    """Round to two significant digits, so that people can say the range."""
    return float(f"{edge:.2g}")


def _range_words(low: float, high: float) -> str:
    if np.isinf(low) and np.isinf(high):
        return "known"
    if np.isinf(low):
        return f"under {high:g}"
    return f"{low:g} and more" if np.isinf(high) else f"{low:g} to under {high:g}"


def attribute_table(
    deals: Sequence[Deal], *, leave_out: Collection[str] = (), prefix: str = "attribute/"
) -> TraitTable | None:
    """Make traits of the CRM's columns: `attribute/industry=retail`; None where there are none.

    Args:
        deals: unique ids; their `attributes` are the CRM's further columns.
        leave_out: columns that are no traits (case does not matter).
        prefix: put before every trait.

    Raises:
        EvidenceError: two columns make the same trait.
    """
    skipped = {name.casefold() for name in leave_out}
    columns = sorted({name for deal in deals for name in deal.attributes})
    names: list[str] = []
    values: list[Int8Array] = []
    notes: list[str] = []
    for column in columns:
        if column.casefold() in skipped:
            continue
        made = column_traits(column, [deal.attributes.get(column) or "" for deal in deals])
        names += [prefix + trait for trait in made.traits]
        values += list(made.values.T)
        notes += made.notes
    if not names:
        return None
    if len(set(names)) != len(names):
        raise EvidenceError("Two columns of the deals file make the same trait; rename one.")
    deal_ids = [deal.deal_id for deal in deals]
    return table_from_values(deal_ids, names, np.stack(values, axis=1), warnings=tuple(notes))
