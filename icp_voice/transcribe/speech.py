"""Where somebody speaks (Silero, as it comes with faster-whisper), and what is said there.

The recogniser hears the speech alone, pieces joined with a little of their surroundings, and its
times are put back. Unlike faster-whisper's own `vad_filter` this keeps the seconds of speech, which
the quality gate needs, and cuts a segment where it reaches over a pause.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples, quietest_cut
from icp_voice.transcribe.engine import MAX_BATCHED_S, Recognised, SpeechEngine, Word

Probabilities = NDArray[np.float32]

PAD_S = 0.4
# A pause between two pieces of speech at which a recognised segment is cut.
SPLIT_GAP_S = 1.0
# Silero's windows of 32 ms and faster-whisper's thresholds for it; pieces of 0.1 s are no speech.
WINDOW_SAMPLES = 512
_THRESHOLD, _LOW_THRESHOLD = 0.5, 0.35
_MIN_SPEECH = SAMPLING_RATE_HZ // 10
# Words whose times pass the end of a piece by less than this still belong to it.
_SNAP_S = 0.25
# The recogniser's spectrogram needs 0.8 MB a second of speech: no more than this is given at once.
MAX_AT_ONCE_S = 120.0


@dataclass(frozen=True)
class Piece:
    """Speech from `start` to `end`, and with its surroundings; all in samples of the window."""

    start: int
    end: int
    padded_start: int
    padded_end: int


def speech_probabilities(samples: Samples) -> Probabilities:
    """Return Silero's probability of speech in each 32 ms of mono sound, shape (windows,).

    Args:
        samples: float32 of shape (samples,), 16 kHz.
    """
    from faster_whisper.vad import get_vad_model

    if samples.shape[0] == 0:
        return np.zeros(0, dtype=np.float32)
    padded = np.pad(samples, (0, WINDOW_SAMPLES - samples.shape[0] % WINDOW_SAMPLES))
    probabilities: Probabilities = np.asarray(get_vad_model()(padded)).reshape(-1)
    return probabilities


def find_speech(
    probabilities: Probabilities, n_samples: int, *, min_silence_ms: int
) -> list[Piece]:
    """Return the pieces of speech in order of time.

    The rule is that of faster-whisper's `get_speech_timestamps`, which hides its probabilities:
    here they are computed once and asked twice, for the recogniser and for the voices.

    Args:
        probabilities: what `speech_probabilities` returned.
        n_samples: length of the sound.
        min_silence_ms: a shorter silence does not end a piece.
    """
    found = _spans(probabilities, n_samples, min_silence_ms * SAMPLING_RATE_HZ / 1000)
    pad = int(PAD_S * SAMPLING_RATE_HZ)
    pieces = []
    for i, (start, end) in enumerate(found):
        before = found[i - 1][1] if i else 0
        after = found[i + 1][0] if i + 1 < len(found) else n_samples
        # Neighbours share a short silence half and half.
        lead = min(pad, start - before if i == 0 else (start - before) // 2)
        tail = min(pad, after - end if i + 1 == len(found) else (after - end) // 2)
        pieces.append(Piece(start, end, start - lead, end + tail))
    return pieces


def _spans(
    probabilities: Probabilities, n_samples: int, min_silence: float
) -> list[tuple[int, int]]:
    """Return (first, end) sample of each stretch of speech.

    Speech begins where the probability reaches the threshold and ends where it fell below the
    lower one, once that has lasted `min_silence` samples without reaching the threshold again.
    """
    spans: list[tuple[int, int]] = []
    start = silent = None
    for i, probability in enumerate(probabilities.tolist()):
        at = i * WINDOW_SAMPLES
        if probability >= _THRESHOLD:
            silent = None
            if start is None:
                start = at
        elif probability < _LOW_THRESHOLD and start is not None:
            silent = at if silent is None else silent
            if at - silent >= min_silence:
                spans.append((start, silent))
                start = silent = None
    if start is not None:
        spans.append((start, n_samples))
    return [(start, end) for start, end in spans if end - start > _MIN_SPEECH]


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
    if engine.batch_size > 1:
        pieces = list(_cut_long(samples, pieces))
    limit_s = engine.max_speech_s or (MAX_BATCHED_S if engine.batch_size > 1 else MAX_AT_ONCE_S)
    total = sum(piece.padded_end - piece.padded_start for piece in pieces)
    done = 0
    found: list[Recognised] = []
    for blocks in _batches(_blocks(pieces, limit_s), engine.batch_size):
        sounds = [
            np.concatenate([samples[p.padded_start : p.padded_end] for p in block])
            for block in blocks
        ]
        for sound, block, segments in zip(
            sounds, blocks, _recognise(engine, sounds, language), strict=True
        ):
            clock = _Clock(block)
            for segment in segments:
                heard = min(segment.end_s * SAMPLING_RATE_HZ, sound.shape[0])
                on_heard((done + heard) / total)
                found.extend(_put_back(segment, clock))
            done += sound.shape[0]
            on_heard(done / total)
    return found


def _recognise(
    engine: SpeechEngine, sounds: Sequence[Samples], language: str
) -> Iterable[Iterable[Recognised]]:
    """Return the segments of each sound: together where the engine wants them so."""
    if engine.batch_size > 1:
        return engine.recognise_batch(sounds, language=language)
    return (engine.recognise(sound, language=language) for sound in sounds)


def _cut_long(samples: Samples, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield the pieces, those too long for a batch cut where they are quietest."""
    n_max = int(MAX_BATCHED_S * SAMPLING_RATE_HZ)
    for piece in pieces:
        first = piece.padded_start
        while piece.padded_end - first > n_max:
            cut = first + quietest_cut(samples[None, first : piece.padded_end], n_max)
            yield Piece(max(first, piece.start), cut, first, cut)
            first = cut
        start = max(first, piece.start)
        yield Piece(start, max(start, piece.end), first, piece.padded_end)


def _batches(blocks: Iterable[list[Piece]], size: int) -> Iterator[list[list[Piece]]]:
    """Yield the blocks in groups of `size`; the last may be smaller."""
    waiting = iter(blocks)
    while batch := list(islice(waiting, size)):
        yield batch


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
