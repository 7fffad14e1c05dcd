"""Watching a folder: what is read and when, and what must not end it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from icp_voice import pipeline, watch
from icp_voice.config import STORE_NAME
from icp_voice.ingest import recordings
from icp_voice.records import FailedInput
from icp_voice.stamps import Stamp
from icp_voice.store import Store
from tests.watching import (
    SETTINGS,
    SETTLE_S,
    Hand,
    vtt,
    write_call,
    write_deals,
    write_settings,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with settings and deals, without calls."""
    folder = tmp_path / "calls"
    folder.mkdir()
    write_settings(folder)
    write_deals(folder)
    return folder


def calls(folder: Path) -> dict[str, float]:
    """Path -> seconds of every call in the store."""
    with Store(folder / STORE_NAME) as store:
        return dict(store.rows("SELECT path, duration_s FROM calls"))


def test_a_file_that_grows_is_waited_for(folder: Path) -> None:
    """A slow copy is read once, whole, however long it takes; others are not held up by it."""
    hand = Hand(folder)
    write_call(folder, "D100.vtt", 1)
    text = vtt(2)
    slow = folder / "D101.vtt"
    for end in range(10, len(text), 40):
        slow.write_text(text[:end], encoding="utf-8")
        hand.look(after_s=SETTLE_S - 1.0)
    assert set(calls(folder)) == {"D100.vtt"}
    slow.write_text(text, encoding="utf-8")
    hand.settle()
    assert [b.transcribed for b in hand.new_batches()] == [{"transcript": 1}] * 2
    assert calls(folder) == {"D100.vtt": 19.0, "D101.vtt": 19.0}


def test_a_copy_that_pauses_is_done_anew_when_it_goes_on(folder: Path) -> None:
    """The call of the first half is replaced by that of the whole file."""
    hand = Hand(folder)
    path = folder / "D100.vtt"
    path.write_text(vtt(1, lines=1), encoding="utf-8")
    hand.settle()
    path.write_text(vtt(1, lines=5), encoding="utf-8")
    write_call(folder, "D101.vtt", 2)
    hand.look(after_s=SETTLE_S)
    assert calls(folder) == {"D100.vtt": 9.0}
    hand.look(after_s=SETTLE_S)
    assert calls(folder) == {"D100.vtt": 29.0, "D101.vtt": 19.0}


def test_a_changing_file_keeps_its_call_until_it_has_settled(folder: Path) -> None:
    """A batch of others in between neither loses the old call nor reads the half-written one."""
    hand = Hand(folder)
    path = write_call(folder, "D100.vtt", 1)
    hand.settle()
    write_call(folder, "D101.vtt", 2)
    hand.look()
    path.write_text(vtt(1, lines=2), encoding="utf-8")
    hand.look(after_s=SETTLE_S)
    assert calls(folder) == {"D100.vtt": 19.0, "D101.vtt": 19.0}
    hand.look(after_s=SETTLE_S)
    assert calls(folder) == {"D100.vtt": 14.0, "D101.vtt": 19.0}


def test_what_is_renamed_into_place_or_comes_with_a_folder_is_found(folder: Path) -> None:
    """Temporary names are not read; sub-folders made later are searched."""
    hand = Hand(folder)
    part = write_call(folder, "D100.vtt.part", 1)
    hand.settle()
    assert hand.new_sentences() == [
        f"No calls in {folder} yet: waiting for recordings or transcripts."
    ]
    part.rename(folder / "D100.vtt")
    write_call(folder / "march" / "week 1", "D101.vtt", 2)
    hand.settle()
    assert set(calls(folder)) == {"D100.vtt", "march/week 1/D101.vtt"}
    assert len(hand.new_batches()) == 1


def test_excluded_files_are_not_read(folder: Path) -> None:
    """`[ingest] exclude` holds here, and for `analyze`; a change of it counts at once."""
    write_settings(folder, SETTINGS + '[ingest]\nexclude = ["archive/", "*draft*"]\n')
    write_call(folder / "archive", "D100.vtt", 1)
    write_call(folder, "D101 draft.vtt", 2)
    write_call(folder, "D102.vtt", 3)
    hand = Hand(folder)
    hand.settle()
    assert set(calls(folder)) == {"D102.vtt"}
    write_settings(folder, SETTINGS + '[ingest]\nexclude = ["*draft*"]\n')
    hand.settle()
    assert set(calls(folder)) == {"D102.vtt", "archive/D100.vtt"}


@pytest.mark.parametrize("inside", [".", "results"])
def test_our_own_output_starts_nothing(folder: Path, inside: str) -> None:
    """Results in the folder, or in one below it, are no news; neither are edits of the report."""
    write_call(folder, "D100.vtt", 1)
    results = folder / inside
    hand = Hand(folder, results=results)
    hand.settle()
    (batch,) = hand.new_batches()
    assert batch.report_path == results / "report.html"
    assert batch.failures == ()
    (results / "exports" / "deals.json").write_text("{}", encoding="utf-8")
    for _ in range(3):
        hand.settle()
    assert (hand.new_batches(), hand.new_sentences()) == ([], [])
    assert hand.watcher._n_runs == 1


def test_without_deals_the_calls_are_read_and_the_report_follows(folder: Path) -> None:
    """Hours of transcription need not wait for the export; what is waited for is said once."""
    deals = folder / "deals.csv"
    deals.unlink()
    hand = Hand(folder)
    for number in range(2):
        write_call(folder, f"D10{number}.vtt", number)
        hand.settle()
    first, second = hand.new_batches()
    assert first.transcribed == second.transcribed == {"transcript": 1}
    assert "No deals file" in first.waits_for
    assert (second.waits_for, second.report_path) == ("", None)
    write_deals(folder)
    hand.settle()
    (batch,) = hand.new_batches()
    assert (batch.transcribed, batch.measured, batch.waits_for) == ({}, True, "")
    assert batch.report_path is not None
    assert batch.report_path.is_file()


def test_settings_and_deals_that_are_broken_are_said_once_and_waited_for(folder: Path) -> None:
    """A half-saved file is one sentence; mended, the run goes on by itself."""
    write_call(folder, "D100.vtt", 1)
    config = write_settings(folder, SETTINGS + "[ingest\n")
    hand = Hand(folder)
    hand.look()
    assert hand.new_sentences() == []
    for _ in range(3):
        hand.settle()
    (sentence,) = hand.new_sentences()
    assert f"{config} is not valid TOML" in sentence
    write_settings(folder, SETTINGS + '[ingest]\nexclude = ["!"]\n')
    hand.settle()
    (sentence,) = hand.new_sentences()
    assert "ingest: exclude" in sentence
    write_settings(folder)
    (folder / "deals.csv").write_text("deal_id,outc", encoding="utf-8")
    hand.settle()
    (batch,) = hand.new_batches()
    assert "outcome" in batch.waits_for
    assert batch.transcribed == {"transcript": 1}
    write_deals(folder)
    hand.settle()
    assert [b.report_path for b in hand.new_batches()] == [folder / "report.html"]


def test_a_run_never_begins_while_the_deals_are_written(folder: Path) -> None:
    """Half a deals file may read well and tell lies; a run waits for it."""
    hand = Hand(folder)
    write_call(folder, "D100.vtt", 1)
    hand.look()
    hand.now_s += SETTLE_S
    write_deals(folder, n=8)
    hand.look()
    assert hand.new_batches() == []
    hand.look(after_s=SETTLE_S)
    assert len(hand.new_batches()) == 1


def test_a_broken_sidecar_is_waited_for(folder: Path) -> None:
    """Who was there changes what is written down, so nothing is read before it can be."""
    write_call(folder, "D100.vtt", 1)
    sidecar = folder / "calls.csv"
    sidecar.write_text("file,date\nD100.vtt,never\n", encoding="utf-8")
    hand = Hand(folder)
    hand.settle()
    (sentence,) = hand.new_sentences()
    assert "calls.csv row 2" in sentence
    assert "at the next change" in sentence
    sidecar.write_text("file,date\nD100.vtt,2025-03-04\n", encoding="utf-8")
    hand.settle()
    assert len(hand.new_batches()) == 1


def test_bad_files_are_named_once(folder: Path) -> None:
    """They stop nothing, later batches do not name them again, and mended they are read."""
    bad = folder / "D101.vtt"
    bad.write_text("WEBVTT\n\nnothing here\n", encoding="utf-8")
    (folder / "empty.mp3").touch()
    write_call(folder, "D100.vtt", 1)
    hand = Hand(folder)
    hand.settle()
    (batch,) = hand.new_batches()
    assert sorted(Path(f.name).name for f in batch.failures) == ["D101.vtt", "empty.mp3"]
    write_call(folder, "D102.vtt", 2)
    hand.settle()
    (batch,) = hand.new_batches()
    assert (batch.transcribed, batch.failures) == ({"transcript": 1}, ())
    bad.write_text(vtt(3), encoding="utf-8")
    hand.settle()
    assert set(calls(folder)) == {"D100.vtt", "D101.vtt", "D102.vtt"}


def test_a_missing_speech_model_is_said_once_and_found_when_it_comes(
    root: Path, folder: Path
) -> None:
    """Transcripts are analysed meanwhile; the recordings are done once the model is there."""
    model = folder.parent / "model"
    samples = sorted((root / "sample_audio" / "workspace" / "recordings").iterdir())
    shutil.copy(min(samples, key=lambda p: p.stat().st_size), folder / "D100 a.ogg")
    hand = Hand(folder, model=str(model))
    hand.settle()
    (sentence,) = hand.new_sentences()
    assert f"Model folder {model} is not there" in sentence
    write_call(folder, "D101.vtt", 1)
    hand.settle()
    (batch,) = hand.new_batches()
    assert batch.transcribed == {"transcript": 1}
    assert [f.name for f in batch.failures] == ["1 recordings"]
    shutil.copy(samples[0], folder / "D102 b.ogg")
    hand.settle()
    hand.look(after_s=600.0)
    assert [f for b in hand.new_batches() for f in b.failures] == []
    shutil.copytree(root / "models" / "demo-en", model)
    hand.settle()
    (batch,) = hand.new_batches()
    assert batch.transcribed == {"recording": 2}
    assert hand.new_sentences() == []


def test_a_folder_that_vanishes_is_waited_for(folder: Path) -> None:
    """A share that is unmounted is said once, writes nothing, and goes on when it is back."""
    write_call(folder, "D100.vtt", 1)
    hand = Hand(folder)
    hand.settle()
    away = folder.rename(folder.parent / "away")
    for _ in range(3):
        hand.settle()
    (sentence,) = hand.new_sentences()
    assert "Waiting for it to come back" in sentence
    assert not folder.exists()
    away.rename(folder)
    write_call(folder, "D101.vtt", 2)
    hand.settle()
    assert hand.new_sentences() == [f"{folder} is back."]
    assert set(calls(folder)) == {"D100.vtt", "D101.vtt"}


def test_an_empty_mount_point_is_left_empty(folder: Path) -> None:
    """An unmounted share leaves an empty folder: nothing may be written into it."""
    write_call(folder, "D100.vtt", 1)
    hand = Hand(folder)
    hand.settle()
    folder.rename(folder.parent / "away")
    folder.mkdir()
    for _ in range(3):
        hand.settle()
    assert list(folder.iterdir()) == []
    (sentence,) = hand.new_sentences()
    assert sentence.startswith("No calls in")


HOLD = """
import sys
from pathlib import Path
from icp_voice.stamps import Stamp
from icp_voice.store import Store
with Store(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_store_in_use_is_waited_for(folder: Path) -> None:
    """Another run is let through: said once, tried again, and nothing is lost."""
    write_call(folder, "D100.vtt", 1)
    hand = Hand(folder)
    command = [sys.executable, "-c", HOLD, str(folder / STORE_NAME)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        hand.settle()
        hand.look(after_s=10.0)
        other.communicate("")
    (sentence,) = hand.new_sentences()
    assert "in use by another icp-voice" in sentence
    hand.look(after_s=9.0)
    assert hand.new_batches() == []
    hand.look(after_s=1.0)
    assert [b.transcribed for b in hand.new_batches()] == [{"transcript": 1}]


def test_what_nobody_foresaw_ends_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of ours or the disk's is said once and tried again, less and less often."""
    write_call(folder, "D100.vtt", 1)
    hand = Hand(folder)
    with monkeypatch.context() as patch:

        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device", "x")

        patch.setattr(pipeline, "analyze", fail)
        hand.settle()
        hand.look(after_s=60.0)
    assert hand.new_sentences() == [
        "OSError: No space left on device (x). Trying again at a change or in 1 min."
    ]
    hand.look(after_s=60.0)
    assert hand.new_batches() == []
    hand.look(after_s=60.0)
    assert len(hand.new_batches()) == 1


def test_a_file_that_may_be_read_at_last_is_read(folder: Path) -> None:
    """Permissions count as a change, though size and time are the same."""
    path = write_call(folder, "D100.vtt", 1)
    hand = Hand(folder)
    hand.settle()
    path.chmod(0o400)
    hand.look()
    assert path not in hand.watcher._settling.settled(hand.now_s)


def test_a_restart_names_what_is_known_and_reads_nothing_again(folder: Path) -> None:
    """What is done is in the store; the first batch of a watcher says so."""
    write_call(folder, "D100.vtt", 1)
    first = Hand(folder)
    first.settle()
    write_call(folder, "D101.vtt", 2)
    second = Hand(folder)
    second.settle()
    (batch,) = second.new_batches()
    assert batch.transcribed == {"transcript": 1}
    third = Hand(folder)
    third.settle()
    (batch,) = third.new_batches()
    assert (batch.transcribed, batch.measured) == ({}, False)


def test_folders_elsewhere_are_watched(folder: Path, tmp_path: Path) -> None:
    """`[ingest] recordings` may name folders outside; deals may lie anywhere."""
    elsewhere = tmp_path / "elsewhere"
    write_call(elsewhere, "D100.vtt", 1)
    deals = (folder / "deals.csv").rename(tmp_path / "export.csv")
    write_settings(folder, f"[ingest]\nrecordings = [{str(elsewhere)!r}]\n" + SETTINGS)
    hand = Hand(folder, deals=deals)
    hand.settle()
    (batch,) = hand.new_batches()
    assert batch.transcribed == {"transcript": 1}
    os.utime(deals)
    write_call(elsewhere, "D101.vtt", 2)
    hand.settle()
    (batch,) = hand.new_batches()
    assert batch.transcribed == {"transcript": 1}
    assert batch.failures == tuple[FailedInput, ...]()


def test_known_files_are_not_read_again_wherever_the_results_lie(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder named from here, with results elsewhere, costs no second reading of its files."""
    write_call(folder, "D100.vtt", 1)
    monkeypatch.chdir(tmp_path)
    hand = Hand(Path(folder.name), results=Path("results"))
    hand.settle()
    assert len(hand.new_batches()) == 1
    read: list[Path] = []
    hash_content = recordings.hash_content

    def note(path: Path) -> str:
        read.append(path)
        return hash_content(path)

    monkeypatch.setattr(recordings, "hash_content", note)
    write_call(folder, "D101.vtt", 2)
    hand.settle()
    assert [path.name for path in read] == ["D101.vtt"]


def test_a_share_that_fails_in_the_middle_is_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stale handle is no end of watching, whoever stumbles over it."""
    write_call(folder, "D100.vtt", 1)
    hand = Hand(folder)
    with monkeypatch.context() as patch:

        def fail(_: Path) -> bool:
            raise OSError(116, "Stale file handle")

        patch.setattr(Path, "is_dir", fail)
        hand.settle()
    hand.settle()
    assert hand.new_sentences() == [
        f"{folder}: Stale file handle. Waiting for it to come back.",
        f"{folder} is back.",
    ]
    assert len(hand.new_batches()) == 1


def test_a_slow_look_settles_nothing_by_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a share where one look takes longer than the wait, two looks must agree all the same."""
    write_call(folder, "D100.vtt", 1)
    hand = Hand(folder)
    stamp = watch.read_stamp

    def slowly(path: Path) -> Stamp:
        hand.now_s += 2 * SETTLE_S
        return stamp(path)

    monkeypatch.setattr(watch, "read_stamp", slowly)
    hand.look()
    hand.look(after_s=SETTLE_S - 1.0)
    assert hand.new_batches() == []
    hand.look(after_s=SETTLE_S)
    assert len(hand.new_batches()) == 1
