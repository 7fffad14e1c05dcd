"""Where somebody speaks, and times put back."""

from itertools import pairwise

import numpy as np
import pytest
from engines import ScriptedEngine, one_word_a_second, segment
from hypothesis import given
from hypothesis import strategies as st
from sounds import RATE_HZ, silence

from icp_voice.transcribe.engine import Recognised, Word
from icp_voice.transcribe.speech import (
    Piece,
    find_speech,
    recognise_pieces,
    speech_probabilities,
    speech_seconds,
)


def pieces(*spans: tuple[float, float]) -> list[Piece]:
    made = []
    for start_s, end_s in spans:
        start, end = int(start_s * RATE_HZ), int(end_s * RATE_HZ)
        made.append(Piece(start, end, start, end))
    return made


@pytest.mark.parametrize("kind", ["silence", "noise", "dial tone", "nothing"])
def test_no_speech_is_found_where_nobody_speaks(kind: str) -> None:
    """Silence, noise and tones hold no speech, so nothing can be invented on them."""
    time = np.arange(5 * RATE_HZ) / RATE_HZ
    sound = {
        "silence": silence(5),
        "noise": 0.05 * np.random.default_rng(3).standard_normal(5 * RATE_HZ),
        "dial tone": 0.2 * np.sin(2 * np.pi * 350 * time) + 0.2 * np.sin(2 * np.pi * 440 * time),
        "nothing": silence(0),
    }[kind]
    samples = sound.astype(np.float32)
    found = find_speech(speech_probabilities(samples), samples.shape[0], min_silence_ms=500)
    assert found == []
    assert (
        recognise_pieces(ScriptedEngine(one_word_a_second), silence(5), found, language="en") == []
    )


@given(st.lists(st.floats(0.0, 1.0, width=32), max_size=120), st.sampled_from([100, 200, 500]))
def test_pieces_are_those_of_faster_whisper(probabilities: list[float], silence_ms: int) -> None:
    """From the same probabilities come the spans of faster-whisper's own filter."""
    from faster_whisper import vad

    array = np.asarray(probabilities, dtype=np.float32)
    n_samples = max(0, 512 * len(probabilities) - 7)
    options = vad.VadOptions(
        min_silence_duration_ms=silence_ms, speech_pad_ms=0, min_speech_duration_ms=100
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vad, "get_vad_model", lambda: lambda _: array)
        theirs = vad.get_speech_timestamps(np.zeros(n_samples, dtype=np.float32), options)
    ours = find_speech(array, n_samples, min_silence_ms=silence_ms)
    assert [(p.start, p.end) for p in ours] == [(t["start"], t["end"]) for t in theirs]


def test_batches_hold_pieces_no_longer_than_the_model_hears() -> None:
    """Batched, speech goes in sounds of up to 29 s, several at once, and every word is kept."""
    engine = ScriptedEngine(one_word_a_second)
    engine.batch_size = 2
    heard: list[float] = []
    spoken = pieces((1, 3), (4, 74), (80, 95), (96, 110))
    found = recognise_pieces(engine, silence(120), spoken, language="en", on_heard=heard.append)
    assert sum(engine.batches) >= 5
    assert max(engine.batches) == 2
    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(1.0)
    starts = [word.start_s for segment in found for word in segment.words]
    assert starts == sorted(starts)
    # A word a second, less what is cut off at the end of each sound.
    assert 96 <= len(starts) <= 101


def test_times_are_those_of_the_recording_and_pauses_cut() -> None:
    """A segment over a long pause becomes two, each at its place; a short pause does not cut."""
    spoken = pieces((10.0, 12.0), (12.6, 13.6), (30.0, 32.0))
    engine = ScriptedEngine(one_word_a_second)
    found = recognise_pieces(engine, silence(40), spoken, language="en")
    assert [(f.text, round(f.start_s, 2), round(f.end_s, 2)) for f in found] == [
        ("w0 w1 w2", 10.1, 13.5),
        ("w3 w4", 30.1, 31.9),
    ]
    assert speech_seconds(spoken) == pytest.approx(5.0)


def test_small_model_gets_few_seconds_at_once() -> None:
    """Pieces are given in blocks that fit the model, each with its own clock."""
    engine = ScriptedEngine(one_word_a_second)
    engine.max_speech_s = 4.0
    heard: list[float] = []
    spoken = pieces((1, 3), (4, 6), (7, 9), (20, 26))
    found = recognise_pieces(engine, silence(40), spoken, language="en", on_heard=heard.append)
    assert len(engine.asked) == 3
    assert [round(f.start_s, 1) for f in found] == [1.1, 4.1, 7.1, 20.1, 25.1]
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_segment_without_words_keeps_to_its_pieces() -> None:
    """A recogniser that tells no word times still gets the right place."""
    engine = ScriptedEngine(lambda _: [Recognised(2.02, 3.9, "hello")])
    (found,) = recognise_pieces(engine, silence(40), pieces((5, 7), (20, 22)), language="en")
    assert (found.start_s, found.end_s) == pytest.approx((20.02, 21.9))


SPANS = st.lists(st.tuples(st.floats(0.0, 3.0), st.floats(0.3, 4.0)), min_size=1, max_size=6)


@given(SPANS, st.lists(st.floats(0.05, 0.9), min_size=1, max_size=20))
def test_every_word_comes_out_once_in_order(
    spans: list[tuple[float, float]], lengths: list[float]
) -> None:
    """However pieces and words lie, no word is lost and time does not run back."""
    clock_s = 0.0
    spoken = []
    for gap_s, length_s in spans:
        spoken.append((clock_s + gap_s, clock_s + gap_s + length_s))
        clock_s += gap_s + length_s
    ends = np.cumsum(lengths)
    words = [
        Word(float(end - length), float(end), f" w{i}")
        for i, (end, length) in enumerate(zip(ends, lengths, strict=True))
    ]
    engine = ScriptedEngine(lambda _: [segment(words)])
    found = recognise_pieces(engine, silence(clock_s + 1), pieces(*spoken), language="en")
    assert " ".join(f.text for f in found).split() == [f"w{i}" for i in range(len(words))]
    times = [word.start_s for f in found for word in f.words]
    assert all(later >= earlier - 1e-6 for earlier, later in pairwise(times))
