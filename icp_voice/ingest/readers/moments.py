"""Read clocks and the dates that meeting tools write into their files."""

import re
from datetime import UTC, datetime, timedelta, timezone

# A clock of a transcript: 0:03, 12:45, 1:02:34, 00:01:02.5; the groups are h, m and s.
CLOCK = r"(?:(?P<h>\d{1,3}):)?(?P<m>\d{1,2}):(?P<s>\d{2}(?:[.,]\d{1,3})?)"

_MONTHS = {
    word: month
    for month, words in enumerate(
        (
            "jan january января янв січня sty stycznia",
            "feb february февраля фев лютого lut lutego",
            "mar march марта мар березня marca",
            "apr april апреля апр квітня kwi kwietnia",
            "may мая травня maj maja",
            "jun june июня июн червня cze czerwca",
            "jul july июля июл липня lip lipca",
            "aug august августа авг серпня sie sierpnia",
            "sep sept september сентября сен вересня wrz września",
            "oct october октября окт жовтня paź października",
            "nov november ноября ноя листопада lis listopada",
            "dec december декабря дек грудня gru grudnia",
        ),
        start=1,
    )
    for word in words.split()
}
# Abbreviations that mean one zone wherever they are written; hours from UTC.
_ZONES = {
    zone: hours
    for hours, zones in (
        *((0, "UTC GMT Z WET"), (1, "WEST CET"), (2, "CEST EET"), (3, "EEST MSK")),
        *((-4, "EDT"), (-5, "EST CDT"), (-6, "MDT"), (-7, "PDT"), (-8, "PST")),
    )
    for zone in zones.split()
}
_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>[ap]\.?m\.?)?"
    r"(?:\s*(?P<zone>[A-Z]{1,4}(?![a-z]))?(?P<offset>[+-]\d{1,2}(?::?\d{2})?)?)?"
)
_GAP = r"(?:\s*,)?\s*(?:at|в|о|o)?\s*"
_DATES = (
    r"(?P<y>20\d{2})[-/.](?P<month>\d{1,2})[-/.](?P<d>\d{1,2})",
    r"(?P<d>\d{1,2})\.(?P<month>\d{1,2})\.(?P<y>20\d{2})",
    r"(?P<d>\d{1,2})\s+(?P<name>[^\W\d_]{3,12})\.?,?\s+(?P<y>20\d{2})",
    r"(?P<name>[^\W\d_]{3,12})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>20\d{2})",
)
_MOMENTS = tuple(
    re.compile(rf"(?<![\w.]){date}(?!\d)(?:T|{_GAP})(?:{_TIME})?", re.IGNORECASE) for date in _DATES
)
_STAMP = re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})[_-](\d{2})(\d{2})(\d{2})(?!\d)")


def seconds_of(match: re.Match[str]) -> float:
    """Return the seconds of a match of `CLOCK`."""
    whole = int(match["h"] or 0) * 3600.0 + int(match["m"]) * 60.0
    return whole + float(match["s"].replace(",", "."))


def find_moment(text: str) -> datetime | None:
    """Return the date of a line of text with its time, where it has one.

    Slashes with the year last are not read: they may be day first or month first.

    Examples:
        >>> find_moment("Acme x Vendor - 2026/06/15 13:30 CEST - Transcript").isoformat()
        '2026-06-15T13:30:00+02:00'
        >>> find_moment("15 June 2026, 03:35pm").isoformat()
        '2026-06-15T15:35:00'
        >>> find_moment("Pricing-20260615_133555-Meeting").isoformat()
        '2026-06-15T13:35:55'
    """
    for pattern in _MOMENTS:
        for match in pattern.finditer(text):
            found = _moment(match)
            if found is not None:
                return found
    for match in _STAMP.finditer(text):
        try:
            return datetime(*(int(group) for group in match.groups()))  # type: ignore[arg-type]
        except ValueError:
            continue
    return None


def moment_of(value: object) -> datetime | None:
    """Return a JSON value's moment: ISO 8601 text, or milliseconds since 1970.

    Examples:
        >>> moment_of("2026-02-18T08:02:11Z").isoformat()
        '2026-02-18T08:02:11+00:00'
        >>> moment_of(1739959200000).isoformat()
        '2025-02-19T10:00:00+00:00'
        >>> moment_of("soon")
    """
    try:
        if isinstance(value, str):
            text = value.strip()
            if not text.isdigit():
                return datetime.fromisoformat(text)
            value = int(text)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            # Seconds up to the year 5000 are less than milliseconds of 1973.
            in_s = value / 1000.0 if value > 1e11 else value
            return datetime.fromtimestamp(in_s, UTC) if in_s > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _moment(match: re.Match[str]) -> datetime | None:
    parts = match.groupdict()
    month = parts.get("month") or _MONTHS.get((parts.get("name") or "").lower())
    if month is None:
        return None
    hour = int(parts["hour"] or 0)
    half = (parts["half"] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        return datetime(
            *(int(parts["y"]), int(month), int(parts["d"])),
            *(hour, int(parts["minute"] or 0), int(parts["second"] or 0)),
            tzinfo=_zone(parts["zone"], parts["offset"]),
        )
    except (ValueError, OverflowError):
        return None


def _zone(name: str | None, offset: str | None) -> timezone | None:
    hours = _ZONES.get((name or "").upper())
    if offset and hours in (None, 0):
        digits = offset[1:].replace(":", "")
        minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
        sign = -1 if offset[0] == "-" else 1
        return timezone(timedelta(minutes=sign * minutes)) if minutes < 24 * 60 else None
    return timezone(timedelta(hours=hours)) if hours is not None else None
