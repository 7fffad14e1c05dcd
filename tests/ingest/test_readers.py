"""Every format of the table is read from a sample of its own, to the cue."""

import itertools
import json
import math
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_voice.config import IngestConfig
from icp_voice.errors import NoTranscriptError, TranscriptError
from icp_voice.ingest.readers import content
from icp_voice.ingest.readers.bots import is_bot
from icp_voice.ingest.readers.formats import FORMATS, read_meetings
from icp_voice.ingest.readers.meeting import Meeting
from icp_voice.ingest.transcripts import find_parts, read_transcript
from icp_voice.records import Participant, SourceFile, Transcript

SAMPLES = Path(__file__).parent / "samples"
INES, TOM = "Ines Halloran", "Tom Okafor"
BERLIN_START = "2026-06-15T13:30:00+02:00"

# sample | format | cues | speakers in the order they speak | title | start
READ = f"""
zoom.vtt                 | zoom-vtt    | 5 | {INES}, {TOM} / Brightmill | |
teams.vtt                | teams-vtt   | 3 | Nadia Brook, Piotr Zięba, Unknown Speaker | |
teams.docx               | teams-docx  | 3 | Piotr Zięba, Nadia Brook | Pricing review | 2026-06-15T13:35:00
teams-older.docx         | teams-docx  | 3 | Piotr Zięba, Nadia Brook | Pricing review |
google-meet.docx         | google-meet | 4 | {INES}, {TOM} | Brightmill x Clearpath | {BERLIN_START}
google-meet-gemini.docx  | google-meet | 4 | {INES}, {TOM} | Brightmill x Clearpath | {BERLIN_START}
google-meet.docx.txt     | google-meet | 4 | {INES}, {TOM} | Brightmill x Clearpath | {BERLIN_START}
otter.txt                | otter-text  | 3 | {INES}, {TOM}, Unknown Speaker | Brightmill discovery | 2026-06-15T13:30:00
zoom-captions.txt        | zoom-captions | 3 | {INES}, {TOM} | |
fathom.txt               | fathom-text | 3 | Sandra Kowal, {INES} | Data Migration Session | 2026-01-29T00:00:00
fathom.json              | fathom-json | 2 | {TOM}, {INES} | Brightmill discovery | 2026-06-15T11:32:11+00:00
fireflies.json           | fireflies-json | 2 | {INES}, {TOM} | Brightmill discovery | 2026-06-15T13:30:00+00:00
named-cp1250.txt         | text        | 3 | Łukasz Żak, Zofia Wójcik | Rozmowa o zamówieniach | 2026-06-15T00:00:00
named-cp1250.docx        | text        | 3 | Łukasz Żak, Zofia Wójcik | Rozmowa o zamówieniach | 2026-06-15T00:00:00
plain.vtt                | vtt         | 2 | Speaker | |
whisperx.srt             | srt         | 2 | SPEAKER_00, SPEAKER_01 | |
speaker-once.srt         | srt         | 3 | Спикер №1, Спикер №2 | |
whisper.tsv              | whisper-tsv | 2 | Speaker | |
whisper.txt              | whisper-text | 3 | Speaker | |
whisper.json             | whisper-json | 2 | Speaker | |
whisper-cpp.json         | whisper-cpp-json | 2 | Speaker | |
whisper-timestamped.json | whisper-timestamped-json | 2 | Speaker | |
whisperx.json            | whisperx-json | 3 | SPEAKER_00, SPEAKER_01 | |
deepgram-words.json      | deepgram-json | 2 | Speaker 0, Speaker 1 | |
deepgram-paragraphs.json | deepgram-json | 3 | Speaker 0, Speaker 1 | |
deepgram-utterances.json | deepgram-json | 2 | Channel 0, Channel 1 | |
assemblyai.json          | assemblyai-json | 2 | Speaker A, Speaker B | |
assemblyai-words.json    | assemblyai-json | 2 | Speaker A, Speaker B | |
azure-batch.json         | azure-json  | 2 | Speaker 1, Speaker 2 | |
azure-fast.json          | azure-json  | 2 | Channel 0, Channel 1 | |
"""
ROWS = [
    tuple(cell.strip() for cell in line.split("|")) for line in READ.splitlines() if line.strip()
]


def sample(name: str, tmp_path: Path) -> Path:
    """Return a sample; a Word document is made of the text beside it, a paragraph a line."""
    if not name.endswith(".docx"):
        return SAMPLES / name
    import docx

    source = SAMPLES / f"{name}.txt"
    if not source.exists():
        source = SAMPLES / name.replace(".docx", ".txt")
    encoding = "cp1250" if "cp1250" in name else "utf-8"
    document = docx.Document()
    for line in source.read_text(encoding=encoding).splitlines():
        document.add_paragraph(line)
    path = tmp_path / name
    document.save(str(path))
    return path


def read(path: Path, **arguments: object) -> Transcript:
    arguments.setdefault("config", IngestConfig())
    return read_transcript(path, call_id="c1", **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_sample_is_read_to_the_cue(row: tuple[str, ...], tmp_path: Path) -> None:
    """Format, number of cues, speakers, title and start of each sample are exact."""
    name, form, n_cues, speakers, title, started = row
    path = sample(name, tmp_path)
    found, (meeting, *rest) = read_meetings(path)
    assert (found.name, len(meeting.cues), rest) == (form, int(n_cues), [])
    transcript = read(path)
    assert transcript.model == form
    heard = list(dict.fromkeys(turn.speaker for turn in transcript.turns))
    assert heard == [speaker.strip().replace(" / ", " | ") for speaker in speakers.split(",")]
    assert (transcript.title or "") == title
    assert (transcript.started_at.isoformat() if transcript.started_at else "") == started


def test_every_format_has_a_sample() -> None:
    """No format is claimed that no sample shows."""
    shown = {row[1] for row in ROWS} | {"gong-json", "icp-voice-json"}
    assert {row.name for row in FORMATS} == shown


def cues_of(path: Path) -> list[tuple[float, float, str | None, str]]:
    _, (meeting,) = read_meetings(path)
    return [(cue.start_s, cue.end_s, cue.speaker, cue.text) for cue in meeting.cues]


def test_times_of_each_unit_are_seconds() -> None:
    """Milliseconds, ticks, ISO durations and clocks come out as the same seconds."""
    expected = [(0.1, "How do you do it?"), (1.6, "By hand, in a sheet.")]
    for name in (
        *("deepgram-words.json", "deepgram-utterances.json", "assemblyai.json"),
        *("assemblyai-words.json", "azure-batch.json", "azure-fast.json"),
    ):
        found = cues_of(SAMPLES / name)
        assert [(start_s, text) for start_s, _, _, text in found] == expected, name
    assert cues_of(SAMPLES / "whisper.tsv")[1][:2] == (2.5, 4.0)
    assert cues_of(SAMPLES / "fireflies.json")[0][:2] == (12.48, 16.02)


def test_zoom_long_gap_bot_and_colon(tmp_path: Path) -> None:
    """Zoom's first cue keeps its late start; a notetaker's words are dropped, not a person's."""
    found = read(SAMPLES / "zoom.vtt")
    assert found.turns[0].start_s == 295.68
    assert "Great: then let me show you how it works." in found.turns[2].text
    assert [segment.text for segment in found.dropped] == ["Read added meeting notes to this call."]


def test_zoom_captions_go_on_over_midnight() -> None:
    """The wall clock becomes seconds from the first caption, also past midnight."""
    assert [cue[0] for cue in cues_of(SAMPLES / "zoom-captions.txt")] == [0.0, 15.0, 30.0]


def test_meet_leaves_notes_and_bots_out(tmp_path: Path) -> None:
    """Gemini's notes and closing notes are no speech; bots and shared screens no attendees."""
    found = read(sample("google-meet-gemini.docx", tmp_path))
    said = " ".join(turn.text for turn in found.turns)
    assert said.startswith("All right")
    assert said.endswith("has to approve it.")
    assert [person.name for person in found.participants] == [INES, TOM]
    assert found.turns[-1].start_s == 312.0
    assert "We are drowning in manual work. It takes two days a week." in said


def test_fathom_api_knows_sides_and_names() -> None:
    """External invitees are buyers, the recorder's people sellers; names are the calendar's."""
    found = read(SAMPLES / "fathom.json")
    assert found.participants == (
        Participant(TOM, "buyer", None, "tom@brightmill.example"),
        Participant(INES, "seller", None, "ines@clearpath.example"),
    )
    assert [(turn.speaker, turn.side) for turn in found.turns] == [(TOM, "buyer"), (INES, "seller")]


def test_fireflies_joins_addresses_to_speakers() -> None:
    """An address without a name is the speaker's it fits; the notetaker is no attendee."""
    config = IngestConfig(seller_domains=("clearpath.example",))
    found = read(SAMPLES / "fireflies.json", config=config)
    assert found.participants == (
        Participant(TOM, "buyer", None, "tom@brightmill.example"),
        Participant(INES, "seller", None, "ines@clearpath.example"),
    )


def test_calls_file_wins_over_the_files_own_attendees() -> None:
    """What calls.csv says stays; what it leaves blank the transcript fills."""
    written = (Participant(TOM, "seller", "Partner"), Participant("Ada Brun", "buyer"))
    found = read(SAMPLES / "fathom.json", participants=written)
    assert found.participants == (
        Participant(TOM, "seller", "Partner", "tom@brightmill.example"),
        Participant("Ada Brun", "buyer"),
        Participant(INES, "seller", None, "ines@clearpath.example"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Intro  0:00\nPricing  5:10\nNext steps  9:00\n",
        "0:00 - Intro\n5:10 - Pricing\n9:00 - Next steps\n",
        "Acme call\nPricing: ten percent\nBudget: none\n- ask Tom\n- send the offer\n",
        "00:07:50.344,00:07:53.344\nAnn: hello\n\n00:08:10.344,00:08:13.344\nBo: hi\n",
        "{ // settings\n}",
        "10:01:25 From Ann Lee to Everyone:\n\tHello\n10:02:00 From Bo Ek to Everyone:\n\tHi\n",
        "From: ann@acme.example\nTo: bo@vendor.example\nSubject: offer\n\nThanks, Ann\n",
    ],
)
def test_lists_chats_letters_and_settings_are_no_talk(text: str, tmp_path: Path) -> None:
    """Chapters, notes, chats and mails have labels and clocks, and nobody speaks in them."""
    path = tmp_path / ("some.json" if text.startswith("{") else "some.txt")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NoTranscriptError):
        read(path)


def test_meetings_without_a_transcript_are_no_calls(tmp_path: Path) -> None:
    """In a page of Fathom's API one meeting that was not recorded does not stop the others."""
    document = json.loads((SAMPLES / "fathom.json").read_text(encoding="utf-8"))
    silent = {**document["items"][0], "recording_id": 9, "transcript": None}
    document["items"].append(silent)
    path = tmp_path / "page.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    _, meetings = read_meetings(path)
    assert [meeting.part for meeting in meetings] == ["123"]


def parts(name: str) -> dict[str, Transcript]:
    source = SourceFile("0" * 16, "0" * 64, SAMPLES / name, "transcript", 1)
    return {s.part: read(s.path, part=s.part) for s in find_parts(source)}


def test_gong_calls_are_parts_joined_to_their_parties() -> None:
    """Each call of an export is its own; long ids join as text; an invitation is no presence."""
    found = parts("gong-transcripts.json")
    assert list(found) == ["7782342274025937895", "18446744073709551615"]
    first, second = found.values()
    assert [(t.speaker, t.side, t.start_s, t.end_s) for t in first.turns] == [
        (TOM, "buyer", 460.23, 464.0),
        (INES, "seller", 464.2, 466.0),
    ]
    assert first.participants == (
        Participant(TOM, "buyer", "Head of Operations", "tom@brightmill.example"),
        Participant(INES, "seller", "Account Executive"),
    )
    assert first.title == "Brightmill discovery"
    assert str(first.started_at) == "2026-06-15 13:32:11+02:00"
    assert first.call == "gong-transcripts.json#7782342274025937895"
    assert [turn.speaker for turn in second.turns] == ["Speaker 1", "Speaker 2"]
    with pytest.raises(TranscriptError, match="holds 2 calls"):
        read(SAMPLES / "gong-transcripts.json")


def test_gong_parts_are_known_by_their_content(tmp_path: Path) -> None:
    """The same call in another export, in another order, is the same call."""
    document = json.loads((SAMPLES / "gong-transcripts.json").read_text(encoding="utf-8"))
    document["callTranscripts"] = document["callTranscripts"][::-1][:1]
    (tmp_path / "page2.json").write_text(json.dumps(document, indent=None), encoding="utf-8")
    one = SourceFile("0" * 16, "0" * 64, SAMPLES / "gong-transcripts.json", "transcript", 1)
    other = SourceFile("0" * 16, "0" * 64, tmp_path / "page2.json", "transcript", 1)
    assert find_parts(other)[0].sha256 == find_parts(one)[1].sha256
    assert find_parts(other)[0].call_id == find_parts(other)[0].sha256[:16]


def test_own_json_lines_are_a_call_a_line() -> None:
    """What `transcribe` printed for several files is several calls."""
    found = parts("icp-voice.jsonl.json")
    assert {part: t.turns[1].text for part, t in found.items()} == {
        "a.ogg": "By hand.",
        "b.ogg": "In a sheet.",
    }


@pytest.mark.parametrize("name", ["zoom-chat.txt", "notes.txt", "gong-calls.json"])
def test_what_is_no_transcript_is_told_apart(name: str) -> None:
    """Chats, notes and lists of parties are no transcripts, which is no damage."""
    with pytest.raises(NoTranscriptError, match=name):
        read(SAMPLES / name)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("cut.json", b'{"segments": [{"start": 0', "the JSON is broken"),
        ("deep.json", b'{"segments": ' + b"[" * 100_000, "the JSON is broken"),
        ("wait.json", b'{"status": "queued", "words": null, "audio_url": "x"}', "'queued'"),
        ("none.json", b'{"segments": [{"text": "hi"}]}', "entry 1 has no start"),
        ("asked.json", b'{"recording_id": 1, "calendar_invitees": []}', "include_transcript"),
        ("half.tsv", b"start\tend\ttext\n0\tsoon\tHello", "line 2 has no start and end"),
        ("cut.vtt", b"WEBVTT\n\n1\n00:00:01", "no words with a time"),
        ("empty.json", b'{"sentences": []}', "holds no words"),
        ("old.docx", b"\xd0\xcf\x11\xe0rest", "of an old Word"),
        ("cut.docx", b"PK\x03\x04rest", "damaged Word document"),
        ("sound.txt", bytes(range(256)), "not a text file"),
    ],
)
def test_damaged_transcripts_are_named_failures(
    name: str, data: bytes, expected: str, tmp_path: Path
) -> None:
    """A transcript that breaks its format is one sentence, and not taken for notes."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(TranscriptError, match=expected) as caught:
        read(path)
    assert not isinstance(caught.value, NoTranscriptError)
    assert "\n" not in str(caught.value)


def test_zip_bomb_stays_shut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to more than any transcript is refused before it is unpacked."""
    monkeypatch.setattr(content, "MAX_UNPACKED_BYTES", 3_000_000)
    bomb = tmp_path / "bomb.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 4_000_000)
    with pytest.raises(TranscriptError, match="unpacks to more than 3 MB"):
        read(bomb)


def test_entities_of_word_documents_are_not_followed(tmp_path: Path) -> None:
    """An entity that names a file does not bring its words into the transcript."""
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden words", encoding="utf-8")
    good = sample("teams.docx", tmp_path)
    evil = tmp_path / "evil.docx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(evil, "w") as target:
        for item in source.infolist():
            data = source.read(item)
            if item.filename == "word/document.xml":
                text = data.decode("utf-8").replace("Half of it.", "&leak;")
                head, body = text.split("?>", 1)
                entity = f'<!DOCTYPE d [<!ENTITY leak SYSTEM "{secret.as_uri()}">]>'
                data = f"{head}?>{entity}{body}".encode()
            target.writestr(item, data)
    try:
        said = " ".join(turn.text for turn in read(evil).turns)
    except TranscriptError:
        return
    assert "hidden" not in said


def test_word_documents_keep_tracked_text_and_line_breaks(tmp_path: Path) -> None:
    """A name and its words in one paragraph, and words that were inserted, are read."""
    import docx
    from docx.oxml import OxmlElement

    document = docx.Document()
    for name, clock, text in (("Ann Lee", "0:03", "Hello."), ("Bo Ek", "0:05", "Good")):
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}   {clock}").add_break()
        paragraph.add_run(text)
    inserted = OxmlElement("w:ins")
    inserted.append(paragraph.add_run(" morning.")._r)
    paragraph._p.append(inserted)
    path = tmp_path / "teams.docx"
    document.save(str(path))
    assert [cue[3] for cue in cues_of(path)] == ["Hello.", "Good morning."]


@pytest.mark.parametrize(
    "name",
    [
        *("Otter.ai", "OtterPilot", "Fireflies.ai Notetaker Bruno", "read.ai meeting notes"),
        *("Gong", "Gong Recorder", "Fathom Notetaker", "Ann's Fathom", "tl;dv", "tl;dv Bot"),
        *("Ann Lee's Presentation", "Ann's Notetaker", "Zoom AI Companion", "Презентация (Анна)"),
        *("Avoma Assistant", "MeetGeek Notetaker", "Notetaker", "Ann’s OtterPilot"),
    ],
)
def test_bots_are_told(name: str) -> None:
    """Notetakers, recorders and shared screens are nobody."""
    assert is_bot(name)


@pytest.mark.parametrize(
    "name",
    ["Li Gong", "Grace Otter", "Jamie Read", "Kris Fathom-Hill", "Grain Berg", "Jamie", "Nyota"],
)
def test_people_with_such_names_stay(name: str) -> None:
    """A person whose name is a product's word is a person."""
    assert not is_bot(name)


def test_damaged_utf8_stays_utf8(tmp_path: Path) -> None:
    """One bad byte does not turn a Cyrillic talk into other letters."""
    data = "Анна: Здравствуйте, коллеги.\nБорис: Добрый день.\n".encode()
    path = tmp_path / "call.txt"
    path.write_bytes(data[:20] + b"\xff" + data[20:])
    assert read(path).turns[1].text == "Добрый день."


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = st.sampled_from(
    [
        *("segments", "words", "text", "start", "end", "speaker", "utterances", "results"),
        *("channels", "alternatives", "paragraphs", "sentences", "transcript", "data", "turns"),
        *("start_s", "start_time", "speaker_name", "callTranscripts", "callId", "speakerId"),
        *("recognizedPhrases", "phrases", "combinedPhrases", "nBest", "display", "offset"),
        *("offsetInTicks", "recording_id", "calendar_invitees", "timestamp", "items", "status"),
        *("transcription", "offsets", "from", "title", "date", "audio_url", "calls", "parties"),
        *("metaData", "id", "meeting_attendees", "email", "name", "channel", "participants"),
    ]
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


JSON_SAMPLES = sorted(path.name for path in SAMPLES.glob("*.json") if "jsonl" not in path.name)
NUMBERS = itertools.count()


def new_path(factory: pytest.TempPathFactory, suffix: str) -> Path:
    """Return a path of its own an example: what was read is kept by path, size and time."""
    return factory.getbasetemp() / f"any-{next(NUMBERS)}{suffix}"


def places(value: object) -> list[tuple[object, object]]:
    """Return (holder, key) of every value inside a JSON value."""
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    else:
        return []
    return [(value, key) for key, _ in pairs] + [p for _, inner in pairs for p in places(inner)]


def read_all(path: Path) -> None:
    """Read every call of a file; refuse nothing but by a sentence."""
    try:
        check_times(read_meetings(path)[1])
        for source in find_parts(SourceFile("0" * 16, "0" * 64, path, "transcript", 1)):
            turns = read(path, part=source.part).turns
            assert [t.start_s for t in turns] == sorted(t.start_s for t in turns)
    except TranscriptError as error:
        check_sentence(error)
    finally:
        path.unlink()


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(JSON_SAMPLES), st.integers(0, 10_000), DOCUMENTS)
def test_a_sample_with_any_value_changed_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, number: int, value: object
) -> None:
    """Services add, drop and rename; a change anywhere is read or refused, never a traceback."""
    document = json.loads((SAMPLES / name).read_text(encoding="utf-8"))
    found = places(document)
    holder, key = found[number % len(found)]
    holder[key] = value  # type: ignore[index]
    path = new_path(tmp_path_factory, ".json")
    path.write_text(json.dumps(document), encoding="utf-8")
    read_all(path)


def check_sentence(error: TranscriptError) -> None:
    assert "\n" not in str(error)


def check_times(meetings: tuple[Meeting, ...]) -> None:
    for cue in (cue for meeting in meetings for cue in meeting.cues):
        assert 0 <= cue.start_s <= cue.end_s < math.inf


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, doc: object) -> None:
    """Whatever the JSON holds, it is read with finite times or refused in one sentence."""
    path = new_path(tmp_path_factory, ".json")
    path.write_text(json.dumps(doc), encoding="utf-8")
    read_all(path)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200)
    | st.text(st.sampled_from('WEBVT\n\r\t -->:.,0159<v>[]{}"ab'), max_size=200).map(str.encode),
    st.sampled_from([".vtt", ".srt", ".txt", ".json", ".docx", ".tsv"]),
    st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"WEBVTT\n\n", b"start\tend\ttext\n"]),
)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str, head: bytes
) -> None:
    """Whatever the bytes are, there is a transcript or one sentence."""
    path = new_path(tmp_path_factory, suffix)
    path.write_bytes(head + data)
    read_all(path)


NAME = st.sampled_from(["Ann Lee", "Bo Ek", "Łukasz Żak", "Анна Лис"])
WORDS = st.lists(st.text("abcdeźжі'", min_size=1, max_size=6), min_size=1, max_size=6)
TALK = st.lists(st.tuples(NAME, WORDS), min_size=4, max_size=10)


def as_text(talk: list[tuple[str, list[str]]], form: str) -> tuple[str, str]:
    """Write a talk as a format has it; return the suffix and the file's text."""
    lines = [(i, name, " ".join(words)) for i, (name, words) in enumerate(talk)]
    if form == "text":
        return ".txt", "\n".join(f"[0:{i:02d}] {name}: {said}" for i, name, said in lines)
    if form == "otter":
        body = "\n\n".join(f"{name}  0:{i:02d}\n{said}" for i, name, said in lines)
        return ".txt", f"{body}\n\nTranscribed by https://otter.ai\n"
    if form == "fathom":
        return ".txt", "\n".join(f"0:{i:02d} - {name}\n  {said}\n" for i, name, said in lines)
    if form == "meet":
        body = "\n".join(f"{name}: {said}" for _, name, said in lines)
        return ".txt", f"Attendees\nAnn Lee\n\n00:00:00\n\n{body}\n\nMeeting ended after 00:01:00\n"
    if form == "vtt":
        body = "\n\n".join(
            f"{i + 1}\n00:00:{i:02d}.000 --> 00:00:{i:02d}.900\n{name}: {said}"
            for i, name, said in lines
        )
        return ".vtt", f"WEBVTT\n\n{body}\n"
    segments = [
        {"start": i, "end": i + 0.9, "speaker": name, "text": f" {said}"} for i, name, said in lines
    ]
    return ".json", json.dumps({"segments": segments})


@settings(max_examples=120, deadline=None)
@given(TALK, st.sampled_from(["text", "otter", "fathom", "meet", "vtt", "whisperx"]))
def test_no_word_is_lost_and_times_are_in_order(
    tmp_path_factory: pytest.TempPathFactory, talk: list[tuple[str, list[str]]], form: str
) -> None:
    """Every word comes out under its speaker, in order, with times that never go back."""
    suffix, text = as_text(talk, form)
    path = new_path(tmp_path_factory, suffix)
    path.write_text(text, encoding="utf-8")
    turns = read(path).turns
    said = [(turn.speaker, word) for turn in turns for word in turn.text.split()]
    assert said == [(name, word) for name, words in talk for word in words]
    starts = [turn.start_s for turn in turns]
    assert starts == sorted(starts)
    assert all(turn.start_s <= turn.end_s for turn in turns)
