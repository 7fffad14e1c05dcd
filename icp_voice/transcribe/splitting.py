"""Part a recognised segment where the voice changes inside it."""

from collections.abc import Iterator
from dataclasses import replace

from icp_voice.transcribe.diarization import HOP_S, Diarization
from icp_voice.transcribe.engine import Recognised, Word

# A segment that one voice fills this far is all that voice's; word times are less sure than that.
_DOMINANT_SHARE = 0.85
_SENTENCE_END = (".", "!", "?", "…")
_MAX_SHIFT_WORDS = 2


def split_by_voice(
    segment: Recognised, diarization: Diarization
) -> Iterator[tuple[int, Recognised]]:
    """Yield (voice, part) in order; all words come out once.

    A change within two words of a sentence's end is taken to be at that end.
    """
    whole = _dominant(segment, diarization)
    if whole is not None or len(segment.words) < 2:
        voice = (
            whole if whole is not None else diarization.speaker_of(segment.start_s, segment.end_s)
        )
        yield voice, segment
        return
    voices = [diarization.speaker_of(word.start_s, word.end_s) for word in segment.words]
    voices = _snap_to_sentences(voices, segment.words)
    first = 0
    for i in range(1, len(voices) + 1):
        if i < len(voices) and voices[i] == voices[first]:
            continue
        words = segment.words[first:i]
        yield (
            voices[first],
            replace(
                segment,
                start_s=words[0].start_s,
                end_s=words[-1].end_s,
                text="".join(word.text for word in words).strip(),
                words=words,
            ),
        )
        first = i


def _dominant(segment: Recognised, diarization: Diarization) -> int | None:
    """Return the voice that fills nearly all of a segment."""
    if diarization.n_speakers == 1:
        return 0
    first, last = int(segment.start_s / HOP_S), int(segment.end_s / HOP_S) + 1
    labels = [int(label) for label in diarization.labels[first:last] if label >= 0]
    if not labels:
        return diarization.speaker_of(segment.start_s, segment.end_s)
    best = max(sorted(set(labels)), key=labels.count)
    return best if labels.count(best) >= _DOMINANT_SHARE * len(labels) else None


def _snap_to_sentences(voices: list[int], words: tuple[Word, ...]) -> list[int]:
    """Move each change of voice to the sentence end next to it, where one is near."""
    ends = [i + 1 for i, word in enumerate(words) if word.text.strip().endswith(_SENTENCE_END)]
    snapped = list(voices)
    for i in range(1, len(voices)):
        if voices[i] == voices[i - 1]:
            continue
        near = [end for end in ends if abs(end - i) <= _MAX_SHIFT_WORDS and 0 < end < len(words)]
        if not near:
            continue
        target = min(near, key=lambda end: (abs(end - i), end))
        for k in range(min(i, target), max(i, target)):
            snapped[k] = voices[i] if target < i else voices[i - 1]
    return snapped
