"""Read plain text with a speaker in front: `Name: text`, with or without times.

Times may stand before or after the name (`[00:01:02] Ann: Hi`, `Ann (0:14): Hi`) or alone on a
line. Where there are none they are estimated at 150 words a minute, an ordinary speed of talk, and
the quality figures say so. Whisper's text without names or times is read as one unnamed speaker.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from icp_voice.ingest.cues import Cue
from icp_voice.ingest.readers.content import Content
from icp_voice.ingest.readers.meeting import Meeting, ReadError, fill_times
from icp_voice.ingest.readers.moments import CLOCK, find_moment, seconds_of
from icp_voice.records import Participant

_NAME = (
    r"(?P<name>(?:[^\W\d_][^:\[\]()<>\n!?;]{0,59}?|[^\W_][\w .№#-]{0,30}?)"
    r"(?:\s*\([^\W\d_][^)\n]{0,40}\))?)"  # a company in brackets: "Ann Lee (Acme)"
)
_TIMED = re.compile(r"[\[(]?" + CLOCK + r"[\])]?\s*[-–—]?\s*" + _NAME + r"\s*:\s+(?P<text>\S.*)")
_NAMED = re.compile(_NAME + r"\s*(?:[\[(]\s*" + CLOCK + r"\s*[\])])?\s*:\s+(?P<text>\S.*)")
_TAGGED = re.compile(r"\[(?P<name>[^\W\d][^\]\n:]{0,59})\]\s*:\s+(?P<text>\S.*)")
_CLOCK_ALONE = re.compile(r"[\[(]?" + CLOCK + r"[\])]?")
_MAX_NAME_WORDS = 6
_MIN_LINES = 2
# Names a line; in a talk of any length the same few people speak again.
_MAX_LABEL_SHARE = 0.75
# What stands before a colon in the head of a transcript, and in notes, and is nobody's name.
_TITLES = {"title", "subject", "topic", "meeting", "тема", "название", "назва", "temat", "tytuł"}
_DATES = {"date", "recorded", "when", "start", "started", "дата", "data"}
_PEOPLE = {
    *("attendees", "participants", "present", "speakers"),
    *("участники", "присутствовали", "учасники", "присутні", "uczestnicy", "obecni"),
}
_NOTES = {
    *("time", "duration", "location", "language", "summary", "agenda", "notes", "next steps"),
    *("action items", "todo", "to do", "note", "from", "to", "cc", "recording", "link", "url"),
    *("http", "https", "company", "source", "file", "model", "outcome", "deal", "deal size"),
    *("время", "длительность", "итоги", "повестка", "заметки", "следующие шаги", "компания"),
    *("час", "тривалість", "підсумки", "нотатки", "наступні кроки", "компанія"),
    *("czas", "czas trwania", "podsumowanie", "notatki", "następne kroki", "firma", "godzina"),
}
_HEAD = _TITLES | _DATES | _PEOPLE | _NOTES
# Lists, headings, table rows and links are how people write, not how they talk.
_WRITTEN = re.compile(r"\s*(?:[-*•–—#|>]|\d{1,3}[.)]\s|\[[ x]\]|https?://)", re.IGNORECASE)
_MIN_SPOKEN_LINES = 3
_MIN_MEAN_WORDS = 4.0


def is_named_text(content: Content) -> bool:
    """Tell speech by its lines: two or more have a name in front, with times or more than once.

    Notes have labels too (`Pricing: they want 10 %`), but each of them once and without a time.
    """
    matches = _spoken_lines(content.lines)
    if len(matches) < _MIN_LINES:
        return False
    labels = {match["name"].strip().casefold() for match in matches}
    has_times = any(match.re is not _TAGGED and match["m"] for match in matches)
    if has_times or len(labels) <= _MAX_LABEL_SHARE * len(matches):
        return True
    told = [line for line in content.lines if line.strip()]
    few = len(matches) <= _MIN_LINES + 1 and 2 * len(matches) >= len(told)
    return few and not any(_WRITTEN.match(line) for line in told)


def read_named_text(content: Content) -> list[Meeting]:
    """Read lines with a name in front; a line without one goes on with the last."""
    cues: list[Cue] = []
    starts_s: list[float | None] = []
    clock_s: float | None = None
    title: str | None = None
    when: str | None = None
    people: list[str] = []
    for raw in content.lines:
        line = raw.strip()
        if not line:
            continue
        if match := _CLOCK_ALONE.fullmatch(line):
            clock_s = seconds_of(match)
            continue
        label, _, rest = line.partition(":")
        key = label.strip().casefold()
        if not cues and key in _HEAD:
            title = rest.strip() or title if key in _TITLES else title
            when = rest if key in _DATES else when
            people += [n.strip() for n in re.split("[,;]", rest)] if key in _PEOPLE else []
            continue
        # A label of notes in the middle of the talk is somebody's words.
        match = None if key in _HEAD else _match(line)
        if match:
            said = " ".join(match["text"].split())
            timed = match.re is not _TAGGED and match["m"]
            cues.append(Cue(0.0, 0.0, match["name"].strip(), said))
            starts_s.append(seconds_of(match) if timed else clock_s)
            clock_s = None
        elif cues:
            cues[-1] = replace(cues[-1], text=f"{cues[-1].text} {' '.join(line.split())}")
    return [
        Meeting(
            fill_times(cues, starts_s),
            title=title,
            started_at=find_moment(when) if when else None,
            attendees=tuple(Participant(name) for name in dict.fromkeys(people) if name),
            estimated=all(start is None for start in starts_s),
        )
    ]


def is_spoken_text(content: Content) -> bool:
    """Tell Whisper's text from notes: whole sentences line by line, no lists, no headings."""
    lines = list(content.lines)
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) < _MIN_SPOKEN_LINES or not all(line.strip() for line in lines):
        return False
    if any(_WRITTEN.match(line) or line.rstrip().endswith(":") for line in lines):
        return False
    n_ends = sum(1 for line in lines if line.rstrip()[-1] in '.?!…,"”')
    n_words = sum(len(line.split()) for line in lines)
    return n_words >= _MIN_MEAN_WORDS * len(lines) and n_ends >= len(lines) / 2


def read_spoken_text(content: Content) -> list[Meeting]:
    """Read one cue a line, of nobody named and with estimated times."""
    cues = [Cue(0.0, 0.0, None, " ".join(s.split())) for s in content.lines if s.strip()]
    if not cues:
        raise ReadError("it is empty")
    return [Meeting(fill_times(cues, [None] * len(cues)), estimated=True)]


def _spoken_lines(lines: Sequence[str]) -> list[re.Match[str]]:
    found = []
    for line in lines:
        match = _match(line.strip())
        if match and match["name"].strip().casefold() not in _HEAD:
            found.append(match)
    return found


def _match(line: str) -> re.Match[str] | None:
    if line.startswith(("http://", "https://")):
        return None
    match = _TIMED.fullmatch(line) or _NAMED.fullmatch(line) or _TAGGED.fullmatch(line)
    if match is None or len(match["name"].split()) > _MAX_NAME_WORDS:
        return None
    return match
