"""Read a traits file: one column a trait, or one row an observation.

Wide: `deal_id` and one column a trait. Long: `deal_id,trait,value[,known_at]`. Values are 1 and 0
(also yes/no, true/false), blank is unknown. A column of text becomes one trait a value
(`industry=retail`), a column of numbers becomes ranges (`headcount=50-249`).
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

from icp_voice.errors import DealsFileError
from icp_voice.evidence.columns import FLAGS, column_traits, is_flag_column
from icp_voice.evidence.observations import Landmark, table_from_observations
from icp_voice.evidence.traits import Int8Array, TraitTable, table_from_values
from icp_voice.records import Deal

_LONG = ("deal_id", "trait", "value")


def read_traits(
    path: Path, deals: Sequence[Deal], *, landmark: Landmark | None = None
) -> TraitTable:
    """Read a traits file, wide or long, into the table at the landmark.

    Args:
        path: UTF-8 CSV (comma or semicolon) with a header.
        deals: all deals; a row of any other deal is an error.
        landmark: what counts as early; the default is the first call.

    Raises:
        DealsFileError: the file can't be read, or rows are wrong; `rows` names them, header = 1.
    """
    header, rows = _read_rows(path)
    names = [name.strip() for name in header]
    folded = [name.casefold() for name in names]
    if "deal_id" not in folded:
        raise DealsFileError(
            f"{path.name} has no column deal_id (found: {', '.join(names[:8])}). It needs deal_id "
            "and one column a trait, or deal_id,trait,value[,known_at].",
            path=path,
            rows=(1,),
        )
    if not rows:
        raise DealsFileError(f"{path.name} has a header and no rows.", path=path)
    _check_header(path, folded)
    source = _Source(path=path, names=names, folded=folded, rows=rows)
    _check_deals(source, {deal.deal_id for deal in deals})
    if all(name in folded for name in _LONG):
        return _read_long(source, deals, landmark)
    if "known_at" in folded:
        return _read_long(_melt(source), deals, landmark)
    return _read_wide(source)


@dataclass(frozen=True)
class _Source:
    """A file's cells; `rows` hold the row number in the file and the cells."""

    path: Path
    names: list[str]
    folded: list[str]
    rows: list[tuple[int, list[str]]]

    def cells(self, name: str) -> list[str]:
        column = self.folded.index(name)
        return [row[column].strip() for _, row in self.rows]


def _read_rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            first = lines.readline()
            lines.seek(0)
            delimiter = ";" if first.count(";") > first.count(",") else ","
            reader = csv.reader(lines, delimiter=delimiter)
            header = next(reader, [])
            rows = []
            for row in reader:
                if not any(row):
                    continue
                if len(row) != len(header):
                    raise DealsFileError(
                        f"{path.name} row {reader.line_num}: {len(row)} cells, but the header has "
                        f"{len(header)}.",
                        path=path,
                        rows=(reader.line_num,),
                    )
                rows.append((reader.line_num, row))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"{path} can't be read: {error}. It must be a UTF-8 CSV file with a header."
        raise DealsFileError(message, path=path) from error
    if not header:
        raise DealsFileError(f"{path.name} is empty; it needs a header and rows.", path=path)
    return header, rows


def _check_header(path: Path, folded: list[str]) -> None:
    twice = sorted({name for name in folded if folded.count(name) > 1})
    if twice:
        raise DealsFileError(
            f"{path.name}: the columns {', '.join(twice)} stand twice.", path=path, rows=(1,)
        )
    if len(folded) == 1:
        raise DealsFileError(f"{path.name} has deal_id and no trait columns.", path=path, rows=(1,))


def _check_deals(source: _Source, known: set[str]) -> None:
    column = source.folded.index("deal_id")
    strange = [
        (n, row[column].strip()) for n, row in source.rows if row[column].strip() not in known
    ]
    if strange:
        names = ", ".join(dict.fromkeys(name or "(blank)" for _, name in strange[:200]))
        raise DealsFileError(
            f"{source.path.name} {_row_words([n for n, _ in strange])}: the deals file "
            f"does not have {_shorten(names)}. Add the deals or remove the rows.",
            path=source.path,
            rows=[n for n, _ in strange],
        )


def _row_words(rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:5]))
    return f"row{'s' if len(rows) > 1 else ''} {shown}{', ...' if len(rows) > 5 else ''}"


def _shorten(text: str, limit: int = 120) -> str:
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _read_wide(source: _Source) -> TraitTable:
    """Read one row a deal; a deal id that stands twice is an error."""
    deal_ids = source.cells("deal_id")
    seen: dict[str, int] = {}
    for (number, _), deal_id in zip(source.rows, deal_ids, strict=True):
        if deal_id in seen:
            raise DealsFileError(
                f"{source.path.name} row {number}: deal {deal_id!r} already stands in row "
                f"{seen[deal_id]}. One row a deal, or add a known_at column for one row a call.",
                path=source.path,
                rows=(seen[deal_id], number),
            )
        seen[deal_id] = number
    names: list[str] = []
    columns: list[Int8Array] = []
    notes: list[str] = []
    for name, folded in zip(source.names, source.folded, strict=True):
        if folded == "deal_id":
            continue
        made = column_traits(name, source.cells(folded))
        notes += made.notes
        names += made.traits
        columns += list(made.values.T)
    if not names:
        raise DealsFileError(
            f"{source.path.name} has no usable trait column. {' '.join(notes[:3])}",
            path=source.path,
        )
    return table_from_values(deal_ids, names, np.stack(columns, axis=1), warnings=tuple(notes))


def _melt(source: _Source) -> _Source:
    """Turn one row a call with `known_at` into one row an observation."""
    fixed = ("deal_id", "known_at")
    traits = [j for j, name in enumerate(source.folded) if name not in fixed]
    deal, when = (source.folded.index(name) for name in fixed)
    rows = [
        (number, [row[deal], source.names[j], row[j], row[when]])
        for number, row in source.rows
        for j in traits
    ]
    names = ["deal_id", "trait", "value", "known_at"]
    return _Source(path=source.path, names=names, folded=names, rows=rows)


def _read_long(source: _Source, deals: Sequence[Deal], landmark: Landmark | None) -> TraitTable:
    """Read one observation a row; text values become one trait a value."""
    traits, values = source.cells("trait"), source.cells("value")
    blank = [n for (n, _), trait in zip(source.rows, traits, strict=True) if not trait]
    if blank:
        raise DealsFileError(
            f"{source.path.name} {_row_words(blank)}: the trait is blank.",
            path=source.path,
            rows=blank,
        )
    known_at = _read_days(source) if "known_at" in source.folded else None
    deal_ids = source.cells("deal_id")
    by_trait: dict[str, set[str]] = {}
    for trait, value in zip(traits, values, strict=True):
        by_trait.setdefault(trait, set()).add(value)
    plain = {trait for trait, found in by_trait.items() if is_flag_column(found)}
    if len(plain) == len(by_trait):
        codes = np.array([FLAGS[value.casefold()] for value in values], dtype=np.int8)
        return table_from_observations(
            deal_ids, traits, codes, known_at, deals=deals, landmark=landmark
        )
    rows, names, flags = _expand(traits, values, plain)
    return table_from_observations(
        [deal_ids[i] for i in rows],
        names,
        np.array(flags, dtype=np.int8),
        None if known_at is None else known_at[rows],
        deals=deals,
        landmark=landmark,
    )


def _expand(
    traits: list[str], values: list[str], plain: set[str]
) -> tuple[list[int], list[str], list[int]]:
    """Make one flag a value of the text-valued traits; plain ones stay as they are."""
    positions: dict[str, list[int]] = {}
    for i, trait in enumerate(traits):
        positions.setdefault(trait, []).append(i)
    rows: list[int] = []
    names: list[str] = []
    flags: list[int] = []
    for trait, where in positions.items():
        if trait in plain:
            rows += where
            names += [trait] * len(where)
            flags += [FLAGS[values[i].casefold()] for i in where]
            continue
        made = column_traits(trait, [values[i] for i in where])
        for j, name in enumerate(made.traits):
            rows += where
            names += [name] * len(where)
            flags += made.values[:, j].tolist()
    return rows, names, flags


def _read_days(source: _Source) -> "np.ndarray[tuple[int], np.dtype[np.datetime64]]":
    """Read known_at as datetime64[s], NaT where blank; refuse what is no date or still to come."""
    texts = source.cells("known_at")
    known: dict[str, np.datetime64] = {}
    bad: set[str] = set()
    for text in set(texts):
        moment = _parse_moment(text)
        if moment is None and text:
            bad.add(text)
        known[text] = np.datetime64("NaT") if moment is None else np.datetime64(moment, "s")
    if bad:
        rows = [n for (n, _), text in zip(source.rows, texts, strict=True) if text in bad]
        raise DealsFileError(
            f"{source.path.name} {_row_words(rows)}: known_at {min(bad)!r} is not a date "
            "(accepted: YYYY-MM-DD, with a time if you like, or DD.MM.YYYY).",
            path=source.path,
            rows=rows,
        )
    days = np.array([known[text] for text in texts], dtype="datetime64[s]")
    future = days > np.datetime64(date.today().isoformat()) + np.timedelta64(2, "D")
    if future.any():
        rows = [source.rows[i][0] for i in np.flatnonzero(future)]
        raise DealsFileError(
            f"{source.path.name} {_row_words(rows)}: known_at lies in the future.",
            path=source.path,
            rows=rows,
        )
    return days


def _parse_moment(text: str) -> datetime | None:
    """Read an ISO date or time, or DD.MM.YYYY; a time zone is dropped, the wall clock kept."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        pass
    try:
        return datetime.strptime(text, "%d.%m.%Y")
    except ValueError:
        return None
