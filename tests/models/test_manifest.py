"""The list of models says what is shipped, and the shipped files are the ones it lists."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import pytest

MODELS = Path(__file__).resolve().parents[2] / "models"


@pytest.fixture(scope="module", name="entries")
def _entries() -> list[dict[str, Any]]:
    with (MODELS / "manifest.toml").open("rb") as file:
        entries: list[dict[str, Any]] = tomllib.load(file)["model"]
    return entries


def test_every_entry_says_task_source_and_licence(entries: list[dict[str, Any]]) -> None:
    """Each model has a unique name, a task, a source with its address, and a licence."""
    assert len({entry["name"] for entry in entries}) == len(entries)
    address = {"bundled": "folder", "package": "package", "hub": "repository"}
    for entry in entries:
        assert entry["task"] in {"speech", "voices", "sentences"}
        assert entry[address[entry["source"]]]
        assert entry["license"] in {"Apache-2.0", "MIT"}
        assert entry["bytes"] > 400_000


def test_only_models_that_are_here_have_checksums(entries: list[dict[str, Any]]) -> None:
    """No checksum is given for a model at the hub: none was fetched to compute one."""
    assert all("files" not in entry for entry in entries if entry["source"] == "hub")
    assert all(entry["files"] for entry in entries if entry["source"] != "hub")


@pytest.mark.parametrize("name", ["demo-en", "voices-1"])
def test_a_bundled_model_is_what_the_manifest_lists(
    entries: list[dict[str, Any]], name: str
) -> None:
    """Every file of a bundled model has the listed size and sum, and no other file is there."""
    entry = next(entry for entry in entries if entry["name"] == name)
    folder = MODELS / entry["folder"]
    assert {path.name for path in folder.iterdir()} == {file["path"] for file in entry["files"]}
    for file in entry["files"]:
        content = (folder / file["path"]).read_bytes()
        assert len(content) == file["bytes"]
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert sum(file["bytes"] for file in entry["files"]) == entry["bytes"] <= 20_000_000
