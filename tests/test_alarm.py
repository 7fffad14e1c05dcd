"""Waking at changes that the system reports."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from icp_voice.alarm import Alarm

LONG_S = 60.0


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Write a file again and again, for a report may fall into the moment of arming."""
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.wait(0.1):
            number += 1
            (folder / "call.mp3").write_text(str(number), encoding="utf-8")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def waits_s(alarm: Alarm) -> float:
    """Return how long the alarm sleeps when asked for a long time."""
    began_s = time.monotonic()
    assert alarm.wait(LONG_S) is None
    return time.monotonic() - began_s


@pytest.fixture
def alarm() -> Iterator[Alarm]:
    alarm = Alarm(poll=False, settle_s=0.2)
    yield alarm
    alarm.close()


def test_a_change_in_a_sub_folder_made_later_wakes(alarm: Alarm, tmp_path: Path) -> None:
    """Folders are watched with all that comes below them."""
    assert alarm.aim([tmp_path]) is None
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    waits_s(alarm)
    with writing(deep):
        assert waits_s(alarm) < LONG_S / 2


def test_a_folder_that_comes_anew_is_watched_anew(alarm: Alarm, tmp_path: Path) -> None:
    """A report of the old folder's end is not the last one."""
    folder = tmp_path / "share"
    folder.mkdir()
    alarm.aim([folder])
    shutil.move(folder, tmp_path / "away")
    folder.mkdir()
    alarm.aim([folder])
    assert alarm.is_reporting
    with writing(folder):
        assert waits_s(alarm) < LONG_S / 2


def test_nothing_new_wakes_when_time_is_up(alarm: Alarm, tmp_path: Path) -> None:
    """Whoever waits looks by himself now and then."""
    alarm.aim([tmp_path])
    began_s = time.monotonic()
    alarm.wait(0.3)
    assert time.monotonic() - began_s >= 0.3


def test_a_system_that_cannot_report_is_said_once(
    alarm: Alarm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are no watches left, or none at all, looking again and again does it."""

    def refuse(*_: object, **__: object) -> Iterator[None]:
        raise OSError("OS file watch limit reached.")
        yield

    monkeypatch.setattr("watchfiles.watch", refuse)
    assert alarm.aim([tmp_path]) == "OS file watch limit reached."
    assert alarm.aim([tmp_path]) is None
    assert not alarm.is_reporting
    assert alarm.wait(0.01) is None


def test_reports_that_end_are_said_once(
    alarm: Alarm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the watching library is no end of watching."""

    def fail(*_: object, **__: object) -> Iterator[set[str]]:
        yield set()
        raise RuntimeError("error in underlying watcher")

    monkeypatch.setattr("watchfiles.watch", fail)
    assert alarm.aim([tmp_path]) is None
    assert alarm.wait(LONG_S) == "error in underlying watcher"
    assert alarm.wait(0.01) is None


def test_polling_asks_nothing_of_the_system(tmp_path: Path) -> None:
    """With `poll` no report is asked for, and waiting is sleeping."""
    alarm = Alarm(poll=True, settle_s=0.2)
    assert alarm.aim([tmp_path]) is None
    assert not alarm.is_reporting
    began_s = time.monotonic()
    alarm.wait(0.2)
    assert time.monotonic() - began_s >= 0.2
