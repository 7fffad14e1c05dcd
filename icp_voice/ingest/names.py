"""Read ids, dates and times out of the names that recorders and people give to files.

Each pattern is a regular expression with named groups (`deal_id`, `date`, `time`, `account`),
searched in the path below the folder of calls, with `/` between folders. The user's own
(`name_patterns` under [ingest]) come before the built-in ones; whatever an earlier pattern has read
is left alone by later ones.
"""

import re
from dataclasses import dataclass
from datetime import date, time

from icp_voice.config import IngestConfig
from icp_voice.errors import ConfigError
from icp_voice.ingest.dates import DateOrder, parse_date

GROUPS = ("deal_id", "date", "time", "account")

# Recorders as their vendors document them:
#   Zoom cloud       GMT20250304-101500_Recording.m4a
#   Zoom local       2025-03-04 10.15.00 Acme intro/audio1.m4a
#   Teams            Acme intro-20250304_101500-Meeting Recording.mp4
#   Google Meet      Acme intro (2025-03-04 10:15 GMT+2).mp4, and with _ for what files can't hold
#   Amazon Connect   <contact>_20250304T10:15_UTC.wav; PCA: _GUID_x_2025-03-04T10-15-00.wav
#   Asterisk         out-4951234567-101-20250304-101500-1741083300.12.wav
#   3CX, MIUI        [Acme]_101-4951234567_20250304101500(12).wav
#   Samsung          Call recording Acme_250304_101500.m4a
# A digit before or after means a longer number, such as a phone's, not a date.
_YEAR_FIRST = r"(?P<date>20\d{2}[-_.]\d{2}[-_.]\d{2})"
_COMPACT = r"(?P<date>20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
_DAY_FIRST = r"(?P<date>\d{2}\.\d{2}\.20\d{2})"
_HOUR, _SIXTY = r"(?:[01]?\d|2[0-3])", r"[0-5]\d"
_CLOCK = rf"(?P<time>{_HOUR}[-_.:h]{_SIXTY}(?:[-_.:m]{_SIXTY})?(?: ?[AP]M)?)"
_DIGITS = rf"(?P<time>(?:[01]\d|2[0-3])[-_.:]?{_SIXTY}(?:[-_.:]?{_SIXTY})?)"
_PATTERNS = tuple(
    re.compile(rf"(?<!\d){day}{between}(?!\d)", re.IGNORECASE)
    for day, between in (
        (_YEAR_FIRST, rf"(?:T|_| |__|-|, | at ){_CLOCK}"),
        (_COMPACT, rf"(?:T|[-_ ]?){_DIGITS}"),
        (_DAY_FIRST, rf"(?:_| |__|-|, | at ){_CLOCK}"),
        (r"(?P<date>2\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))", rf"_{_DIGITS}"),
        (_YEAR_FIRST, ""),
        (_COMPACT, ""),
        (_DAY_FIRST, ""),
    )
)
# Ids that machines give (Twilio's RE..., Amazon's contact ids): no day is read out of their digits.
_MACHINE_IDS = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{20,}", re.IGNORECASE
)


@dataclass(frozen=True)
class NameFacts:
    """What one path tells.

    Attributes:
        deal_ids, accounts: as the user's patterns read them.
        days: every day named; two different ones tell none.
        started: the time of day, where exactly one is named.
        rest: the path's parts without what was read, the file's last; for names of accounts.
    """

    deal_ids: frozenset[str]
    accounts: frozenset[str]
    days: frozenset[date]
    started: time | None
    rest: tuple[str, ...]

    @property
    def called_on(self) -> date | None:
        """The one day the path names."""
        return next(iter(self.days)) if len(self.days) == 1 else None


class NameReader:
    """Reads paths with the configured patterns and the built-in ones."""

    def __init__(self, config: IngestConfig) -> None:
        """Compile the configured patterns.

        Raises:
            ConfigError: one of them is no regular expression with known groups.
        """
        self._own = tuple(_compile(text) for text in config.name_patterns)
        self._order: DateOrder = config.date_order

    def read(self, path: str) -> NameFacts:
        """Return what a path tells; a day in the file's name goes before one in a folder's.

        Examples:
            >>> facts = NameReader(IngestConfig()).read("Acme/GMT20250304-101500_Recording.m4a")
            >>> facts.called_on.isoformat(), facts.started.isoformat(), facts.rest
            ('2025-03-04', '10:15:00', ('Acme', 'GMT               _Recording'))
        """
        found: dict[str, set[str]] = {group: set() for group in GROUPS}
        rest = path
        for pattern in self._own:
            rest = _take(pattern, rest, found)
        days = {day for text in found["date"] if (day := _read_day(text, self._order))}
        times = {clock for text in found["time"] if (clock := _read_time(text))}
        *folders, file = rest.split("/")
        stem = file.rsplit(".", 1)[0] if "." in file else file
        parts, named = [], []
        for part in (*folders, stem):
            moments: dict[str, set[str]] = {"date": set(), "time": set()}
            left = _MACHINE_IDS.sub(lambda match: " " * len(match[0]), part)
            for pattern in _PATTERNS:
                left = _take_days(pattern, left, moments)
            parts.append(left)
            named.append(moments)
        for moments in reversed(named):
            if not days and moments["date"]:
                days = {d for text in moments["date"] if (d := _read_day(text, "day_first"))}
                times = times or {c for text in moments["time"] if (c := _read_time(text))}
        return NameFacts(
            deal_ids=frozenset(found["deal_id"]),
            accounts=frozenset(found["account"]),
            days=frozenset(days),
            started=next(iter(times)) if len(times) == 1 and len(days) == 1 else None,
            rest=tuple(parts),
        )


def date_in_name(name: str) -> date | None:
    """Return the one date that a file name holds; None where there is none, or two.

    Examples:
        >>> date_in_name("acme 04.03.2025.mp3").isoformat()
        '2025-03-04'
    """
    return NameReader(IngestConfig()).read(name).called_on


def _take(pattern: re.Pattern[str], text: str, found: dict[str, set[str]]) -> str:
    """Note a pattern's groups and blank them out, so that no later pattern reads them again."""

    def blank(match: re.Match[str]) -> str:
        whole = match[0]
        for group, value in match.groupdict().items():
            if value:
                found[group].add(value)
                start, end = (i - match.start() for i in match.span(group))
                whole = whole[:start] + " " * (end - start) + whole[end:]
        return whole

    return pattern.sub(blank, text)


def _take_days(pattern: re.Pattern[str], text: str, found: dict[str, set[str]]) -> str:
    """Like `_take`, but only where the digits are a day of the calendar."""

    def blank(match: re.Match[str]) -> str:
        if _read_day(match["date"], "day_first") is None:
            return match[0]
        for group, value in match.groupdict().items():
            found[group].add(value)
        return " " * len(match[0])

    return pattern.sub(blank, text)


def _read_day(text: str, order: DateOrder) -> date | None:
    """Return a day in one of the forms of names: 20250304, 250304, 04032025 or with separators."""
    digits = re.sub(r"\D", "", text)
    if digits == text and len(digits) == 6:
        text = f"20{digits[:2]}-{digits[2:4]}-{digits[4:]}"
    elif digits == text and len(digits) == 8:
        year_first = digits[:2] in ("19", "20")
        forms = (digits[:4], digits[4:6], digits[6:])
        if not year_first:
            forms = (digits[4:], digits[2:4], digits[:2])
        text = "-".join(forms)
    try:
        return parse_date(text.replace("_", "-"), order)
    except ValueError:
        return None


def _read_time(text: str) -> time | None:
    """Return a time of day: 101500, 1015, 10-15-00, 10:15, 10h15."""
    digits = re.sub(r"\D", "", text)
    if len(digits) in (3, 5):
        digits = "0" + digits
    if len(digits) not in (4, 6):
        return None
    hour = int(digits[:2])
    if text[-2:].lower() in ("am", "pm") and hour <= 12:
        hour = hour % 12 + (12 if text[-2:].lower() == "pm" else 0)
    try:
        return time(hour, int(digits[2:4]), int(digits[4:] or 0))
    except ValueError:
        return None


def _compile(text: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise ConfigError(f"ingest.name_patterns: {text!r} is wrong: {error}.") from error
    unknown = sorted(set(pattern.groupindex) - set(GROUPS))
    if unknown or not pattern.groupindex:
        said = f"has the group {unknown[0]!r}" if unknown else "has no named group"
        raise ConfigError(
            f"ingest.name_patterns: {text!r} {said}; known are {', '.join(GROUPS)}, written "
            "(?P<deal_id>...)."
        )
    return pattern
