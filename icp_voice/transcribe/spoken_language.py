"""Which of the declared languages is spoken, block by block.

The recogniser's own detection never applies a threshold and hides what it chose (faster-whisper
#1322, #1233): two of 28 windows of a German file went English at p = .43 and .29. So only declared
languages count, a doubtful block takes its neighbours' language, and the letters of the text are a
check.

To ask costs one pass of the encoder a block; with Whisper small on a CPU that is 55-70 % of what
its transcription costs. So three blocks of a window of ten minutes are asked first. Where they
agree and are sure, the rest is not asked; where they do not, all are, and those that may hold two
languages once more in parts. A language that was missed shows in the text or in an unsure
recogniser, and then it is asked, too.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from icp_voice.errors import ModelError
from icp_voice.languages import CYRILLIC, detect_language, dominant_script, language_scores
from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.engine import Recognised, SpeechEngine
from icp_voice.transcribe.language_blocks import Block, join_pieces, make_blocks
from icp_voice.transcribe.speech import Piece

# A block is sure from here on, among the declared languages: the next one then has .4 at most.
# Whisper's wrong answers in #1322 were at .43 and below.
ACCEPT_PROBABILITY = 0.6
# In a window of two languages a block below this may hold both.
_CLEAR_PROBABILITY = 0.9
# A block that is not sure counts a tenth: it decides only where nothing sure is near.
_DOUBTFUL_WEIGHT = 0.1
# The price of a change of language from one block to the next is log 3: a lasting change needs odds
# of 3 to 1 in all its blocks together, and one block among others 9 to 1 (p = .9), for it changes
# twice. No single block says more than 99 to 1.
_CHANGE_PRICE = math.log(3.0)
_MIN_PROBABILITY = 0.01
# Whisper's guess at a second or two is poor; a block of this much speech counts in full.
_FULL_WEIGHT_S = 5.0
_BLOCK_S = 30.0
_SHORT_BLOCK_S = 10.0
_FIRST_LOOK = 3
# The recogniser that is told the wrong language is unsure, or writes the right one all the same.
_UNSURE_LOG_PROBABILITY = -0.7
# Two words with letters or endings of another language: the text is in that one.
_MIN_EVIDENCE = 3.0


def usable_languages(engine: SpeechEngine, declared: Sequence[str]) -> tuple[str, ...]:
    """Return the declared languages that the recogniser knows.

    Raises:
        ModelError: it knows none of them.
    """
    once = tuple(dict.fromkeys(declared))
    if not engine.languages:
        return once
    usable = tuple(code for code in once if code in engine.languages)
    if not usable:
        raise ModelError(
            f"Model {engine.name.split('@')[0]} knows only {', '.join(engine.languages)}; "
            f"languages are {', '.join(declared)}. Name a multilingual model, such as small."
        )
    return usable


@dataclass(frozen=True)
class Spoken:
    """The pieces of a window in one language, in order; they are recognised together."""

    language: str
    pieces: tuple[Piece, ...]


@dataclass
class _Look:
    """A block of a window; `likely` is language -> probability once it was asked."""

    block: Block
    likely: Mapping[str, float] | None = None

    def best(self) -> tuple[str, float]:
        """Return the likeliest language and its probability; ("", 0) before it is asked."""
        if self.likely is None:
            return "", 0.0
        language = max(self.likely, key=self.likely.__getitem__)
        return language, self.likely[language]

    def says(self, language: str) -> float:
        """Return the evidence for a language: its log-probability, less where that is unsure."""
        if self.likely is None:
            return 0.0
        weight = min(1.0, self.block.seconds / _FULL_WEIGHT_S)
        if self.best()[1] < ACCEPT_PROBABILITY:
            weight *= _DOUBTFUL_WEIGHT
        return weight * math.log(max(self.likely[language], _MIN_PROBABILITY))


class LanguageChooser:
    """Chooses the languages of one channel, window after window."""

    def __init__(self, engine: SpeechEngine, languages: Sequence[str]) -> None:
        """Take the languages that may occur; with one alone nothing is asked."""
        self._engine = engine
        self._languages = tuple(languages)
        self._before = ""  # the language at the end of the window before

    def choose(self, samples: Samples, pieces: Sequence[Piece]) -> "WindowLanguages":
        """Return the languages spoken in the next window.

        Args:
            samples: the window, float32 of shape (samples,), 16 kHz.
            pieces: its speech.
        """
        window = WindowLanguages(self._engine, self._languages, pieces, before=self._before)
        self._before = window.look(samples)
        return window


class WindowLanguages:
    """The languages spoken in one window of one channel.

    What is found out about a window later never changes another one, so that windows can be
    recognised in any order.
    """

    def __init__(
        self,
        engine: SpeechEngine,
        languages: tuple[str, ...],
        pieces: Sequence[Piece],
        *,
        before: str,
    ) -> None:
        """Take a window's speech; `before` is the language at the end of the one before."""
        self._engine = engine
        self._languages = languages
        self._pieces = tuple(pieces)
        self._before = before
        self._looks: list[_Look] = []
        self._chosen: list[str] = []

    def look(self, samples: Samples) -> str:
        """Ask a few blocks, and all where these disagree; return the language at the end."""
        if len(self._languages) == 1 or not self._pieces:
            return self._before
        self._looks = [_Look(block) for block in make_blocks(samples, self._pieces, max_s=_BLOCK_S)]
        asked = [self._looks[i] for i in _spread(len(self._looks))]
        for look in asked:
            self._ask(samples, look)
        found, sure = zip(*(look.best() for look in asked), strict=True)
        if len(set(found)) == 1 and min(sure) >= ACCEPT_PROBABILITY:
            self._chosen = [found[0]] * len(self._looks)
        else:
            self._look_closely(samples)
        return self._chosen[-1]

    def runs(self) -> list[Spoken]:
        """Return the pieces of each language; as they are where there is one.

        The recogniser hears speech without its pauses, so pieces of one language go together even
        where another was spoken between them: half a minute of speech costs the same as a second.
        """
        if not self._pieces:
            return []
        if len(set(self._chosen)) <= 1:
            language = self._chosen[0] if self._chosen else self._languages[0]
            return [Spoken(language, self._pieces)]
        blocks: dict[str, list[Block]] = {}
        for language, look in zip(self._chosen, self._looks, strict=True):
            blocks.setdefault(language, []).append(look.block)
        return [Spoken(code, tuple(join_pieces(own))) for code, own in blocks.items()]

    def reconsider(self, samples: Samples, heard: Sequence[tuple[Recognised, str]]) -> list[Spoken]:
        """Return the runs anew if the text of blocks never asked shows another; else nothing.

        Args:
            samples: the window.
            heard: what was recognised there, with the language it was recognised in.
        """
        before = set(self._chosen)
        changed = False
        for look, language in zip(self._looks, self._chosen, strict=True):
            if look.likely is None and self._is_suspect(look.block, heard):
                self._ask(samples, look)
                found, probability = look.best()
                changed |= found != language and probability >= ACCEPT_PROBABILITY
        if changed:
            self._look_closely(samples)
        return self.runs() if set(self._chosen) != before else []

    def of_text(self, text: str, spoken: str) -> str:
        """Return the language of a recognised text: the spoken one unless its letters object."""
        if len(self._languages) < 2:
            return spoken
        if dominant_script(text) == "cyrillic" and spoken not in CYRILLIC:
            written = [code for code in self._languages if code in CYRILLIC]
            return detect_language(text, written) if written else spoken
        scores = language_scores(text)
        read = detect_language(text, self._languages)
        if read != spoken and scores[read] >= _MIN_EVIDENCE and scores[read] > scores[spoken]:
            return read
        return spoken

    def _ask(self, samples: Samples, look: _Look) -> None:
        """Ask the recogniser for a block's language; only the declared ones count."""
        probabilities = self._engine.language_probabilities(look.block.sound(samples))
        known = {code: probabilities.get(code, 0.0) for code in self._languages}
        total = sum(known.values())
        even = 1.0 / len(known)
        look.likely = {code: p / total if total > 0 else even for code, p in known.items()}

    def _look_closely(self, samples: Samples) -> None:
        """Ask every block, and where there are two languages those that may hold both in parts."""
        for look in self._looks:
            if look.likely is None:
                self._ask(samples, look)
        chosen = self._likeliest()
        sure = {language for language, p in map(_Look.best, self._looks) if p >= ACCEPT_PROBABILITY}
        if len({*chosen, *sure}) > 1:
            fine: list[_Look] = []
            for look in self._looks:
                parts = make_blocks(samples, look.block.pieces, max_s=_SHORT_BLOCK_S)
                if look.best()[1] >= _CLEAR_PROBABILITY or len(parts) < 2:
                    fine.append(look)
                    continue
                for part in parts:
                    fine.append(_Look(part))
                    self._ask(samples, fine[-1])
            self._looks = fine
            chosen = self._likeliest()
        self._chosen = chosen

    def _likeliest(self) -> list[str]:
        """Return the likeliest language of each block as a sequence (Viterbi's algorithm)."""
        scores = dict.fromkeys(self._languages, 0.0)
        if self._before:
            scores = {code: 0.0 if code == self._before else -_CHANGE_PRICE for code in scores}
        came_from: list[dict[str, str]] = []
        for i, look in enumerate(self._looks):
            best = max(scores, key=scores.__getitem__)
            origin = {
                code: code if i == 0 or scores[code] >= scores[best] - _CHANGE_PRICE else best
                for code in scores
            }
            scores = {
                code: look.says(code)
                + scores[origin[code]]
                - (0.0 if origin[code] == code else _CHANGE_PRICE)
                for code in scores
            }
            came_from.append(origin)
        path = [max(scores, key=scores.__getitem__)]
        for origin in reversed(came_from[1:]):
            path.append(origin[path[-1]])
        return path[::-1]

    def _is_suspect(self, block: Block, heard: Sequence[tuple[Recognised, str]]) -> bool:
        """Tell whether a block's text is in another language, or was guessed."""
        start_s, end_s = block.start / SAMPLING_RATE_HZ, block.end / SAMPLING_RATE_HZ
        here = [
            (segment, spoken)
            for segment, spoken in heard
            if start_s <= (segment.start_s + segment.end_s) / 2 < end_s
        ]
        n_characters = sum(len(segment.text) for segment, _ in here)
        if not n_characters:
            return False
        sureness = sum(len(s.text) * s.mean_log_probability for s, _ in here) / n_characters
        text = " ".join(segment.text for segment, _ in here)
        return sureness < _UNSURE_LOG_PROBABILITY or self.of_text(text, here[0][1]) != here[0][1]


def _spread(n_blocks: int) -> list[int]:
    """Return which blocks are asked first: the first, one in the middle and the last.

    >>> _spread(9)
    [0, 4, 8]
    >>> _spread(2)
    [0, 1]
    """
    if n_blocks <= _FIRST_LOOK:
        return list(range(n_blocks))
    return [round(i * (n_blocks - 1) / (_FIRST_LOOK - 1)) for i in range(_FIRST_LOOK)]
