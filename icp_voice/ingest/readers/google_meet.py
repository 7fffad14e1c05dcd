"""Read Google Meet's document: attendees, blocks under a clock, `Name: text`, closing notes.

The notes that Gemini writes may stand before the transcript, with sentences that begin with a
name and a colon; what was said starts at the first clock after the last heading `Transcript`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from icp_voice.ingest.cues import Cue
from icp_voice.ingest.readers.content import Content
from icp_voice.ingest.readers.meeting import Meeting, fill_times
from icp_voice.ingest.readers.moments import find_moment
from icp_voice.records import Participant

_CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})")
_LINE = re.compile(r"(?P<name>[^\W_][^:\n]{0,60}?)\s*:\s+(?P<text>\S.*)")
_MAX_NAME_WORDS = 7
_MAX_DATE_CHARACTERS = 40
# English, Polish, Russian, Ukrainian.
_TRANSCRIPT = r"(?:Transcript|Transkrypcja|Transkrypt|Стенограмма|Расшифровка|Стенограма)"
_HEADING = re.compile(rf"(?:\W*\s)?{_TRANSCRIPT}\s*", re.IGNORECASE)
_TITLE = re.compile(rf"(?P<title>.+?)\s*[-–—]\s*{_TRANSCRIPT}\s*", re.IGNORECASE)
_TITLE_MOMENT = re.compile(
    r"\s*(?:[-–—]\s*|\()20\d{2}[-/.]\d{1,2}[-/.]\d{1,2}\s.*$|\s*[-–—]\s*20\d{2}[-/.].*$"
)
_ATTENDEES = re.compile(r"(?:Attendees|Uczestnicy|Участники|Учасники)\s*:?\s*", re.IGNORECASE)
_END = re.compile(
    r"(?:transcription|meeting|recording)\s+ended\s+after\s+\d.*"
    r"|this\s+(?:editable\s+)?transcript\s+was\s+computer[- ]generated.*",
    re.IGNORECASE,
)


def is_google_meet(content: Content) -> bool:
    """Tell Meet by clocks on lines of their own under its title, attendees, or closing notes."""
    lines = [line.strip() for line in content.lines]
    begins = any(_CLOCK.fullmatch(line) for line in lines)
    marked = any(_TITLE.fullmatch(s) or _ATTENDEES.fullmatch(s) or _END.fullmatch(s) for s in lines)
    return begins and marked and any(_LINE.fullmatch(line) for line in lines)


def read_google_meet(content: Content) -> list[Meeting]:
    """Read the document; within a block times are shared out by words."""
    lines = [line.strip() for line in content.lines]
    begin = _begin(lines)
    end = next((i for i in range(begin, len(lines)) if _END.fullmatch(lines[i])), len(lines))
    cues: list[Cue] = []
    starts_s: list[float | None] = []
    clock_s: float | None = None
    for line in lines[begin:end]:
        clock = _CLOCK.fullmatch(line)
        if clock:
            hours, minutes, seconds = (int(group) for group in clock.groups())
            clock_s = hours * 3600.0 + minutes * 60.0 + seconds
            continue
        match = _LINE.fullmatch(line)
        if match and len(match["name"].split()) <= _MAX_NAME_WORDS:
            cues.append(Cue(0.0, 0.0, match["name"].strip(), " ".join(match["text"].split())))
            starts_s.append(clock_s)
            clock_s = None
        elif cues and line:
            cues[-1] = replace(cues[-1], text=f"{cues[-1].text} {' '.join(line.split())}")
    told = next((line for line in lines[:begin] if _TITLE.fullmatch(line)), None)
    title = _TITLE.fullmatch(told) if told else None
    # A date on a line of its own; Gemini's notes speak of other days in sentences.
    moments = (find_moment(line) for line in lines[:begin] if len(line) <= _MAX_DATE_CHARACTERS)
    started_at = (find_moment(told) if told else None) or next((m for m in moments if m), None)
    return [
        Meeting(
            fill_times(cues, starts_s),
            title=_TITLE_MOMENT.sub("", title["title"]) if title else None,
            started_at=started_at,
            attendees=_attendees(lines[:begin]),
        )
    ]


def _begin(lines: Sequence[str]) -> int:
    """Return the line of the first clock of what was said."""
    headings = [
        i for i, line in enumerate(lines) if _HEADING.fullmatch(line) or _TITLE.fullmatch(line)
    ]
    clocks = [i for i, line in enumerate(lines) if _CLOCK.fullmatch(line)]
    for heading in reversed(headings):
        after = [i for i in clocks if i > heading]
        if after:
            return after[0]
    return clocks[0] if clocks else len(lines)


def _attendees(lines: Sequence[str]) -> tuple[Participant, ...]:
    heading = next((i for i, line in enumerate(lines) if _ATTENDEES.fullmatch(line)), None)
    if heading is None:
        return ()
    names: list[str] = []
    for line in lines[heading + 1 :]:
        if _HEADING.fullmatch(line) or _TITLE.fullmatch(line):
            break
        names.extend(name.strip() for name in line.split(",") if name.strip())
    return tuple(Participant(name) for name in dict.fromkeys(names))
