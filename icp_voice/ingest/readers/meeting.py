"""What every reader returns: the cues of one call and what the file tells about the meeting."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from icp_voice.ingest.cues import Cue
from icp_voice.records import Participant

# An ordinary speed of talk; used where a file has no times, or tells no ends.
WORDS_PER_MINUTE = 150.0
_DIGITS = 3


class ReadError(ValueError):
    """A file that looks like a format and does not follow it; the text says where."""


@dataclass(frozen=True)
class Meeting:
    """One call as a file tells it.

    Attributes:
        cues: `speaker` is None where the file names nobody.
        started_at: in the zone the file tells it in; midnight where it tells only the day.
        attendees: with a side where the file tells who is internal and external.
        estimated: the file has no times; they are computed from the words.
        names_in_text: the cues' text may begin with `Name: `, as subtitles have it.
        part: which call of the file, where a file holds several; empty where it is one call.
        sha256: hex digest of a part's own content; empty where the file is one call.
    """

    cues: tuple[Cue, ...]
    title: str | None = None
    started_at: datetime | None = None
    attendees: tuple[Participant, ...] = ()
    estimated: bool = False
    names_in_text: bool = False
    part: str = ""
    sha256: str = ""


def fill_times(cues: Sequence[Cue], starts_s: Sequence[float | None]) -> tuple[Cue, ...]:
    """Give each cue a start and an end where the file tells some starts, or none.

    Between two starts that are told the time is shared out by words, at the ordinary speed of
    talk or faster where the words would not fit. A start before an earlier one is not believed.

    Args:
        cues: in the order they were said; their own times are not looked at.
        starts_s: seconds from the start of the call, or None where the file does not tell.

    Examples:
        >>> cues = [Cue(0, 0, "A", "one two three"), Cue(0, 0, "B", "four")]
        >>> [(c.start_s, c.end_s) for c in fill_times(cues, [10.0, None])]
        [(10.0, 11.2), (11.2, 11.6)]
    """
    anchors: list[float | None] = []
    latest_s = 0.0
    for start_s in starts_s:
        told = start_s if start_s is not None and start_s >= latest_s else None
        latest_s = told if told is not None else latest_s
        anchors.append(told)
    timed: list[Cue] = []
    first = 0
    while first < len(cues):
        last = first + 1
        while last < len(cues) and anchors[last] is None:
            last += 1
        begin_s = anchors[first] or 0.0
        lengths_s = [_spoken_s(cue.text) for cue in cues[first:last]]
        room_s = math.inf
        if last < len(cues):
            # Two starts in the same second: the words still take their time.
            room_s = (anchors[last] or 0.0) - begin_s
        share = min(1.0, room_s / max(sum(lengths_s), 1e-9))
        for cue, length_s in zip(cues[first:last], lengths_s, strict=True):
            end_s = begin_s + length_s * share
            timed.append(replace(cue, start_s=round(begin_s, _DIGITS), end_s=round(end_s, _DIGITS)))
            begin_s = end_s
        first = last
    return tuple(timed)


def _spoken_s(text: str) -> float:
    return len(text.split()) * 60.0 / WORDS_PER_MINUTE
