"""Voices told apart on one channel."""

import numpy as np
from engines import segment
from hypothesis import given
from hypothesis import strategies as st
from sounds import RATE_HZ, Samples, high_voice, low_voice, silence

from icp_voice.transcribe.diarization import HOP_S, Diarization
from icp_voice.transcribe.engine import Word
from icp_voice.transcribe.speakers import BuiltInDiarizer
from icp_voice.transcribe.speech import Piece
from icp_voice.transcribe.splitting import split_by_voice


def conversation(plan: str) -> tuple[Samples, list[Piece]]:
    """Return two seconds a letter of `plan`, L or H, with pauses between, and where they lie."""
    parts: list[Samples] = [silence(0.5)]
    pieces = []
    for seed, letter in enumerate(plan):
        start = sum(part.shape[0] for part in parts)
        sound = low_voice(2, seed) if letter == "L" else high_voice(2, seed)
        parts += [sound, silence(0.5)]
        pieces.append(Piece(start, start + sound.shape[0], start, start + sound.shape[0]))
    return np.concatenate(parts), pieces


def voices(plan: str) -> list[int]:
    samples, pieces = conversation(plan)
    track = BuiltInDiarizer().track()
    track.add(samples, pieces)
    found = track.diarize()
    return [found.speaker_of(p.start / RATE_HZ, p.end / RATE_HZ) for p in pieces]


def test_two_voices_are_told_apart() -> None:
    """Every stretch of a call of two voices goes to its voice, numbered by appearance."""
    assert voices("LHLHHLLH") == [0, 1, 0, 1, 1, 0, 0, 1]


def test_one_voice_stays_one() -> None:
    """A monologue is not cut into two people."""
    assert set(voices("HHHHHH")) == {0}


def test_windows_of_one_recording_share_their_voices() -> None:
    """The voice of the second window has the number it had in the first."""
    track = BuiltInDiarizer().track()
    for plan in ("LLHH", "HHLL"):
        track.add(*conversation(plan))
    found = track.diarize()
    length_s = conversation("LLHH")[0].shape[0] / RATE_HZ
    assert found.speaker_of(0.5, 2.5) == found.speaker_of(length_s + 8.0, length_s + 10.0)
    assert found.speaker_of(0.5, 2.5) != found.speaker_of(length_s + 0.5, length_s + 2.5)


def test_change_of_voice_inside_a_segment_is_cut_at_the_sentence() -> None:
    """The segment is parted at the sentence end next to the change of voice."""
    labels = np.repeat([0, 1], int(3 / HOP_S)).astype(np.intp)
    words = [
        Word(i, i + 0.9, text)
        for i, text in enumerate([" So", " that", " works.", " Yes,", " it", " does."])
    ]
    parts = list(split_by_voice(segment(words), Diarization(labels, 2)))
    assert [(voice, part.text) for voice, part in parts] == [
        (0, "So that works."),
        (1, "Yes, it does."),
    ]


@given(st.lists(st.integers(-1, 2), min_size=10, max_size=300), st.integers(1, 12))
def test_parting_loses_no_word(labels: list[int], n_words: int) -> None:
    """Whatever the labels, the parts hold each word once and in order."""
    words = [Word(i * 0.3, i * 0.3 + 0.25, f" w{i}") for i in range(n_words)]
    diarization = Diarization(np.array(labels, dtype=np.intp), 3)
    parts = list(split_by_voice(segment(words), diarization))
    assert " ".join(part.text for _, part in parts).split() == [f"w{i}" for i in range(n_words)]
