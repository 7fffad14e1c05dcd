"""Read the CRM's deals file into deals, or say in one sentence why not.

A value that can't be read (a date, an amount, an outcome) stops the import: a deal half read
would bias every figure after it. A row without an id or an outcome is set aside with its reason.
A blank stays unknown.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from icp_voice.config import IngestConfig
from icp_voice.errors import DealsFileError
from icp_voice.ingest.dates import ACCEPTED, AmbiguousDateError, DateOrder, parse_date, settle_order
from icp_voice.ingest.deals_words import (
    FIELD_ALIASES,
    LEAKING_COLUMNS,
    outcome_words,
    read_amount,
)
from icp_voice.ingest.delimited import Table, TableRow, blank_to_none, normal_header, read_table
from icp_voice.records import Deal, Outcome, RejectedRow

log = logging.getLogger(__name__)

_DATES = ("created_on", "closed_on", "first_call_on")
_NAMED_ROWS = 5
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class DealsFile:
    """What a deals file holds.

    Attributes:
        rejected: rows set aside, with the reason.
        n_duplicates: rows that repeat an earlier row word for word; counted once.
        columns: field of `Deal` -> the file's header; other columns became attributes.
        notes: plain sentences about how the file was read, for the user.
    """

    deals: tuple[Deal, ...]
    rejected: tuple[RejectedRow, ...]
    n_duplicates: int
    columns: Mapping[str, str]
    notes: tuple[str, ...]


def read_deals(path: Path, config: IngestConfig) -> DealsFile:
    """Read a deals file.

    Raises:
        DealsFileError: no table, no id or outcome column, a value that can't be read, an id with
            two different rows, or no closed deal.
    """
    table = read_table(path)
    columns = _find_columns(table)
    words = outcome_words(config)
    orders, notes = _settle_dates(table, columns, config.date_order)
    rejected = list(table.rejected)
    deals: dict[str, Deal] = {}
    seen: dict[str, tuple[int, Mapping[str, str]]] = {}
    unknown_words: dict[str, list[int]] = {}
    n_duplicates = 0
    for row in table.rows:
        reason = _reject_reason(row, columns)
        if reason:
            rejected.append(RejectedRow(row.number, reason, row.values))
            continue
        word = " ".join(row.values[columns["outcome"]].lower().split())
        if word not in words:
            unknown_words.setdefault(row.values[columns["outcome"]], []).append(row.number)
            continue
        deal_id = row.values[columns["deal_id"]]
        if deal_id in seen:
            _require_same(deal_id, row, seen[deal_id], path)
            n_duplicates += 1
            continue
        seen[deal_id] = (row.number, row.values)
        deals[deal_id] = _read_row(row, columns, words[word], orders, path)
    if unknown_words:
        raise _unknown_outcomes(unknown_words, columns["outcome"], path)
    notes += _describe(table, columns, list(deals.values()), n_duplicates, rejected)
    log.info(
        "deals file read: rows=%d deals=%d duplicates=%d rejected=%d",
        len(table.rows),
        len(deals),
        n_duplicates,
        len(rejected),
    )
    return DealsFile(tuple(deals.values()), tuple(rejected), n_duplicates, columns, tuple(notes))


def _find_columns(table: Table) -> dict[str, str]:
    """Return field -> header; the first alias that is there wins."""
    by_normal = {normal_header(column): column for column in table.columns}
    found: dict[str, str] = {}
    for field, aliases in FIELD_ALIASES.items():
        for alias in aliases:
            if alias in by_normal and by_normal[alias] not in found.values():
                found[field] = by_normal[alias]
                break
    columns = ", ".join(table.columns)
    if "deal_id" not in found:
        raise DealsFileError(
            f"{table.path.name} has no column for the deal's id (columns: {columns}). "
            "Name one deal_id. Nothing was written.",
            path=table.path,
        )
    if "outcome" not in found:
        raise DealsFileError(
            f"{table.path.name} has no column for the outcome (columns: {columns}). "
            "Name one outcome, with won, lost or open in it. Nothing was written.",
            path=table.path,
        )
    return found


def _settle_dates(
    table: Table, columns: Mapping[str, str], configured: DateOrder
) -> tuple[dict[str, DateOrder], list[str]]:
    """Decide each date column's order, from the setting or from its unambiguous dates."""
    orders: dict[str, DateOrder] = {}
    notes = []
    for field in _DATES:
        if field not in columns:
            continue
        texts = [row.values[columns[field]] for row in table.rows]
        orders[field] = configured or settle_order(texts)
        if orders[field] and not configured and any(_is_ambiguous(text) for text in texts):
            order = orders[field].replace("_", " ")
            notes.append(
                f"{table.path.name}: {columns[field]} is read {order}, as its other rows show."
            )
    return orders, notes


def _is_ambiguous(text: str) -> bool:
    try:
        parse_date(text)
    except AmbiguousDateError:
        return True
    except ValueError:
        return False
    return False


def _reject_reason(row: TableRow, columns: Mapping[str, str]) -> str | None:
    if blank_to_none(row.values[columns["deal_id"]]) is None:
        return f"{columns['deal_id']} is blank"
    if blank_to_none(row.values[columns["outcome"]]) is None:
        return f"{columns['outcome']} is blank"
    return None


def _require_same(
    deal_id: str, row: TableRow, earlier: tuple[int, Mapping[str, str]], path: Path
) -> None:
    number, values = earlier
    if values == row.values:
        return
    differing = sorted(column for column in values if values[column] != row.values[column])
    raise DealsFileError(
        f"{path.name} row {row.number}: deal {deal_id} stands in row {number} already with "
        f"another {', '.join(differing[:3])}. Keep one row a deal. Nothing was written.",
        path=path,
        rows=(number, row.number),
    )


def _read_row(
    row: TableRow,
    columns: Mapping[str, str],
    outcome: Outcome,
    orders: Mapping[str, DateOrder],
    path: Path,
) -> Deal:
    def text(field: str) -> str | None:
        return blank_to_none(row.values[columns[field]]) if field in columns else None

    def value(field: str, read: Callable[[str], _Value]) -> _Value | None:
        found = text(field)
        if found is None:
            return None
        try:
            return read(found)
        except AmbiguousDateError as error:
            hint = (
                "may be day first or month first. Set date_order under [ingest] in "
                'icp-voice.toml to "day_first" or "month_first".'
            )
            raise _bad_value(row, columns[field], found, hint, path) from error
        except ValueError as error:
            hint = f"{error}."
            if field in _DATES:
                hint = f"is not a date (accepted: {ACCEPTED})."
            raise _bad_value(row, columns[field], found, hint, path) from error

    def read_date(field: str) -> date | None:
        return value(field, lambda found: parse_date(found, orders[field]))

    amount = value("amount", read_amount)
    used = set(columns.values())
    return Deal(
        deal_id=row.values[columns["deal_id"]],
        outcome=outcome,
        name=text("name"),
        account_id=text("account_id"),
        owner=text("owner"),
        amount=amount[0] if amount else None,
        currency=text("currency") or (amount[1] if amount else None),
        created_on=read_date("created_on"),
        closed_on=read_date("closed_on"),
        first_call_on=read_date("first_call_on"),
        attributes={
            column: blank_to_none(cell)
            for column, cell in row.values.items()
            if column not in used and normal_header(column) not in LEAKING_COLUMNS
        },
    )


def _bad_value(row: TableRow, column: str, found: str, hint: str, path: Path) -> DealsFileError:
    return DealsFileError(
        f'{path.name} row {row.number}: {column} "{found}" {hint} Nothing was written.',
        path=path,
        rows=(row.number,),
    )


def _unknown_outcomes(unknown: Mapping[str, list[int]], column: str, path: Path) -> DealsFileError:
    rows = sorted(number for numbers in unknown.values() for number in numbers)
    named = ", ".join(map(str, rows[:_NAMED_ROWS])) + (", ..." if len(rows) > _NAMED_ROWS else "")
    words = ", ".join(f'"{word}"' for word in sorted(unknown)[:_NAMED_ROWS])
    plural = "rows" if len(rows) > 1 else "row"
    return DealsFileError(
        f"{path.name} {plural} {named}: {column} {words} is not a known outcome (accepted: won, "
        "lost, open and their usual names). Add it to won_words, lost_words or open_words under "
        "[ingest] in icp-voice.toml. Nothing was written.",
        path=path,
        rows=rows,
    )


def _describe(
    table: Table,
    columns: Mapping[str, str],
    deals: list[Deal],
    n_duplicates: int,
    rejected: list[RejectedRow],
) -> list[str]:
    """Return the notes on what was read; raise where there is nothing to learn from."""
    path = table.path
    counts = Counter(deal.outcome for deal in deals)
    if not counts["won"] and not counts["lost"]:
        raise DealsFileError(
            f"{path.name} has no closed deal ({len(deals)} open): won and lost deals are what a "
            "profile is learnt from. Export closed deals too. Nothing was written.",
            path=path,
        )
    notes = []
    if not counts["won"] or not counts["lost"]:
        missing = "won" if not counts["won"] else "lost"
        notes.append(
            f"{path.name} has no {missing} deal: without both kinds nothing can be compared. "
            f"Export {missing} deals too."
        )
    if table.encoding != "utf-8":
        notes.append(f"{path.name} was read as {table.encoding}.")
    if n_duplicates:
        notes.append(f"{path.name}: {n_duplicates} rows repeat an earlier row and count once.")
    if rejected:
        first = rejected[0]
        notes.append(
            f"{path.name}: {len(rejected)} rows were set aside, the first is row {first.row} "
            f"({first.reason})."
        )
    spare = (column for column in table.columns if column not in columns.values())
    leaking = [column for column in spare if normal_header(column) in LEAKING_COLUMNS]
    if leaking:
        notes.append(
            f"{path.name}: {', '.join(leaking)} tells the outcome itself and is not used as a "
            "trait."
        )
    return notes
