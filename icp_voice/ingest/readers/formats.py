"""The table of transcript formats: what reading and `icp-voice formats` both go by.

A file's format is told by what it holds: a JSON by its keys, a text by its lines. The suffix only
says which files of a folder are looked at. The first format of the table that fits reads the file,
so the telling ones stand before the general ones.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from icp_voice.errors import NoTranscriptError, TranscriptError
from icp_voice.ingest.readers import fathom, fireflies, gong, google_meet, headings, plain_text
from icp_voice.ingest.readers import speech_json as speech
from icp_voice.ingest.readers.content import Content, open_content
from icp_voice.ingest.readers.meeting import Meeting, ReadError
from icp_voice.ingest.readers.not_transcripts import refuse_other_files
from icp_voice.ingest.readers.subtitles import has_timings, has_voice_tags, read_subtitles
from icp_voice.ingest.readers.table import is_whisper_tsv, read_whisper_tsv

ACCEPTED = (
    "transcripts of Zoom, Teams, Google Meet, Otter, Fireflies, Gong, Fathom, Deepgram, "
    "AssemblyAI, Azure and Whisper, and vtt, srt, docx or text with a speaker in front of each "
    "line (`icp-voice formats` lists them)"
)


@dataclass(frozen=True)
class TranscriptFormat:
    """One row of the table.

    Attributes:
        name: as it stands in results; `source`: the program that writes it.
        suffixes: those that its files usually have.
        told_by: how a file of it is recognised, in words.
        fits: whether a file's content is of this format.
        read: the calls a content of this format holds; one, or several with a `part` each.
    """

    name: str
    source: str
    suffixes: tuple[str, ...]
    told_by: str
    fits: Callable[[Content], bool]
    read: Callable[[Content], list[Meeting]]


def _is_subtitles(content: Content) -> bool:
    return content.container != "json" and has_timings(content.lines)


def _is_vtt(content: Content) -> bool:
    first = next((line for line in content.lines if line.strip()), "")
    return first.lstrip().startswith("WEBVTT")


def _is_teams_vtt(content: Content) -> bool:
    return _is_subtitles(content) and has_voice_tags(content.lines)


def _is_zoom_vtt(content: Content) -> bool:
    """Zoom: integer ids, and a name in front of nearly every cue's text."""
    if not (_is_subtitles(content) and _is_vtt(content)):
        return False
    lines = [line.strip() for line in content.lines]
    ids = [lines[i - 1] for i, line in enumerate(lines) if i and "-->" in line]
    texts = [lines[i + 1] for i, line in enumerate(lines[:-1]) if "-->" in line]
    n_named = sum(1 for text in texts if ": " in text[:80])
    return all(i.isdigit() for i in ids) and n_named >= 0.8 * max(1, len(texts))


def _read_subtitles(content: Content) -> list[Meeting]:
    return [Meeting(tuple(read_subtitles(content.lines)), names_in_text=True)]


def _lines(fits: Callable[[Content], bool]) -> Callable[[Content], bool]:
    """Limit a test of lines to content that has lines, and no subtitle timings among them."""
    return lambda content: (
        content.container != "json" and not has_timings(content.lines) and fits(content)
    )


def _json(fits: Callable[[Content], bool]) -> Callable[[Content], bool]:
    return lambda content: content.container == "json" and fits(content)


_TXT = (".txt", ".docx")

FORMATS: tuple[TranscriptFormat, ...] = (
    TranscriptFormat(
        *("teams-docx", "Microsoft Teams", (".docx",)),
        "`Name   0:03` lines under a title and a date; or `0:0:5.1 --> 0:0:8.2` above the name",
        lambda c: c.container != "json" and headings.is_teams_docx(c),
        headings.read_teams_docx,
    ),
    TranscriptFormat(
        *("teams-vtt", "Microsoft Teams", (".vtt",)),
        "`<v Name>text</v>` in its cues",
        _is_teams_vtt,
        _read_subtitles,
    ),
    TranscriptFormat(
        *("zoom-vtt", "Zoom", (".vtt",)),
        "numbered cues with `Name: text`",
        _is_zoom_vtt,
        _read_subtitles,
    ),
    TranscriptFormat(
        *("vtt", "Whisper and any other WebVTT", (".vtt",)),
        "`WEBVTT` and lines such as `00:01.000 --> 00:02.500`",
        lambda c: _is_subtitles(c) and _is_vtt(c),
        _read_subtitles,
    ),
    TranscriptFormat(
        *("srt", "Whisper, WhisperX and any other SubRip", (".srt",)),
        "lines such as `00:00:01,000 --> 00:00:02,500`",
        _is_subtitles,
        _read_subtitles,
    ),
    TranscriptFormat(
        *("whisper-tsv", "Whisper", (".tsv",)),
        "a header `start`, `end`, `text`; milliseconds",
        _lines(is_whisper_tsv),
        read_whisper_tsv,
    ),
    TranscriptFormat(
        *("google-meet", "Google Meet, with or without Gemini's notes", (".docx", ".txt")),
        "`Name: text` in blocks under `HH:MM:SS`, with attendees, a title or closing notes",
        _lines(google_meet.is_google_meet),
        google_meet.read_google_meet,
    ),
    TranscriptFormat(
        *("fathom-text", "Fathom's copy button", _TXT),
        "`0:00 - Name (Company)` lines",
        _lines(fathom.is_fathom_text),
        fathom.read_fathom_text,
    ),
    TranscriptFormat(
        *("otter-text", "Otter", _TXT),
        "`Name  0:14` lines",
        _lines(headings.is_otter),
        headings.read_otter,
    ),
    TranscriptFormat(
        *("zoom-captions", "Zoom's captions saved during a meeting", (".txt",)),
        "`[Name] 10:15:03` lines",
        _lines(headings.is_zoom_captions),
        headings.read_zoom_captions,
    ),
    TranscriptFormat(
        *("text", "any text or Word document with a speaker in front of each line", _TXT),
        "`Name: text`, with or without a time; names come again",
        _lines(plain_text.is_named_text),
        plain_text.read_named_text,
    ),
    TranscriptFormat(
        *("whisper-text", "Whisper's text", (".txt",)),
        "whole sentences line by line without names; times are estimated",
        _lines(plain_text.is_spoken_text),
        plain_text.read_spoken_text,
    ),
    TranscriptFormat(
        *("gong-json", "Gong", (".json",)),
        "`callTranscripts`; names and sides from `parties` of a JSON file beside it",
        _json(gong.is_gong),
        gong.read_gong,
    ),
    TranscriptFormat(
        *("fathom-json", "Fathom's API", (".json",)),
        "`recording_id` with `transcript` and `calendar_invitees`",
        _json(fathom.is_fathom_json),
        fathom.read_fathom_json,
    ),
    TranscriptFormat(
        *("fireflies-json", "Fireflies", (".json",)),
        "`sentences`, alone or inside `data.transcript`",
        _json(fireflies.is_fireflies),
        fireflies.read_fireflies,
    ),
    TranscriptFormat(
        *("icp-voice-json", "icp-voice transcribe --format json", (".json",)),
        "`turns` with `start_s`; a call a line",
        _json(speech.is_own),
        speech.read_own,
    ),
    TranscriptFormat(
        *("deepgram-json", "Deepgram", (".json",)),
        "`results` with `channels`; `utterances` where they were asked for",
        _json(speech.is_deepgram),
        speech.read_deepgram,
    ),
    TranscriptFormat(
        *("azure-json", "Azure Speech, batch and fast", (".json",)),
        "`recognizedPhrases`, or `phrases` with `combinedPhrases`",
        _json(speech.is_azure),
        speech.read_azure,
    ),
    TranscriptFormat(
        *("whisper-cpp-json", "whisper.cpp", (".json",)),
        "`transcription` with `offsets`",
        _json(speech.is_whisper_cpp),
        speech.read_whisper_cpp,
    ),
    TranscriptFormat(
        *("whisperx-json", "WhisperX", (".json",)),
        "`segments` with a `speaker`, or `word_segments`",
        _json(speech.is_whisperx),
        speech.read_whisper,
    ),
    TranscriptFormat(
        *("whisper-timestamped-json", "whisper-timestamped", (".json",)),
        "`segments` whose words have `text` and `confidence`",
        _json(speech.is_whisper_timestamped),
        speech.read_whisper,
    ),
    TranscriptFormat(
        *("whisper-json", "openai-whisper, faster-whisper", (".json",)),
        "`segments` with `start`, `end`, `text`",
        _json(speech.is_whisper),
        speech.read_whisper,
    ),
    TranscriptFormat(
        *("assemblyai-json", "AssemblyAI", (".json",)),
        "`words` with `audio_url`; `utterances` may be null",
        _json(speech.is_assemblyai),
        speech.read_assemblyai,
    ),
)


def read_meetings(path: Path) -> tuple[TranscriptFormat, tuple[Meeting, ...]]:
    """Return a file's format and the calls it holds; at least one.

    Raises:
        NoTranscriptError: the file is something else, such as notes or a chat.
        TranscriptError: it is a transcript that can't be read.
    """
    content = open_content(path)
    refuse_other_files(content)
    found = next((row for row in FORMATS if row.fits(content)), None)
    if found is None:
        raise _not_recognised(content)
    try:
        meetings = found.read(content)
    except ReadError as error:
        raise TranscriptError(
            f"{path.name} is no transcript that can be read: it looks like {found.name}, but "
            f"{error}. Export it again.",
            path=path,
        ) from error
    except RecursionError as error:
        raise TranscriptError(
            f"{path.name} is no transcript that can be read: it is nested too deep.", path=path
        ) from error
    meetings = [meeting for meeting in meetings if any(cue.text for cue in meeting.cues)]
    if not meetings:
        raise TranscriptError(
            f"{path.name} holds no words ({found.name}). Export it again, or remove it.", path=path
        )
    return found, tuple(meetings)


def _not_recognised(content: Content) -> TranscriptError:
    path = content.path
    if path.suffix.lower() in (".vtt", ".srt"):
        return TranscriptError(
            f"{path.name} holds no words with a time, such as `00:01.000 --> 00:02.500`. "
            "Export it again.",
            path=path,
        )
    lack = {
        "json": "its keys are those of no known transcript",
        "text": "it has no lines with a speaker in front, such as `Ann: Hello`",
        "docx": "it has no lines with a speaker in front, such as `Ann: Hello`",
    }[content.container]
    return NoTranscriptError(
        f"{path.name} is no transcript that can be read: {lack}. Accepted are {ACCEPTED}.",
        path=path,
    )
