"""Read WebVTT and SRT: Zoom's `Name: text`, Teams' `<v Name>text</v>`, and plain subtitles.

Real exports bend the standards: CR or CRLF, byte-order marks, hours left out, ids of any kind,
wrapped cues, blank lines inside a cue, voice tags without an end. The reader takes them all and
loses no word. Chosen over a package because none keeps the classed voice tags of Teams.
"""

import html
import re

from icp_voice.ingest.cues import Cue

_CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMING = re.compile(r"\s*" + _CLOCK + r"\s*-->\s*" + _CLOCK + r"(?:\s+.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s>]+)?\s+([^>]*)>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:v|c|i|b|u|ruby|rt|lang|font)(?:[.\s][^>]*)?>|<\d[\d:.]*>", re.IGNORECASE)
_OVERRIDE = re.compile(r"\{\\[^}]*\}")
_BLOCKS = ("NOTE", "STYLE", "REGION", "WEBVTT")


def read_subtitles(text: str) -> list[Cue]:
    r"""Return the cues of a WebVTT or SRT text in the order of the file.

    Examples:
        >>> read_subtitles("WEBVTT\n\n00:01.0 --> 00:02.5\n<v Ann>Hi</v>")
        [Cue(start_s=1.0, end_s=2.5, speaker='Ann', text='Hi')]
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")
    cues: list[Cue] = []
    times: tuple[float, float] | None = None
    payload: list[str] = []
    block: list[str] = []

    def flush() -> None:
        if times is not None:
            cues.extend(_split_voices(" ".join(payload), *times))

    for line in [*lines, ""]:
        timing = _TIMING.fullmatch(line)
        if timing:
            # The line before a timing is its id: what gathered before that belongs to the last cue.
            if times is not None and len(block) > 1 and not _is_note(block):
                payload.extend(block[:-1])
            flush()
            start_s, end_s = _seconds(timing, 1), _seconds(timing, 5)
            times, payload, block = (start_s, max(start_s, end_s)), [], []
        elif line.strip():
            block.append(line.strip())
        elif block:
            # A block without a timing after a cue's own one is the rest of a cue with blank lines.
            if times is not None and not _is_note(block):
                payload.extend(block)
            block = []
    flush()
    return [cue for cue in cues if cue.text]


def _is_note(block: list[str]) -> bool:
    return block[0].split(" ", 1)[0] in _BLOCKS


def _seconds(match: re.Match[str], group: int) -> float:
    hours, minutes, seconds, fraction = match.groups()[group - 1 : group + 3]
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + float(f"0.{fraction}")


def _split_voices(payload: str, start_s: float, end_s: float) -> list[Cue]:
    """Return one cue a voice tag; the time is shared out by characters."""
    pieces: list[tuple[str | None, str]] = []
    position = 0
    speaker: str | None = None
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
    return " ".join(plain.replace("\u200b", "").split())
