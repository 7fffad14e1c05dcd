"""The shipped voice model."""

import json
from pathlib import Path

import numpy as np
import pytest
from diarization_error import diarization_error, sample_calls, stretches_of

from icp_voice.errors import ModelError
from icp_voice.transcribe import voiceprints
from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, read_windows
from icp_voice.transcribe.diarization import Diarization
from icp_voice.transcribe.recording import VOICE_SILENCE_MS
from icp_voice.transcribe.speakers import BuiltInDiarizer
from icp_voice.transcribe.speech import find_speech, speech_probabilities
from icp_voice.transcribe.voiceprints import from_bytes, load_voice_printer, log_mel


def first_call(root: Path) -> tuple[np.ndarray, list[dict]]:
    """Return the sound of a mono sample call and its lines."""
    text = (root / "sample_audio/reference/recordings.jsonl").read_text(encoding="utf-8")
    call = next(c for c in map(json.loads, text.splitlines()) if c["channels"] == 1)
    windows = read_windows(root / "sample_audio/workspace" / call["file"])
    return np.concatenate([w.samples[0] for w in windows]), call["lines"]


def test_prints_of_one_voice_are_more_alike_than_of_two(root: Path) -> None:
    """Lines of the seller and of the buyers are parted by the cosine of their prints."""
    sound, lines = first_call(root)
    mel = from_bytes(log_mel(sound))
    mel -= mel.mean(axis=0)
    prints, sides = [], []
    for line in lines:
        first, last = (int(line[key] * 50) for key in ("start_s", "end_s"))
        loud = np.ones(last - first, dtype=bool)
        prints.append(load_voice_printer().prints(mel, (first, last), loud, [(0, last - first)])[0])
        sides.append(line["side"] == "seller")
    vectors, seller = np.array(prints), np.array(sides)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    likeness = vectors @ vectors.T
    own = likeness[np.ix_(seller, seller)].mean()
    assert own > likeness[np.ix_(seller, ~seller)].mean() + 0.3


def test_a_print_does_not_depend_on_where_the_sound_was_cut(root: Path) -> None:
    """The same second gives the same print inside a short and a long stretch."""
    sound, _ = first_call(root)
    mel = from_bytes(log_mel(sound[: 12 * SAMPLING_RATE_HZ]))
    printer, loud = load_voice_printer(), np.ones(500, dtype=bool)
    alone = printer.prints(mel, (150, 200), loud[:50], [(0, 50)])
    within = printer.prints(mel, (50, 550), loud, [(100, 150)])
    assert np.allclose(alone, within, atol=1e-4)


def test_damaged_weights_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, root: Path
) -> None:
    """A file that is not what the manifest lists is refused."""
    damaged = tmp_path / "weights.npz"
    damaged.write_bytes(b"no weights")
    monkeypatch.setattr(
        voiceprints,
        "resource_path",
        lambda *parts: damaged if parts[-1].endswith("npz") else root.joinpath(*parts),
    )
    load_voice_printer.cache_clear()
    with pytest.raises(ModelError, match="weights.npz is damaged. Reinstall icp-voice"):
        load_voice_printer()
    load_voice_printer.cache_clear()


def diarized(samples: np.ndarray, parts: int = 1) -> Diarization:
    track = BuiltInDiarizer().track()
    for part in np.array_split(samples, parts):
        track.add(
            part,
            find_speech(speech_probabilities(part), part.shape[0], min_silence_ms=VOICE_SILENCE_MS),
        )
    return track.diarize()


@pytest.mark.slow
def test_sample_calls_are_diarized() -> None:
    """On every fourth sample call, mono or mixed, one word in ten at most is another's."""
    for case in list(sample_calls())[2::4]:
        found = diarized(case.samples)
        error = diarization_error(case.reference, stretches_of(found.labels))
        assert error.confusion < 0.1, case.name


@pytest.mark.slow
def test_hours_are_told_apart_by_a_part_of_them() -> None:
    """A call too long to be searched whole is labelled to its end, windows and all."""
    case = list(sample_calls())[4]
    n_copies = 20
    track = BuiltInDiarizer().track()
    pieces = find_speech(
        speech_probabilities(case.samples), case.samples.shape[0], min_silence_ms=VOICE_SILENCE_MS
    )
    for _ in range(n_copies):
        track.add(case.samples, pieces)
    found = track.diarize()
    assert found.n_speakers == case.n_speakers
    n_frames = found.labels.size // n_copies
    for copy in (0, 7, n_copies - 1):
        labels = found.labels[copy * n_frames : (copy + 1) * n_frames]
        error = diarization_error(case.reference, stretches_of(labels))
        assert error.confusion < 0.05
