"""Keep a recording's sound for a diarizer that must hear all of it at once."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.diarization import MAX_SPEAKERS, Diarization
from icp_voice.transcribe.speech import Piece

# (sound, fewest speakers, most speakers) -> who speaks when.
DiarizeSound = Callable[[Samples, int, int], Diarization]


class WholeSound:
    """Gathers the windows as 16-bit samples: 115 MB an hour, three times that while diarizing."""

    def __init__(self, diarize: DiarizeSound) -> None:
        """Begin a recording that `diarize` will hear."""
        self._diarize = diarize
        self._blocks: list[NDArray[np.int16]] = []

    def add(self, samples: Samples, pieces: Sequence[Piece]) -> None:
        """Add the next window; the diarizer finds the speech in it by itself."""
        self._blocks.append(np.round(np.clip(samples, -1.0, 1.0) * 32767.0).astype(np.int16))

    def diarize(
        self, *, min_speakers: int = 1, max_speakers: int = MAX_SPEAKERS, likely_speakers: int = 2
    ) -> Diarization:
        """Tell the voices of the whole recording apart; the model judges what is likely."""
        n_samples = sum(block.shape[0] for block in self._blocks)
        sound = np.empty(n_samples, dtype=np.float32)
        at = 0
        for block in self._blocks:
            sound[at : at + block.shape[0]] = block
            at += block.shape[0]
        self._blocks.clear()
        sound /= 32767.0
        if n_samples < SAMPLING_RATE_HZ or max_speakers < 2:
            return Diarization(np.zeros(n_samples * 50 // SAMPLING_RATE_HZ, dtype=np.intp), 1)
        return self._diarize(sound, min_speakers, max_speakers)
