"""Transcript files in a workspace: what is found, kept, and kept up to date."""

import json
import shutil
from pathlib import Path

import pytest

from icp_voice import steps, tables
from icp_voice.progress import TranscribeProgress
from icp_voice.store import Store
from icp_voice.workspace import Workspace, open_workspace

SAMPLES = Path(__file__).parent / "ingest" / "samples"


class Notes:
    """A reporter that keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def stage(self, name: str, total: int) -> None:
        pass

    def advance(self, done: int) -> None:
        pass

    def transcribing(self, progress: TranscribeProgress) -> None:
        pass

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with an export of Gong, notes, and a table of calls."""
    (tmp_path / "transcripts").mkdir()
    for name in ("gong-transcripts.json", "gong-calls.json", "notes.txt"):
        target = tmp_path / "transcripts" / name.replace("notes", "plan")
        shutil.copyfile(SAMPLES / name, target)
    (tmp_path / "deals.csv").write_text("deal_id,outcome\nD1001,won\nD1002,lost\n", "utf-8")
    (tmp_path / "calls.csv").write_text(
        "file,deal_id,attendees\n"
        "gong-transcripts.json#7782342274025937895,D1001,Tom Okafor | COO\n"
        "gong-transcripts.json#18446744073709551615,D1002,\n",
        "utf-8",
    )
    return tmp_path


def run(folder: Path) -> tuple[Workspace, Notes, int, tuple[str, ...]]:
    """Find and read what is new."""
    workspace, notes = open_workspace(folder), Notes()
    crm = steps.read_crm(workspace)
    with Store(workspace.store_path) as store:
        sources = steps.find_calls(store, workspace, crm, notes)
        n_done, failures = steps.transcribe_new(store, workspace, sources, notes)
    return workspace, notes, n_done.total(), tuple(failure.reason for failure in failures)


def rows(workspace: Workspace, sql: str) -> list[tuple[object, ...]]:
    with Store(workspace.store_path) as store:
        return store.rows(sql)


def test_calls_of_one_export_are_kept_apart(folder: Path) -> None:
    """Each call of a Gong export has its own turns, deal, title, start and attendees."""
    workspace, notes, n_done, failures = run(folder)
    assert (n_done, failures) == (2, ())
    assert notes.notes == ["plan.txt is no transcript and is left out."]
    assert rows(
        workspace,
        "SELECT call, deal_id, title, CAST(started_at AS VARCHAR) FROM calls "
        "JOIN matches USING (call_id) ORDER BY deal_id",
    ) == [
        (
            *("gong-transcripts.json#7782342274025937895", "D1001"),
            *("Brightmill discovery", "2026-06-15 13:32:11"),
        ),
        ("gong-transcripts.json#18446744073709551615", "D1002", None, None),
    ]
    people = rows(workspace, "SELECT name, side, title FROM participants ORDER BY position")
    assert people == [
        ("Tom Okafor", "buyer", "COO"),
        ("Ines Halloran", "seller", "Account Executive"),
    ]


def test_nothing_is_read_twice(folder: Path) -> None:
    """A second run reads nothing; a title changed in calls.csv reads that call."""
    run(folder)
    assert run(folder)[2] == 0
    calls = folder / "calls.csv"
    calls.write_text(calls.read_text("utf-8").replace("COO", "CEO"), "utf-8")
    workspace, _, n_done, _ = run(folder)
    assert n_done == 1
    assert rows(workspace, "SELECT title FROM participants WHERE name = 'Tom Okafor'") == [("CEO",)]


def test_a_changed_export_replaces_its_calls(folder: Path) -> None:
    """A call that a new export words differently replaces the old one; the other stays."""
    workspace, *_ = run(folder)
    before = set(rows(workspace, "SELECT call_id FROM calls"))
    path = folder / "transcripts" / "gong-transcripts.json"
    document = json.loads(path.read_text("utf-8"))
    document["callTranscripts"][1]["transcript"][0]["sentences"][0]["text"] = "Is it planned?"
    path.write_text(json.dumps(document), "utf-8")
    workspace, _, n_done, _ = run(folder)
    after = set(rows(workspace, "SELECT call_id FROM calls"))
    assert (n_done, len(after), len(before & after)) == (1, 2, 1)


def test_a_corrected_copy_takes_the_place_of_its_original(folder: Path) -> None:
    """When a corrected copy turns up the original's call is not counted beside it."""
    original = folder / "transcripts" / "meeting.vtt"
    with (folder / "calls.csv").open("a", encoding="utf-8") as calls:
        calls.write("meeting.vtt,D1002,Tom Okafor | COO\n")
    shutil.copyfile(SAMPLES / "zoom.vtt", original)
    assert run(folder)[2] == 3
    text = original.read_text("utf-8").replace("by hand", "manually")
    original.with_name("meeting_corrected.vtt").write_text(text, "utf-8")
    workspace, _, n_done, _ = run(folder)
    assert n_done == 1
    paths = rows(
        workspace,
        "SELECT path, deal_id FROM calls JOIN matches USING (call_id) WHERE path LIKE '%.vtt'",
    )
    assert paths == [("transcripts/meeting_corrected.vtt", "D1002")]
    with Store(workspace.store_path) as store:
        ids = [call_id for (call_id,) in store.rows("SELECT call_id FROM calls")]
        assert len(tables.load_transcripts(store, ids)) == 3
