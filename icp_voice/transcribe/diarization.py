"""Who speaks when on one channel: what a diarizer must do, and which one a run uses.

The built-in one needs nothing besides this package. pyannote and sherpa-onnx are extras for those
who have their models; they hear the whole recording at once and cost more memory and time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from icp_voice.config import TranscribeConfig
from icp_voice.transcribe.audio import Samples
from icp_voice.transcribe.speech import Piece

Labels = NDArray[np.intp]

MAX_SPEAKERS = 4
HOP_S = 0.02


@dataclass(frozen=True)
class Diarization:
    """Who speaks in each 20 ms frame.

    Attributes:
        labels: shape (frames,); speakers from 0 in order of first appearance, -1 for nobody.
        n_speakers: at least 1.
    """

    labels: Labels
    n_speakers: int

    def speaker_of(self, start_s: float, end_s: float) -> int:
        """Return who speaks most between two times; the nearest speaker where nobody does."""
        first = int(start_s / HOP_S)
        inside = self.labels[first : max(first + 1, int(end_s / HOP_S))]
        inside = inside[inside >= 0]
        if inside.size:
            return int(np.bincount(inside).argmax())
        spoken = np.flatnonzero(self.labels >= 0)
        if not spoken.size:
            return 0
        return int(self.labels[spoken[np.abs(spoken - first).argmin()]])


class VoiceTrack(Protocol):
    """The voices of one recording, gathered window by window."""

    def add(self, samples: Samples, pieces: Sequence[Piece]) -> None:
        """Add the next window (float32, 16 kHz, mono), without a gap to the one before."""

    def diarize(
        self, *, min_speakers: int = 1, max_speakers: int = MAX_SPEAKERS, likely_speakers: int = 2
    ) -> Diarization:
        """Tell the voices of the whole recording apart. Called once.

        Args:
            min_speakers: voices known to be there, however alike.
            max_speakers: no more voices are looked for.
            likely_speakers: more voices than this must differ clearly.
        """


class Diarizer(Protocol):
    """Tells voices apart. One serves all recordings of a run, from several threads at once."""

    def track(self) -> VoiceTrack:
        """Begin a recording."""


def load_diarizer(config: TranscribeConfig) -> Diarizer:
    """Return the diarizer that the settings name; a model is loaded once a process.

    Raises:
        ModelError: its package or its model is not here; the sentence says how to get it.
    """
    return _load(config.diarizer, config.diarizer_model, config.offline)


@lru_cache(maxsize=2)
def _load(name: str, model: str, offline: bool) -> Diarizer:
    if name == "pyannote":
        from icp_voice.transcribe.pyannote_diarizer import PyannoteDiarizer

        return PyannoteDiarizer(model, offline=offline)
    if name == "sherpa-onnx":
        from icp_voice.transcribe.sherpa_diarizer import SherpaDiarizer

        return SherpaDiarizer(model)
    from icp_voice.transcribe.speakers import BuiltInDiarizer

    return BuiltInDiarizer()


def in_order(labels: Labels) -> Diarization:
    """Number the speakers by first appearance; -1 stays nobody."""
    found, first = np.unique(labels[labels >= 0], return_index=True)
    order = found[np.argsort(first)]
    numbered = np.full_like(labels, -1)
    for number, label in enumerate(order):
        numbered[labels == label] = number
    return Diarization(numbered, max(1, order.size))


def from_stretches(stretches: Iterable[tuple[float, float, str]], duration_s: float) -> Diarization:
    """Turn (start_s, end_s, speaker) into a speaker a frame; of two at once the later one counts.

    Examples:
        >>> from_stretches([(0.0, 0.04, "B"), (0.06, 0.1, "A")], 0.1).labels.tolist()
        [0, 0, -1, 1, 1]
    """
    labels = np.full(round(duration_s / HOP_S), -1, dtype=np.intp)
    numbers: dict[str, int] = {}
    for start_s, end_s, speaker in sorted(stretches):
        number = numbers.setdefault(speaker, len(numbers))
        labels[max(0, round(start_s / HOP_S)) : max(0, round(end_s / HOP_S))] = number
    return in_order(labels)
