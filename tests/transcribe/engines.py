"""A recogniser for tests of what stands around the recogniser: it says what it is told."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.engine import Recognised, Word

Script = Callable[[Samples], list[Recognised]]


class ScriptedEngine:
    """Returns the segments that a function makes of the sound's length."""

    name = "scripted@1"
    max_speech_s = 0.0
    batch_size = 1

    def __init__(self, script: Script, languages: tuple[str, ...] = ("en",)) -> None:
        self._script = script
        self.languages = languages
        self.asked: list[str] = []
        self.batches: list[int] = []
        self.probabilities: Mapping[str, float] = {}

    def recognise(self, samples: Samples, *, language: str) -> Iterator[Recognised]:
        """Yield the script's segments."""
        self.asked.append(language)
        yield from self._script(samples)

    def recognise_batch(
        self, sounds: Sequence[Samples], *, language: str
    ) -> list[list[Recognised]]:
        """Return the script's segments of each sound."""
        self.batches.append(len(sounds))
        return [list(self.recognise(sound, language=language)) for sound in sounds]

    def language_probabilities(self, samples: Samples) -> Mapping[str, float]:
        """Return what the test set."""
        return self.probabilities


def one_word_a_second(samples: Samples) -> list[Recognised]:
    """Return segments of five words, a word a second: `w0 w1 ...`."""
    n_words = int(samples.shape[0] / SAMPLING_RATE_HZ)
    words = [Word(i + 0.1, i + 0.9, f" w{i}") for i in range(n_words)]
    return [segment(words[i : i + 5]) for i in range(0, n_words, 5)]


def segment(words: list[Word]) -> Recognised:
    """Return the segment that consists of the words."""
    text = "".join(word.text for word in words).strip()
    return Recognised(words[0].start_s, words[-1].end_s, text, tuple(words), -0.2)
