"""The speech recogniser behind one small interface; faster-whisper is the one that is built in.

faster-whisper was chosen for int8 on plain CPUs, its voice-activity detector, and decoding without
a program to install. Settings differ from its defaults where its issues say why:

- `condition_on_previous_text=False`: a mistake would feed the next window (loops, #506).
- the voice-activity detector runs apart (see `speech`), once, for it also measures the speech.
- `temperature=0` only: the fall-back to sampling gives other words on every run.
- `word_timestamps=True`: a segment may reach over a pause in which the other side spoke, and it is
  cut there; `hallucination_silence_threshold` works only with it.
- sequential unless asked: the batched pipeline loses segments (#1179). Batched, it is given our own
  pieces of speech as clips, for its own ones lose the settings and come at 30 s (#985, #1396).
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from icp_voice.config import TranscribeConfig
from icp_voice.errors import ModelError
from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.models import ResolvedModel

log = logging.getLogger(__name__)

# Whisper hears 30 s at once; what is longer would be cut off in a batch.
MAX_BATCHED_S = 29.0
_DETECTION_SAMPLES = 30 * 16_000


@dataclass(frozen=True)
class Word:
    """One recognised word with its times in seconds; `text` keeps its leading space."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class Recognised:
    """One recognised segment; times in seconds from the start of what was given.

    Attributes:
        words: in order; empty where the recogniser tells no word times.
    """

    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...] = ()
    mean_log_probability: float = 0.0
    no_speech_probability: float = 0.0
    compression_ratio: float = 1.0

    def moved(self, offset_s: float) -> "Recognised":
        """Return the segment so many seconds later."""
        words = tuple(
            replace(word, start_s=word.start_s + offset_s, end_s=word.end_s + offset_s)
            for word in self.words
        )
        start_s, end_s = self.start_s + offset_s, self.end_s + offset_s
        return replace(self, start_s=start_s, end_s=end_s, words=words)


class SpeechEngine(Protocol):
    """What a recogniser must do. Called from several threads at once."""

    @property
    def name(self) -> str:
        """Model and revision, as results keep it: `demo-en@1`."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The only languages it knows; empty where it knows all."""

    @property
    def max_speech_s(self) -> float:
        """Seconds of speech it is best given at once; 0 where that does not matter."""

    @property
    def batch_size(self) -> int:
        """Sounds it is best given together; 1 where it takes one after the other."""

    def recognise(self, samples: Samples, *, language: str) -> Iterator[Recognised]:
        """Yield the segments of mono sound (float32, 16 kHz) in order of time."""

    def recognise_batch(
        self, sounds: Sequence[Samples], *, language: str
    ) -> list[list[Recognised]]:
        """Return the segments of each of several sounds of up to `MAX_BATCHED_S`."""

    def language_probabilities(self, samples: Samples) -> Mapping[str, float]:
        """Return language -> probability of the first 30 seconds."""


class FasterWhisperEngine:
    """faster-whisper's sequential pipeline on one loaded model."""

    def __init__(
        self, model: ResolvedModel, config: TranscribeConfig, *, workers: int, threads: int
    ) -> None:
        """Load a model for `workers` calls at once with `threads` threads each.

        Raises:
            ModelError: the files are there, but no model comes out of them.
        """
        from faster_whisper import WhisperModel

        try:
            self._model: Any = WhisperModel(
                str(model.path),
                device="auto",
                compute_type="int8" if not _has_gpu() else "int8_float16",
                cpu_threads=threads,
                num_workers=workers,
                local_files_only=True,
            )
        except Exception as error:  # ctranslate2 and tokenizers raise RuntimeError, ValueError, ...
            raise ModelError(
                f"Model {model.name} in {model.path} can't be loaded: {error}. "
                "Is it a CTranslate2 Whisper model, copied whole?"
            ) from error
        self._config = config
        self._name = f"{model.name}@{model.revision}"
        self._max_speech_s = model.max_speech_s
        self._multilingual = bool(self._model.model.is_multilingual)
        log.info("model loaded: name=%s workers=%d threads=%d", self._name, workers, threads)

    @property
    def name(self) -> str:
        """Model and revision."""
        return self._name

    @property
    def languages(self) -> tuple[str, ...]:
        """English alone for a model without language tokens."""
        return () if self._multilingual else ("en",)

    @property
    def max_speech_s(self) -> float:
        """What the manifest says of the model."""
        return self._max_speech_s

    @property
    def batch_size(self) -> int:
        """The configured one where the batched mode is on."""
        return self._config.batch_size if self._config.batched else 1

    def recognise(self, samples: Samples, *, language: str) -> Iterator[Recognised]:
        """Yield the segments of mono sound in order of time."""
        segments, _ = self._model.transcribe(
            samples,
            language=language if self._multilingual else "en",
            beam_size=self._config.beam_size,
            temperature=0.0,
            condition_on_previous_text=False,
            vad_filter=False,
            word_timestamps=True,
            hallucination_silence_threshold=2.0,
        )
        yield from _recognised(segments)

    def recognise_batch(
        self, sounds: Sequence[Samples], *, language: str
    ) -> list[list[Recognised]]:
        """Return the segments of each of several sounds, recognised together."""
        from faster_whisper import BatchedInferencePipeline

        ends_s = np.cumsum([sound.shape[0] / SAMPLING_RATE_HZ for sound in sounds])
        starts_s = np.concatenate([[0.0], ends_s[:-1]])
        # A pipeline keeps the end of the last word between calls: one a call, for threads share us.
        segments, _ = BatchedInferencePipeline(self._model).transcribe(
            np.concatenate(list(sounds)),
            language=language if self._multilingual else "en",
            beam_size=self._config.beam_size,
            temperature=0.0,
            vad_filter=False,
            clip_timestamps=[
                {"start": float(start_s), "end": float(end_s)}
                for start_s, end_s in zip(starts_s, ends_s, strict=True)
            ],
            batch_size=len(sounds),
            without_timestamps=False,
            word_timestamps=True,
        )
        found: list[list[Recognised]] = [[] for _ in sounds]
        for recognised in _recognised(segments):
            middle_s = (recognised.start_s + recognised.end_s) / 2
            at = min(int(np.searchsorted(ends_s, middle_s, side="right")), len(sounds) - 1)
            found[at].append(recognised.moved(-float(starts_s[at])))
        return found

    def language_probabilities(self, samples: Samples) -> Mapping[str, float]:
        """Return language -> probability of the first 30 seconds."""
        if not self._multilingual:
            return {"en": 1.0}
        _, _, probabilities = self._model.detect_language(samples[:_DETECTION_SAMPLES])
        return dict(probabilities)


def _recognised(segments: Iterable[Any]) -> Iterator[Recognised]:
    """Yield faster-whisper's segments that hold text as ours."""
    for segment in segments:
        text = segment.text.strip()
        if text:
            yield Recognised(
                start_s=segment.start,
                end_s=segment.end,
                text=text,
                words=_words(segment.words or ()),
                mean_log_probability=segment.avg_logprob,
                no_speech_probability=segment.no_speech_prob,
                compression_ratio=segment.compression_ratio,
            )


def _words(words: Sequence[Any]) -> tuple[Word, ...]:
    return tuple(Word(word.start, word.end, word.word) for word in words if word.word.strip())


def _has_gpu() -> bool:
    import ctranslate2

    return bool(ctranslate2.get_cuda_device_count() > 0)
