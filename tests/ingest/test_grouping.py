"""Which files are one call."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_voice.config import IngestConfig
from icp_voice.ingest.call_names import TrackWords, person_in_name
from icp_voice.ingest.grouping import Grouping, group_files
from icp_voice.ingest.recordings import source_kind
from icp_voice.records import SourceFile

ROOT = Path("ws")
CONFIG = IngestConfig()


def source(name: str) -> SourceFile:
    path = ROOT / name
    kind = source_kind(path)
    assert kind is not None
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    return SourceFile(sha256[:16], sha256, path, kind, 100)


def group(
    *names: str,
    seconds: Mapping[str, float | str] | None = None,
    config: IngestConfig = CONFIG,
    deals: Mapping[str, str] | None = None,
    folders: tuple[str, ...] = (".",),
) -> Grouping:
    """Group files that last 60 s unless said."""

    def duration_of(path: Path) -> float | str:
        return (seconds or {}).get(path.name, 60.0)

    return group_files(
        [source(name) for name in names],
        [ROOT / folder for folder in folders],
        config,
        duration_of=duration_of,
        deals={source(n).call_id: (deals or {}).get(Path(n).name) for n in names},
    )


def names(call: SourceFile) -> list[str]:
    return [path.name for path in (call.path, *call.others)]


@pytest.mark.parametrize(
    ("first", "second", "sides"),
    [
        ("acme_agent.wav", "acme_caller.wav", ("seller", "buyer")),
        ("x_AGENT_7.wav", "x_CUST_7.wav", ("seller", "buyer")),
        ("оператор 12.mp3", "клиент 12.mp3", ("seller", "buyer")),
        ("rozmowa-konsultant.mp3", "rozmowa-klient.mp3", ("seller", "buyer")),
        ("20250304-out.wav", "20250304-in.wav", ("unknown", "unknown")),
        ("a_left.wav", "a_right.wav", ("unknown", "unknown")),
        ("tx.wav", "rx.wav", ("unknown", "unknown")),
        ("audio_mic.wav", "audio_system.wav", ("unknown", "unknown")),
    ],
)
def test_two_sides_of_a_call_are_one(first: str, second: str, sides: tuple[str, str]) -> None:
    """Whatever their order in the folder, the seller's file comes first; the id is of both."""
    (call,) = group(first, second).sources
    assert [track.path.name for track in call.tracks] == [first, second]
    assert tuple(track.side for track in call.tracks) == sides
    assert call == group(second, first).sources[0]
    assert call.call_id not in {source(first).call_id, source(second).call_id}
    assert call.size_bytes == 200


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("call 1.wav", "call 2.wav"),
        ("agent.wav", "agent/caller.wav"),
        ("acme_agent.wav", "globex_caller.wav"),
        ("acme_agent.wav", "acme_caller.mp3"),
        ("acme_agent.wav", "acme_operator.wav"),
        ("acme_in.wav", "acme_agent.wav"),
        ("call in Paris.wav", "call.wav"),
        ("x_AGENT_ann_CUST_bo.wav", "x_AGENT_ann.wav"),
    ],
)
def test_other_names_are_other_calls(first: str, second: str) -> None:
    """Folder, name and format must agree in all but the word for the side."""
    found = group(first, second)
    assert len(found.sources) == 2
    assert not any(call.tracks for call in found.sources)


def test_sides_of_different_length_stay_apart_with_a_note() -> None:
    """A minute and an hour are no two sides of one call, whatever their names."""
    found = group("a_agent.wav", "a_caller.wav", seconds={"a_caller.wav": 3600.0})
    assert len(found.sources) == 2
    assert "a_agent.wav and a_caller.wav" in found.notes[0]
    assert "60 and 3600 s" in found.notes[0]


def test_sides_of_different_deals_stay_apart() -> None:
    """calls.csv knows better than names."""
    deals = {"a_agent.wav": "D1", "a_caller.wav": "D2"}
    assert len(group("a_agent.wav", "a_caller.wav", deals=deals).sources) == 2


def test_broken_side_stays_in_the_call_and_is_named() -> None:
    """The other side still counts; a call of which nothing can be read fails by file."""
    found = group("a_agent.wav", "a_caller.wav", seconds={"a_caller.wav": "a_caller.wav is empty."})
    assert len(found.sources) == 1
    assert [(Path(f.name).name, f.reason) for f in found.failures] == [
        ("a_caller.wav", "a_caller.wav is empty.")
    ]
    broken = {"a_agent.wav": "broken", "a_caller.wav": "broken"}
    found = group("a_agent.wav", "a_caller.wav", seconds=broken)
    assert (len(found.sources), found.failures) == (2, ())


def test_words_of_the_configuration_tell_sides() -> None:
    """A telephone system of another language is a setting."""
    config = IngestConfig(seller_track_words=("Mitarbeiter",), buyer_track_words=("Kunde",))
    assert len(group("1 Kunde.wav", "1 Mitarbeiter.wav").sources) == 2
    (call,) = group("1 Kunde.wav", "1 Mitarbeiter.wav", config=config).sources
    assert [track.side for track in call.tracks] == ["seller", "buyer"]


ZOOM = (
    "z/video1234567890.mp4",
    "z/audio1234567890.m4a",
    "z/Audio Record/audioAnnLee11234567890.m4a",
    "z/Audio Record/audioBoChan21234567890.m4a",
)


def test_local_meeting_with_a_file_a_person_is_one_call() -> None:
    """Zoom's folder: the people's files are read; video and mixed sound belong to the call."""
    (call,) = group(*ZOOM).sources
    assert [track.name for track in call.tracks] == ["Ann Lee", "Bo Chan"]
    assert {path.suffix for path in call.others} == {".m4a", ".mp4"}


def test_cloud_meeting_in_three_files_is_one_call() -> None:
    """The transcript is preferred, or the sound where that is set, and never the video first."""
    files = (
        "GMT20250304-101500_Recording_1920x1080.mp4",
        "GMT20250304-101500_Recording_gallery_1280x720.mp4",
        "GMT20250304-101500_Recording.m4a",
        "GMT20250304-101500_Recording.transcript.vtt",
    )
    found = group(*files)
    (call,) = found.sources
    assert names(call)[:2] == [files[3], files[2]]
    assert call.call_id == source(files[3]).call_id
    assert 'prefer = "recording"' in found.notes[0]
    (call,) = group(*files, config=replace(CONFIG, prefer="recording")).sources
    assert names(call)[0] == files[2]
    assert names(call)[-1] == files[3]


def test_transcript_in_the_folder_beside_is_of_the_same_call() -> None:
    """`recordings/` and `transcripts/`: the same name at the same place below them."""
    files = ("recordings/q1/acme.mp3", "transcripts/q1/acme.vtt", "transcripts/acme.vtt")
    found = group(*files, folders=("recordings", "transcripts"))
    assert [names(call) for call in found.sources] == [["acme.vtt", "acme.mp3"], ["acme.vtt"]]


def test_sides_and_their_transcript_are_one_call() -> None:
    """With the transcript preferred the tracks are kept for when it can't be read."""
    (call,) = group("a_agent.wav", "a_caller.wav", "a.vtt").sources
    assert (call.kind, call.path.name, len(call.tracks), call.others) == (
        "transcript",
        "a.vtt",
        2,
        (),
    )


def test_same_name_with_another_length_is_another_call() -> None:
    """A ringtone beside a recording is no format of it; a broken file fails under its own name."""
    assert len(group("a.mp3", "a.wav", seconds={"a.mp3": 5.0}).sources) == 2
    assert len(group("a.mp3", "a.wav").sources) == 1
    assert len(group("a.mp3", "a.wav", seconds={"a.mp3": "broken"}).sources) == 2


def test_formats_with_different_deals_stay_apart() -> None:
    """calls.csv gives them to two deals: two calls."""
    assert len(group("a.mp3", "a.vtt", deals={"a.mp3": "D1", "a.vtt": "D2"}).sources) == 2
    assert len(group("a.mp3", "a.vtt", deals={"a.mp3": "D1"}).sources) == 1
    sides = ("a_agent.wav", "a_caller.wav", "a.vtt")
    assert len(group(*sides, deals={"a_caller.wav": "D1", "a.vtt": "D2"}).sources) == 2


NAMES = st.lists(
    st.sampled_from(
        (
            *("a_agent.wav", "a_caller.wav", "a.wav", "a.mp3", "a.vtt", "a.txt", "b_in.wav"),
            *("b_out.wav", "b_agent.wav", "c/a.vtt", "c/a_agent.wav", "c/a_cust.wav", *ZOOM),
            *("a_agent_in.wav", "a_agent_out.wav", "a_caller_in.wav"),
        )
    ),
    unique=True,
)


@given(NAMES)
def test_every_file_belongs_to_exactly_one_call(files: list[str]) -> None:
    """Grouping loses no file and counts none twice."""
    found = group(*files)
    paths = [
        path
        for call in found.sources
        for path in {call.path, *(track.path for track in call.tracks), *call.others}
    ]
    assert sorted(paths) == sorted(ROOT / name for name in files)
    assert len({call.call_id for call in found.sources}) == len(found.sources)


def test_names_of_people_are_read_as_zoom_writes_them() -> None:
    """Running words are parted where a capital letter begins one, in any alphabet."""
    assert person_in_name("audioОленаКоваль21234567890") == "Олена Коваль"
    assert not list(TrackWords().in_name("agency call"))
