"""How a run tells what it is doing; the command line draws bars of it, tests listen."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class TranscribeProgress:
    """How far the recordings of a run are. Units: seconds of audio, seconds of time.

    Attributes:
        audio_done_s, audio_total_s: audio transcribed so far, and of all recordings of the run.
        elapsed_s: time since the first recording was begun.
    """

    files_done: int
    files_total: int
    audio_done_s: float
    audio_total_s: float
    elapsed_s: float


class Reporter(Protocol):
    """Who is told how far a run is."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage of `total` pieces of work; 0 where they can't be counted."""

    def advance(self, done: int) -> None:
        """Say how many pieces of the current stage are done."""

    def transcribing(self, progress: TranscribeProgress) -> None:
        """Say how far the recordings are."""

    def note(self, sentence: str) -> None:
        """Say something the user should know, in one sentence."""
