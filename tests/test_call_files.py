"""Calls that lie there in several files, from the folders to the store."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from test_pipeline import N_DEALS, PAIN, Listener, fill, vtt

from icp_voice import steps, tables
from icp_voice.call_files import first_readable
from icp_voice.config import IngestConfig
from icp_voice.ingest.grouping import group_files
from icp_voice.ingest.recordings import scan_sources
from icp_voice.records import CallQuality, FailedInput, SourceFile, Transcript
from icp_voice.seen_files import SeenFiles
from icp_voice.store import STORE_NAME, Store
from icp_voice.workspace import Workspace, open_workspace

QUALITY = CallQuality(None, 1.0, None, 1.0, None, 1.0, "good")


def transcript(call: SourceFile) -> Transcript:
    return Transcript(call.call_id, call.path.name, 1.0, 1, ("en",), "m", QUALITY, ())


def read_by_name(calls: Sequence[SourceFile]) -> list[tuple[SourceFile, Transcript | FailedInput]]:
    """Read the files whose name says that they are good."""
    return [
        (c, transcript(c) if "good" in c.path.name else FailedInput(c.path.name, "t", "no good."))
        for c in calls
    ]


@pytest.mark.parametrize(
    ("kind", "path", "others", "expected"),
    [
        ("transcript", "good.vtt", ("a.mp3",), "good.vtt"),
        ("transcript", "a.vtt", ("b.srt", "good.mp3"), "good.mp3"),
        ("transcript", "a.vtt", ("a.mp3", "good.txt"), "good.txt"),
        ("recording", "a.m4a", ("good.mp4", "a.vtt"), "good.mp4"),
        ("recording", "a.m4a", ("a.mp4", "good.vtt"), "good.vtt"),
        ("recording", "a.m4a", ("a.mp4", "a.vtt"), None),
    ],
)
def test_next_file_is_tried_where_one_cannot_be_read(
    kind: str, path: str, others: tuple[str, ...], expected: str | None
) -> None:
    """Transcripts give way to recordings and the other way round; the user is told."""
    call = SourceFile("c", "c", Path(path), kind, 1, (), tuple(Path(o) for o in others))  # type: ignore[arg-type]
    notes: list[str] = []
    ((read, result),) = first_readable([call], read_by_name, notes.append, {})
    assert read.call_id == "c"
    if expected is None:
        assert isinstance(result, FailedInput)
    else:
        assert read.path.name == expected
        assert bool(notes) == (expected != path)
        assert read.kind == ("recording" if expected.endswith(("mp3", "mp4")) else "transcript")


def read(workspace: Workspace, listener: Listener | None = None) -> tuple[int, list[str]]:
    """Find the calls and read what is new; return how many, and the names of the failures."""
    listener = listener or Listener()
    with Store(workspace.store_path) as store:
        sources = steps.find_calls(store, workspace, steps.read_crm(workspace), listener)
        n_read, failed = steps.transcribe_new(store, workspace, sources, listener)
    return n_read.total(), sorted(Path(f.name).name for f in (*sources.unused, *failed))


def test_every_path_of_broken_bytes_is_named(tmp_path: Path) -> None:
    """Ten broken files with the same bytes are ten failures, on a rerun too."""
    workspace = open_workspace(fill(tmp_path / "w"))
    for i in range(10):
        path = workspace.folder / "transcripts" / f"broken-{i}.vtt"
        path.write_text("WEBVTT\n\nnothing here\n", encoding="utf-8")
    broken = [f"broken-{i}.vtt" for i in range(10)]
    assert read(workspace) == (N_DEALS, broken)
    assert read(workspace) == (0, broken)
    with Store(workspace.store_path) as store:
        assert store.rows("SELECT count(*) FROM files") == [(N_DEALS + 10,)]


def test_transcript_that_cannot_be_read_gives_way(tmp_path: Path) -> None:
    """An empty export beside a good one of the same name is no lost call."""
    workspace = open_workspace(fill(tmp_path / "w"))
    folder = workspace.folder / "transcripts"
    (folder / "D99 2025-05-20.vtt").write_text("WEBVTT\n", encoding="utf-8")
    (folder / "D99 2025-05-20.txt").write_text(f"Sam: Hi.\nDana: {PAIN}\n", encoding="utf-8")
    listener = Listener()
    assert read(workspace, listener) == (N_DEALS + 1, [])
    assert any("D99 2025-05-20.txt is read in place" in note for note in listener.notes)
    assert read(workspace) == (0, [])


def test_failed_call_is_tried_again_when_another_file_of_it_comes(tmp_path: Path) -> None:
    """A failure rests on the files there were."""
    workspace = open_workspace(fill(tmp_path / "w"))
    folder = workspace.folder / "transcripts"
    (folder / "D99.vtt").write_text("WEBVTT\n", encoding="utf-8")
    assert read(workspace) == (N_DEALS, ["D99.vtt"])
    (folder / "D99.srt").write_text(
        vtt(PAIN, "We are new.").replace("WEBVTT\n\n", ""), encoding="utf-8"
    )
    assert read(workspace) == (1, [])


def test_second_side_that_comes_later_makes_one_call_of_two(tmp_path: Path) -> None:
    """The call of the first file alone is forgotten; lengths are kept for the next run."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    asked: list[str] = []

    def run(store: Store) -> tuple[SourceFile, ...]:
        seen = SeenFiles(store, tmp_path)
        scan = scan_sources([folder], known=seen.known)
        seen.look_at(scan.hashes)

        def duration_of(path: Path) -> float | str:
            asked.append(path.name)
            return seen.duration_of(path)

        found = group_files(scan.sources, [folder], IngestConfig(), duration_of=duration_of)
        seen.save(found.sources, scan.left_out)
        return found.sources

    sample = Path(__file__).parent.parent / "sample_audio" / "workspace" / "recordings"
    data = min(sample.glob("*.ogg"), key=lambda path: path.stat().st_size).read_bytes()
    (folder / "a_agent.ogg").write_bytes(data)
    with Store(tmp_path / STORE_NAME) as store:
        (alone,) = run(store)
        tables.save_transcript(store, alone, "a_agent.ogg", transcript(alone))
        (folder / "a_caller.ogg").write_bytes(data + b"\0")
        (both,) = run(store)
        assert len(both.tracks) == 2
        assert store.rows("SELECT count(*) FROM calls") == [(0,)]
        assert store.rows("SELECT DISTINCT call_id FROM files") == [(both.call_id,)]
        lengths = store.rows("SELECT duration_s FROM files WHERE duration_s > 0")
        assert len(lengths) == 2
        assert run(store) == (both,)


def test_sample_calls_are_a_file_each(root: Path) -> None:
    """Nothing of the demo is taken for parts of one call."""
    folders = [root / "sample_audio" / "workspace" / name for name in ("recordings", "transcripts")]
    scan = scan_sources(folders)
    found = group_files(scan.sources, folders, IngestConfig(), duration_of=lambda _: 0.0)
    assert found.sources == scan.sources
    assert (len(found.sources), found.notes) == (283, ())
