"""Where somebody speaks (Silero, as it comes with faster-whisper), and what is said there.

The recogniser hears the speech alone, pieces joined with a little of their surroundings, and its
times are put back. Unlike faster-whisper's own `vad_filter` this keeps the seconds of speech, which
the quality gate needs, and cuts a segment where it reaches over a pause.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.engine import Recognised, SpeechEngine, Word

PAD_S = 0.4
# A pause between two pieces of speech at which a recognised segment is cut.
SPLIT_GAP_S = 1.0
_MIN_SPEECH_MS = 100
# Words whose times pass the end of a piece by less than this still belong to it.
_SNAP_S = 0.25


@dataclass(frozen=True)
class Piece:
    """Speech from `start` to `end`, and with its surroundings; all in samples of the window."""

    start: int
    end: int
    padded_start: int
    padded_end: int


def find_speech(samples: Samples, *, min_silence_ms: int) -> list[Piece]:
    """Return the pieces of speech of mono sound in order of time.

    Args:
        samples: float32 of shape (samples,), 16 kHz.
        min_silence_ms: a shorter silence does not end a piece.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    if samples.shape[0] == 0:
        return []
    options = VadOptions(
        min_silence_duration_ms=min_silence_ms,
        speech_pad_ms=0,
        min_speech_duration_ms=_MIN_SPEECH_MS,
    )
    found = [(int(s["start"]), int(s["end"])) for s in get_speech_timestamps(samples, options)]
    pad = int(PAD_S * SAMPLING_RATE_HZ)
    pieces = []
    for i, (start, end) in enumerate(found):
        before = found[i - 1][1] if i else 0
        after = found[i + 1][0] if i + 1 < len(found) else samples.shape[0]
        # Neighbours share a short silence half and half.
        lead = min(pad, start - before if i == 0 else (start - before) // 2)
        tail = min(pad, after - end if i + 1 == len(found) else (after - end) // 2)
        pieces.append(Piece(start, end, start - lead, end + tail))
    return pieces


def speech_seconds(pieces: Sequence[Piece]) -> float:
    """Return how long somebody spoke, without the surroundings."""
    return sum(piece.end - piece.start for piece in pieces) / SAMPLING_RATE_HZ


def recognise_pieces(
    engine: SpeechEngine,
    samples: Samples,
    pieces: Sequence[Piece],
    *,
    language: str,
    on_heard: Callable[[float], None] = lambda _: None,
) -> list[Recognised]:
    """Recognise the pieces of speech; times are those of `samples`.

    Args:
        engine: the recogniser.
        samples: float32 of shape (samples,), 16 kHz.
        pieces: what `find_speech` returned.
        language: ISO 639-1 code.
        on_heard: is told the share in [0, 1] of the speech that is done.
    """
    total = sum(piece.padded_end - piece.padded_start for piece in pieces)
    done = 0
    found: list[Recognised] = []
    for block in _blocks(pieces, engine.max_speech_s):
        joined = np.concatenate([samples[p.padded_start : p.padded_end] for p in block])
        clock = _Clock(block)
        for segment in engine.recognise(joined, language=language):
            heard = min(segment.end_s * SAMPLING_RATE_HZ, joined.shape[0])
            on_heard((done + heard) / total)
            found.extend(_put_back(segment, clock))
        done += joined.shape[0]
        on_heard(done / total)
    return found


def _blocks(pieces: Sequence[Piece], max_speech_s: float) -> Iterator[list[Piece]]:
    """Yield the pieces that are recognised at once: all, or as many as fit the seconds.

    A small model loses its way in half a minute of speech that a large one takes in its stride.
    """
    block: list[Piece] = []
    n_samples = 0
    for piece in pieces:
        length = piece.padded_end - piece.padded_start
        if block and max_speech_s and n_samples + length > max_speech_s * SAMPLING_RATE_HZ:
            yield block
            block, n_samples = [], 0
        block.append(piece)
        n_samples += length
    if block:
        yield block


class _Clock:
    """Turns times of the joined speech into times of the window."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        lengths = [(p.padded_end - p.padded_start) / SAMPLING_RATE_HZ for p in pieces]
        self._ends_s = np.cumsum(lengths)
        self._starts_s = self._ends_s - np.asarray(lengths)

    def piece_at(self, time_s: float) -> int:
        """Return the piece that a moment of the joined speech lies in."""
        index = int(np.searchsorted(self._ends_s, time_s, side="right"))
        return min(index, len(self._pieces) - 1)

    def to_window(self, time_s: float, piece: int) -> float:
        """Return the window's time of a moment, kept inside one piece."""
        offset_s = min(max(time_s, self._starts_s[piece]), self._ends_s[piece])
        begin_s = self._pieces[piece].padded_start / SAMPLING_RATE_HZ
        return float(begin_s + offset_s - self._starts_s[piece])

    def pause_after_s(self, piece: int) -> float:
        """Return the silence between a piece and the next."""
        return (self._pieces[piece + 1].start - self._pieces[piece].end) / SAMPLING_RATE_HZ


def _put_back(segment: Recognised, clock: _Clock) -> Iterator[Recognised]:
    """Yield a segment with the window's times, cut at long pauses inside it."""
    if not segment.words:
        first = clock.piece_at(segment.start_s + _SNAP_S)
        last = max(first, clock.piece_at(segment.end_s - _SNAP_S))
        start_s, end_s = (
            clock.to_window(segment.start_s, first),
            clock.to_window(segment.end_s, last),
        )
        yield replace(segment, start_s=start_s, end_s=max(start_s, end_s))
        return
    groups: list[list[Word]] = []
    previous = -1
    for word in segment.words:
        piece = clock.piece_at((word.start_s + word.end_s) / 2)
        piece = max(piece, previous)
        start_s = clock.to_window(word.start_s, piece)
        moved = Word(start_s, max(start_s, clock.to_window(word.end_s, piece)), word.text)
        apart = groups and piece != previous and _pause(clock, previous, piece) >= SPLIT_GAP_S
        if not groups or apart:
            groups.append([])
        groups[-1].append(moved)
        previous = piece
    for words in groups:
        yield replace(
            segment,
            start_s=words[0].start_s,
            end_s=words[-1].end_s,
            text="".join(word.text for word in words).strip(),
            words=tuple(words),
        )


def _pause(clock: _Clock, first: int, last: int) -> float:
    return max(clock.pause_after_s(piece) for piece in range(first, last))
