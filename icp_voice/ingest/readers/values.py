"""Take values out of JSON that may hold anything: text, numbers, lists, or a clear error."""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from icp_voice.ingest.readers.meeting import ReadError
from icp_voice.ingest.readers.moments import CLOCK, seconds_of

JsonObject = Mapping[str, Any]

_ISO_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
_CLOCK = re.compile(CLOCK)
# A label that is a number or one letter is a counter, not a name.
_COUNTER = re.compile(r"\d{1,4}|[A-Za-z]")
_TICKS_PER_SECOND = 1e7
# Times past this are no seconds of a call: 1,000 hours.
_MAX_S = 3_600_000.0


def objects(value: object) -> list[JsonObject]:
    """Return the objects of a list; anything else holds none."""
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def text_of(value: object) -> str | None:
    r"""Return a text or a number as one line; None where there is nothing.

    Examples:
        >>> text_of("  a\n b "), text_of(7), text_of([]), text_of("")
        ('a b', '7', None, None)
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return " ".join(str(value).split()) or None


def number_of(value: object) -> float | None:
    """Return a finite number, from a number or its text; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def seconds(value: object, *, per_second: float = 1.0) -> float | None:
    """Return seconds from 0 on: a number of units, an ISO duration or a clock.

    Args:
        value: what the file holds.
        per_second: units a second; 1000 for milliseconds, 1e7 for ticks.

    Examples:
        >>> seconds("12.48"), seconds(460230, per_second=1000), seconds("PT1M2.5S")
        (12.48, 460.23, 62.5)
        >>> seconds("00:01:12"), seconds(-1), seconds(None)
        (72.0, None, None)
    """
    number = number_of(value)
    if number is not None:
        found = number / per_second
    elif isinstance(value, str) and (match := _ISO_DURATION.fullmatch(value.strip())):
        hours, minutes, rest = (float(group or 0) for group in match.groups())
        found = hours * 3600 + minutes * 60 + rest
    elif isinstance(value, str) and (match := _CLOCK.fullmatch(value.strip())):
        found = seconds_of(match)
    else:
        return None
    return round(found, 3) if 0 <= found <= _MAX_S else None


def ticks(value: object) -> float | None:
    """Return the seconds of a count of 100 ns."""
    return seconds(value, per_second=_TICKS_PER_SECOND)


def speaker_label(value: object) -> str | None:
    """Return a speaker's name, or `Speaker 0` for a counter.

    Examples:
        >>> speaker_label(0), speaker_label("A"), speaker_label("Ann Lee"), speaker_label(None)
        ('Speaker 0', 'Speaker A', 'Ann Lee', None)
    """
    text = text_of(value)
    if text is None:
        return None
    return f"Speaker {text}" if _COUNTER.fullmatch(text) else text


def required_seconds(value: float | None, what: str, index: int) -> float:
    """Return a time that has to be there.

    Raises:
        ReadError: it is not; names the entry, counted from 1.
    """
    if value is None:
        raise ReadError(f"entry {index + 1} has no {what} that is a time")
    return value


def digest_of(*values: object) -> str:
    """Return the sha256 of JSON values, however they were laid out in the file."""
    plain = json.dumps(values, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode("ascii")).hexdigest()


def walk_pages(document: object, key: str) -> Iterator[JsonObject]:
    """Yield the objects of a list that a page holds under `key`, from one page or a list of them.

    APIs answer in pages; people keep a page a file, or the pages as one list.
    """
    pages = document if isinstance(document, list) else [document]
    for page in objects(pages):
        yield from objects(page.get(key))
