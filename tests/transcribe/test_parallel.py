"""Many recordings at once."""

import threading
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from engines import ScriptedEngine, one_word_a_second
from hypothesis import given
from hypothesis import strategies as st
from sounds import low_voice, silence, write_wav

from icp_voice.config import TranscribeConfig
from icp_voice.ingest.recordings import scan_sources
from icp_voice.progress import TranscribeProgress
from icp_voice.records import FailedInput, Transcript
from icp_voice.transcribe import parallel
from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, AudioWindow, read_windows
from icp_voice.transcribe.contract import to_json
from icp_voice.transcribe.engine import Recognised
from icp_voice.transcribe.parallel import plan_workers, transcribe_recordings
from icp_voice.transcribe.recording import transcribe_recording
from icp_voice.transcribe.speech import Piece

CONFIG = TranscribeConfig(languages=("en",), workers=2, threads=1)


@pytest.fixture(autouse=True)
def _all_sound_is_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the whole recording for speech: the sounds here are no words."""

    def whole(probabilities: np.ndarray, n_samples: int, **_: object) -> list[Piece]:
        return [Piece(0, n_samples, 0, n_samples)]

    monkeypatch.setattr("icp_voice.transcribe.recording.find_speech", whole)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three recordings of different length and one that is text."""
    for name, seconds in (("a", 3), ("b", 7), ("c", 5)):
        write_wav(tmp_path / f"{name}.wav", low_voice(seconds))
    (tmp_path / "notes.mp3").write_text("these are notes, not sound\n" * 20, encoding="utf-8")
    return tmp_path


def test_every_recording_ends_in_a_transcript_or_a_named_failure(folder: Path) -> None:
    """One broken file stops nothing; the progress ends at the whole."""
    told: list[TranscribeProgress] = []
    sources = scan_sources([folder]).sources
    results = dict(
        transcribe_recordings(
            sources, CONFIG, on_progress=told.append, engine=ScriptedEngine(one_word_a_second)
        )
    )
    by_name = {source.path.name: result for source, result in results.items()}
    failed = by_name.pop("notes.mp3")
    assert isinstance(failed, FailedInput)
    assert "it looks like text" in failed.reason
    texts = {n: r.turns[0].text for n, r in by_name.items() if isinstance(r, Transcript)}
    assert texts == {
        "a.wav": "w0 w1 w2",
        "b.wav": "w0 w1 w2 w3 w4 w5 w6",
        "c.wav": "w0 w1 w2 w3 w4",
    }
    done = [progress.audio_done_s for progress in told]
    assert done == sorted(done)
    assert (told[-1].files_done, told[-1].files_total) == (4, 4)
    assert told[-1].audio_done_s == told[-1].audio_total_s == pytest.approx(15.0, abs=0.1)


def test_result_does_not_depend_on_workers_or_order(folder: Path) -> None:
    """The same recordings give the same transcripts, one at a time or all at once."""
    sources = scan_sources([folder]).sources

    def run(workers: int, order: int) -> dict[str, object]:
        config = TranscribeConfig(languages=("en",), workers=workers, threads=1)
        engine = ScriptedEngine(one_word_a_second)
        return {
            source.call_id: result
            for source, result in transcribe_recordings(sources[::order], config, engine=engine)
        }

    assert run(1, 1) == run(3, -1)


def test_longest_recording_is_begun_first(folder: Path) -> None:
    """With one worker the order is by length."""
    config = TranscribeConfig(languages=("en",), workers=1, threads=1)
    engine = ScriptedEngine(one_word_a_second)
    sources = scan_sources([folder]).sources
    names = [s.path.name for s, _ in transcribe_recordings(sources, config, engine=engine)]
    assert names == ["b.wav", "c.wav", "a.wav", "notes.mp3"]


def test_unexpected_error_is_one_failure(folder: Path) -> None:
    """Whatever a recogniser throws at one file, the others are done."""

    def script(samples: np.ndarray) -> list[object]:
        if samples.shape[0] < 4 * 16_000:
            raise RuntimeError("out of memory")
        return list(one_word_a_second(samples))

    sources = [s for s in scan_sources([folder]).sources if s.path.suffix == ".wav"]
    engine = ScriptedEngine(script)  # type: ignore[arg-type]
    results = {s.path.name: r for s, r in transcribe_recordings(sources, CONFIG, engine=engine)}
    failed = results["a.wav"]
    assert isinstance(failed, FailedInput)
    assert "a.wav could not be transcribed: RuntimeError: out of memory" in failed.reason
    assert isinstance(results["b.wav"], Transcript)


def test_leaving_early_stops_the_workers(folder: Path) -> None:
    """A caller that goes away after the first result leaves no thread behind."""
    config = TranscribeConfig(languages=("en",), workers=1, threads=1)
    engine = ScriptedEngine(one_word_a_second)
    results = transcribe_recordings(scan_sources([folder]).sources, config, engine=engine)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert not [t for t in threading.enumerate() if t.name.startswith("transcribe")]


def test_idle_workers_help_with_the_long_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The windows of one file are heard by several workers, with the words of one alone."""
    monkeypatch.setattr("icp_voice.transcribe.recording.read_windows", seconds_as_windows)
    write_wav(tmp_path / "long.wav", low_voice(8))
    sources = scan_sources([tmp_path]).sources
    monkeypatch.setattr(parallel, "measure_size", lambda _: parallel.RecordingSize(8.0, 8))
    both = threading.Barrier(2, timeout=20)
    met = threading.Event()

    def together(samples: np.ndarray) -> list[Recognised]:
        if not met.is_set():
            both.wait()  # passes only where two workers are here at once
            met.set()
        return one_word_a_second(samples)

    config = TranscribeConfig(languages=("en",), workers=2, threads=1)
    ((_, shared),) = transcribe_recordings(sources, config, engine=ScriptedEngine(together))
    alone = transcribe_recording(sources[0], ScriptedEngine(one_word_a_second), config)
    assert met.is_set()
    assert shared == alone
    assert isinstance(shared, Transcript)
    assert shared.duration_s == pytest.approx(8.0)
    assert shared.turns


def seconds_as_windows(path: Path) -> Generator[AudioWindow, None, None]:
    """Yield two-second windows of a file that would be one."""
    (whole,) = read_windows(path)
    size = 2 * SAMPLING_RATE_HZ
    for first in range(0, whole.samples.shape[1], size):
        piece = whole.samples[:, first : first + size]
        yield AudioWindow(piece, first / SAMPLING_RATE_HZ)


def test_work_is_planned_by_windows_and_channels(tmp_path: Path) -> None:
    """One long call in two channels is several pieces of work; a broken file is one."""
    write_wav(tmp_path / "call.wav", np.stack([low_voice(3), low_voice(3)]))
    (tmp_path / "broken.wav").write_bytes(b"no sound")
    sources = {source.path.name: source for source in scan_sources([tmp_path]).sources}
    assert parallel.measure_size(sources["call.wav"]).n_units == 2
    assert parallel.measure_size(sources["broken.wav"]) == parallel.RecordingSize(0.0, 1)


@given(st.integers(1, 64), st.integers(1, 300), st.integers(0, 8), st.integers(0, 8))
def test_workers_times_threads_never_passes_the_cores(
    cores: int, n_recordings: int, workers: int, threads: int
) -> None:
    """What is left to the program never asks for more than the cores."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel, "available_cores", lambda: cores)
        plan = plan_workers(n_recordings, TranscribeConfig(workers=workers, threads=threads))
    assert plan[0] >= 1 <= plan[1]
    if not (workers and threads):
        assert plan[0] * plan[1] <= max(cores, workers, threads)


def test_two_channels_are_one_side_each(tmp_path: Path) -> None:
    """Each channel is a speaker of its own, in order of time, and the JSON says so."""
    channels = np.stack([low_voice(6), np.concatenate([silence(3), low_voice(3, 9)])])
    write_wav(tmp_path / "call.wav", channels)
    ((_, result),) = transcribe_recordings(
        scan_sources([tmp_path]).sources, CONFIG, engine=ScriptedEngine(one_word_a_second)
    )
    assert isinstance(result, Transcript)
    document = to_json(result)
    assert (document["call"], document["channels"], document["languages"]) == (
        "call.wav",
        2,
        ["en"],
    )
    assert {(turn["speaker"], turn["side"]) for turn in document["turns"]} == {
        ("Seller", "seller"),
        ("Buyer", "buyer"),
    }
    assert set(document) >= {"duration_s", "model", "quality", "dropped"}
