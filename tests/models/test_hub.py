"""Fetching one file over real HTTP: it goes on, it is checked, half of it never counts."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from file_server import FileServer

from icp_voice.models.hub import HubError, fetch_file
from icp_voice.models.manifest import FileSum

CONTENT = bytes(range(256)) * 4_000
FILE = FileSum("model.bin", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture(name="server")
def _server() -> Iterator[FileServer]:
    with FileServer(CONTENT).running() as server:
        yield server


class Meter:
    """Adds up what it is told."""

    def __init__(self) -> None:
        self.total = 0

    def __call__(self, n_bytes: int) -> None:
        self.total += n_bytes


def test_a_file_arrives_whole(server: FileServer, tmp_path: Path) -> None:
    """The file has the size and the sum that were asked for, and every byte was counted."""
    meter = Meter()
    found = fetch_file(server.url, FILE, tmp_path / "deep" / "model.bin", meter)
    assert (tmp_path / "deep" / "model.bin").read_bytes() == CONTENT
    assert found.sha256 == FILE.sha256
    assert meter.total == len(CONTENT)


def test_a_stopped_download_goes_on(server: FileServer, tmp_path: Path) -> None:
    """What an earlier run fetched is not fetched again."""
    target = tmp_path / "model.bin"
    target.write_bytes(CONTENT[:700_001])
    meter = Meter()
    fetch_file(server.url, FILE, target, meter)
    assert target.read_bytes() == CONTENT
    assert server.asked == ["bytes=700001-"]
    assert meter.total == len(CONTENT)


def test_a_whole_file_is_not_asked_for_again(server: FileServer, tmp_path: Path) -> None:
    """A file that arrived whole before the stop is only checked."""
    target = tmp_path / "model.bin"
    target.write_bytes(CONTENT)
    fetch_file(server.url, FILE, target, Meter())
    assert server.asked == []


def test_a_line_that_breaks_is_taken_up_at_once(server: FileServer, tmp_path: Path) -> None:
    """A connection that breaks in the middle costs a second, not the download."""
    server.n_breaks, server.breaks_after = 1, 300_000
    fetch_file(server.url, FILE, tmp_path / "model.bin", Meter())
    assert (tmp_path / "model.bin").read_bytes() == CONTENT
    assert server.asked[0] == ""
    assert server.asked[1] == f"bytes={1 << 18}-"


def test_what_arrived_is_kept_when_the_line_stays_broken(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some tries it is one clause, and the next run goes on from there."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    server.n_breaks, server.breaks_after = 99, 0
    target = tmp_path / "model.bin"
    target.write_bytes(CONTENT[:500_000])
    with pytest.raises(HubError, match="the download broke off"):
        fetch_file(server.url, FILE, target, Meter())
    assert target.read_bytes() == CONTENT[:500_000]
    server.n_breaks = 0
    fetch_file(server.url, FILE, target, Meter())
    assert target.read_bytes() == CONTENT


def test_a_server_without_ranges_sends_it_anew(server: FileServer, tmp_path: Path) -> None:
    """A cache that ignores the range gives the whole file, and it is not put after the half."""
    server.ranges = False
    target = tmp_path / "model.bin"
    target.write_bytes(CONTENT[:700_001])
    meter = Meter()
    fetch_file(server.url, FILE, target, meter)
    assert target.read_bytes() == CONTENT
    assert meter.total == len(CONTENT)


@pytest.mark.parametrize("there", [b"", b"\xff" * 1_000, b"\xff" * 2_000_000])
def test_other_content_is_refused_and_thrown_away(
    server: FileServer, tmp_path: Path, there: bytes
) -> None:
    """A file that is not what the list says leaves nothing that a later run would go on from."""
    target = tmp_path / "model.bin"
    target.write_bytes(there)
    if len(there) < len(CONTENT):
        server.content = b"\xff" * len(CONTENT)
        with pytest.raises(HubError, match="model.bin is damaged"):
            fetch_file(server.url, FILE, target, Meter())
        assert not target.exists()
    server.content = CONTENT
    fetch_file(server.url, FILE, target, Meter())
    assert target.read_bytes() == CONTENT


def test_a_full_disk_is_told_as_one(server: FileServer) -> None:
    """The disk's own error comes through, not one about the line."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this machine")
    with pytest.raises(OSError, match="No space left"):
        fetch_file(server.url, FILE, full, lambda _: None)
