"""Which of the declared languages is spoken.

The recogniser's own detection never applies a threshold and hides what it chose (faster-whisper
#1322, #1233): two windows of a German file went English at p = .43 and .29. So only declared
languages count, a doubtful answer keeps the one before, and the letters of the text are a check.
"""

from collections.abc import Sequence

import numpy as np

from icp_voice.errors import ModelError
from icp_voice.languages import detect_language, language_scores
from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.engine import SpeechEngine
from icp_voice.transcribe.speech import Piece

ACCEPT_PROBABILITY = 0.6
_BLOCK_S = 30.0
_MAX_BLOCKS = 3
# Two words with letters or endings of another language: the text is in that one.
_MIN_EVIDENCE = 3.0


def usable_languages(engine: SpeechEngine, declared: Sequence[str]) -> tuple[str, ...]:
    """Return the declared languages that the recogniser knows.

    Raises:
        ModelError: it knows none of them.
    """
    if not engine.languages:
        return tuple(declared)
    usable = tuple(code for code in declared if code in engine.languages)
    if not usable:
        raise ModelError(
            f"Model {engine.name.split('@')[0]} knows only {', '.join(engine.languages)}; "
            f"languages are {', '.join(declared)}. Name a multilingual model, such as small."
        )
    return usable


class LanguageChooser:
    """Chooses the language of one channel, window by window."""

    def __init__(self, engine: SpeechEngine, languages: Sequence[str]) -> None:
        """Take the languages that may occur; with one alone nothing is asked."""
        self._engine = engine
        self._languages = tuple(languages)
        self._last = self._languages[0]

    def choose(self, samples: Samples, pieces: Sequence[Piece]) -> str:
        """Return the language spoken in the pieces; a doubtful one is that of the last window."""
        if len(self._languages) > 1 and pieces:
            found = self._detect(samples, pieces)
            best = max(self._languages, key=lambda code: found[code])
            if found[best] >= ACCEPT_PROBABILITY:
                self._last = best
        return self._last

    def of_text(self, text: str, spoken: str) -> str:
        """Return the language of a recognised text: the spoken one unless its letters object."""
        if len(self._languages) < 2:
            return spoken
        scores = language_scores(text)
        read = detect_language(text, self._languages)
        if read != spoken and scores[read] >= _MIN_EVIDENCE and scores[read] > scores[spoken]:
            return read
        return spoken

    def _detect(self, samples: Samples, pieces: Sequence[Piece]) -> dict[str, float]:
        """Return language -> mean probability over a few blocks, among the declared ones."""
        joined = np.concatenate([samples[p.padded_start : p.padded_end] for p in pieces])
        size = int(_BLOCK_S * SAMPLING_RATE_HZ)
        totals = dict.fromkeys(self._languages, 0.0)
        blocks = [joined[i : i + size] for i in range(0, joined.shape[0], size)]
        step = max(1, len(blocks) // _MAX_BLOCKS)
        for block in blocks[::step][:_MAX_BLOCKS]:
            probabilities = self._engine.language_probabilities(block)
            known = {code: probabilities.get(code, 0.0) for code in self._languages}
            total = sum(known.values()) or 1.0
            for code, probability in known.items():
                totals[code] += probability / total
        n_blocks = min(_MAX_BLOCKS, len(blocks[::step]))
        return {code: total / n_blocks for code, total in totals.items()}
