"""Read dates as people and CRMs write them, and never guess between day and month."""

import re
from collections.abc import Iterable
from datetime import date, time
from typing import Literal

DateOrder = Literal["", "day_first", "month_first"]
ACCEPTED = "YYYY-MM-DD, DD.MM.YYYY, MM/DD/YYYY or DD/MM/YYYY"

_TIME = r"(?:[T ,]+\d{1,2}:\d{2}.*)?"
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME)
_DOTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})" + _TIME)
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})" + _TIME)
_CLOCK = re.compile(r"(?:^|[T ,])(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([AaPp][Mm])?")
_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2100


class AmbiguousDateError(ValueError):
    """A date such as 03/04/2025 whose order nothing settles."""


def parse_date(text: str, order: DateOrder = "") -> date:
    """Return the day of a date, with or without a time after it.

    Args:
        text: year first (ISO), dots (day first), or slashes and dashes with the year last.
        order: how the last form is read where both its numbers may be a month.

    Raises:
        AmbiguousDateError: day and month can't be told apart and `order` is "".
        ValueError: no date, or none the calendar has.

    Examples:
        >>> parse_date("31.12.2024").isoformat()
        '2024-12-31'
        >>> parse_date("2024-12-31T10:00:00Z").isoformat()
        '2024-12-31'
        >>> parse_date("12/31/2024").isoformat()
        '2024-12-31'
        >>> parse_date("03/04/2025", "day_first").isoformat()
        '2025-04-03'
    """
    text = text.strip()
    if match := _YEAR_FIRST.fullmatch(text):
        return _make(int(match[1]), int(match[2]), int(match[3]))
    if match := _DOTS.fullmatch(text):
        return _make(int(match[3]), int(match[2]), int(match[1]))
    match = _SLASHES.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a date")
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if first > 12 or order == "day_first":
        return _make(year, second, first)
    if second > 12 or order == "month_first":
        return _make(year, first, second)
    if first == second:
        return _make(year, first, second)
    raise AmbiguousDateError(f"{text!r} may be day first or month first")


def parse_time(text: str) -> time | None:
    """Return the time of day in a text, to the second; None where there is none.

    Examples:
        >>> parse_time("2025-03-04T10:15:30.250Z").isoformat()
        '10:15:30'
        >>> parse_time("3/4/2025 2:05 PM").isoformat()
        '14:05:00'
        >>> parse_time("2025-03-04") is None
        True
    """
    match = _CLOCK.search(text.strip())
    if match is None:
        return None
    hour = int(match[1])
    if match[4] and hour <= 12:
        hour = hour % 12 + (12 if match[4].lower() == "pm" else 0)
    try:
        return time(hour, int(match[2]), int(match[3] or 0))
    except ValueError:
        return None


def settle_order(texts: Iterable[str]) -> DateOrder:
    """Return the order that the unambiguous dates of a column show.

    Returns:
        "" where no date tells, or where some tell one order and some the other.

    Examples:
        >>> settle_order(["03/04/2025", "03/25/2025"])
        'month_first'
    """
    seen: set[DateOrder] = set()
    for text in texts:
        match = _SLASHES.fullmatch(text.strip())
        if not match:
            continue
        if int(match[1]) > 12:
            seen.add("day_first")
        elif int(match[2]) > 12:
            seen.add("month_first")
    return seen.pop() if len(seen) == 1 else ""


def _make(year: int, month: int, day: int) -> date:
    if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        raise ValueError(f"the year {year} is out of range")
    return date(year, month, day)
