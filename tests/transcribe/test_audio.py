"""Decoding in windows of bounded length."""

from pathlib import Path

import av
import numpy as np
import pytest
from sounds import Samples, high_voice, low_voice, silence, write_wav

from icp_voice.errors import RecordingError
from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, is_dual_mono, mix_down, read_windows


def test_windows_join_to_the_whole_recording(tmp_path: Path) -> None:
    """Windows have neither gap nor overlap, keep to the length, and are cut where it is quiet."""
    sound = np.concatenate([low_voice(4), silence(1), low_voice(4), silence(1), low_voice(2)])
    path = write_wav(tmp_path / "a.wav", sound)
    windows = list(read_windows(path, max_window_s=6.0))
    assert len(windows) == 3
    assert all(window.duration_s <= 6.0 for window in windows)
    starts = np.cumsum([0.0, *(window.duration_s for window in windows)])
    assert [window.start_s for window in windows] == pytest.approx(list(starts[:-1]))
    joined = np.concatenate([window.samples[0] for window in windows])
    assert np.abs(joined - sound).max() < 1e-3
    assert 4.0 < windows[1].start_s < 5.0
    assert not windows[-1].partial


def test_telephone_rate_becomes_16_khz_with_channels_apart(tmp_path: Path) -> None:
    """Eight kilohertz in two channels come out at sixteen, still two."""
    channels = np.stack([low_voice(2)[::2], silence(2)[::2]])
    path = write_wav(tmp_path / "a.wav", channels, rate_hz=8000)
    (window,) = read_windows(path)
    assert window.samples.shape[0] == 2
    assert window.duration_s == pytest.approx(2.0, abs=0.05)
    assert np.abs(window.samples[1]).max() < 1e-3 < np.abs(window.samples[0]).max()


def test_truncated_recording_gives_what_can_be_read(tmp_path: Path) -> None:
    """A file that breaks off is read to there and marked as partial."""
    path = write_wav(tmp_path / "a.wav", low_voice(10))
    path.write_bytes(path.read_bytes()[: 44 + 6 * 2 * SAMPLING_RATE_HZ])
    windows = list(read_windows(path))
    assert sum(window.duration_s for window in windows) == pytest.approx(6.0, abs=0.1)
    assert windows[-1].partial


def test_truncated_ogg_is_noticed(tmp_path: Path) -> None:
    """An Ogg file whose last page is not whole is marked, a whole one is not."""
    path = tmp_path / "a.ogg"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.tile(low_voice(8), 3)[None, :], "fltp", "mono")
        frame.sample_rate = 48_000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    assert not list(read_windows(path))[-1].partial
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert list(read_windows(path))[-1].partial


@pytest.mark.parametrize("data", [b"hello, these are my notes\n" * 9, b"RIFF\0\0\0\0WAVE"])
def test_what_is_no_sound_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    """Text under an audio name and a header without sound are named errors."""
    path = tmp_path / "notes.wav"
    path.write_bytes(data)
    with pytest.raises(RecordingError, match=r"notes\.wav"):
        list(read_windows(path))


def test_one_signal_twice_is_dual_mono() -> None:
    """The same talk on both channels, or all of it on one, is not one side each."""
    low, high = low_voice(2), high_voice(2)
    assert is_dual_mono(np.stack([low, 0.5 * low]))
    assert is_dual_mono(np.stack([low, silence(2)]))
    assert not is_dual_mono(np.stack([low, high]))


def test_mixing_down_leaves_a_silent_channel_out() -> None:
    """Sound on one channel alone keeps its loudness."""
    low = low_voice(1)
    assert np.allclose(mix_down(np.stack([low, silence(1)])), low)


def noise(n_samples: int, level_db: float, seed: int = 3) -> Samples:
    rng = np.random.default_rng(seed)
    return rng.normal(0.0, 10 ** (level_db / 20), n_samples).astype(np.float32)


SPOKEN = np.concatenate([low_voice(2), silence(0.5), high_voice(2, seed=7)])
ANSWERED = np.concatenate([silence(2.2), high_voice(2, seed=3), silence(0.3)])


@pytest.mark.parametrize(
    "second",
    [
        0.1 * SPOKEN,
        -0.5 * SPOKEN,
        np.roll(SPOKEN, 80),
        np.roll(SPOKEN, -480),
        0.5 * SPOKEN + noise(SPOKEN.size, -50),
    ],
    ids=["quieter", "inverted", "5 ms later", "30 ms earlier", "with noise"],
)
def test_one_signal_on_two_lines_is_dual_mono(second: Samples) -> None:
    """Gain, polarity, a short delay and line noise do not make two channels of one signal."""
    assert is_dual_mono(np.stack([SPOKEN, second.astype(np.float32)]))


@pytest.mark.parametrize(
    "channels",
    [(SPOKEN, ANSWERED), (SPOKEN + 0.1 * ANSWERED, ANSWERED + 0.1 * SPOKEN)],
    ids=["apart", "with crosstalk"],
)
def test_two_speakers_are_not_dual_mono(channels: tuple[Samples, Samples]) -> None:
    """Two people stay two channels, even where each faintly hears the other."""
    assert not is_dual_mono(np.stack(channels))


def test_long_channels_are_compared_block_by_block() -> None:
    """A delay is found where the signal is longer than one block of the comparison."""
    long = np.concatenate([noise(400_000, -20, seed) for seed in (1, 2)])
    assert is_dual_mono(np.stack([long, np.roll(long, 300)]))
    assert not is_dual_mono(np.stack([long, noise(long.size, -20, 5)]))
