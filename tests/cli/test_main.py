"""The command line: one sentence and the right exit code for whatever a user types."""

import json
import sys
from pathlib import Path

import pytest

from icp_voice import __version__
from icp_voice.cli.main import main
from icp_voice.errors import WorkspaceError
from icp_voice.workspace import Workspace


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "RunCommand":
    return RunCommand(monkeypatch, capsys)


class RunCommand:
    """Runs `icp-voice ...` in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> tuple[int, str, str]:
        """Return exit code, standard output and standard error."""
        self._monkeypatch.setattr(sys, "argv", ["icp-voice", *map(str, arguments)])
        code = main()
        said = self._capsys.readouterr()
        return code, said.out, said.err


def test_version_is_printed(run: RunCommand) -> None:
    """`--version` names the version."""
    assert run("--version") == (0, f"icp-voice, version {__version__}\n", "")


def test_missing_folder_is_named(run: RunCommand, tmp_path: Path) -> None:
    """A folder that is not there is one sentence on standard error and exit code 2."""
    code, out, err = run("analyze", tmp_path / "nowhere")
    assert (code, out) == (2, "")
    assert err.startswith("Error: There is no folder")
    assert err.count("\n") == 1


def test_deals_file_without_outcome_is_named(run: RunCommand, tmp_path: Path) -> None:
    """A deals file without outcomes says which column is missing; nothing is written."""
    (tmp_path / "deals.csv").write_text("deal_id,amount\nA,1\n", encoding="utf-8")
    code, _, err = run("analyze", tmp_path)
    assert code == 2
    assert "outcome" in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deals.csv"]


def test_deals_of_one_outcome_are_refused_before_any_work(run: RunCommand, tmp_path: Path) -> None:
    """Won deals alone have nothing to be compared with; nothing is written."""
    (tmp_path / "deals.csv").write_text("deal_id,outcome\nA,won\nB,won\n", encoding="utf-8")
    code, _, err = run("analyze", tmp_path)
    assert code == 2
    assert "all 2 closed deals are won" in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deals.csv"]


def test_bad_date_names_row_and_accepted_forms(run: RunCommand, tmp_path: Path) -> None:
    """A date that is none is named with its row and what is accepted."""
    text = "deal_id,outcome,closed_at\nA,won,2025-01-02\nB,lost,31/13/2024\n"
    (tmp_path / "deals.csv").write_text(text, encoding="utf-8")
    code, _, err = run("analyze", tmp_path)
    assert code == 2
    assert "row 3" in err
    assert "31/13/2024" in err
    assert "YYYY-MM-DD" in err


def test_wrong_participants_file_says_what_is_accepted(run: RunCommand, tmp_path: Path) -> None:
    """A participants file of another shape is refused with an example."""
    people = tmp_path / "people.json"
    people.write_text('{"people": []}', encoding="utf-8")
    call = tmp_path / "call.vtt"
    call.write_text("WEBVTT\n\n00:00.000 --> 00:02.000\nAnn: Hello.\n", encoding="utf-8")
    code, _, err = run("extract", call, "--participants", people)
    assert code == 2
    assert '{"participants"' in err


def test_unknown_segment_lists_the_columns(run: RunCommand, tmp_path: Path) -> None:
    """`measure --segment` names the columns there are."""
    deals = tmp_path / "deals.csv"
    deals.write_text("deal_id,outcome,size\nA,won,s\nB,lost,l\n", encoding="utf-8")
    traits = tmp_path / "traits.csv"
    traits.write_text("deal_id,x\nA,1\nB,0\n", encoding="utf-8")
    code, _, err = run("measure", "--deals", deals, "--traits", traits, "--segment", "region")
    assert code == 2
    assert "size" in err


def test_one_bad_transcript_does_not_stop_the_others(run: RunCommand, tmp_path: Path) -> None:
    """`extract` names the bad file, reads the good one, and exits with 1."""
    good, bad = tmp_path / "good.vtt", tmp_path / "bad.vtt"
    good.write_text(
        "WEBVTT\n\n00:00.000 --> 00:04.000\n<v Dana>Everything is in Excel.</v>\n",
        encoding="utf-8",
    )
    bad.write_bytes(b"\x00\x01\x02" * 50)
    code, out, err = run("extract", bad, good, "--no-classifier", "--format", "json")
    assert code == 1
    assert out.count("\n") == 1
    assert "Failed: bad.vtt" in err


@pytest.mark.parametrize("flags", [(), ("--include-poor",)])
def test_poor_calls_are_asked_for_by_a_flag(
    run: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]
) -> None:
    """`--include-poor` reaches the settings of the evidence; without it they stay out."""
    asked = []

    def stop(workspace: Workspace, _: object) -> None:
        asked.append(workspace.config.evidence.include_poor)
        raise WorkspaceError("Stopped here.", path=tmp_path)

    monkeypatch.setattr("icp_voice.pipeline.analyze", stop)
    (tmp_path / "deals.csv").write_text("deal_id,outcome\nA,won\nB,lost\n", encoding="utf-8")
    assert run("analyze", tmp_path, *flags)[0] == 2
    assert asked == [bool(flags)]


def test_unknown_language_is_one_sentence(run: RunCommand, tmp_path: Path) -> None:
    """A language nothing is looked for in is refused before any work."""
    (tmp_path / "deals.csv").write_text("deal_id,outcome\nA,won\nB,lost\n", encoding="utf-8")
    code, out, err = run("analyze", tmp_path, "--language", "ukr")
    assert (code, out) == (2, "")
    assert err == "Error: Languages: 'ukr' is not known; accepted are en, ru, uk, pl.\n"


@pytest.mark.slow
def test_two_files_are_one_call_where_the_user_says_so(
    run: RunCommand, root: Path, tmp_path: Path
) -> None:
    """`--tracks` reads them side by side, the seller's first; without it they are two calls."""
    recordings = root / "sample_audio" / "workspace" / "recordings"
    sample = min(recordings.glob("*.ogg"), key=lambda path: path.stat().st_size)
    first, second = tmp_path / "one.ogg", tmp_path / "two.ogg"
    first.write_bytes(sample.read_bytes())
    second.write_bytes(sample.read_bytes() + b"\0")
    options = ("--model", "demo-en", "--language", "en", "--offline", "--format", "json")
    code, out, err = run("transcribe", first, second, "--tracks", *options)
    assert code == 0, err
    (call,) = [json.loads(line) for line in out.splitlines()]
    assert call["channels"] == 2
    assert call["title"] is None
    code, out, _ = run("transcribe", first, second, *options)
    assert len(out.splitlines()) == 2
