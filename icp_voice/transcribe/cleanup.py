"""Take out what the recogniser invents: credits of subtitles, loops, words on silence.

On silence and music Whisper writes what stood at the end of its training videos, often with high
confidence (faster-whisper #506, #843). Credits are cut wherever they stand, for they get glued to
real speech; ordinary phrases ("Thank you.") only as a whole segment with poor figures. What is
taken out is kept with its reason: each letter of the input is in what stays or in what was dropped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from icp_voice.records import DroppedSegment, Segment
from icp_voice.transcribe.credits import CREDITS, ORDINARY, SOUND_SEGMENT, SOUNDS
from icp_voice.transcribe.loops import STUTTER, looped_words

# Whisper's own limits for a failed window: log-probability -1, no-speech 0.6, compression 2.4.
POOR_LOG_PROBABILITY = -1.0
NO_SPEECH_PROBABILITY = 0.6
COMPRESSION_RATIO = 2.4
_DOUBTFUL_LOG_PROBABILITY = -0.7
# The fastest turn of 36 calls in four languages has 25 characters a second. Word times are rough
# and good words can be squeezed together, so this counts only where other figures are bad too.
_MAX_CHARACTERS_PER_SECOND = 50.0
_MIN_CHARACTERS = 20
# Longer pauses part what is looked through for loops.
_LINK_GAP_S = 3.0


@dataclass(frozen=True)
class Cleaned:
    """Segments that stay, and what was taken out."""

    segments: tuple[Segment, ...]
    dropped: tuple[DroppedSegment, ...]


@dataclass
class _Work:
    """A segment while it is being cleaned: what is left of its text, and what was taken out."""

    segment: Segment
    text: str
    gone: list[tuple[str, str]] = field(default_factory=list)

    def take(self, text: str, reason: str, *, left: str) -> None:
        """Note what is taken out of the text, and what is left."""
        self.gone.append((text.strip(), reason))
        self.text = left


def clean_segments(segments: Sequence[Segment]) -> Cleaned:
    """Remove inventions from the segments of one channel, given in order of time.

    Cleaning what is clean changes nothing: what one cut brings together is looked at again.
    """
    work = [_Work(segment, segment.text) for segment in segments]
    n_gone = -1
    while n_gone != (n_gone := sum(len(w.gone) for w in work)):
        for item in work:
            _cut_inventions(item)
        _cut_loops([item for item in work if item.text])
    kept = [
        w.segment if w.text == w.segment.text else replace(w.segment, text=w.text)
        for w in work
        if w.text
    ]
    dropped = [_drop(w.segment, text, reason) for w in work for text, reason in w.gone]
    return Cleaned(tuple(kept), tuple(dropped))


def _cut_inventions(item: _Work) -> None:
    """Cut what a segment shows by itself."""
    reason = _invented_whole(item)
    if reason:
        item.take(item.text, reason, left="")
        return
    for pattern, reason in (
        (SOUNDS, "a sound, not speech"),
        (CREDITS, "credits of a subtitle file"),
        (STUTTER, "a loop"),
    ):
        for found in list(pattern.finditer(item.text)):
            item.gone.append((found[0].strip(), reason))
        left = pattern.sub(" ", item.text)
        if left != item.text:
            item.text = " ".join(left.split())
    if item.text and not any(letter.isalnum() for letter in item.text):
        item.take(item.text, "no words", left="")


def _invented_whole(item: _Work) -> str:
    """Return why nothing of a segment is speech; empty where it is."""
    text, segment = item.text, item.segment
    if not text:
        return ""
    silent = segment.no_speech_probability > NO_SPEECH_PROBABILITY
    if silent and segment.mean_log_probability < POOR_LOG_PROBABILITY:
        return "words on silence"
    doubtful = (
        silent
        or segment.mean_log_probability < _DOUBTFUL_LOG_PROBABILITY
        or segment.compression_ratio > COMPRESSION_RATIO
    )
    if doubtful and ORDINARY.fullmatch(text):
        return "an ordinary phrase on silence"
    seconds = segment.end_s - segment.start_s
    too_fast = len(text) > max(_MIN_CHARACTERS, _MAX_CHARACTERS_PER_SECOND * seconds)
    if doubtful and too_fast:
        return "faster than anybody can speak"
    return "a sound, not speech" if SOUND_SEGMENT.fullmatch(text) else ""


def _cut_loops(items: Sequence[_Work]) -> None:
    """Cut what is said again and again, inside segments and across them."""
    for linked in _without_pauses(items):
        tokens = [item.text.split() for item in linked]
        doubtful = [
            item.segment.compression_ratio > COMPRESSION_RATIO
            for item, words in zip(linked, tokens, strict=True)
            for _ in words
        ]
        gone = looped_words([word for words in tokens for word in words], doubtful)
        if not any(gone):
            continue
        first = 0
        for item, words in zip(linked, tokens, strict=True):
            _cut_words(item, words, gone[first : first + len(words)])
            first += len(words)


def _cut_words(item: _Work, words: Sequence[str], gone: Sequence[bool]) -> None:
    if not any(gone):
        return
    pairs = list(zip(words, gone, strict=True))
    reason = "the same words again and again" if all(gone) else "a loop"
    taken = " ".join(word for word, out in pairs if out)
    item.take(taken, reason, left=" ".join(word for word, out in pairs if not out))


def _without_pauses(items: Sequence[_Work]) -> Iterator[list[_Work]]:
    """Yield the segments that follow each other without a long pause."""
    linked: list[_Work] = []
    for item in items:
        if linked and item.segment.start_s - linked[-1].segment.end_s > _LINK_GAP_S:
            yield linked
            linked = []
        linked.append(item)
    if linked:
        yield linked


def _drop(segment: Segment, text: str, reason: str) -> DroppedSegment:
    return DroppedSegment(segment.channel, segment.start_s, segment.end_s, text, reason)
