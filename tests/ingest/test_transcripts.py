"""Transcripts of other tools become the same turns."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_voice.config import IngestConfig
from icp_voice.errors import TranscriptError
from icp_voice.ingest.readers.subtitles import read_subtitles
from icp_voice.ingest.transcripts import read_transcript
from icp_voice.records import Participant, Transcript

ZOOM = """WEBVTT

1
00:00:05.000 --> 00:00:07.500
Ann Lee: Hi Bo, thanks for joining.

2
00:00:07.600 --> 00:00:09.000
Ann Lee: How do you plan your routes today?

3
00:00:09.400 --> 00:00:12.000
Bo Ek: We use one thing: a spreadsheet, and our dispatchers lose hours, so we need your help.
"""

TEAMS = """WEBVTT

7f0c/1-0
00:05.120 --> 00:08.400
<v Ann Lee>Thanks for joining.
Can you walk me through it?</v>

7f0c/2-0
00:00:09.010 --> 00:00:13.730
<v.first.loud Bo Ek>It's paper &amp; pens

and phone calls.
"""

SRT = """1
00:00:00,500 --> 00:00:01,200
Спикер №1: Добрый день.

2
00:00:01,300 --> 00:00:02,900
Расскажите, как вы работаете?

3
00:00:03,000 --> 00:00:05,000
Спикер №2: У нас всё в таблицах.
"""


def read(tmp_path: Path, name: str, text: str, **arguments: object) -> Transcript:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8"))
    arguments.setdefault("config", IngestConfig())
    return read_transcript(path, call_id="c1", **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_zoom_names_and_times(tmp_path: Path, ending: str) -> None:
    """Zoom's `Name: text` gives speakers; cues of one speaker join; inner colons stay."""
    found = read(tmp_path, "zoom.vtt", "\ufeff" + ZOOM.replace("\n", ending))
    assert [(turn.speaker, turn.start_s, turn.end_s) for turn in found.turns] == [
        ("Ann Lee", 5.0, 9.0),
        ("Bo Ek", 9.4, 12.0),
    ]
    assert (
        found.turns[1].text
        == "We use one thing: a spreadsheet, and our dispatchers lose hours, so we need your help."
    )
    assert [turn.side for turn in found.turns] == ["seller", "buyer"]
    assert (found.call, found.model, found.languages) == ("zoom.vtt", "zoom-vtt", ("en",))


def test_teams_voice_tags(tmp_path: Path) -> None:
    """Voice tags with classes, wrapped cues, entities, missing hours and end tags are read."""
    found = read(tmp_path, "teams.vtt", TEAMS)
    assert [(turn.speaker, turn.text) for turn in found.turns] == [
        ("Ann Lee", "Thanks for joining. Can you walk me through it?"),
        ("Bo Ek", "It's paper & pens and phone calls."),
    ]
    assert found.turns[0].start_s == 5.12


def test_two_voices_in_a_cue_share_its_time() -> None:
    """A cue with two voice tags becomes two, in order, inside the cue's time."""
    cues = read_subtitles(["00:00.0 --> 00:04.0", "<v A>one two<v B>three four five"])
    assert [(cue.speaker, cue.text) for cue in cues] == [("A", "one two"), ("B", "three four five")]
    assert cues[0].start_s == 0.0 < cues[0].end_s == cues[1].start_s < cues[1].end_s == 4.0


def test_srt_carries_the_speaker_on(tmp_path: Path) -> None:
    """A subtitle without a name belongs to the last one named."""
    found = read(tmp_path, "call.srt", SRT)
    assert [(turn.speaker, turn.language) for turn in found.turns] == [
        ("Спикер №1", "ru"),
        ("Спикер №2", "ru"),
    ]


def test_whisper_json_with_and_without_speakers(tmp_path: Path) -> None:
    """Segments become turns; without speakers nobody's side is claimed."""
    segments = [
        {"start": 0.0, "end": 2.0, "text": " Can I show you our platform?", "speaker": "S0"},
        {"start": 2.1, "end": 4.0, "text": " How much does it cost?", "speaker": "S1"},
    ]
    named = read(tmp_path, "x.json", json.dumps({"segments": segments}))
    assert [turn.speaker for turn in named.turns] == ["S0", "S1"]
    plain = [{k: v for k, v in s.items() if k != "speaker"} for s in segments]
    unnamed = read(tmp_path, "w.json", json.dumps({"segments": plain, "language": "en"}))
    assert {turn.side for turn in unnamed.turns} == {"unknown"}


def test_own_json_is_read_back(tmp_path: Path) -> None:
    """What `transcribe --format json` prints can be read as a transcript."""
    turns = [{"speaker": "A", "start_s": 1.5, "end_s": 2.0, "text": "Hello."}]
    found = read(tmp_path, "own.json", json.dumps({"call": "a.ogg", "turns": turns}))
    assert (found.turns[0].speaker, found.turns[0].start_s) == ("A", 1.5)


def test_plain_text_times_are_estimated_and_said_so(tmp_path: Path) -> None:
    """Without times they are computed at 150 words a minute, and the quality says it."""
    found = read(tmp_path, "call.txt", "Ann: one two three four five\nBo: yes\nand more\n")
    assert [(turn.start_s, turn.end_s) for turn in found.turns] == [(0.0, 2.0), (2.0, 3.2)]
    assert any("estimated" in reason for reason in found.quality.reasons)


def test_plain_text_keeps_its_times(tmp_path: Path) -> None:
    """Times before or after the name are kept."""
    found = read(tmp_path, "call.txt", "[00:00:10] Ann: hello there\nBo (0:14): hello\n")
    assert [turn.start_s for turn in found.turns] == [10.0, 14.0]
    assert not any("estimated" in reason for reason in found.quality.reasons)


def test_attendees_give_names_and_sides(tmp_path: Path) -> None:
    """A label in another case and without diacritics finds its attendee."""
    people = (Participant("Łukasz Żak", "buyer", "CFO"), Participant("Ann Lee", "seller"))
    text = "lukasz zak: thanks for joining, let me show you our platform\nAnn: sure\n"
    found = read(tmp_path, "call.txt", text, participants=people)
    assert [(turn.speaker, turn.side) for turn in found.turns] == [
        ("Łukasz Żak", "buyer"),
        ("Ann Lee", "seller"),
    ]
    assert found.participants == people


def test_configured_seller_is_known(tmp_path: Path) -> None:
    """The configured name of our side decides where there is no attendee list."""
    config = IngestConfig(seller_names=("Clearpath",))
    found = read(tmp_path, "call.txt", "Ann (Clearpath): hi\nBo: hi\n", config=config)
    assert [turn.side for turn in found.turns] == ["seller", "buyer"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.json", '{"calls": []}', "its keys are those of no known transcript"),
        ("a.json", "{", "is no transcript that can be read"),
        ("a.txt", "just some words\nwithout anybody", "no lines with a speaker"),
        ("a.vtt", "WEBVTT\n\n", "holds no words"),
        ("a.vtt", "\0\0", "not a text file"),
    ],
)
def test_unreadable_transcripts_end_in_one_sentence(
    tmp_path: Path, name: str, text: str, expected: str
) -> None:
    """What is no transcript is refused by name, with what is accepted."""
    with pytest.raises(TranscriptError, match=expected) as caught:
        read(tmp_path, name, text)
    assert "\n" not in str(caught.value)


WORD = st.text("abcdefgäіж'", min_size=1, max_size=6)


@given(st.lists(st.lists(WORD, min_size=1, max_size=5), min_size=1, max_size=8))
def test_no_word_of_a_subtitle_is_lost(lines: list[list[str]]) -> None:
    """Every word of every cue comes out, in order."""
    text = "WEBVTT\n\n" + "\n\n".join(
        f"{i}\n00:{i:02d}.000 --> 00:{i:02d}.900\n<v S{i % 2}>{' '.join(words)}</v>"
        for i, words in enumerate(lines)
    )
    cues = read_subtitles(text.split("\n"))
    assert " ".join(cue.text for cue in cues).split() == [w for words in lines for w in words]
