"""Finding recordings and transcripts."""

import os
import wave
from pathlib import Path

import pytest

from icp_voice.errors import RecordingError
from icp_voice.ingest.recordings import (
    hash_content,
    holds_call,
    left_out_note,
    probe_recording,
    scan_sources,
    source_kind,
)


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_folders_are_searched_in_order_without_own_and_hidden_files(tmp_path: Path) -> None:
    """Sub-folders count; hidden files, our outputs, notes and CRM files do not."""
    put(tmp_path / "b/call.MP3", b"1")
    put(tmp_path / "a/deep/call.vtt", b"2")
    for name in (
        ".x.wav",
        "icp-demo/c.wav",
        "exports/t.json",
        "readme.txt",
        "chat.txt",
        "deals.csv",
    ):
        put(tmp_path / name, name.encode())
    scan = scan_sources([tmp_path], ignore=[tmp_path / "exports"])
    names = [source.path.relative_to(tmp_path).as_posix() for source in scan.sources]
    assert names == ["a/deep/call.vtt", "b/call.MP3"]
    assert [source.kind for source in scan.sources] == ["transcript", "recording"]
    assert all(source.sha256.startswith(source.call_id) for source in scan.sources)


def test_same_content_twice_is_one_call(tmp_path: Path) -> None:
    """A copy under another name is the same call, at both paths; an empty file is named."""
    put(tmp_path / "one.wav", b"sound")
    put(tmp_path / "two.wav", b"sound")
    put(tmp_path / "void.wav", b"")
    scan = scan_sources([tmp_path, tmp_path, tmp_path / "missing"])
    assert [source.path.name for source in scan.sources] == ["one.wav"]
    assert [path.name for path in scan.sources[0].others] == ["two.wav"]
    assert sorted(path.name for path in scan.hashes) == ["one.wav", "two.wav"]
    assert ["void.wav is empty" in failure.reason for failure in scan.failures] == [True]


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("call", b"OggS\0\2" + b"\0" * 99, "recording"),
        ("call.bin", b"RIFF\x24\0\0\0WAVEfmt \0", "recording"),
        ("call 12.03.2025", b"\0\0\0\x20ftypM4A \0\0", "recording"),
        ("notes.txt", b"ID3\4\0\0\0\0\0\0" + b"\0" * 99, "recording"),
        ("call.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n", "transcript"),
        ("ID3 tags.txt", b"ID3 tags, a list: artist and title\n", "transcript"),
        ("broken.wav", b"nothing of the kind", "recording"),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 99, None),
        ("photo.heic", b"\0\0\0\x20ftypheic\0\0", None),
        ("report.pdf", b"%PDF-1.7\n\0", None),
        ("source.ts", b"export const a = 1;\n", None),
        ("empty", b"", None),
    ],
)
def test_first_bytes_tell_where_the_name_does_not(
    tmp_path: Path, name: str, data: bytes, kind: str | None
) -> None:
    """Recordings without or with a wrong suffix count; pictures and documents do not."""
    assert source_kind(put(tmp_path / name, data)) == kind


def test_known_files_are_not_read_again(tmp_path: Path) -> None:
    """Size and time unchanged: the hash of the earlier scan is believed; changed: read anew."""
    path = put(tmp_path / "one.wav", b"sound")
    stat = path.stat()
    known = {path: (stat.st_size, stat.st_mtime_ns, "f" * 64)}
    assert scan_sources([tmp_path], known=known).sources[0].sha256 == "f" * 64
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 10**9))
    assert scan_sources([tmp_path], known=known).sources[0].sha256 == hash_content(path)


def test_probe_tells_length_and_channels(tmp_path: Path) -> None:
    """A recording's header gives seconds and channels."""
    path = tmp_path / "two.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0" * 2 * 2 * 8000)
    assert probe_recording(path) == (1.0, 2)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Notes of the call with Acme\n" * 40, "it looks like text"),
        (bytes(range(256)) * 20, "is not audio or video"),
        (b"", "is empty"),
    ],
)
def test_file_that_is_no_recording_is_one_sentence(
    tmp_path: Path, data: bytes, expected: str
) -> None:
    """Text, noise and nothing under an audio name are told in one sentence."""
    path = put(tmp_path / "notes.mp3", data)
    with pytest.raises(RecordingError, match=expected) as caught:
        probe_recording(path)
    assert "\n" not in str(caught.value)


SAMPLES = Path(__file__).parent / "samples"


def test_text_that_is_no_transcript_is_left_out_and_a_broken_one_is_not(tmp_path: Path) -> None:
    """Notes, chats and other data are left out by content; a cut transcript stays, to be named."""
    put(tmp_path / "plan.txt", (SAMPLES / "notes.txt").read_bytes())
    put(tmp_path / "said.txt", (SAMPLES / "zoom-chat.txt").read_bytes())
    put(tmp_path / "tldr.json", b'{"meeting": "Acme", "highlights": {}}')
    put(tmp_path / "changes.tsv", b"original\tcorrected\n7730\t7731\n")
    put(tmp_path / "cut.json", b'{"segments": [{"start"')
    put(tmp_path / "torn.docx", b"PK\x03\x04")
    put(tmp_path / "call.tsv", (SAMPLES / "whisper.tsv").read_bytes())
    scan = scan_sources([tmp_path])
    assert [source.path.name for source in scan.sources] == ["call.tsv", "cut.json", "torn.docx"]
    left_out = ["changes.tsv", "plan.txt", "said.txt", "tldr.json"]
    assert [path.name for path in scan.left_out] == left_out
    assert left_out_note(scan.left_out) == (
        "changes.tsv, plan.txt, said.txt, tldr.json are no transcripts and are left out.",
    )
    assert holds_call(tmp_path / "call.tsv")
    assert not holds_call(tmp_path / "plan.txt")


def test_a_file_of_several_calls_is_several_sources(tmp_path: Path) -> None:
    """Gong's export gives a call each; overlapping exports give each call once."""
    for name in ("gong-transcripts.json", "gong-calls.json"):
        put(tmp_path / name, (SAMPLES / name).read_bytes())
    put(tmp_path / "gong-page-2.json", (SAMPLES / "gong-transcripts.json").read_bytes() + b"\n")
    scan = scan_sources([tmp_path])
    assert [source.name for source in scan.sources] == [
        "gong-page-2.json#7782342274025937895",
        "gong-page-2.json#18446744073709551615",
    ]
    assert len({source.call_id for source in scan.sources}) == 2
    assert scan.left_out == ()
