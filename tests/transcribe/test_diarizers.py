"""Diarizers that are extras: what they say when they are not there, and sherpa-onnx at work."""

import sys
import types
from pathlib import Path

import numpy as np
import pytest
from sounds import RATE_HZ
from test_speakers import conversation
from tiny_onnx import write_models

from icp_voice.config import TranscribeConfig
from icp_voice.errors import ModelError
from icp_voice.transcribe.diarization import from_stretches, load_diarizer
from icp_voice.transcribe.pyannote_diarizer import PyannoteDiarizer
from icp_voice.transcribe.sherpa_diarizer import SherpaDiarizer
from icp_voice.transcribe.speakers import BuiltInDiarizer


def test_built_in_is_the_default() -> None:
    """Without a setting nothing but this package is needed."""
    assert isinstance(load_diarizer(TranscribeConfig()), BuiltInDiarizer)


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [
        ("pyannote", "pyannote.audio", "pip install 'icp-voice[pyannote]'"),
        ("sherpa-onnx", "sherpa_onnx", "pip install 'icp-voice[sherpa]'"),
    ],
)
def test_missing_package_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, package: str, extra: str
) -> None:
    """It names the setting, how to install the package, and what works without."""
    monkeypatch.setitem(sys.modules, package, None)
    config = TranscribeConfig(diarizer=name)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=r"diarizer = 'builtin'") as raised:
        load_diarizer(config)
    assert extra in str(raised.value)


def with_pyannote(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the package, of which these tests need its presence only."""
    module = types.ModuleType("pyannote.audio")
    module.Pipeline = object  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyannote", types.ModuleType("pyannote"))
    monkeypatch.setitem(sys.modules, "pyannote.audio", module)


def test_pipeline_that_is_not_here_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Offline, the sentence says which pipeline, where its terms are, and where to put it."""
    with_pyannote(monkeypatch)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match=r"offline. Accept its terms at https://huggingface.co/"):
        PyannoteDiarizer("someone/no-such-pipeline", offline=True)
    with pytest.raises(ModelError, match=r"is not a folder"):
        PyannoteDiarizer(str(tmp_path / "away"), offline=True)
    with pytest.raises(ModelError, match=r"lacks config.yaml"):
        PyannoteDiarizer(str(tmp_path), offline=True)


def test_offline_refuses_a_pipeline_with_parts_of_the_hub(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Version 3.1's folder names its models by repository, and loading it would ask the hub."""
    with_pyannote(monkeypatch)
    (tmp_path / "config.yaml").write_text(
        "pipeline:\n  name: pyannote.audio.pipelines.SpeakerDiarization\n"
        "  params:\n    segmentation: pyannote/segmentation-3.0\n",
        encoding="utf-8",
    )
    with pytest.raises(ModelError, match=r"asks the hub for pyannote/segmentation-3.0"):
        PyannoteDiarizer(str(tmp_path), offline=True)


def test_missing_sherpa_models_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No folder, an empty one, half of the models: each sentence says what is needed."""
    monkeypatch.setitem(sys.modules, "sherpa_onnx", types.ModuleType("sherpa_onnx"))
    with pytest.raises(ModelError, match="diarizer_model is not set"):
        SherpaDiarizer("")
    with pytest.raises(ModelError, match="lacks a segmentation model"):
        SherpaDiarizer(str(tmp_path))
    (tmp_path / "segmentation.onnx").write_bytes(b"")
    with pytest.raises(ModelError, match="lacks a model that tells voices apart"):
        SherpaDiarizer(str(tmp_path))


def test_sherpa_hears_a_conversation(tmp_path: Path) -> None:
    """The package's own chain runs on models from a folder and keeps to the number of speakers."""
    pytest.importorskip("sherpa_onnx")
    pytest.importorskip("onnx")
    write_models(tmp_path)
    samples, pieces = conversation("LHL")
    track = SherpaDiarizer(str(tmp_path)).track()
    track.add(samples, pieces)
    found = track.diarize(min_speakers=2, max_speakers=2)
    heard = [found.speaker_of(p.start / RATE_HZ, p.end / RATE_HZ) for p in pieces]
    assert heard == [0, 1, 0]


def test_damaged_sherpa_models_are_one_sentence(tmp_path: Path) -> None:
    """Files that are no ONNX models are an error of one sentence, not a crash."""
    pytest.importorskip("sherpa_onnx")
    (tmp_path / "segmentation.onnx").write_bytes(b"no model")
    (tmp_path / "voices.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"sherpa-onnx can't load segmentation.onnx"):
        SherpaDiarizer(str(tmp_path))


def test_stretches_become_frames() -> None:
    """Speakers are numbered by appearance; what is outside the recording is left out."""
    found = from_stretches([(0.5, 1.0, "B"), (-1.0, 0.5, "A"), (1.2, 9.0, "B")], 2.0)
    assert found.n_speakers == 2
    assert np.bincount(found.labels + 1).tolist() == [10, 25, 65]
