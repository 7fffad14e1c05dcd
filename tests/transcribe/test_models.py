"""Models that are here, and sentences about those that are not."""

from pathlib import Path

import pytest

from icp_voice.errors import ModelError
from icp_voice.transcribe import models
from icp_voice.transcribe.models import read_speech_models, resolve_model


def test_manifest_lists_speech_models() -> None:
    """The bundled model and the usual sizes have name, source and size."""
    known = read_speech_models()
    assert known["demo-en"].source == "bundled"
    assert known["small"].repository == "Systran/faster-whisper-small"


def test_folder_must_hold_a_whole_model(tmp_path: Path) -> None:
    """A folder names what it lacks; a whole one gives its content as revision."""
    (tmp_path / "model.bin").write_bytes(b"weights")
    with pytest.raises(ModelError, match=r"lacks config\.json, tokenizer\.json"):
        resolve_model(str(tmp_path))
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    found = resolve_model(str(tmp_path))
    assert (found.path, found.name, len(found.revision)) == (tmp_path, tmp_path.name, 12)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("smal", "Did you mean small"),
        ("./no-such-folder", "is not there"),
        ("/no/such/folder", "is not there"),
    ],
)
def test_unknown_names_are_told(name: str, expected: str) -> None:
    """A misspelt name gets the nearest one, a missing folder is called one."""
    with pytest.raises(ModelError, match=expected):
        resolve_model(name, offline=True)


def test_model_that_is_not_here_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offline, one sentence: what, how big, where from, where to put it."""
    monkeypatch.setattr(models, "_cached", lambda *_: None)
    with pytest.raises(ModelError) as caught:
        resolve_model("small", offline=True)
    message = str(caught.value)
    assert "486 MB" in message
    assert "the run is offline" in message
    assert "--model FOLDER" in message


def test_damaged_bundled_model_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundled file that differs from the manifest stops the run."""
    folder = tmp_path / "models" / "m"
    folder.mkdir(parents=True)
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (folder / name).write_text("{}", encoding="utf-8")
    (tmp_path / "models" / "manifest.toml").write_text(
        '[[model]]\nname = "m"\ntask = "speech"\nsource = "bundled"\nrevision = "1"\n'
        '[[model.files]]\npath = "model.bin"\nbytes = 2\nsha256 = "00"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(models, "resource_path", lambda *parts: tmp_path.joinpath(*parts))
    with pytest.raises(ModelError, match="damaged: model.bin"):
        resolve_model("m")
