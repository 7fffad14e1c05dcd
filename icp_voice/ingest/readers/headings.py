"""Read transcripts whose speakers stand on a line of their own with the time: Teams, Otter, Zoom.

* `Ann Lee   0:03` and the text below: Teams (Word) and Otter (text).
* `[Ann Lee] 10:15:03` and the text below: captions that Zoom saves during a meeting, wall clock.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from icp_voice.ingest.cues import Cue
from icp_voice.ingest.readers.content import Content
from icp_voice.ingest.readers.meeting import Meeting, fill_times
from icp_voice.ingest.readers.moments import CLOCK, find_moment, seconds_of
from icp_voice.ingest.readers.subtitles import has_timings, names_stand_first, read_subtitles
from icp_voice.records import Participant

_NAME = r"(?P<name>\+?[^\W_][^\n:;?!]{0,78}?)"
_HEADING = re.compile(_NAME + r"(?:\s{2,}|\t\s*)" + CLOCK + r"\s*")
_CAPTION = re.compile(r"\[(?P<name>[^\]\n]{1,80})\]\s+" + CLOCK + r"\s*")
_MAX_NAME_WORDS = 7
# Titles and names are short; a longer line is somebody's talk, and slow to match against.
_MAX_HEADING_CHARACTERS = 200
_FOOTER = re.compile(r"\s*transcribed by https?://(?:www\.)?otter\.ai.*", re.IGNORECASE)
_STARTED = re.compile(r".{1,80}\s(?:started|stopped)\s+transcription\.?", re.IGNORECASE)
_LENGTH = re.compile(r"(?:\d+h\s*)?(?:\d+m\s*)?(?:\d+s)?")
_TEAMS_TITLE = re.compile(
    r"(?P<title>.*?)[-_ ]*(?P<stamp>20\d{6}[_-]\d{6})?[-_ ]*Meeting (?:Transcript|Recording)",
    re.IGNORECASE,
)
_SPEAKERS = re.compile(r"SPEAKERS", re.IGNORECASE)
_DAY_S = 86_400.0


def is_teams_docx(content: Content) -> bool:
    """Tell Teams by `X started transcription`, its title, or times with names in a Word file."""
    if content.container == "docx" and has_timings(content.lines):
        return names_stand_first(content.lines)
    marked = any(
        _STARTED.fullmatch(line.strip()) or _TEAMS_TITLE.fullmatch(line.strip())
        for line in content.lines[:12]
        if len(line) <= _MAX_HEADING_CHARACTERS
    )
    return _n_headings(content.lines) >= (1 if marked else 2) and (
        marked or content.container == "docx"
    )


def read_teams_docx(content: Content) -> list[Meeting]:
    """Read Teams' Word export, or the older one that has `0:0:5.1 --> 0:0:8.2` above the name."""
    if has_timings(content.lines):
        first = next(i for i, line in enumerate(content.lines) if "-->" in line)
        title, started_at = _teams_head(content.lines[:first])
        timed = read_subtitles(content.lines, names_first=True)
        return [Meeting(tuple(timed), title, started_at)]
    head, cues, starts_s = _split(content.lines)
    title, started_at = _teams_head(head)
    return [Meeting(fill_times(cues, starts_s), title, started_at)]


def is_otter(content: Content) -> bool:
    """Tell Otter by its footer, or by lines of a name, two spaces and a time."""
    marked = any(_FOOTER.fullmatch(line) for line in content.lines)
    return _n_headings(content.lines) >= (1 if marked else 2)


def read_otter(content: Content) -> list[Meeting]:
    """Read Otter's text; title, date and speakers stand before it where they were exported."""
    head, cues, starts_s = _split(content.lines)
    told = [line.strip() for line in head if line.strip()]
    moments = [found for line in told[:4] if (found := find_moment(line))]
    title = told[0] if told and find_moment(told[0]) is None else None
    names: list[str] = []
    for i, line in enumerate(told[:-1]):
        if _SPEAKERS.fullmatch(line):
            names = [name.strip() for name in told[i + 1].split(",") if name.strip()]
    return [
        Meeting(
            fill_times(cues, starts_s),
            title,
            moments[0] if moments else None,
            tuple(Participant(name) for name in names),
        )
    ]


def is_zoom_captions(content: Content) -> bool:
    """Tell Zoom's saved captions by `[Name] HH:MM:SS` lines."""
    return sum(1 for line in content.lines if _caption(line)) >= 2


def read_zoom_captions(content: Content) -> list[Meeting]:
    """Read Zoom's saved captions; the wall clock becomes seconds from the first caption."""
    cues: list[Cue] = []
    starts_s: list[float | None] = []
    for line in content.lines:
        heading = _caption(line)
        if heading:
            cues.append(Cue(0.0, 0.0, heading["name"].strip(), ""))
            starts_s.append(seconds_of(heading))
        elif cues and line.strip():
            cues[-1] = _with_text(cues[-1], line)
    first_s = next((start for start in starts_s if start is not None), 0.0)
    # A meeting over midnight goes on with the next day.
    from_first = [None if s is None else (s - first_s) % _DAY_S for s in starts_s]
    return [Meeting(fill_times(cues, from_first))]


def _n_headings(lines: Sequence[str]) -> int:
    """Count headings with words below; a table of contents has headings only."""
    told = [line for line in lines if line.strip()]
    return sum(1 for line, below in pairwise(told) if _heading(line) and _heading(below) is None)


def _heading(line: str) -> re.Match[str] | None:
    if len(line) > _MAX_HEADING_CHARACTERS:
        return None
    match = _HEADING.fullmatch(line.strip())
    if match is None or len(match["name"].split()) > _MAX_NAME_WORDS:
        return None
    return match


def _caption(line: str) -> re.Match[str] | None:
    return _CAPTION.fullmatch(line.strip()) if len(line) <= _MAX_HEADING_CHARACTERS else None


def _split(lines: Sequence[str]) -> tuple[list[str], list[Cue], list[float | None]]:
    """Return what stands before the first heading, the cues without times, and their starts."""
    head: list[str] = []
    cues: list[Cue] = []
    starts_s: list[float | None] = []
    for line in lines:
        heading = _heading(line)
        if heading:
            cues.append(Cue(0.0, 0.0, heading["name"].strip(), ""))
            starts_s.append(seconds_of(heading))
        elif not cues:
            head.append(line)
        elif line.strip() and not _FOOTER.fullmatch(line) and not _STARTED.fullmatch(line.strip()):
            cues[-1] = _with_text(cues[-1], line)
    return head, cues, starts_s


def _teams_head(head: Sequence[str]) -> tuple[str | None, datetime | None]:
    """Return the title and the start; the line with the date has the clock of its people."""
    told = [s for line in head if 0 < len(s := line.strip()) <= _MAX_HEADING_CHARACTERS]
    told = [line for line in told if not _STARTED.fullmatch(line) and not _LENGTH.fullmatch(line)]
    title = None
    moments = []
    for line in told:
        match = _TEAMS_TITLE.fullmatch(line)
        moment = find_moment(line)
        if match and match["title"]:
            title = match["title"].strip()
            if moment:
                moments.append(moment)
        elif moment:
            moments.insert(0, moment)
        elif title is None:
            title = line
    return title, moments[0] if moments else None


def _with_text(cue: Cue, line: str) -> Cue:
    return Cue(0.0, 0.0, cue.speaker, f"{cue.text} {' '.join(line.split())}".strip())
