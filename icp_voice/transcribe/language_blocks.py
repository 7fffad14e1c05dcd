"""Cut the speech of a window into blocks whose language is asked, and put equal ones together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.speech import Piece

_FRAME_S = 0.1
# A piece without a pause is cut where it is quietest in this last part of a block.
_CUT_SEARCH_S = 5.0


@dataclass(frozen=True)
class Block:
    """Pieces of speech, or parts of one, on end."""

    pieces: tuple[Piece, ...]

    @property
    def seconds(self) -> float:
        """Seconds of speech, without the surroundings."""
        return sum(p.end - p.start for p in self.pieces) / SAMPLING_RATE_HZ

    @property
    def start(self) -> int:
        """First sample of the window that belongs to the block."""
        return self.pieces[0].padded_start

    @property
    def end(self) -> int:
        """Sample of the window after the last one of the block."""
        return self.pieces[-1].padded_end

    def sound(self, samples: Samples) -> Samples:
        """Return the block's speech as one piece of sound."""
        return np.concatenate([samples[p.padded_start : p.padded_end] for p in self.pieces])


def make_blocks(samples: Samples, pieces: Sequence[Piece], *, max_s: float) -> list[Block]:
    """Return the pieces in blocks of at most so many seconds, cut at pauses.

    A piece that is longer by itself is cut where it is quietest; `join_pieces` undoes that.
    """
    n_max = int(max_s * SAMPLING_RATE_HZ)
    blocks: list[list[Piece]] = []
    n_samples = 0
    for piece in pieces:
        for part in _parts(samples, piece, n_max):
            length = part.padded_end - part.padded_start
            if not blocks or n_samples + length > n_max:
                blocks.append([])
                n_samples = 0
            blocks[-1].append(part)
            n_samples += length
    return [Block(tuple(block)) for block in blocks]


def join_pieces(blocks: Sequence[Block]) -> list[Piece]:
    """Return the pieces of blocks on end; parts of one piece become one again."""
    joined: list[Piece] = []
    for block in blocks:
        for piece in block.pieces:
            last = joined[-1] if joined else None
            if last is not None and last.end == piece.start and last.padded_end == piece.start:
                joined[-1] = replace(last, end=piece.end, padded_end=piece.padded_end)
            else:
                joined.append(piece)
    return joined


def _parts(samples: Samples, piece: Piece, n_max: int) -> list[Piece]:
    parts: list[Piece] = []
    rest = piece
    while rest.padded_end - rest.padded_start > n_max:
        cut = _quietest(samples, rest.padded_start, rest.padded_start + n_max)
        if not rest.start < cut < rest.end:
            break
        parts.append(replace(rest, end=cut, padded_end=cut))
        rest = replace(rest, start=cut, padded_start=cut)
    return [*parts, rest]


def _quietest(samples: Samples, start: int, end: int) -> int:
    """Return the middle of the quietest tenth of a second before `end`."""
    frame = int(_FRAME_S * SAMPLING_RATE_HZ)
    first = max((start + end) // 2, end - int(_CUT_SEARCH_S * SAMPLING_RATE_HZ))
    n_frames = (end - first) // frame
    if n_frames < 1:
        return end
    tail = np.abs(samples[first : first + n_frames * frame]).reshape(n_frames, frame)
    return first + int(np.argmin(tail.mean(axis=1))) * frame + frame // 2
