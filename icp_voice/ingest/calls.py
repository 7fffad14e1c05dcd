"""Read the sidecar `calls.csv`: what a recording's file name does not say.

One row a file, with a header; delimiters and encodings as in deals.csv. Columns:

    file       path relative to the workspace, or the bare file name; required
    deal_id    the CRM's id of the deal; may be blank
    date       day of the call (YYYY-MM-DD, DD.MM.YYYY, ...), with its time or without; may be blank
    time       time of day (10:15), where `date` does not hold it; may be blank
    title      the meeting's title; may be blank
    attendees  `Name | title | side` entries separated by `;`, side buyer or seller;
               title and side may be left out: `Name | title`, `Name || buyer`, `Name`

    file,deal_id,date,attendees
    recordings/acme.ogg,D-1001,2025-03-04,"Ann Lee | Sales Manager | seller; Bo Ek | CFO | buyer"

`Name (title) <side>` is read too, and `<ann@vendor.example>` in the place of a side is a mail
address. What stands here always wins over file names.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from pathlib import Path, PurePath

from icp_voice.config import IngestConfig
from icp_voice.errors import DealsFileError
from icp_voice.ingest.dates import (
    ACCEPTED,
    AmbiguousDateError,
    DateOrder,
    parse_date,
    parse_time,
    settle_order,
)
from icp_voice.ingest.delimited import Table, TableRow, blank_to_none, normal_header, read_table
from icp_voice.records import CallEntry, Participant, Side, SourceFile

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "file": ("file", "filename", "file_name", "path", "recording", "call", "файл", "plik"),
    "deal_id": ("deal_id", "deal", "opportunity_id", "id_сделки", "сделка", "угода", "id_угоди"),
    "date": ("date", "call_date", "called_on", "started", "дата", "дата_звонка", "data"),
    "time": ("time", "start_time", "call_time", "время", "час", "godzina"),
    "title": ("title", "subject", "topic", "тема", "temat"),
    "attendees": ("attendees", "participants", "участники", "учасники", "uczestnicy"),
}
SIDES: Mapping[str, Side] = {
    "buyer": "buyer",
    "customer": "buyer",
    "client": "buyer",
    "external": "buyer",
    "seller": "seller",
    "vendor": "seller",
    "internal": "seller",
    "rep": "seller",
    "unknown": "unknown",
    "": "unknown",
}
_PERSON = re.compile(r"(?P<name>[^()<>|]*)(?:\((?P<title>[^)]*)\))?\s*(?:<(?P<tag>[^>]*)>)?\s*")


def read_calls(path: Path, config: IngestConfig) -> tuple[CallEntry, ...]:
    """Return the entries of a calls file in its order.

    Raises:
        DealsFileError: the file can't be read, has no `file` column, names a file twice, or a
            date or attendee can't be read; the sentence names the row.
    """
    table = read_table(path)
    columns = _find_columns(table)
    if "file" not in columns:
        raise DealsFileError(
            f"{path.name} has no column for the file (columns: {', '.join(table.columns)}). "
            "Name it 'file'; deal_id, date and attendees may stand beside it.",
            path=path,
        )
    if table.rejected:
        first = table.rejected[0]
        raise DealsFileError(
            f"{path.name} row {first.row}: {first.reason}. Put quotes around values with commas.",
            path=path,
            rows=[rejected.row for rejected in table.rejected],
        )
    order: DateOrder = config.date_order
    if not order and "date" in columns:
        order = settle_order(row.values[columns["date"]] for row in table.rows)
    entries: dict[str, CallEntry] = {}
    for row in table.rows:
        entry = _read_row(row, columns, order, path)
        if entry.file in entries and entries[entry.file] != entry:
            raise DealsFileError(
                f"{path.name} row {row.number}: {entry.file} has an earlier row that says "
                "something else. Keep one row a file.",
                path=path,
                rows=(row.number,),
            )
        entries[entry.file] = entry
    return tuple(entries.values())


def find_entries(
    sources: Iterable[SourceFile], entries: Sequence[CallEntry]
) -> dict[str, CallEntry]:
    """Return call_id -> the row of calls.csv about it, by any of the call's files."""
    index = EntryIndex(entries)
    found = {}
    for source in sources:
        part = [f"{source.path.as_posix()}#{source.part}"] if source.part else []
        paths = (path.as_posix() for path in source.paths)
        found[source.call_id] = index.find(*part, *paths)
    return {call_id: entry for call_id, entry in found.items() if entry is not None}


class EntryIndex:
    """Rows of calls.csv by the end of their path, compared part by part, letter case apart."""

    def __init__(self, entries: Sequence[CallEntry]) -> None:
        """Index the rows."""
        self._by_name: dict[str, list[tuple[tuple[str, ...], CallEntry]]] = {}
        for entry in entries:
            parts = _parts(entry.file)
            self._by_name.setdefault(parts[-1], []).append((parts, entry))

    def find(self, *paths: str) -> CallEntry | None:
        """Return the row about a call, by the first of its files that one row alone names."""
        for path in paths:
            found = self._find(_parts(path))
            if found is not None:
                return found
        return None

    def _find(self, path: tuple[str, ...]) -> CallEntry | None:
        fitting = [
            (len(parts), entry)
            for parts, entry in self._by_name.get(path[-1], ())
            if path[-len(parts) :] == parts
        ]
        if not fitting:
            return None
        longest = max(length for length, _ in fitting)
        best = [entry for length, entry in fitting if length == longest]
        return best[0] if len(best) == 1 else None


def read_attendees(text: str) -> tuple[Participant, ...]:
    """Read an attendees cell; see the module's docstring.

    Raises:
        ValueError: a side that is none, or more than three parts.

    Examples:
        >>> read_attendees("Ann Lee | AE | seller; Bo Ek | CFO | buyer")[1].title
        'CFO'
        >>> read_attendees("Ann Lee (AE) <seller>")[0].side
        'seller'
    """
    people = []
    for entry in text.split(";"):
        if not entry.strip():
            continue
        parts = [part.strip() for part in entry.split("|")]
        if len(parts) == 1:
            match = _PERSON.fullmatch(entry.strip())
            if match is None:
                raise ValueError(f"attendee {entry.strip()!r} is not `Name | title | side`")
            parts = [(match[group] or "").strip() for group in ("name", "title", "tag")]
        if len(parts) > 3 or not parts[0]:
            raise ValueError(f"attendee {entry.strip()!r} is not `Name | title | side`")
        name, title, tag = [*parts, "", ""][:3]
        email = tag if "@" in tag else None
        side = "" if email else tag.lower()
        if side not in SIDES:
            raise ValueError(f"attendee {name!r}: side {tag!r} is not buyer or seller")
        people.append(Participant(name, SIDES[side], title or None, email))
    return tuple(people)


def _find_columns(table: Table) -> dict[str, str]:
    by_normal = {normal_header(column): column for column in table.columns}
    found = {}
    for field, aliases in _ALIASES.items():
        for alias in aliases:
            if alias in by_normal:
                found[field] = by_normal[alias]
                break
    return found


def _read_row(row: TableRow, columns: Mapping[str, str], order: DateOrder, path: Path) -> CallEntry:
    def cell(field: str) -> str | None:
        column = columns.get(field)
        return blank_to_none(row.values[column]) if column else None

    file = cell("file")
    if file is None:
        raise DealsFileError(
            f"{path.name} row {row.number}: the file is blank. Name it or remove the row.",
            path=path,
            rows=(row.number,),
        )
    try:
        called_on, started = read_moment(cell("date"), cell("time"), order)
        participants = read_attendees(cell("attendees") or "")
    except ValueError as error:
        raise DealsFileError(
            f"{path.name} row {row.number}: {error}.", path=path, rows=(row.number,)
        ) from error
    return CallEntry(
        *(file.replace("\\", "/"), cell("deal_id"), called_on, participants),
        started=started,
        title=cell("title"),
    )


def read_moment(
    day: str | None, clock: str | None, order: DateOrder
) -> tuple[date | None, time | None]:
    """Return day and time of day from a date, which may hold the time, and a time apart.

    Raises:
        ValueError: one of them can't be read; the message says what is accepted.

    Examples:
        >>> read_moment("2025-03-04T10:15:00Z", None, "")
        (datetime.date(2025, 3, 4), datetime.time(10, 15))
    """
    if day is None:
        return None, None
    try:
        called_on = parse_date(day, order)
    except AmbiguousDateError as error:
        raise ValueError(
            f'date "{day}" may be day first or month first; set date_order under [ingest] in '
            "icp-voice.toml"
        ) from error
    except ValueError as error:
        raise ValueError(f'date "{day}" is not a date (accepted: {ACCEPTED})') from error
    started = parse_time(day)
    if clock is not None:
        started = parse_time(clock)
        if started is None:
            raise ValueError(f'time "{clock}" is not a time of day (accepted: 10:15, 10:15:30)')
    return called_on, started


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in PurePath(path).as_posix().split("/") if part != ".")
