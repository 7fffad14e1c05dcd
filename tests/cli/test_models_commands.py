"""`models list|pull|verify` as a user types them."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from icp_voice.cli.main import main

Places = tuple[Path, Path]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="run")
def _run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model_places: Places
) -> Run:
    """Run a command with an empty models folder and an empty hub cache."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["icp-voice", *map(str, arguments)])
        code = main()
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_list_shows_every_model_and_where_it_is(
    run: Run, model_places: Places, large_v3_model: Path
) -> None:
    """Name, task, size, licence, place; models that only lie here are listed too."""
    shutil.copytree(large_v3_model, model_places[0] / "our-own")
    shutil.copytree(large_v3_model, model_places[0] / "small")
    code, out, _ = run("models", "list", "--format", "json")
    rows = {row["name"]: row for row in map(json.loads, out.splitlines())}
    assert code == 0
    assert rows["demo-en"]["where"] == "bundled"
    assert rows["demo-en"]["sha256"].startswith("991f1cde")
    assert rows["all-MiniLM-L6-v2"]["where"] == "package"
    assert rows["small"]["path"] == str(model_places[0] / "small")
    assert (rows["large-v3"]["where"], rows["large-v3"]["path"]) == ("not here", None)
    assert rows["large-v3"]["license"] == "MIT"
    assert rows["our-own"]["task"] == "speech"
    code, out, _ = run("models", "list")
    assert code == 0
    for text in ("paraphrase-multilingual", "3.1 GB", "Apache-2.0", str(model_places[0])):
        assert text in out


def test_pull_refuses_a_misspelt_name_before_anything_is_fetched(run: Run) -> None:
    """Wrong use is exit code 2, and the nearest name is told."""
    code, out, err = run("models", "pull", "small", "larg-v3")
    assert (code, out) == (2, "")
    assert "Did you mean large-v3?" in err


def test_pull_offline_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """HF_HUB_OFFLINE is respected; the models that are here are still named."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    code, out, err = run("models", "pull", "small", "demo-en")
    assert code == 1
    assert out.startswith("demo-en: comes with icp-voice")
    assert err.startswith("Failed: Model small")
    assert err.count("\n") == 1


def test_a_stick_is_filled_and_checked_without_a_network(
    run: Run, model_places: Places, large_v3_model: Path, tmp_path: Path
) -> None:
    """Pull to a folder, verify the copy by its record, and see damage there."""
    shutil.copytree(large_v3_model, model_places[0] / "small")
    stick = tmp_path / "stick"
    code, out, err = run("models", "pull", "small", "--to", stick)
    assert code == 0
    assert out.startswith("small: copied")
    assert "--model stick/small" in err
    code, out, _ = run("models", "verify", stick / "small", "--format", "json")
    assert (code, json.loads(out)["checked_against"]) == (0, "the record of the pull")
    weights = bytearray((stick / "small" / "model.bin").read_bytes())
    weights[-5_000] ^= 1
    (stick / "small" / "model.bin").write_bytes(weights)
    code, out, _ = run("models", "verify", stick)
    assert code == 1
    assert "model.bin is damaged" in out


def test_verify_checks_all_that_is_here(run: Run, model_places: Places, tmp_path: Path) -> None:
    """Without a name every model here is checked; a name that is not here is told."""
    code, out, _ = run("models", "verify")
    assert code == 0
    assert "demo-en: ok, checked against the manifest" in out
    assert "all-MiniLM-L6-v2: ok" in out
    code, _, err = run("models", "verify", "small")
    assert (code, err) == (1, "Failed: small: not on this machine (icp-voice models list).\n")
    (tmp_path / "pytorch").mkdir()
    (tmp_path / "pytorch" / "model.safetensors").write_bytes(b"weights")
    code, _, err = run("models", "verify", tmp_path / "pytorch")
    assert code == 2
    assert "ct2-transformers-converter" in err
