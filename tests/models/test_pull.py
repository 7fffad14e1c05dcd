"""Bringing models into folders: from what is here, never half, and clear where it can't be."""

import os
import shutil
from pathlib import Path

import pytest
from hub_caches import COMMIT, make_hub_cache

from icp_voice.errors import ModelError
from icp_voice.models import pull
from icp_voice.models.hub import HubError, HubListing, OnBytes
from icp_voice.models.manifest import FileSum, find_model
from icp_voice.models.pull import install_files, pull_model
from icp_voice.models.record import ModelRecord, find_record, read_record, sum_file, write_record
from icp_voice.models.store import find_stored

Places = tuple[Path, Path]
SMALL = "Systran/faster-whisper-small"

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")


@pytest.fixture(autouse=True)
def _online(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)


def test_models_of_the_installation_are_not_fetched() -> None:
    """The bundled and the packaged model say that they come with icp-voice."""
    for name in ("demo-en", "all-MiniLM-L6-v2"):
        assert pull_model(find_model(name)).outcome == "comes with icp-voice"


@needs_links
@pytest.mark.parametrize("tree", [False, True])
def test_a_cached_model_becomes_a_plain_folder(
    model_places: Places, large_v3_model: Path, tmp_path: Path, tree: bool
) -> None:
    """`--to` copies what is here without a network: links followed, sums checked, recorded."""
    make_hub_cache(model_places[1], large_v3_model, SMALL, tree=tree)
    seen: list[tuple[int, int]] = []
    pulled = pull_model(
        find_model("small"),
        to=tmp_path / "stick",
        on_progress=lambda done, total: seen.append((done, total)),
    )
    assert (pulled.outcome, pulled.path) == ("copied", tmp_path / "stick" / "small")
    assert not any(path.is_symlink() for path in pulled.path.iterdir())
    for path in large_v3_model.iterdir():
        assert (pulled.path / path.name).read_bytes() == path.read_bytes()
    record = read_record(pulled.path)
    assert record is not None
    assert (record.name, record.repository, record.commit) == ("small", SMALL, COMMIT)
    assert {file.path for file in record.files} == {p.name for p in large_v3_model.iterdir()}
    assert seen[-1][0] == seen[-1][1] == sum(file.size_bytes for file in record.files)
    again = pull_model(find_model("small"), to=tmp_path / "stick")
    assert (again.outcome, again.commit) == ("already here", COMMIT)


def test_a_damaged_model_is_not_copied(
    model_places: Places, large_v3_model: Path, tmp_path: Path
) -> None:
    """Weights that differ from their record are named; nothing is left that counts as a model."""
    own, _ = model_places
    shutil.copytree(large_v3_model, own / "small")
    files = tuple(sum_file(p, p.name) for p in sorted((own / "small").iterdir()))
    write_record(own / "small", ModelRecord("small", "speech", SMALL, COMMIT, "MIT", files))
    weights = bytearray((own / "small" / "model.bin").read_bytes())
    weights[-5_000] ^= 1
    (own / "small" / "model.bin").write_bytes(weights)
    with pytest.raises(ModelError, match="model.bin is damaged"):
        pull_model(find_model("small"), to=tmp_path / "stick")
    assert not (tmp_path / "stick" / "small").exists()


def test_what_is_here_is_said_to_be(model_places: Places, large_v3_model: Path) -> None:
    """A model in the models folder or in the hub's cache is not fetched again."""
    own, cache = model_places
    shutil.copytree(large_v3_model, own / "small")
    make_hub_cache(cache, large_v3_model, "Systran/faster-whisper-base", links=False)
    assert pull_model(find_model("small")).outcome == "already here"
    assert pull_model(find_model("base")).outcome == "already here"


def test_offline_it_refuses_in_one_sentence(
    model_places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HF_HUB_OFFLINE forbids a fetch; the sentence says what to do instead."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError) as caught:
        pull_model(find_model("small"))
    message = str(caught.value)
    assert "about 486 MB" in message
    assert "HF_HUB_OFFLINE is set" in message
    assert "icp-voice models pull small --to FOLDER" in message
    assert str(model_places[0]) in message


def test_an_unreachable_hub_is_told_and_fast(
    model_places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused connection is one sentence, without a wait and without traces on the disk."""
    from huggingface_hub import HfApi

    # A port of this machine that nobody listens at.
    monkeypatch.setattr("huggingface_hub.HfApi", lambda: HfApi(endpoint="http://127.0.0.1:9"))
    with pytest.raises(ModelError, match="the hub can't be reached"):
        pull_model(find_model("small"))
    assert [p.name for p in model_places[0].iterdir() if p.suffix != ".lock"] == []


def test_too_small_a_disk_is_told_before(
    model_places: Places, large_v3_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence says what is needed and what is free, and nothing is written."""
    make_hub_cache(model_places[1], large_v3_model, SMALL, links=False)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(pull.shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    with pytest.raises(ModelError, match="8 MB are still needed, 1 MB are free"):
        pull_model(find_model("small"), to=tmp_path / "stick")
    assert [p.name for p in (tmp_path / "stick").iterdir() if p.suffix != ".lock"] == []


def test_other_things_are_not_overwritten(
    model_places: Places, large_v3_model: Path, tmp_path: Path
) -> None:
    """A folder of the model's name that holds something else is left alone."""
    make_hub_cache(model_places[1], large_v3_model, SMALL, links=False)
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "letter.txt").write_text("Dear Ann", encoding="utf-8")
    with pytest.raises(ModelError, match="is in the way"):
        pull_model(find_model("small"), to=tmp_path)
    assert (tmp_path / "small" / "letter.txt").is_file()


def test_two_at_once_do_not_write_the_same_files(
    model_places: Places, large_v3_model: Path, tmp_path: Path
) -> None:
    """The second run says that the first is at it."""
    import filelock

    make_hub_cache(model_places[1], large_v3_model, SMALL, links=False)
    (tmp_path / "stick").mkdir()
    with (
        filelock.FileLock(tmp_path / "stick" / ".small.lock"),
        pytest.raises(ModelError, match="Another icp-voice is fetching small"),
    ):
        pull_model(find_model("small"), to=tmp_path / "stick")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(
    model_places: Places, large_v3_model: Path, tmp_path: Path
) -> None:
    """Missing permission is one sentence that names another way."""
    make_hub_cache(model_places[1], large_v3_model, SMALL, links=False)
    (tmp_path / "stick").mkdir(mode=0o500)
    with pytest.raises(ModelError, match=r"can't be written .*--to FOLDER"):
        pull_model(find_model("small"), to=tmp_path / "stick")


class FlakySource:
    """Brings files of a folder here, and can break off at one of them."""

    def __init__(self, folder: Path) -> None:
        self.listing = HubListing(
            SMALL, COMMIT, "speech", "mit", tuple(sum_file(p, p.name) for p in folder.iterdir())
        )
        self.breaks_at = ""
        self.fetched: list[str] = []
        self._folder = folder

    def __call__(self, file: FileSum, target: Path, on_bytes: OnBytes) -> FileSum:
        if target.is_file():
            return sum_file(target, file.path)
        if file.path == self.breaks_at:
            raise HubError("the download broke off (a cable)")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._folder / file.path, target)
        self.fetched.append(file.path)
        return sum_file(target, file.path)


class TestInstalling:
    """A folder of a listing's files: whole or not there."""

    def test_a_model_is_pinned_to_its_commit(
        self, model_places: Places, large_v3_model: Path
    ) -> None:
        """`main` becomes the commit that it was; a record of every file lies beside the model."""
        source = FlakySource(large_v3_model)
        target = model_places[0] / "small"
        install_files(source.listing, target, source, name="small")
        record = find_record(target)
        assert record is not None
        assert (record.name, record.commit, record.license) == ("small", COMMIT, "mit")
        assert {(f.path, f.sha256) for f in record.files} == {
            (f.path, f.sha256) for f in source.listing.files
        }
        stored = find_stored(find_model("small"))
        assert stored is not None
        assert (stored.path, stored.commit) == (target, COMMIT)

    def test_a_broken_fetch_never_counts_as_a_model(
        self, model_places: Places, large_v3_model: Path
    ) -> None:
        """What arrived is kept out of sight, and the next run fetches the rest alone."""
        source = FlakySource(large_v3_model)
        target = model_places[0] / "small"
        source.breaks_at = "model.bin"
        with pytest.raises(HubError):
            install_files(source.listing, target, source, name="small")
        assert find_stored(find_model("small")) is None
        assert len(source.fetched) == 4
        source.breaks_at, source.fetched = "", []
        install_files(source.listing, target, source, name="small")
        assert source.fetched == ["model.bin"]
        assert [path.name for path in model_places[0].iterdir()] == ["small"]

    def test_the_old_model_stays_until_the_new_one_is_whole(
        self, model_places: Places, large_v3_model: Path
    ) -> None:
        """A newer or a repaired model takes the old one's place in one step."""
        source = FlakySource(large_v3_model)
        target = model_places[0] / "small"
        shutil.copytree(large_v3_model, target)
        (target / "left-over.txt").write_text("old", encoding="utf-8")
        source.breaks_at = "model.bin"
        with pytest.raises(HubError):
            install_files(source.listing, target, source, name="small")
        assert (target / "left-over.txt").is_file()
        source.breaks_at = ""
        install_files(source.listing, target, source, name="small")
        assert not (target / "left-over.txt").exists()
        assert [path.name for path in model_places[0].iterdir()] == ["small"]
