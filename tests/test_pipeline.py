"""The stages joined: a small workspace of transcripts from files to report and exports."""

import shutil
from pathlib import Path

import pytest

from icp_voice import pipeline, tables
from icp_voice.cli.summary import next_steps
from icp_voice.errors import WorkspaceError
from icp_voice.match_steps import decide_deal
from icp_voice.progress import TranscribeProgress
from icp_voice.store import Store
from icp_voice.workspace import Workspace, open_workspace

N_DEALS = 40
PAIN = "Everything is in Excel and we can't cope any more."
NEUTRAL = "We sell garden tools in three regions."


class Listener:
    """A reporter that keeps what it is told, and can pull the plug at a stage."""

    def __init__(self, stop_at: str = "") -> None:
        self.stages: list[str] = []
        self.notes: list[str] = []
        self._stop_at = stop_at

    def stage(self, name: str, total: int) -> None:
        self.stages.append(name)
        if name == self._stop_at:
            raise KeyboardInterrupt

    def advance(self, done: int) -> None:
        pass

    def transcribing(self, progress: TranscribeProgress) -> None:
        pass

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


def vtt(buyer_line: str, extra: str) -> str:
    """A short call in the dialect of Teams."""
    lines = [
        ("Sam Reed", "Hi Dana, thanks for taking the time today."),
        ("Dana Cole", "Sure, happy to talk."),
        ("Sam Reed", "How do you plan your stock today?"),
        ("Dana Cole", buyer_line),
        ("Dana Cole", extra),
        ("Sam Reed", "Understood. Shall we look at it together next week?"),
        ("Dana Cole", "Yes, please send me an invitation."),
    ]
    cues = [
        f"00:00:{i * 5:02d}.000 --> 00:00:{i * 5 + 4:02d}.500\n<v {name}>{text}</v>\n"
        for i, (name, text) in enumerate(lines)
    ]
    return "WEBVTT\n\n" + "\n".join(cues)


def fill(folder: Path) -> Path:
    """Write a workspace in which the pain goes with wins."""
    (folder / "transcripts").mkdir(parents=True)
    deals = ["deal_id,outcome,segment,amount,created_at,closed_at"]
    calls = ["file,deal_id,date,attendees"]
    for i in range(N_DEALS):
        won = i % 2 == 0
        pained = won if i % 10 < 8 else not won
        name = f"call-{i:02d}.vtt"
        extra = f"We have {i + 12} people in the warehouse and {i + 3} shops."
        text = vtt(PAIN if pained else NEUTRAL, extra)
        (folder / "transcripts" / name).write_text(text, encoding="utf-8")
        outcome = "won" if won else "lost"
        segment = "small" if i % 4 < 2 else "large"
        deals.append(f"D{i:02d},{outcome},{segment},{1000 + i},2025-01-{i % 28 + 1:02d},2025-06-01")
        who = "Sam Reed | Account Executive | seller; Dana Cole | Head of Logistics | buyer"
        calls.append(f"{name},D{i:02d},2025-02-{i % 28 + 1:02d},{who}")
    deals.append("D99,open,small,500,2025-05-01,")
    (folder / "deals.csv").write_text("\n".join(deals) + "\n", encoding="utf-8")
    (folder / "calls.csv").write_text("\n".join(calls) + "\n", encoding="utf-8")
    (folder / "icp-voice.toml").write_text(
        '[transcribe]\nlanguages = ["en"]\n[evidence]\npermutations = 200\nstability_pairs = 10\n',
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, pipeline.Run]:
    """A workspace after its first run."""
    folder = fill(tmp_path_factory.mktemp("workspace"))
    workspace = open_workspace(folder)
    return workspace, pipeline.analyze(workspace, Listener())


def test_planted_trait_comes_out_first(done: tuple[Workspace, pipeline.Run]) -> None:
    """The pain that goes with wins is the strongest finding, with counts and quotes."""
    _, run = done
    findings = {f.trait: f for f in run.analysis.measurement.findings}
    found = findings["pain/manual_work"]
    assert (found.present_won, found.present_lost) == (16, 4)
    assert (found.absent_won, found.absent_lost) == (4, 16)
    assert found.verdict in ("proven", "promising")
    quote = run.analysis.quotes["pain/manual_work"][0]
    assert "Excel" in quote.text
    assert quote.start_s == pytest.approx(15.0)


def test_outputs_are_written(done: tuple[Workspace, pipeline.Run]) -> None:
    """Report and exports lie where the run says."""
    workspace, run = done
    assert run.report_path == workspace.report_path
    assert workspace.report_path.stat().st_size > 1000
    assert {p.name for p in run.export_paths} >= {"hubspot.csv", "deals.json"}
    assert all(p.is_file() for p in run.export_paths)


def test_every_call_is_joined_to_its_deal(done: tuple[Workspace, pipeline.Run]) -> None:
    """Joining never multiplies calls or deals."""
    workspace, run = done
    assert len(run.analysis.calls) == N_DEALS
    assert len(run.analysis.deals) == N_DEALS + 1
    with Store(workspace.store_path) as store:
        assert store.rows("SELECT count(*) FROM numbered_calls") == [(N_DEALS,)]
        assert store.rows(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM deal_traits GROUP BY call_id, trait)"
        ) == [(1,)]


def test_second_run_does_nothing_and_says_the_same(
    done: tuple[Workspace, pipeline.Run],
) -> None:
    """With nothing new no stage is done again and the results are equal."""
    workspace, first = done
    listener = Listener()
    before = workspace.report_path.read_bytes()
    second = pipeline.analyze(workspace, listener)
    assert (second.n_transcribed, second.n_extracted, second.measured) == (0, 0, False)
    assert second.analysis == first.analysis
    assert workspace.report_path.read_bytes() == before
    assert set(listener.stages) <= {"Finding calls"}


def test_missing_report_is_written_again(done: tuple[Workspace, pipeline.Run]) -> None:
    """A deleted output comes back without measuring again, byte for byte."""
    workspace, _ = done
    before = workspace.report_path.read_bytes()
    workspace.report_path.unlink()
    run = pipeline.analyze(workspace, Listener())
    assert not run.measured
    assert workspace.report_path.read_bytes() == before


def test_stopped_run_goes_on_and_ends_like_an_undisturbed_one(
    done: tuple[Workspace, pipeline.Run], tmp_path: Path
) -> None:
    """Stopped before extraction, the next run reads no transcript again; exports are equal."""
    workspace, first = done
    disturbed = open_workspace(fill(tmp_path / workspace.folder.name))
    with pytest.raises(KeyboardInterrupt):
        pipeline.analyze(disturbed, Listener(stop_at="Extracting signals"))
    run = pipeline.analyze(disturbed, Listener())
    assert (run.n_transcribed, run.n_extracted) == (0, N_DEALS)
    assert run.analysis == first.analysis
    for ours, theirs in zip(run.export_paths, first.export_paths, strict=True):
        assert ours.read_bytes() == theirs.read_bytes(), ours.name


def test_new_call_costs_only_that_call(tmp_path: Path) -> None:
    """One more file is read and extracted alone; a broken one is named and stops nothing."""
    workspace = open_workspace(fill(tmp_path / "w"))
    pipeline.analyze(workspace, Listener())
    folder = workspace.folder / "transcripts"
    (folder / "D99 2025-05-20.vtt").write_text(vtt(PAIN, "We are new."), encoding="utf-8")
    (folder / "broken.vtt").write_text("WEBVTT\n\nnothing here\n", encoding="utf-8")
    run = pipeline.analyze(workspace, Listener())
    assert (run.n_transcribed, run.n_extracted) == (1, 1)
    assert [f.name for f in run.failures] == ["broken.vtt"]
    assert run.analysis.calls[-1].deal_id is None or any(
        c.deal_id == "D99" for c in run.analysis.calls
    )


def fill_with_poor(folder: Path) -> Workspace:
    """Write a workspace in which the calls of four won deals hold a few words in twenty minutes."""
    fill(folder)
    for i in (0, 2, 4, 6):
        path = folder / "transcripts" / f"call-{i:02d}.vtt"
        text = path.read_text(encoding="utf-8")
        late = text.replace("00:00:30.000 --> 00:00:34.500", "00:19:30.000 --> 00:19:34.500")
        path.write_text(late, encoding="utf-8")
    return open_workspace(folder)


def test_poor_calls_are_listed_and_left_out_unless_asked_for(
    done: tuple[Workspace, pipeline.Run], tmp_path: Path
) -> None:
    """A call with hardly a word is unknown, not "trait absent"; asked for, it counts again."""
    workspace = fill_with_poor(tmp_path / done[0].folder.name)
    run = pipeline.analyze(workspace, Listener())
    poor = [c for c in run.analysis.calls if c.left_out]
    assert [c.call for c in poor] == [f"call-{i:02d}.vtt" for i in (0, 2, 4, 6)]
    assert all("characters a minute" in c.grade_reasons[0] for c in poor)
    found = {f.trait: f for f in run.analysis.measurement.findings}["pain/manual_work"]
    assert (found.present_won, found.unknown) == (12, 4)
    silent = {d.deal_id: d for d in run.analysis.deal_signals}["D00"]
    assert (silent.n_calls, silent.signals, silent.stakeholders) == (1, (), ())
    assert {q.deal_id for q in run.analysis.quotes["pain/manual_work"]}.isdisjoint({"D00", "D02"})
    assert "Calls too poor to count" in workspace.report_path.read_text(encoding="utf-8")

    said = " ".join(next_steps(run))
    assert "4 calls are too poor to count and left out: call-00.vtt, call-02.vtt" in said
    assert "--include-poor" in said

    asked = open_workspace(workspace.folder, include_poor=True)
    again = pipeline.analyze(asked, Listener())
    assert (again.n_transcribed, again.n_extracted, again.measured) == (0, 0, True)
    assert not any(c.left_out for c in again.analysis.calls)
    counted = {f.trait: f for f in again.analysis.measurement.findings}["pain/manual_work"]
    assert (counted.present_won, counted.unknown) == (16, 0)
    assert again.analysis.measurement == done[1].analysis.measurement
    page = workspace.report_path.read_text(encoding="utf-8")
    assert "counted all the same" in page
    assert "Poor calls that count" in page

    assert "4 calls of poor quality counted, as asked for" in " ".join(next_steps(again))

    back = pipeline.analyze(workspace, Listener())
    assert back.measured
    assert back.analysis == run.analysis


def test_themes_are_made_of_calls_that_count(tmp_path: Path) -> None:
    """No buyer line of a poor call is grouped, unless it is asked for."""
    workspace = fill_with_poor(tmp_path / "w")
    pipeline.analyze(workspace, Listener())
    lines = (
        "SELECT count(DISTINCT call_id) FROM buyer_lines SEMI JOIN evidence_calls USING (call_id)"
    )
    with Store(workspace.store_path) as store:
        assert store.rows(lines) == [(N_DEALS - 4,)]
        assert len({line.call_id for line in tables.load_buyer_lines(store)}) == N_DEALS - 4
        tables.save_evidence_settings(store, include_poor=True)
        assert len({line.call_id for line in tables.load_buyer_lines(store)}) == N_DEALS


def test_without_a_speech_model_the_transcripts_are_still_done(root: Path, tmp_path: Path) -> None:
    """Recordings wait for a model, named once; they are no failed jobs, and the rest is measured."""
    folder = fill(tmp_path / "w")
    sample = root / "sample_audio" / "workspace" / "recordings"
    (folder / "recordings").mkdir()
    for path in sorted(sample.glob("*.ogg"))[:2]:
        shutil.copy(path, folder / "recordings" / path.name)
    workspace = open_workspace(folder, model=str(tmp_path / "no-model"))
    run = pipeline.analyze(workspace, Listener())
    assert [f.name for f in run.failures] == ["2 recordings"]
    assert "no-model is not there" in run.failures[0].reason
    assert len(run.analysis.calls) == N_DEALS


def test_empty_folder_is_one_sentence(tmp_path: Path) -> None:
    """A folder without calls says what belongs there, and nothing is written."""
    (tmp_path / "deals.csv").write_text("deal_id,outcome\nA,won\nB,lost\n", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="No calls in .* Put recordings"):
        pipeline.analyze(open_workspace(tmp_path), Listener())
    assert [path.name for path in tmp_path.iterdir()] == ["deals.csv"]


def test_missing_deals_file_is_one_sentence(tmp_path: Path) -> None:
    """Without deals there is no outcome to go with."""
    with pytest.raises(WorkspaceError, match="No deals file: .* Export the deals"):
        open_workspace(tmp_path)


def test_changed_deals_are_matched_anew_without_reading_a_call_again(tmp_path: Path) -> None:
    """A new deals.csv moves calls between deals; a decision stays, and what waits is counted."""
    folder = fill(tmp_path / "w")
    (folder / "calls.csv").unlink()
    for i in range(N_DEALS):
        old = folder / "transcripts" / f"call-{i:02d}.vtt"
        old.rename(old.with_name(f"Firm{i:02d}x 2025-02-10.vtt"))
    lines = (folder / "deals.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{line},Firm{line[1:3]}x Ltd" for line in lines[1:]]
    header = lines[0] + ",account"
    (folder / "deals.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    first = pipeline.analyze(open_workspace(folder), Listener())
    assert [c.deal_id for c in first.analysis.calls] == [f"D{i:02d}" for i in range(N_DEALS)]
    decide_deal(folder, "Firm00x 2025-02-10.vtt", "D01")
    renamed = [row.replace("Firm02x", "Other Company") for row in rows]
    (folder / "deals.csv").write_text("\n".join([header, *renamed]) + "\n", encoding="utf-8")
    second = pipeline.analyze(open_workspace(folder), Listener())
    assert (second.n_transcribed, second.n_extracted, second.measured) == (0, 0, True)
    deals = {c.call[:7]: c.deal_id for c in second.analysis.calls}
    assert (deals["Firm00x"], deals["Firm01x"], deals["Firm02x"]) == ("D01", "D01", None)
    assert [c.call_number for c in second.analysis.calls if c.deal_id == "D01"] == [1, 2]
    assert any(
        f"1 call waits for a decision: icp-voice matches {folder}" in line
        for line in next_steps(second)
    )
