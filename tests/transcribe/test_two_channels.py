"""Two-channel recordings that are not one clean side each, through the whole stage."""

import json
from pathlib import Path

import numpy as np
import pytest
from engines import ScriptedEngine, one_word_a_second
from sounds import write_wav
from test_sample_calls import share_on_the_right_side

from icp_voice.config import TranscribeConfig
from icp_voice.ingest.recordings import scan_sources
from icp_voice.records import Transcript
from icp_voice.transcribe import crosstalk
from icp_voice.transcribe.audio import read_windows
from icp_voice.transcribe.parallel import transcribe_recordings


def sample(root: Path, n_channels: int) -> tuple[np.ndarray, dict]:
    """Return the sound (channels, samples) and reference of a sample call."""
    text = (root / "sample_audio/reference/recordings.jsonl").read_text(encoding="utf-8")
    call = next(c for c in map(json.loads, text.splitlines()) if c["channels"] == n_channels)
    windows = read_windows(root / "sample_audio/workspace" / call["file"])
    return np.concatenate([w.samples for w in windows], axis=1), call


def transcript_of(folder: Path, channels: np.ndarray, engine: ScriptedEngine | None) -> Transcript:
    write_wav(folder / "call.wav", channels)
    config = TranscribeConfig(model="demo-en", languages=("en",))
    ((_, result),) = transcribe_recordings(scan_sources([folder]).sources, config, engine=engine)
    assert isinstance(result, Transcript)
    return result


def test_noise_on_one_line_leaves_one_channel(root: Path, tmp_path: Path) -> None:
    """Where all talk is on one of two lines its voices are told apart, not the lines."""
    sound, _ = sample(root, 1)
    noise = np.random.default_rng(1).normal(0, 10 ** (-50 / 20), sound.shape[1])
    channels = np.stack([noise.astype(np.float32), sound[0]])
    result = transcript_of(tmp_path, channels, ScriptedEngine(one_word_a_second))
    speakers = {turn.speaker for turn in result.turns}
    assert len(speakers) >= 2
    assert not any(speaker.startswith("Channel") for speaker in speakers)


@pytest.mark.slow
def test_crosstalk_is_written_once_and_on_the_right_side(root: Path, tmp_path: Path) -> None:
    """The buyer, 20 dB down and 100 ms late on the seller's line, stays the buyer's."""
    sound, call = sample(root, 2)
    leaking = sound.copy()
    leaking[0] += 0.1 * np.roll(sound[1], 1600)
    result = transcript_of(tmp_path, leaking, None)
    assert any(d.reason == crosstalk.REASON for d in result.dropped)
    assert share_on_the_right_side(result, call) >= 0.95
