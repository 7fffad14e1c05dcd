"""Read WebVTT and SRT: Zoom's `Name: text`, Teams' `<v Name>text</v>`, and plain subtitles.

Real exports bend the standards: CR or CRLF, byte-order marks, hours left out, ids of any kind or
none, wrapped cues, blank lines inside a cue, voice tags without an end. The reader takes them all
and loses no word. Chosen over a package because none keeps the classed voice tags of Teams.
"""

import html
import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from icp_voice.ingest.cues import Cue

_CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(r"\s*" + _CLOCK + r"\s*-->\s*" + _CLOCK + r"(?:\s+.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s>]+)?\s+([^>]*)>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:v|c|i|b|u|ruby|rt|lang|font)(?:[.\s][^>]*)?>|<\d[\d:.]*>", re.IGNORECASE)
_OVERRIDE = re.compile(r"\{\\[^}]*\}")
_BLOCKS = ("NOTE", "STYLE", "REGION")
_WHOLE_ID = re.compile(r"\d+|(?=\S*\d)(?=\S*[-/])\S{6,}")
# WhisperX: `[SPEAKER_00]: text`.
_BRACKETED = re.compile(r"\[([^\]\[:]{1,60})\]:\s+")
_MAX_NAME_WORDS = 6


def has_timings(lines: Sequence[str]) -> bool:
    """Tell whether a text holds the timing line of a cue."""
    return any("-->" in line and _TIMING.fullmatch(line) for line in lines)


def has_voice_tags(lines: Sequence[str]) -> bool:
    """Tell whether a text names its speakers by `<v Name>`."""
    return any(_VOICE.search(line) for line in lines)


def read_subtitles(lines: Sequence[str], *, names_first: bool = False) -> list[Cue]:
    r"""Return the cues of a WebVTT or SRT text in the order of the file.

    Args:
        lines: the file's lines, without their ends.
        names_first: the first line of a cue is the speaker's name (Teams' older Word export).

    Examples:
        >>> read_subtitles(["WEBVTT", "", "00:01.0 --> 00:02.5", "<v Ann>Hi</v>"])
        [Cue(start_s=1.0, end_s=2.5, speaker='Ann', text='Hi')]
    """
    timings = [
        (i, match)
        for i, line in enumerate(lines)
        if "-->" in line and (match := _TIMING.fullmatch(line))
    ]
    if not timings:
        return []
    first = timings[0][0]
    has_ids = first > 0 and bool(lines[first - 1].strip()) and "WEBVTT" not in lines[first - 1]
    bounds = [*(i for i, _ in timings), len(lines)]
    cues: list[Cue] = []
    for (begin, end), (_, timing) in zip(pairwise(bounds), timings, strict=True):
        is_last = end == len(lines)
        payload = _payload(lines[begin + 1 : end], has_ids=has_ids, is_last=is_last)
        start_s, end_s = _seconds(timing, 1), _seconds(timing, 5)
        speaker = None
        if names_first and len(payload) > 1:
            speaker, payload = payload[0], payload[1:]
        pieces = _split_voices(" ".join(payload), start_s, max(start_s, end_s), speaker)
        cues.extend(pieces)
    return cues


def names_stand_first(lines: Sequence[str]) -> bool:
    """Tell whether the first line of each cue is a name: the same few come again and again."""
    first_lines = []
    for i, line in enumerate(lines[:-2]):
        if "-->" in line and _TIMING.fullmatch(line):
            name, text = lines[i + 1].strip(), lines[i + 2].strip()
            if not text or ":" in name or not 0 < len(name.split()) <= _MAX_NAME_WORDS:
                return False
            first_lines.append(name)
    return len(first_lines) > 1 and len(set(first_lines)) <= 0.7 * len(first_lines) + 1


def _payload(block: Sequence[str], *, has_ids: bool, is_last: bool) -> list[str]:
    """Return the lines of a cue's text: without the next cue's id, and without notes."""
    lines = [line.strip() for line in block]
    if not is_last and lines and lines[-1]:
        after_blank = len(lines) > 1 and not lines[-2]
        if _WHOLE_ID.fullmatch(lines[-1]) or (has_ids and after_blank):
            lines.pop()
    blocks = [list(group) for is_text, group in groupby(lines, key=bool) if is_text]
    kept: list[str] = []
    for i, block_lines in enumerate(blocks):
        # What stands right below the timing is the cue's own text, whatever it begins with.
        is_own = i == 0 and bool(lines[0])
        if is_own or block_lines[0].split(" ", 1)[0] not in _BLOCKS:
            kept.extend(block_lines)
    return kept


def _seconds(match: re.Match[str], group: int) -> float:
    hours, minutes, seconds, fraction = match.groups()[group - 1 : group + 3]
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + float(f"0.{fraction or 0}")


def _split_voices(payload: str, start_s: float, end_s: float, speaker: str | None) -> list[Cue]:
    """Return one cue a voice tag; the time is shared out by characters."""
    pieces: list[tuple[str | None, str]] = []
    position = 0
    for match in _VOICE.finditer(payload):
        pieces.append((speaker, _clean(payload[position : match.start()])))
        speaker = html.unescape(match[1]).strip() or None
        position = match.end()
    pieces.append((speaker, _clean(payload[position:])))
    spoken = [(name, text) for name, text in pieces if text]
    n_characters = sum(len(text) for _, text in spoken)
    cues = []
    begin = start_s
    for name, text in spoken:
        finish = begin + (end_s - start_s) * len(text) / n_characters
        cues.append(Cue(round(begin, 3), round(finish, 3), name, text))
        begin = finish
    return cues


def _clean(text: str) -> str:
    plain = html.unescape(_TAG.sub("", _OVERRIDE.sub("", text)))
    plain = " ".join(plain.replace("\u200b", "").split())
    return _BRACKETED.sub(r"\1: ", plain, count=1) if plain.startswith("[") else plain
