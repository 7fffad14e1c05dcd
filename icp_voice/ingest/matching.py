"""Tell which deal a call belongs to: by calls.csv, else by the file's name; never by a guess.

Order: the row of calls.csv; the configured pattern; a known deal id as a whole word of the name.
Two different deals in one name are no match, and the reason says so.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import PurePath

from icp_voice.config import IngestConfig
from icp_voice.errors import ConfigError
from icp_voice.records import CallEntry, CallMatch, Deal, SourceFile

_CALLS_FILE_CONFIDENCE = 1.0
_FILE_NAME_CONFIDENCE = 0.95

# Dates as recorders write them into names. Zoom: GMT20250304-101500; Amazon and others:
# 2025-03-04T10-15-00. A digit before or after means a longer number, not a date.
_NAME_DATES = (
    re.compile(r"(?<!\d)(?P<y>20\d{2})[-_.](?P<m>\d{2})[-_.](?P<d>\d{2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{2})[.](?P<m>\d{2})[.](?P<y>20\d{2})(?!\d)"),
)


def match_calls(
    sources: Sequence[SourceFile],
    entries: Sequence[CallEntry],
    deals: Sequence[Deal],
    config: IngestConfig,
) -> tuple[CallMatch, ...]:
    """Return one match a source, in the sources' order; those without a deal say why.

    Raises:
        ConfigError: `deal_id_pattern` is no regular expression with one group.
    """
    pattern = _compile_pattern(config.deal_id_pattern)
    index = _EntryIndex(entries)
    known = {deal.deal_id for deal in deals}
    finder = _DealIdFinder(known)
    return tuple(_match(source, index, known, pattern, finder) for source in sources)


def date_in_name(name: str) -> date | None:
    """Return the one date that a file name holds; None where there is none, or two.

    Examples:
        >>> date_in_name("GMT20250304-101500_Recording.m4a").isoformat()
        '2025-03-04'
        >>> date_in_name("acme 04.03.2025.mp3").isoformat()
        '2025-03-04'
    """
    found = set()
    for pattern in _NAME_DATES:
        for match in pattern.finditer(name):
            try:
                found.add(date(int(match["y"]), int(match["m"]), int(match["d"])))
            except ValueError:
                continue
    return found.pop() if len(found) == 1 else None


def find_entry(source: SourceFile, entries: Sequence[CallEntry]) -> CallEntry | None:
    """Return the row of calls.csv about a file, by path or by a name that is unique there."""
    return _EntryIndex(entries).find(source)


class _EntryIndex:
    """Rows of calls.csv by the end of their path, compared part by part, letter case apart."""

    def __init__(self, entries: Sequence[CallEntry]) -> None:
        self._by_name: dict[str, list[tuple[tuple[str, ...], CallEntry]]] = {}
        for entry in entries:
            parts = _parts(entry.file)
            self._by_name.setdefault(parts[-1], []).append((parts, entry))

    def find(self, source: SourceFile) -> CallEntry | None:
        """Return the row of a call's part, of its file, or of another file of the same call."""
        path = source.path.as_posix()
        parts = [f"{path}#{source.part}"] if source.part else []
        names = (*parts, path, *(other.as_posix() for other in source.others))
        return next((entry for name in names if (entry := self._find(name))), None)

    def _find(self, name: str) -> CallEntry | None:
        path = _parts(name)
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


class _DealIdFinder:
    """Known deal ids as whole words of a name, whatever their letter case."""

    def __init__(self, deal_ids: Iterable[str]) -> None:
        self._ids: dict[str, set[str]] = {}
        for deal_id in deal_ids:
            if not _is_telling(deal_id):
                continue
            self._ids.setdefault(deal_id.lower(), set()).add(deal_id)
        self._lengths = sorted({len(_words(i)) for i in self._ids} - {0}, reverse=True)

    def find(self, name: str) -> set[str]:
        """Return the deals named; an id inside a longer one that is named too does not count."""
        lowered = name.lower()
        for pattern in _NAME_DATES:
            lowered = pattern.sub(lambda match: " " * len(match[0]), lowered)
        words = _words(lowered)
        spans: list[tuple[int, int, str]] = []
        for length in self._lengths:
            for first in range(len(words) - length + 1):
                start, end = words[first].start(), words[first + length - 1].end()
                if lowered[start:end] in self._ids:
                    inside = any(s <= start and end <= e for s, e, _ in spans)
                    if not inside:
                        spans.append((start, end, lowered[start:end]))
        return {deal_id for *_, key in spans for deal_id in self._ids[key]}


def _is_telling(deal_id: str) -> bool:
    """Refuse ids such as 17, which stand in names as counters; `deal_id_pattern` finds those."""
    return len(deal_id) >= 3 and (not deal_id.isdigit() or len(deal_id) >= 5)


def _words(text: str) -> list[re.Match[str]]:
    """Return the words of a name: runs of letters and digits; `D-1001` is two, side by side."""
    return list(re.finditer(r"[^\W_]+", text))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in PurePath(path).as_posix().split("/") if part != ".")


def _match(
    source: SourceFile,
    index: _EntryIndex,
    known: set[str],
    pattern: re.Pattern[str] | None,
    finder: _DealIdFinder,
) -> CallMatch:
    entry = index.find(source)
    named_date = date_in_name(source.path.name)
    called_on = entry.called_on if entry and entry.called_on else named_date
    if entry and entry.deal_id:
        if entry.deal_id in known:
            detail = f"calls file says {entry.deal_id}"
            return CallMatch(
                *(source.call_id, entry.deal_id, called_on, "calls_file", detail),
                confidence=_CALLS_FILE_CONFIDENCE,
            )
        detail = f"calls file says {entry.deal_id}, which is not among the deals"
        return CallMatch(source.call_id, None, called_on, "none", detail, 0.0)
    if pattern is not None:
        named = {match[1] for match in pattern.finditer(source.path.name) if match[1]}
    else:
        named = finder.find(source.path.stem)
    found = sorted(named & known)
    if len(found) == 1:
        detail = f"the file name holds {found[0]}"
        return CallMatch(
            *(source.call_id, found[0], called_on, "file_name", detail),
            confidence=_FILE_NAME_CONFIDENCE,
        )
    if len(found) > 1:
        detail = f"the file name holds {len(found)} deals: {', '.join(found)}"
    elif named:
        detail = f"the file name holds {', '.join(sorted(named))}, which is not among the deals"
    else:
        detail = "no deal in the calls file and none in the file name"
    return CallMatch(source.call_id, None, called_on, "none", detail, 0.0)


def _compile_pattern(text: str) -> re.Pattern[str] | None:
    if not text:
        return None
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise ConfigError(f"ingest.deal_id_pattern {text!r} is wrong: {error}.") from error
    if pattern.groups != 1:
        raise ConfigError(
            f"ingest.deal_id_pattern {text!r} has {pattern.groups} groups; exactly one is needed, "
            "around the deal's id."
        )
    return pattern
