"""Words of one speaker heard on both channels: the louder copy stays.

A handset, a loudspeaker or the line's echo lets the caller be heard, faintly, on the agent's
channel, and the recogniser writes it down twice: once on the wrong side. A segment whose words are
said at that time on the other channel, too, is such a copy where it is the weaker one.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.engine import Recognised

REASON = "an echo of the other channel"

# An echo comes up to half a second later, and word times are not sure to a few tenths.
_MAX_APART_S = 0.8
_SAME_SHARE = 0.6
# Weaker by this much is an echo whatever it says; less takes words enough to be no coincidence.
_WEAKER_DB = 6.0
_MIN_WORDS = 4
_SURE_SHARE = 0.8


@dataclass(frozen=True)
class HeardSegment:
    """A recognised segment of one channel, its language, and how loud it is (dB of full scale)."""

    recognised: Recognised
    language: str
    level_db: float


def find_echoes(
    first: Sequence[HeardSegment], second: Sequence[HeardSegment]
) -> tuple[frozenset[int], frozenset[int]]:
    """Return which segments of two channels only repeat the other channel.

    A channel's gain says nothing of who speaks: each segment is compared with the loudest of its
    own channel, and with the other channel's as it is where that leaves it open.
    """
    loudest = [max((h.level_db for h in heard), default=0.0) for heard in (first, second)]
    words = [[_timed_words(h.recognised) for h in heard] for heard in (first, second)]
    echoes: tuple[set[int], set[int]] = (set(), set())
    originals: tuple[set[int], set[int]] = (set(), set())
    for own in (0, 1):
        other = 1 - own
        channels = (first, second)
        for i, heard in enumerate(channels[own]):
            if i in originals[own]:
                continue
            near = _overlapping(heard.recognised, channels[other])
            copies = [j for j in near if j not in echoes[other]]
            said = [word for j in copies for word in words[other][j]]
            share = _share_said(words[own][i], said)
            if share < _SAME_SHARE:
                continue
            level_db = max(channels[other][j].level_db for j in copies)
            by_own_db = (level_db - loudest[other]) - (heard.level_db - loudest[own])
            as_is_db = level_db - heard.level_db
            weaker_db = by_own_db if abs(by_own_db) >= _WEAKER_DB else as_is_db
            sure = share >= _SURE_SHARE and len(words[own][i]) >= _MIN_WORDS
            if weaker_db >= _WEAKER_DB or (sure and weaker_db > 0.0):
                echoes[own].add(i)
                # What an echo repeats stays, or the words would be gone from both.
                originals[other].update(
                    j for j in copies if _share_said(words[own][i], words[other][j]) > 0.0
                )
    return frozenset(echoes[0]), frozenset(echoes[1])


def level_db(samples: Samples, start_s: float, end_s: float) -> float:
    """Return how loud a part of a window is, in dB of full scale; its silences count little."""
    part = samples[int(start_s * SAMPLING_RATE_HZ) : int(end_s * SAMPLING_RATE_HZ) + 1]
    power = float(np.mean(np.square(part, dtype=np.float64))) if part.size else 0.0
    return 10.0 * math.log10(max(power, 1e-12))


def _overlapping(segment: Recognised, others: Sequence[HeardSegment]) -> list[int]:
    return [
        j
        for j, other in enumerate(others)
        if other.recognised.start_s - _MAX_APART_S < segment.end_s
        and segment.start_s < other.recognised.end_s + _MAX_APART_S
    ]


def _share_said(words: Sequence[tuple[float, str]], said: Sequence[tuple[float, str]]) -> float:
    """Return the share of words that are among those said, at about the same time."""
    if not words:
        return 0.0
    same = sum(
        any(word == other and abs(at_s - when_s) <= _MAX_APART_S for when_s, other in said)
        for at_s, word in words
    )
    return same / len(words)


def _timed_words(segment: Recognised) -> list[tuple[float, str]]:
    """Return (middle in seconds, plain word); spread evenly where words have no times.

    Examples:
        >>> _timed_words(Recognised(0.0, 4.0, "Yes, I do."))[0]
        (0.6666666666666666, 'yes')
    """
    if segment.words:
        timed = [((w.start_s + w.end_s) / 2, w.text) for w in segment.words]
    else:
        texts = segment.text.split()
        step_s = (segment.end_s - segment.start_s) / max(1, len(texts))
        timed = [(segment.start_s + (i + 0.5) * step_s, text) for i, text in enumerate(texts)]
    plain = [(at_s, re.sub(r"[\W_]+", "", text).casefold()) for at_s, text in timed]
    return [(at_s, word) for at_s, word in plain if word]
