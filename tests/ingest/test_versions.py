"""Several files of one transcript are one call."""

import hashlib
from pathlib import Path

from icp_voice.ingest.versions import merge_versions
from icp_voice.records import SourceFile

TALK = (
    "We copy the orders by hand into a sheet and it takes two days of every week. "
    "Nobody checks the numbers after that, so the invoices are often wrong."
)
OTHER = (
    "Good morning, I wanted to ask about the delivery of the new scales to the shop. "
    "They were promised for Monday and the driver has not called us back."
)


def put(folder: Path, *files: tuple[str, str]) -> list[SourceFile]:
    sources = []
    for name, text in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        digest = hashlib.sha256(name.encode()).hexdigest()
        sources.append(SourceFile(digest[:16], digest, path, "transcript", len(text)))
    return sources


def names(found: list[SourceFile]) -> list[tuple[str, list[str]]]:
    return [(s.path.name, [path.name for path in s.others]) for s in found]


def test_the_corrected_copy_is_read(tmp_path: Path) -> None:
    """A corrected copy beside the original is the same call, and is the one that is read."""
    corrected = TALK.replace("sheet", "spreadsheet")
    sources = put(tmp_path, ("transcript.vtt", TALK), ("transcript_corrected.vtt", corrected))
    assert names(merge_versions(sources)) == [("transcript_corrected.vtt", ["transcript.vtt"])]


def test_live_captions_give_way_to_the_transcript(tmp_path: Path) -> None:
    """Zoom's `.cc.vtt` is the same meeting as its `.transcript.vtt`."""
    sources = put(
        tmp_path,
        ("GMT20260615_Recording.cc.vtt", TALK.lower().replace(",", "")),
        ("GMT20260615_Recording.transcript.vtt", TALK),
    )
    assert names(merge_versions(sources)) == [
        ("GMT20260615_Recording.transcript.vtt", ["GMT20260615_Recording.cc.vtt"])
    ]


def test_all_that_whisper_writes_is_one_call(tmp_path: Path) -> None:
    """The same name in five formats is one call, read from the one that tells most."""
    sources = put(
        tmp_path, *((f"acme.{s}", f"{s} {TALK}") for s in ("json", "srt", "tsv", "txt", "vtt"))
    )
    assert names(merge_versions(sources)) == [
        ("acme.vtt", ["acme.json", "acme.srt", "acme.txt", "acme.tsv"])
    ]


def test_different_talks_stay_apart(tmp_path: Path) -> None:
    """Other words under a going-together name, other names and other folders are other calls."""
    sources = put(
        tmp_path,
        ("call.vtt", TALK),
        ("call_final.vtt", OTHER),
        ("call 2.vtt", TALK + " Yes."),
        ("june/call.vtt", TALK + " No."),
    )
    assert merge_versions(sources) == sources


def test_recordings_and_parts_are_left_alone(tmp_path: Path) -> None:
    """Only whole transcripts have versions."""
    one, other = put(tmp_path, ("a.json", TALK), ("a.txt", TALK))
    part = SourceFile("1" * 16, "1" * 64, one.path, "transcript", 1, part="p1")
    sound = SourceFile("2" * 16, "2" * 64, tmp_path / "a.mp3", "recording", 1)
    assert merge_versions([part, sound, other]) == [part, sound, other]
