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


class PolyglotEngine:
    """Hears the language of a stretch by its level, and writes each word in that language.

    The level of the sound stands for the language (`level_of`), and each second is a word of it.
    `doubt` makes the detection unsure; a stretch is detected by its first 30 seconds, as Whisper
    does, each language in proportion to its seconds.
    """

    name = "polyglot@1"
    max_speech_s = 0.0
    batch_size = 1
    languages: tuple[str, ...] = ()

    def __init__(self, codes: tuple[str, ...], *, mistakes: Mapping[int, float] | None = None):
        self._codes = codes
        self._mistakes = dict(mistakes or {})  # number of the question -> probability of the truth
        self.asked: list[tuple[str, float]] = []
        self.n_detected = 0

    def level_of(self, code: str) -> float:
        """Return the level that stands for a language."""
        return 0.1 * (self._codes.index(code) + 1)

    def _code_of(self, second: Samples) -> str:
        level = float(abs(second).max())
        return min(self._codes, key=lambda code: abs(self.level_of(code) - level))

    def recognise(self, samples: Samples, *, language: str) -> Iterator[Recognised]:
        """Yield a segment a second: a word of the language spoken, unsure where asked wrongly."""
        self.asked.append((language, samples.shape[0] / SAMPLING_RATE_HZ))
        for i in range(samples.shape[0] // SAMPLING_RATE_HZ):
            second = samples[i * SAMPLING_RATE_HZ : (i + 1) * SAMPLING_RATE_HZ]
            spoken = self._code_of(second)
            sureness = -0.2 if spoken == language else -1.2
            word = Word(i + 0.1, i + 0.9, f" {spoken}+{language}")
            yield Recognised(word.start_s, word.end_s, word.text.strip(), (word,), sureness)

    def recognise_batch(
        self, sounds: Sequence[Samples], *, language: str
    ) -> list[list[Recognised]]:
        """Return what `recognise` yields for each sound."""
        return [list(self.recognise(sound, language=language)) for sound in sounds]

    def language_probabilities(self, samples: Samples) -> Mapping[str, float]:
        """Return the share of each language, with three in ten for one that nobody declared."""
        heard = samples[: 30 * SAMPLING_RATE_HZ]
        number, self.n_detected = self.n_detected, self.n_detected + 1
        n_seconds = max(1, heard.shape[0] // SAMPLING_RATE_HZ)
        counts = dict.fromkeys(self._codes, 0.02)
        for i in range(n_seconds):
            second = heard[i * SAMPLING_RATE_HZ : (i + 1) * SAMPLING_RATE_HZ]
            counts[self._code_of(second)] += 1.0 / n_seconds
        if number in self._mistakes:
            truth = max(counts, key=counts.__getitem__)
            right = self._mistakes[number]
            others = [code for code in counts if code != truth]
            counts = {truth: right} | dict.fromkeys(others, (1.0 - right) / len(others))
        total = sum(counts.values()) / 0.7
        return {code: count / total for code, count in counts.items()} | {"de": 0.3}
