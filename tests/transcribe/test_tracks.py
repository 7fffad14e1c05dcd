"""A call recorded in one file a side or a person, and files with several streams of sound."""

from pathlib import Path

import numpy as np
import pytest
from engines import ScriptedEngine
from sounds import RATE_HZ, encode, high_voice, low_voice, silence, write_wav

from icp_voice.config import TranscribeConfig
from icp_voice.errors import RecordingError
from icp_voice.records import FailedInput, Participant, Side, SourceFile, Track, Transcript
from icp_voice.transcribe.audio import distinct_channels, read_tracks
from icp_voice.transcribe.engine import Recognised
from icp_voice.transcribe.parallel import measure_size, transcribe_recordings

CONFIG = TranscribeConfig(languages=("en",), workers=1, threads=1)
LOW, HIGH = low_voice(4), high_voice(4)


@pytest.fixture(autouse=True)
def _loud_is_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take what is loud for speech: the sounds here are no words."""

    def loud(samples: np.ndarray) -> np.ndarray:
        frames = samples[: samples.shape[0] // 512 * 512].reshape(-1, 512)
        return (np.abs(frames).max(axis=1) > 0.01).astype(np.float32)

    monkeypatch.setattr("icp_voice.transcribe.recording.speech_probabilities", loud)


def call(*tracks: Track) -> SourceFile:
    return SourceFile("c", "c", tracks[0].path, "recording", 1, tracks)


def transcribed(source: SourceFile, *people: Participant) -> Transcript | FailedInput:
    """Transcribe with a recogniser that tells the voices apart by their pitch."""

    def script(samples: np.ndarray) -> list[Recognised]:
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.shape[0])))
        hz = np.fft.rfftfreq(samples.shape[0], 1 / RATE_HZ)
        low = spectrum[(hz > 90) & (hz < 125)].max() > spectrum[(hz > 190) & (hz < 230)].max()
        return [Recognised(0.4, samples.shape[0] / RATE_HZ - 0.4, "low" if low else "high")]

    ((_, result),) = transcribe_recordings(
        [source], CONFIG, participants={"c": people}, engine=ScriptedEngine(script)
    )
    return result


def track(path: Path, side: Side = "unknown", name: str | None = None) -> Track:
    return Track(path, side, name)


def test_files_of_one_call_are_read_side_by_side(tmp_path: Path) -> None:
    """Times agree, the windows are cut at the same places, the shorter file ends earlier."""
    agent = write_wav(tmp_path / "agent.wav", np.concatenate([LOW, silence(8)])[::2], rate_hz=8000)
    caller = write_wav(tmp_path / "caller.wav", np.concatenate([silence(5), HIGH]))
    windows = list(read_tracks([agent, caller], max_window_s=6.0))
    assert len(windows) > 1
    assert all(window.samples.shape[0] == 2 and window.apart for window in windows)
    joined = np.concatenate([window.samples for window in windows], axis=1)
    assert joined.shape[1] / RATE_HZ == pytest.approx(12.0, abs=0.05)
    assert np.abs(joined[1, : 5 * RATE_HZ]).max() < 1e-3
    assert np.abs(joined[1, 5 * RATE_HZ : 9 * RATE_HZ] - HIGH).max() < 1e-3
    assert np.abs(joined[:, 9 * RATE_HZ + 500 :]).max() < 1e-3
    assert not windows[-1].partial


def test_each_file_is_a_speaker_with_its_side(tmp_path: Path) -> None:
    """The names of the files tell the sides; the call is called after what they share."""
    agent = write_wav(tmp_path / "acme_agent.wav", np.concatenate([LOW, silence(5)]))
    caller = write_wav(tmp_path / "acme_caller.wav", np.concatenate([silence(5), HIGH]))
    source = call(track(agent, "seller"), track(caller, "buyer"))
    assert measure_size(source).n_units == 2
    result = transcribed(source)
    assert isinstance(result, Transcript)
    assert (result.call, result.channels) == ("acme (2 files)", 2)
    turns = [(t.speaker, t.side, t.text, round(t.start_s)) for t in result.turns]
    assert turns == [("Seller", "seller", "low", 0), ("Buyer", "buyer", "high", 5)]


def test_person_in_the_file_name_is_the_speaker(tmp_path: Path) -> None:
    """A file a person: names come from the files, sides from the attendee list."""
    paths = [
        write_wav(
            tmp_path / f"{i}.wav", np.concatenate([silence(i * 4), sound, silence(8 - i * 4)])
        )
        for i, sound in enumerate((LOW, HIGH, low_voice(4, seed=9)))
    ]
    names = ("Bo Chan", "Ann Lee", "Cy Day")
    source = call(*(track(p, name=n) for p, n in zip(paths, names, strict=True)))
    people = [Participant("Ann Lee", "seller"), Participant("Bo Chan", "buyer", "CTO")]
    result = transcribed(source, *people)
    assert isinstance(result, Transcript)
    told = [(turn.speaker, turn.side) for turn in result.turns]
    assert told[:2] == [("Bo Chan", "buyer"), ("Ann Lee", "seller")]
    assert told[2][0] == "Cy Day"


def test_broken_file_leaves_the_other_side(tmp_path: Path) -> None:
    """One side that can't be read: the other counts, and the call says what is missing."""
    agent = tmp_path / "acme_agent.wav"
    agent.write_bytes(b"RIFF\0\0\0\0WAVE")
    caller = write_wav(tmp_path / "acme_caller.wav", HIGH)
    result = transcribed(call(track(agent, "seller"), track(caller, "buyer")))
    assert isinstance(result, Transcript)
    assert result.partial
    assert [(t.side, t.text) for t in result.turns] == [("buyer", "high")]
    assert any("acme_agent.wav can't be read" in reason for reason in result.quality.reasons)
    caller.write_bytes(b"")
    result = transcribed(call(track(agent, "seller"), track(caller, "buyer")))
    assert isinstance(result, FailedInput)
    with pytest.raises(RecordingError):
        list(read_tracks([agent, caller]))


def test_file_of_a_call_that_breaks_off_is_named(tmp_path: Path) -> None:
    """The call is partial and says which of its files ends early, and where."""
    agent = encode(tmp_path / "a.flac", np.tile(LOW, 2), codec="flac")
    agent.write_bytes(agent.read_bytes()[: agent.stat().st_size // 2])
    caller = write_wav(tmp_path / "b.wav", np.tile(HIGH, 2))
    last = list(read_tracks([agent, caller]))[-1]
    assert last.damage.startswith("a.flac breaks off at 0:0")


def test_customer_who_joins_late_keeps_a_channel(tmp_path: Path) -> None:
    """One of two channels may be silent for all of the first window."""
    sound = np.stack([np.tile(LOW, 80), np.concatenate([silence(316), HIGH])])
    path = write_wav(tmp_path / "call.wav", sound[:, ::2], rate_hz=8000)
    result = transcribed(SourceFile("c", "c", path, "recording", 1))
    assert isinstance(result, Transcript)
    assert {turn.speaker for turn in result.turns} == {"Seller", "Buyer"}


def test_mix_is_left_out_where_its_parts_are_there() -> None:
    """Of mix, microphone and computer the two parts count; twins and unused streams do not."""
    mic = np.concatenate([LOW, silence(4)])
    system = np.concatenate([silence(3), HIGH, silence(1)])
    noise = np.random.default_rng(3).standard_normal(mic.shape[0]).astype(np.float32) * 1e-3
    mix = (mic + system + noise).astype(np.float32)
    nothing = silence(8)
    kept = distinct_channels(np.stack([mix, mic, system, nothing]), keep_silent=False)
    assert kept == [1, 2]
    assert distinct_channels(np.stack([mix, mic]), keep_silent=False) == [0]
    assert distinct_channels(np.stack([mic, mic * 0.9]), keep_silent=False) == [0]
    assert distinct_channels(np.stack([mic, nothing]), keep_silent=False) == [0]
    assert distinct_channels(np.stack([mic, nothing]), keep_silent=True) == [0, 1]


def test_echo_is_no_mix() -> None:
    """The other side's voice, weak in one's own microphone, makes that microphone no mix."""
    mic, system = np.concatenate([LOW, silence(4)]), np.concatenate([silence(4), HIGH])
    heard = np.stack([(mic + 0.1 * system).astype(np.float32), system])
    assert distinct_channels(heard, keep_silent=False) == [0, 1]
