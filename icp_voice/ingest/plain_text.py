"""Read plain text with a speaker in front: `Name: text`, with or without times.

Times may stand before or after the name (`[00:01:02] Ann: Hi`, `Ann (0:14): Hi`), alone on a line,
or beside a name that has a line of its own (`Ann  0:14`). Where there are none they are estimated
at 150 words a minute, an ordinary speed of talk, and the quality figures say so.
"""

import re
from dataclasses import replace

from icp_voice.ingest.cues import Cue

WORDS_PER_MINUTE = 150.0

_CLOCK = r"(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,2}):(?P<s>\d{2})(?:[.,]\d{1,3})?"
_NAME = (
    r"(?P<name>(?:[^\W\d_][^:\[\]()<>\n!?;]{0,59}?|[^\W_][\w .№#-]{0,30}?)"
    r"(?:\s*\([^\W\d_][^)\n]{0,40}\))?)"  # a company in brackets: "Ann Lee (Acme)"
)
_TIMED = re.compile(r"[\[(]?" + _CLOCK + r"[\])]?\s*[-–—]?\s*" + _NAME + r"\s*:\s+(?P<text>\S.*)")
_NAMED = re.compile(_NAME + r"\s*(?:[\[(]\s*" + _CLOCK + r"\s*[\])])?\s*:\s+(?P<text>\S.*)")
_HEADING = re.compile(_NAME + r"(?:\s{2,}|\t)" + _CLOCK + r"\s*")
_CLOCK_ALONE = re.compile(r"[\[(]?" + _CLOCK + r"[\])]?")
_MAX_NAME_WORDS = 6
_MIN_LINES = 2


def read_plain_text(text: str) -> tuple[list[Cue], bool]:
    """Return the cues and whether their times were estimated.

    Raises:
        ValueError: fewer than two lines have a speaker in front.
    """
    cues: list[Cue] = []
    starts: list[float | None] = []
    clock_s: float | None = None
    n_named = 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = line.strip().lstrip("\ufeff")
        if not line:
            continue
        if match := _CLOCK_ALONE.fullmatch(line):
            clock_s = _seconds(match)
            continue
        match = _TIMED.fullmatch(line) or _NAMED.fullmatch(line) or _HEADING.fullmatch(line)
        if match and len(match["name"].split()) <= _MAX_NAME_WORDS:
            start_s = _seconds(match) if match["m"] else clock_s
            clock_s = None
            said = match["text"].strip() if "text" in match.re.groupindex else ""
            cues.append(Cue(0.0, 0.0, match["name"].strip(), said))
            starts.append(start_s)
            n_named += 1
        elif cues:
            cues[-1] = replace(cues[-1], text=f"{cues[-1].text} {line}".strip())
    if n_named < _MIN_LINES:
        raise ValueError("no lines with a speaker in front, such as `Ann: Hello`")
    timed = _with_times(cues, starts)
    return [cue for cue in timed if cue.text], all(start is None for start in starts)


def _with_times(cues: list[Cue], starts: list[float | None]) -> list[Cue]:
    """Give each cue its start, and an end from its words that does not pass the next start."""
    timed = []
    end_s = 0.0
    for i, (cue, start) in enumerate(zip(cues, starts, strict=True)):
        start_s = end_s if start is None else start
        end_s = start_s + len(cue.text.split()) * 60.0 / WORDS_PER_MINUTE
        following = starts[i + 1] if i + 1 < len(starts) else None
        if following is not None and following > start_s:
            end_s = min(end_s, following)
        timed.append(replace(cue, start_s=round(start_s, 3), end_s=round(end_s, 3)))
    return timed


def _seconds(match: re.Match[str]) -> float:
    return int(match["h"] or 0) * 3600.0 + int(match["m"]) * 60.0 + int(match["s"])
