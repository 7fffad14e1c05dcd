"""The speech recogniser behind one small interface; faster-whisper is the one that is built in.

faster-whisper was chosen for int8 on plain CPUs, its voice-activity detector, and decoding without
a program to install. Settings differ from its defaults where its issues say why:

- `condition_on_previous_text=False`: a mistake would feed the next window (loops, #506).
- the voice-activity detector runs apart (see `speech`), once, for it also measures the speech.
- `temperature=0` only: the fall-back to sampling gives other words on every run.
- `word_timestamps=True`: a segment may reach over a pause in which the other side spoke, and it is
  cut there; `hallucination_silence_threshold` works only with it.
- sequential, not batched: the batched pipeline loses segments (#1179) and cuts at 30 s (#985).
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from icp_voice.config import TranscribeConfig
from icp_voice.errors import ModelError
from icp_voice.transcribe.audio import Samples
from icp_voice.transcribe.models import ResolvedModel

log = logging.getLogger(__name__)

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

    def recognise(self, samples: Samples, *, language: str) -> Iterator[Recognised]:
        """Yield the segments of mono sound (float32, 16 kHz) in order of time."""

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

    def language_probabilities(self, samples: Samples) -> Mapping[str, float]:
        """Return language -> probability of the first 30 seconds."""
        if not self._multilingual:
            return {"en": 1.0}
        _, _, probabilities = self._model.detect_language(samples[:_DETECTION_SAMPLES])
        return dict(probabilities)


def _words(words: Sequence[Any]) -> tuple[Word, ...]:
    return tuple(Word(word.start, word.end, word.word) for word in words if word.word.strip())


def _has_gpu() -> bool:
    import ctranslate2

    return bool(ctranslate2.get_cuda_device_count() > 0)
