"""The cue: what every transcript reader returns, and who speaks in lines such as `Name: text`."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

UNNAMED_SPEAKER = "Speaker"

_PREFIX = re.compile(r"(?P<name>[^\W_][^:<>\[\]\n!?;]{0,59}?)\s*:\s+(?P<text>\S.*)", re.DOTALL)
_MAX_NAME_WORDS = 6
_MOSTLY = 0.8


@dataclass(frozen=True)
class Cue:
    """One cue of a transcript; `speaker` is None where the file does not name one.

    Attributes:
        start_s, end_s: seconds from the start; equal where the file tells the start only.
    """

    start_s: float
    end_s: float
    speaker: str | None
    text: str


def name_speakers(cues: Sequence[Cue], *, known_names: Sequence[str] = ()) -> list[Cue]:
    """Take `Name: ` off the cues' text, and carry the speaker on to cues that name none.

    A prefix counts as a name where nearly all cues have one, or where it comes twice, looks like a
    full name or a numbered speaker, is a known attendee, or opens the file; so "One thing: price"
    stays text.
    """
    if any(cue.speaker is not None for cue in cues):
        return carry_on(cues)
    matches = [_match_prefix(cue.text) for cue in cues]
    labels = Counter(match["name"].strip() for match in matches if match)
    mostly = sum(1 for m in matches if m) >= _MOSTLY * len(cues)
    first = next(
        (m["name"].strip() for m, c in zip(matches, cues, strict=True) if m and c is cues[0]), None
    )
    known = {name.casefold() for name in known_names}
    named = []
    for cue, match in zip(cues, matches, strict=True):
        label = match["name"].strip() if match else ""
        accepted = bool(label) and (
            mostly
            or labels[label] > 1
            or label == first
            or label.casefold() in known
            or _looks_like_name(label)
        )
        if match and accepted:
            named.append(replace(cue, speaker=label, text=match["text"].strip()))
        else:
            named.append(cue)
    return carry_on(named)


def _match_prefix(text: str) -> re.Match[str] | None:
    match = _PREFIX.fullmatch(text.strip())
    if match is None or len(match["name"].split()) > _MAX_NAME_WORDS:
        return None
    return match


def _looks_like_name(label: str) -> bool:
    words = label.split()
    numbered = bool(re.search(r"\d", label)) and len(words) <= 3
    capitals = len(words) >= 2 and all(word[:1].isupper() for word in words)
    return numbered or capitals


def carry_on(cues: Sequence[Cue]) -> list[Cue]:
    """Give cues without a speaker the one before them."""
    speaker = UNNAMED_SPEAKER
    named = []
    for cue in cues:
        speaker = cue.speaker or speaker
        named.append(replace(cue, speaker=speaker))
    return named
