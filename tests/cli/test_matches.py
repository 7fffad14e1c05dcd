"""`icp-voice matches` as a user types it."""

import csv
import io
import json
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from icp_voice import match_tables, tables
from icp_voice.cli.main import main
from icp_voice.cli.matches import matches
from icp_voice.records import CallMatch, Deal, MatchCandidate
from icp_voice.store import STORE_NAME, Store

DEALS = (Deal("D-1", "won", name="Acme pilot"), Deal("D-2", "lost"), Deal("D-3", "open"))
CANDIDATES = (MatchCandidate("D-1", "open at the call"), MatchCandidate("D-2", "open at the call"))
MATCHES = (
    CallMatch("a" * 16, "D-3", date(2025, 2, 1), "file_name", "the file name holds D-3", 0.95),
    CallMatch("b" * 16, None, None, "ambiguous", "the file name says Acme", 0.0, None, CANDIDATES),
    CallMatch("c" * 16, "D-2", None, "account_name", "the file name says nearly Bluth", 0.6),
)
PATHS = {"a" * 16: "recordings/D-3.mp3", "b" * 16: "=Acme.mp3", "c" * 16: "Bluht.mp3"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Results of an analysis: one sure call, one ambiguous, one weak."""
    with Store(tmp_path / STORE_NAME) as store:
        tables.replace_deals(store, DEALS)
        match_tables.replace_matches(store, MATCHES, PATHS)
    return tmp_path


def run(*arguments: str | Path, keys: str = "") -> tuple[int, str]:
    """Return the exit code and all that was said."""
    result = CliRunner().invoke(matches, [str(a) for a in arguments], input=keys)
    return result.exit_code, result.output


def test_what_waits_is_listed_with_its_candidates(folder: Path) -> None:
    """By default the ambiguous and the weak are shown, why, and how to decide."""
    _, out = run(folder)
    assert "=Acme.mp3" in out
    assert "D-1: open at the call" in out
    assert "nearly Bluth" in out
    assert "D-3.mp3" not in out
    assert "2 of 3 calls wait for a decision." in out
    assert f"icp-voice matches {folder} --call CALL --deal DEAL" in out
    _, everything = run(folder, "--all")
    assert "D-3.mp3" in everything


def test_json_and_csv_are_for_programs(folder: Path) -> None:
    """JSON is one object a call; a CSV cell never runs in a spreadsheet."""
    _, out = run(folder, "--format", "json")
    first, second = (json.loads(line) for line in out.splitlines())
    assert (first["deal_id"], second["deal_id"]) == (None, "D-2")
    assert first["candidates"][1] == {"deal_id": "D-2", "why": "open at the call"}
    _, out = run(folder, "--all", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["waits"] for row in rows] == ["yes", "yes", "no"]
    assert rows[0]["file"] == "'=Acme.mp3"
    assert rows[0]["candidates"] == "D-1 D-2"


def test_decision_is_said_and_remembered(folder: Path) -> None:
    """`--call --deal` decides, the list shows it, `--undo` takes it back."""
    _, out = run(folder, "--call", "=Acme.mp3", "--deal", "D-1")
    assert "=Acme.mp3 belongs to D-1 (Acme pilot): you said D-1." in out
    assert "icp-voice analyze" in out
    assert "1 of 3 calls waits" in run(folder)[1]
    run(folder, "--call", "Bluht.mp3", "--no-deal")
    assert "3 calls, none waits for a decision." in run(folder)[1]
    run(folder, "--call", "Bluht.mp3", "--undo")
    assert "1 of 3 calls waits" in run(folder)[1]


def test_going_through_them_one_by_one(folder: Path) -> None:
    """A number picks a candidate, a wrong id is asked again, `s` skips, `q` stops."""
    _, out = run(folder, "--ask", keys="D-9\n1\ny\n")
    assert "There is no deal 'D-9'" in out
    assert "=Acme.mp3 belongs to D-1" in out
    assert "none waits" in run(folder)[1]
    assert "No call waits for a decision." in run(folder, "--ask")[1]


def test_flags_that_do_not_go_together(folder: Path) -> None:
    """A decision needs a call, and a call one decision."""
    assert "need --call" in run(folder, "--deal", "D-1")[1]
    assert "needs one of" in run(folder, "--call", "a")[1]
    assert "needs one of" in run(folder, "--call", "a", "--deal", "D-1", "--no-deal")[1]


def test_folder_without_results_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the first analysis the command says what to run, and makes no store."""
    monkeypatch.setattr(sys, "argv", ["icp-voice", "matches", str(tmp_path)])
    assert main() == 2
    said = capsys.readouterr().err
    assert said.startswith("Error: ")
    assert "icp-voice analyze" in said
    assert list(tmp_path.iterdir()) == []
