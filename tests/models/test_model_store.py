"""A model is found where it lies, and only where it is whole."""

import os
import shutil
from pathlib import Path

import pytest
from hub_caches import COMMIT, make_hub_cache

from icp_voice.errors import ModelError
from icp_voice.models.manifest import find_model
from icp_voice.models.store import all_stored, find_stored, locate_folder, models_folder

SMALL = "Systran/faster-whisper-small"
Places = tuple[Path, Path]

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")


def test_the_models_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ICP_VOICE_MODELS names the folder; without it, it lies in the user's cache."""
    monkeypatch.setenv("ICP_VOICE_MODELS", str(tmp_path / "m"))
    assert models_folder() == tmp_path / "m"
    monkeypatch.setenv("ICP_VOICE_MODELS", " ")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert models_folder() == tmp_path / "icp-voice" / "models"


def test_models_of_the_installation_are_found() -> None:
    """The bundled speech model and the packaged sentence model are here without any pull."""
    for name, where in (("demo-en", "bundled"), ("all-MiniLM-L6-v2", "package")):
        stored = find_stored(find_model(name))
        assert stored is not None
        assert stored.where == where


def test_a_model_in_the_models_folder_is_found(model_places: Places, large_v3_model: Path) -> None:
    """A plain folder of the model's name counts, with or without a record."""
    own, _ = model_places
    assert find_stored(find_model("small")) is None
    shutil.copytree(large_v3_model, own / "small")
    stored = find_stored(find_model("small"))
    assert stored is not None
    assert (stored.path, stored.where) == (own / "small", "models folder")


@needs_links
@pytest.mark.parametrize("tree", [False, True])
def test_a_model_in_the_hub_cache_is_found(
    model_places: Places, large_v3_model: Path, tree: bool
) -> None:
    """What another program fetched counts, though its description was not fetched with it."""
    snapshot = make_hub_cache(model_places[1], large_v3_model, SMALL, tree=tree)
    stored = find_stored(find_model("small"))
    assert stored is not None
    assert (stored.path, stored.where, stored.commit) == (snapshot, "hub cache", COMMIT)


def test_half_a_model_is_none(model_places: Places, large_v3_model: Path) -> None:
    """A model whose weights broke off does not count as here, wherever it lies."""
    own, cache = model_places
    snapshot = make_hub_cache(cache, large_v3_model, SMALL, links=False)
    shutil.copytree(large_v3_model, own / "small")
    for weights in (snapshot / "model.bin", own / "small" / "model.bin"):
        weights.write_bytes(weights.read_bytes()[:10_000])
    assert find_stored(find_model("small")) is None
    assert all_stored() == []


def test_models_that_the_manifest_does_not_name_are_listed(
    model_places: Places, large_v3_model: Path
) -> None:
    """Own conversions and other repositories are seen too; what is hidden or foreign is not."""
    own, cache = model_places
    shutil.copytree(large_v3_model, own / "our-own")
    shutil.copytree(large_v3_model, own / ".small-0123.part")
    (own / "notes").mkdir()
    make_hub_cache(cache, large_v3_model, "someone/whisper-pl", links=False)
    assert [(name, stored.where) for name, stored in all_stored()] == [
        ("our-own", "models folder"),
        ("someone/whisper-pl", "hub cache"),
    ]


@pytest.mark.parametrize("links", [pytest.param(True, marks=needs_links), False])
@pytest.mark.parametrize(
    "inside",
    [
        "",
        "models--Systran--faster-whisper-small",
        "models--Systran--faster-whisper-small/snapshots",
        "models--Systran--faster-whisper-small/blobs",
        "models--Systran--faster-whisper-small/refs",
        f"models--Systran--faster-whisper-small/snapshots/{COMMIT}",
        f"models--Systran--faster-whisper-small/snapshots/{COMMIT}/model.bin",
    ],
)
def test_a_copied_cache_may_be_named_at_any_level(
    tmp_path: Path, large_v3_model: Path, inside: str, links: bool
) -> None:
    """The cache, the model in it, one level too deep: the one snapshot is taken."""
    snapshot = make_hub_cache(tmp_path / "stick", large_v3_model, SMALL, links=links)
    assert locate_folder(tmp_path / "stick" / inside) == snapshot


def test_the_newest_of_two_snapshots_is_taken(tmp_path: Path, large_v3_model: Path) -> None:
    """Of two commits of one model the one that `main` is now is taken."""
    snapshot = make_hub_cache(tmp_path, large_v3_model, SMALL, links=False)
    shutil.copytree(snapshot, snapshot.with_name("f" * 40))
    assert locate_folder(tmp_path) == snapshot


def test_a_folder_with_several_models_lists_them(tmp_path: Path, large_v3_model: Path) -> None:
    """Which of two is meant can't be guessed."""
    for name in ("small", "medium"):
        shutil.copytree(large_v3_model, tmp_path / name)
    with pytest.raises(ModelError, match="holds several models: medium, small"):
        locate_folder(tmp_path)


def test_a_copy_without_names_is_explained(tmp_path: Path, large_v3_model: Path) -> None:
    """Blobs alone, after a copy that dropped the links, say how to copy them."""
    snapshot = make_hub_cache(tmp_path, large_v3_model, SMALL, links=False)
    blobs = snapshot.parent.parent / "blobs"
    for path in snapshot.iterdir():
        path.rename(blobs / f"{'0' * 40}{path.name}")
    for path in (tmp_path, blobs.parent, snapshot):
        with pytest.raises(ModelError, match="lost the links"):
            locate_folder(path)
