"""Read a call that somebody else transcribed into the same turns a recording becomes."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from icp_voice.config import IngestConfig
from icp_voice.errors import TranscriptError
from icp_voice.ingest.cues import UNNAMED_SPEAKER, Cue, name_speakers
from icp_voice.ingest.plain_text import read_plain_text
from icp_voice.ingest.subtitles import read_subtitles
from icp_voice.ingest.whisper_json import read_whisper_json
from icp_voice.languages import LANGUAGES, detect_language
from icp_voice.quality import Heard, assess_quality
from icp_voice.records import Participant, Transcript
from icp_voice.sides import SideGuess, SpokenLine, assign_sides
from icp_voice.turns import Utterance, languages_of, make_turns, merge_utterances

log = logging.getLogger(__name__)

_MAX_BYTES = 50_000_000
_FEW_WORDS = 4
_FORMATS = {".vtt": "webvtt", ".srt": "srt", ".json": "whisper-json", ".txt": "text"}
_ACCEPTED = "vtt, srt, Whisper json, or text with a speaker in front of each line"


def read_transcript(
    path: Path,
    *,
    call_id: str,
    participants: Sequence[Participant] = (),
    config: IngestConfig,
    languages: Sequence[str] = LANGUAGES,
) -> Transcript:
    """Read a transcript file into speaker turns with sides.

    Args:
        path: the format is told by the suffix.
        call_id: the content's identity.
        participants: attendees, from calls.csv; they give names, titles and sides.
        config: the names and domains of our side.
        languages: the languages that may occur.

    Raises:
        TranscriptError: not text, of no known format, or without a word.
    """
    suffix = path.suffix.lower()
    text = _read_text(path)
    estimated = False
    try:
        if suffix == ".json":
            cues = name_speakers(read_whisper_json(text))
        elif suffix == ".txt" and "-->" not in text:
            cues, estimated = read_plain_text(text)
        else:
            names = [person.name for person in participants]
            cues = name_speakers(read_subtitles(text), known_names=names)
    except ValueError as error:
        raise TranscriptError(
            f"{path.name} is no transcript that can be read: {error}; accepted are {_ACCEPTED}.",
            path=path,
        ) from error
    if not cues:
        raise TranscriptError(
            f"{path.name} holds no words with a time; accepted are {_ACCEPTED}.", path=path
        )
    utterances = merge_utterances(_utterances(cues, lambda t: detect_language(t, languages)))
    sides = assign_sides(
        [SpokenLine(u.speaker, u.text) for u in utterances],
        participants=participants,
        seller_names=config.seller_names,
        seller_domains=config.seller_domains,
    )
    if set(sides) == {UNNAMED_SPEAKER}:
        # Nobody is named, so the words of both sides stand together.
        sides = {UNNAMED_SPEAKER: SideGuess("unknown", 0.5)}
    turns = make_turns(utterances, sides)
    duration_s = max(turn.end_s for turn in turns)
    log.info("transcript read: call=%s cues=%d turns=%d", call_id, len(cues), len(turns))
    return Transcript(
        call_id=call_id,
        call=path.name,
        duration_s=duration_s,
        channels=0,
        languages=languages_of(turns),
        model=_FORMATS.get(suffix, "text"),
        quality=assess_quality(turns, Heard(duration_s=duration_s, estimated_times=estimated)),
        turns=turns,
        participants=tuple(participants),
    )


def _utterances(cues: Sequence[Cue], language_of: Callable[[str], str]) -> list[Utterance]:
    """Give each cue its language; short ones take the speaker's, which more words tell."""
    by_speaker: dict[str, list[str]] = {}
    for cue in cues:
        by_speaker.setdefault(cue.speaker or "", []).append(cue.text)
    usual = {speaker: language_of(" ".join(texts)) for speaker, texts in by_speaker.items()}
    utterances = []
    for cue in cues:
        speaker = cue.speaker or ""
        few = len(cue.text.split()) < _FEW_WORDS
        language = usual[speaker] if few else language_of(cue.text)
        utterances.append(Utterance(speaker, cue.start_s, cue.end_s, language, cue.text))
    return utterances


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise TranscriptError(
                f"{path.name} is larger than {_MAX_BYTES // 1_000_000} MB, which no transcript is.",
                path=path,
            )
        data = path.read_bytes()
    except OSError as error:
        message = f"{path.name} can't be read: {error.strerror or error}."
        raise TranscriptError(message, path=path) from error
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data:
        raise TranscriptError(
            f"{path.name} is not a text file; accepted are {_ACCEPTED}.", path=path
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TranscriptError(
            f"{path.name} is not UTF-8 text. Save it as UTF-8; accepted are {_ACCEPTED}.", path=path
        ) from None
