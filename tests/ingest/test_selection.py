"""Which files may be calls."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from icp_voice.config import EXPORTS_NAME, STORE_NAME, IngestConfig
from icp_voice.errors import ConfigError
from icp_voice.ingest.recordings import find_files, scan_sources
from icp_voice.ingest.selection import Selection
from icp_voice.records import FailedInput
from icp_voice.stamps import Stamp, read_stamp, stamp_of


def put(path: Path, data: bytes = b"sound") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def found(folder: Path, config: IngestConfig | None = None, root: Path | None = None) -> list[str]:
    """Return the names of the files that are left, relative to `folder`."""
    selection = Selection(config, root=root)
    return [p.relative_to(folder).as_posix() for p, _ in find_files([folder], selection=selection)]


@pytest.mark.parametrize(
    "name",
    [
        *("call.mp3.part", "call.mp3.crdownload", "call.mp3.download", "call.mp3.tmp"),
        *("~$call.txt", "call.mp3.!ut", ".call.mp3.Xa9fQ2", "._call.mp3", ".~call.mp3"),
        *("~syncthing~call.mp3", ".syncthing.call.mp3.tmp", "call.mp3.filepart", "call.temp.mp4"),
        *(
            "call.mp3.opdownload",
            "call.mp3.partial",
            ".sync/call.mp3",
            "call.mp3.download/call.mp3",
        ),
    ],
)
def test_unfinished_files_are_never_read(tmp_path: Path, name: str) -> None:
    """What browsers, sync clients and copy tools write until a file is whole is no call."""
    put(tmp_path / name)
    put(tmp_path / "whole.mp3")
    assert found(tmp_path) == ["whole.mp3"]


def test_files_beside_their_download_are_not_read(tmp_path: Path) -> None:
    """aria2's file has its full size from the start; Firefox's is empty, and no failure."""
    put(tmp_path / "aria.mp3")
    put(tmp_path / "aria.mp3.aria2")
    put(tmp_path / "fox.mp3", b"")
    put(tmp_path / "fox.mp3.part", b"half")
    scan = scan_sources([tmp_path])
    assert (scan.sources, scan.failures) == ((), ())
    (tmp_path / "fox.mp3.part").unlink()
    assert ["fox.mp3 is empty" in f.reason for f in scan_sources([tmp_path]).failures] == [True]


def test_patterns_are_those_of_gitignore(tmp_path: Path) -> None:
    """Names count at any depth, anchored folders at the top, and a later `!` takes back."""
    for name in ("a.mp3", "a.WAV", "archive/b.mp3", "deep/archive/c.mp3", "old/d.mp3", "old/e.vtt"):
        put(tmp_path / name)
    anchored = IngestConfig(exclude=("archive/**", "*.wav"))
    assert found(tmp_path, anchored) == ["a.mp3", "deep/archive/c.mp3", "old/d.mp3", "old/e.vtt"]
    anywhere = IngestConfig(exclude=("archive/", "old/*", "!old/*.VTT"))
    assert found(tmp_path, anywhere) == ["a.WAV", "a.mp3", "old/e.vtt"]
    included = IngestConfig(include=("*.mp3", "!old/*"))
    assert found(tmp_path, included) == ["a.mp3", "archive/b.mp3", "deep/archive/c.mp3"]


def test_patterns_may_start_at_the_workspace(tmp_path: Path) -> None:
    """`recordings/old/` means the same as `old/` does inside recordings/."""
    put(tmp_path / "recordings/old/a.mp3")
    put(tmp_path / "recordings/b.mp3")
    for pattern in ("recordings/old/**", "old/**"):
        config = IngestConfig(exclude=(pattern,))
        assert found(tmp_path / "recordings", config, root=tmp_path) == ["b.mp3"]


def test_a_pattern_that_is_none_is_one_sentence() -> None:
    """The setting and its value are named."""
    with pytest.raises(ConfigError, match=r"ingest: exclude \['!'\].*\.gitignore"):
        Selection(IngestConfig(exclude=("!",)))


def test_our_own_exports_are_no_calls_wherever_they_lie(tmp_path: Path) -> None:
    """An earlier run may have left its results in another folder among the calls."""
    put(tmp_path / "results" / STORE_NAME)
    put(tmp_path / "results" / EXPORTS_NAME / "deals.json")
    put(tmp_path / EXPORTS_NAME / "call.json")
    assert found(tmp_path) == [f"{EXPORTS_NAME}/call.json"]


@pytest.mark.parametrize(
    ("extra", "online"),
    [
        ({}, False),
        ({"st_file_attributes": 0x20}, False),
        ({"st_file_attributes": 0x400020}, True),
        ({"st_flags": 0x40000000}, True),
    ],
)
def test_cloud_placeholders_are_told(extra: dict[str, int], online: bool) -> None:
    """Windows and macOS mark files whose content would be fetched by reading them."""
    stat = SimpleNamespace(st_size=5, st_mtime_ns=7, st_mode=0o100644, **extra)
    assert stamp_of(cast("os.stat_result", stat)) == Stamp(5, 7, 0o100644, online)


def test_cloud_placeholders_are_named_and_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is only in the cloud is one sentence; reading it would fetch it."""
    put(tmp_path / "away.mp3")
    monkeypatch.setattr(
        "icp_voice.ingest.recordings.read_stamp",
        lambda path: read_stamp(path)._replace(online_only=True),
    )
    scan = scan_sources([tmp_path])
    assert scan.sources == ()
    assert "away.mp3 is only in the cloud" in scan.failures[0].reason


def test_a_folder_that_cannot_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calls beside it are found; a folder that is missing is no failure."""
    put(tmp_path / "a.mp3")
    closed = tmp_path / "closed"
    closed.mkdir()
    scandir = os.scandir

    def refuse(path: str) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    failures: list[FailedInput] = []
    files = list(find_files([tmp_path, tmp_path / "missing"], failures=failures))
    assert [path.name for path, _ in files] == ["a.mp3"]
    assert [f.reason for f in failures] == ["closed can't be listed: Permission denied."]


def test_only_what_has_settled_is_read(tmp_path: Path) -> None:
    """A file that moves is left out; one that was known stays what it was, without being read."""
    still, new, known = (put(tmp_path / name) for name in ("still.mp3", "new.mp3", "known.mp3"))
    known.write_bytes(b"sound and more")
    before = {known: (5, 1, "f" * 64)}
    stamps = {still: read_stamp(still), new: read_stamp(new)._replace(size_bytes=1)}
    scan = scan_sources([tmp_path], known=before, settled=stamps)
    assert [s.path.name for s in scan.sources] == ["known.mp3", "still.mp3"]
    assert scan.sources[0].sha256 == "f" * 64
    assert scan.hashes[known] == before[known]


def test_hashes_hold_for_the_file_as_it_was_before_it_was_read(tmp_path: Path) -> None:
    """A file that changes while it is read is read again; copies are known, too."""
    one, two = put(tmp_path / "one.mp3"), put(tmp_path / "two.mp3")
    hashes = scan_sources([tmp_path]).hashes
    assert set(hashes) == {one, two}
    stat = two.stat()
    assert hashes[two][:2] == (stat.st_size, stat.st_mtime_ns)
