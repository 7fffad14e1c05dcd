"""Models that are here, and sentences about those that are not."""

import os
import shutil
from pathlib import Path

import pytest

from icp_voice.errors import ModelError
from icp_voice.models import manifest
from icp_voice.models.record import ModelRecord, write_record
from icp_voice.progress import TranscribeProgress
from icp_voice.transcribe.models import fetch_missing, model_identity, resolve_model

Places = tuple[Path, Path]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Listener:
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def stage(self, name: str, total: int) -> None: ...

    def advance(self, done: int) -> None: ...

    def transcribing(self, progress: TranscribeProgress) -> None: ...

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


def test_the_bundled_model_is_resolved() -> None:
    """The bundled model has the manifest's revision and its best length of speech."""
    found = resolve_model("demo-en", offline=True)
    assert (found.name, found.revision, found.max_speech_s) == ("demo-en", "1", 6.0)


def test_folder_must_hold_a_whole_model(tmp_path: Path, large_v3_model: Path) -> None:
    """A folder names what it lacks; a whole one gives its content as revision."""
    folder = tmp_path / "mine"
    shutil.copytree(large_v3_model, folder)
    found = resolve_model(str(folder), offline=True)
    assert (found.path, found.name, len(found.revision)) == (folder, "mine", 12)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"can't be used: tokenizer\.json is missing"):
        resolve_model(str(folder), offline=True)


def test_a_folder_of_the_models_folder_goes_by_its_name(
    model_places: Places, large_v3_model: Path
) -> None:
    """`--model our-own` and `--model small` look into the models folder before the hub."""
    own, _ = model_places
    for name in ("our-own", "small"):
        shutil.copytree(large_v3_model, own / name)
        assert resolve_model(name, offline=True).path == own / name


def test_a_pulled_model_is_named_by_its_commit(tmp_path: Path, large_v3_model: Path) -> None:
    """Wherever the folder was copied to, results name the model and the hub's commit."""
    folder = tmp_path / "copied"
    shutil.copytree(large_v3_model, folder)
    write_record(
        folder,
        ModelRecord("small", "speech", "Systran/faster-whisper-small", COMMIT, "MIT", ()),
    )
    found = resolve_model(str(folder), offline=True)
    assert (found.name, found.revision) == ("small", COMMIT[:12])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("smal", "Did you mean small"),
        ("./no-such-folder", "is not there"),
        ("/no/such/folder", "is not there"),
        ("C:\\models\\small", "is not there"),
        ("models/small", "is not there"),
        ("all-MiniLM-L6-v2", "is for sentences, not for speech"),
    ],
)
def test_unknown_names_are_told(
    name: str, expected: str, model_places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A misspelt name gets the nearest one, a missing folder is called one."""
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=expected):
        resolve_model(name, offline=True)


def test_model_that_is_not_here_says_how_to_get_it(model_places: Places) -> None:
    """Offline, one sentence: what, how big, where from, where to put it."""
    with pytest.raises(ModelError) as caught:
        resolve_model("small", offline=True)
    message = str(caught.value)
    assert "486 MB" in message
    assert "the run is offline" in message
    assert "--model FOLDER" in message


def test_half_a_model_says_what_it_lacks(model_places: Places, large_v3_model: Path) -> None:
    """A folder of the right name that was copied in part is named with what is missing."""
    folder = model_places[0] / "our-own"
    shutil.copytree(large_v3_model, folder)
    (folder / "model.bin").write_bytes(b"\x06\0\0\0")
    with pytest.raises(ModelError, match=r"model\.bin breaks off"):
        resolve_model("our-own", offline=True)
    folder.rename(model_places[0] / "small")
    with pytest.raises(ModelError, match=r"small is not whole \(model\.bin breaks off"):
        resolve_model("small", offline=True)


def test_damaged_bundled_model_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundled file that differs from the manifest stops the run."""
    folder = tmp_path / "models" / "demo-en"
    known = manifest.read_manifest()["demo-en"]
    shutil.copytree(Path(resolve_model("demo-en").path), folder)
    weights = bytearray((folder / "model.bin").read_bytes())
    weights[-5_000] ^= 1
    (folder / "model.bin").write_bytes(weights)
    monkeypatch.setattr(
        "icp_voice.models.store.resource_path", lambda *parts: tmp_path.joinpath(*parts)
    )
    assert known.files
    with pytest.raises(ModelError, match=r"damaged: model\.bin"):
        resolve_model("demo-en")


def test_identity_follows_the_weights_and_not_the_place(
    model_places: Places, large_v3_model: Path, tmp_path: Path
) -> None:
    """The same weights elsewhere are the same model; a model of the hub is its name, here or not."""
    shutil.copytree(large_v3_model, tmp_path / "moved")
    identity = model_identity(str(large_v3_model))
    assert model_identity(str(tmp_path / "moved")) == identity
    weights = bytearray((tmp_path / "moved" / "model.bin").read_bytes())
    weights[-1] ^= 1
    (tmp_path / "moved" / "model.bin").write_bytes(weights)
    assert model_identity(str(tmp_path / "moved")) != identity
    assert model_identity("small") == "small"
    shutil.copytree(large_v3_model, model_places[0] / "small")
    assert model_identity("small") == "small"
    assert model_identity("demo-en").startswith("demo-en@991f1cde")


def test_nothing_is_said_or_fetched_where_nothing_is_missing(
    model_places: Places, large_v3_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder, a bundled model, an offline run and HF_HUB_OFFLINE ask nothing of the network."""
    listener = Listener()
    for name in (str(large_v3_model), "demo-en"):
        fetch_missing(name, offline=False, reporter=listener)
    fetch_missing("small", offline=True, reporter=listener)
    monkeypatch.setitem(os.environ, "HF_HUB_OFFLINE", "1")
    fetch_missing("small", offline=False, reporter=listener)
    assert listener.notes == []


def test_a_first_run_says_what_it_fetches_before_it_does(
    model_places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note names model, address and size; where the hub can't be reached it ends there."""
    from huggingface_hub import HfApi

    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    # A port of this machine that nobody listens at.
    monkeypatch.setattr("huggingface_hub.HfApi", lambda: HfApi(endpoint="http://127.0.0.1:9"))
    listener = Listener()
    with pytest.raises(ModelError, match="the hub can't be reached"):
        fetch_missing("small", offline=False, reporter=listener)
    (note,) = listener.notes
    for part in ("small", "Systran/faster-whisper-small", "486 MB", "Hugging Face", "--offline"):
        assert part in note
