"""Read a table of text as CRMs export it, whatever the delimiter and encoding.

Rows keep the number a spreadsheet shows (the header is row 1), so that every message can name it.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from icp_voice.errors import DealsFileError
from icp_voice.ingest.encoding import decode_text
from icp_voice.records import RejectedRow

DELIMITERS = (",", ";", "\t", "|")
_PLACEHOLDERS = frozenset(
    {"-", "--", "—", "–", "n/a", "#n/a", "null", "none", "nan", "н/д", "brak"}
)
_MAX_FIELD_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class TableRow:
    """One data row; `values` has every column of the header, blanks as empty strings."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A delimited file.

    Attributes:
        rejected: rows with more values than the header has names.
        encoding: what the bytes were read as: utf-8, utf-16, cp1251 or cp1250.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    rejected: tuple[RejectedRow, ...]
    encoding: str
    delimiter: str


def read_table(path: Path) -> Table:
    """Read a delimited text file with a header.

    Raises:
        DealsFileError: missing, not text, empty, without a usable header, or broken quotes.
    """
    text, encoding = _read_text(path)
    lines = text.splitlines()
    header_hint = next((line for line in lines if line.strip()), "")
    told = re.fullmatch(r"sep=(.)", header_hint.strip())
    if told:
        text = text[text.index(header_hint) + len(header_hint) :].lstrip("\r\n")
        delimiter = told[1]
    else:
        delimiter = max(DELIMITERS, key=lambda d: (_count_outside_quotes(header_hint, d), d == ","))
    records = _parse(text, delimiter, path)
    if not records:
        raise DealsFileError(
            f"{path.name} is empty: a header row and one row a record are needed.", path=path
        )
    columns = _check_header(records[0][1], path)
    rows: list[TableRow] = []
    rejected: list[RejectedRow] = []
    for number, cells in records[1:]:
        values = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
        extra = [cell for cell in cells[len(columns) :] if cell.strip()]
        if extra:
            reason = f"{len(cells)} values where the header names {len(columns)} columns"
            rejected.append(RejectedRow(number, reason, values))
            continue
        rows.append(TableRow(number, {c: values.get(c, "") for c in columns if c}))
    named = tuple(column for column in columns if column)
    return Table(path, named, tuple(rows), tuple(rejected), encoding, delimiter)


def blank_to_none(value: str) -> str | None:
    """Return None for an empty cell or a placeholder such as `n/a`: unknown, never a value."""
    return None if not value.strip() or value.strip().lower() in _PLACEHOLDERS else value.strip()


def normal_header(header: str) -> str:
    """Return a header as it is compared: lower case, words joined by one underscore.

    Examples:
        >>> normal_header(" Deal ID ")
        'deal_id'
        >>> normal_header("Дата створення")
        'дата_створення'
    """
    return re.sub(r"[\W_]+", "_", header.strip().lower()).strip("_")


def _read_text(path: Path) -> tuple[str, str]:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DealsFileError(f"{path} is not there.", path=path) from error
    except OSError as error:
        raise DealsFileError(
            f"{path} can't be read: {error.strerror or error}.", path=path
        ) from error
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise DealsFileError(
            f"{path.name} is an Excel workbook; save the sheet as CSV (UTF-8) and name that file.",
            path=path,
        )
    try:
        return decode_text(data)
    except ValueError as error:
        raise DealsFileError(
            f"{path.name} is not a text file; a CSV file exported from the CRM is expected.",
            path=path,
        ) from error


def _count_outside_quotes(line: str, delimiter: str) -> int:
    return re.sub(r'"[^"]*"', "", line).count(delimiter)


def _parse(text: str, delimiter: str, path: Path) -> list[tuple[int, list[str]]]:
    """Return (row number, cells) of every row that holds something."""
    csv.field_size_limit(_MAX_FIELD_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                records.append((number, cells))
    except csv.Error as error:
        row = number + 1
        raise DealsFileError(
            f"{path.name} row {row}: {error}. Check the quotes of that row. Nothing was written.",
            path=path,
            rows=(row,),
        ) from error
    return records


def _check_header(cells: list[str], path: Path) -> list[str]:
    columns = [cell.strip().lstrip("\ufeff") for cell in cells]
    if not any(columns):
        raise DealsFileError(f"{path.name} row 1: the header has no names.", path=path, rows=(1,))
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise DealsFileError(
            f"{path.name} row 1: column {', '.join(map(repr, twice))} stands there twice. "
            "Rename or remove one. Nothing was written.",
            path=path,
            rows=(1,),
        )
    return columns
