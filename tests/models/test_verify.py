"""Checking a model: against the manifest, its record, the hub's own sums, or its structure."""

import os
import shutil
from pathlib import Path

import pytest
from hub_caches import COMMIT, git_sha1, make_hub_cache

from icp_voice.errors import ModelError
from icp_voice.models.manifest import find_model
from icp_voice.models.record import RECORD_NAME, ModelRecord, sum_file, write_record
from icp_voice.models.store import find_stored
from icp_voice.models.verify import verify_folder, verify_model

SMALL = "Systran/faster-whisper-small"


@pytest.fixture(name="folder")
def _folder(large_v3_model: Path, tmp_path: Path) -> Path:
    """A model with the record of its pull."""
    folder = tmp_path / "small"
    shutil.copytree(large_v3_model, folder)
    files = tuple(sum_file(path, path.name) for path in sorted(folder.iterdir()))
    write_record(folder, ModelRecord("small", "speech", SMALL, COMMIT, "MIT", files))
    return folder


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["demo-en", "all-MiniLM-L6-v2"])
def test_models_of_the_installation_are_checked_against_the_manifest(name: str) -> None:
    """The bundled and the packaged model are what the manifest lists."""
    model = find_model(name)
    stored = find_stored(model)
    assert stored is not None
    result = verify_model(model, stored.path)
    assert (result.problems, result.checked_against) == ((), "the manifest")


def test_a_whole_model_passes_against_its_record(folder: Path) -> None:
    """The record travels with the folder, so a copy is checked without a network."""
    result = verify_folder(folder)
    assert (result.problems, result.checked_against) == ((), "the record of the pull")
    assert {file.path for file in result.files} == {
        *("config.json", "model.bin", "preprocessor_config.json", "tokenizer.json"),
        "vocabulary.json",
    }


def test_every_fault_is_named_one_by_one(folder: Path) -> None:
    """Damaged, cut off and missing files are all told, not just the first."""
    flip_a_bit(folder / "model.bin")
    (folder / "vocabulary.json").unlink()
    tokenizer = (folder / "tokenizer.json").read_bytes()
    (folder / "tokenizer.json").write_bytes(tokenizer[:1_000])
    problems = "\n".join(verify_folder(folder).problems)
    assert "model.bin is damaged: its sha256 is" in problems
    assert "vocabulary.json (or vocabulary.txt) is missing" in problems
    assert f"tokenizer.json has 1,000 bytes, not {len(tokenizer):,}" in problems


def test_a_folder_without_a_record_has_its_structure_checked(large_v3_model: Path) -> None:
    """Sums are told, so that two machines can be compared."""
    result = verify_folder(large_v3_model)
    assert (result.problems, result.checked_against) == ((), "")
    assert all(len(file.sha256) == 64 for file in result.files)


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
@pytest.mark.parametrize(("links", "tree"), [(True, False), (True, True), (False, True)])
def test_the_hub_caches_own_sums_are_used(
    tmp_path: Path, large_v3_model: Path, links: bool, tree: bool
) -> None:
    """Blobs are named by their sums and newer caches list them; damage is found by either."""
    snapshot = make_hub_cache(tmp_path, large_v3_model, SMALL, links=links, tree=tree)
    result = verify_folder(snapshot)
    assert (result.problems, result.checked_against) == ((), "the hub cache's sums")
    for name in ("model.bin", "vocabulary.json"):
        flip_a_bit((snapshot / name).resolve())
    damaged = {problem.split()[0] for problem in verify_folder(snapshot).problems}
    assert {"model.bin", "vocabulary.json"} <= damaged


def test_the_hubs_download_notes_are_used(tmp_path: Path, large_v3_model: Path) -> None:
    """A folder of `hf download --local-dir` is checked by the sums noted in it."""
    folder = tmp_path / "small"
    shutil.copytree(large_v3_model, folder)
    notes = folder / ".cache" / "huggingface" / "download"
    notes.mkdir(parents=True)
    for path in large_v3_model.iterdir():
        content = path.read_bytes()
        digest = sum_file(path, "").sha256 if path.name == "model.bin" else git_sha1(content)
        note = notes / f"{path.name}.metadata"
        note.write_text(f"{COMMIT}\n{digest}\n1700000000.0\n", encoding="utf-8")
    result = verify_folder(folder)
    assert (result.problems, result.checked_against) == ((), "the hub's download notes")
    flip_a_bit(folder / "model.bin")
    assert "model.bin is damaged" in verify_folder(folder).problems[0]


def test_a_damaged_record_is_told(folder: Path) -> None:
    """A record that can't be read says what to do; the model is not called whole."""
    (folder / RECORD_NAME).write_text('{"format": 1', encoding="utf-8")
    with pytest.raises(ModelError, match="is damaged, so the model can't be checked"):
        verify_folder(folder)


def test_a_sentence_model_that_broke_off_is_told(tmp_path: Path) -> None:
    """The packaged model, cut short, is named by its weights and by what else is gone."""
    stored = find_stored(find_model("all-MiniLM-L6-v2"))
    assert stored is not None
    folder = tmp_path / "model"
    shutil.copytree(stored.path, folder, ignore=shutil.ignore_patterns("model.safetensors"))
    with (stored.path / "model.safetensors").open("rb") as file:
        (folder / "model.safetensors").write_bytes(file.read(1_000_000))
    (folder / "1_Pooling" / "config.json").unlink()
    problems = "\n".join(verify_folder(folder).problems)
    assert "model.safetensors breaks off after 1,000,000 bytes" in problems
    assert "1_Pooling/config.json is missing" in problems
