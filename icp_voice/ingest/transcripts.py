"""Read a call that somebody else transcribed into the same turns a recording becomes."""

import logging
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from icp_voice.attendees import merge_attendees
from icp_voice.config import IngestConfig
from icp_voice.errors import NoTranscriptError, TranscriptError
from icp_voice.ingest.cues import UNNAMED_SPEAKER, Cue, carry_on, name_speakers
from icp_voice.ingest.readers.bots import is_bot
from icp_voice.ingest.readers.formats import read_meetings
from icp_voice.ingest.readers.meeting import Meeting
from icp_voice.languages import LANGUAGES, detect_language
from icp_voice.quality import Heard, assess_quality
from icp_voice.records import DroppedSegment, Participant, SourceFile, Transcript
from icp_voice.sides import (
    ATTENDEE_CONFIDENCE,
    SideGuess,
    SpokenLine,
    assign_sides,
    find_participant,
    with_domain_side,
)
from icp_voice.turns import Utterance, languages_of, make_turns, merge_utterances

log = logging.getLogger(__name__)

_FEW_WORDS = 4
# Labels that stand for anybody whom the tool did not know, and so for several people at once.
_NOBODY = frozenset({UNNAMED_SPEAKER.casefold(), "unknown speaker", "unknown"})


def read_transcript(
    path: Path,
    *,
    call_id: str,
    part: str = "",
    participants: Sequence[Participant] = (),
    config: IngestConfig,
    languages: Sequence[str] = LANGUAGES,
) -> Transcript:
    """Read a transcript file into speaker turns with sides.

    Args:
        path: the format is told by what the file holds.
        call_id: the content's identity.
        part: which call, where the file holds several (see `find_parts`).
        participants: attendees, from calls.csv; they win over the file's own.
        config: the names and domains of our side.
        languages: the languages that may occur.

    Raises:
        NoTranscriptError: the file is something else, such as notes or a chat.
        TranscriptError: it is damaged, without a word, or holds several calls.
    """
    form, meetings = _read(path)
    meeting = _choose(path, meetings, part)
    people = _people(meeting, participants, config)
    cues, dropped = _spoken(meeting, people)
    if not cues:
        raise TranscriptError(
            f"{path.name} holds no words of people ({form}, {len(dropped)} of notetakers). "
            "Export it again, or remove it.",
            path=path,
        )
    utterances = merge_utterances(_utterances(cues, lambda t: detect_language(t, languages)))
    sides = assign_sides(
        [SpokenLine(u.speaker, u.text) for u in utterances],
        participants=people,
        seller_names=config.seller_names,
        seller_domains=config.seller_domains,
    )
    turns = make_turns(utterances, _settle(sides, people))
    duration_s = max(turn.end_s for turn in turns)
    counts = (len(cues), len(turns), len(dropped))
    log.info("transcript read: call=%s %s cues=%d turns=%d dropped=%d", call_id, form, *counts)
    return Transcript(
        call_id=call_id,
        call=f"{path.name}#{part}" if part else path.name,
        duration_s=duration_s,
        channels=0,
        languages=languages_of(turns),
        model=form,
        quality=assess_quality(
            turns, Heard(duration_s=duration_s, estimated_times=meeting.estimated)
        ),
        turns=turns,
        participants=people,
        dropped=tuple(dropped),
        title=_plain(meeting.title or "") or None,
        started_at=meeting.started_at,
    )


def find_parts(source: SourceFile) -> tuple[SourceFile, ...]:
    """Return a transcript file as its calls: itself, or one source a part.

    A damaged file stays one source: reading it names what is wrong.

    Raises:
        NoTranscriptError: the file is no transcript at all.
    """
    try:
        _, meetings = _read(source.path)
    except NoTranscriptError:
        raise
    except TranscriptError:
        return (source,)
    if not any(meeting.part for meeting in meetings):
        return (source,)
    return tuple(
        replace(source, call_id=m.sha256[: len(source.call_id)], sha256=m.sha256, part=m.part)
        for m in meetings
    )


def _read(path: Path) -> tuple[str, tuple[Meeting, ...]]:
    try:
        stat = path.stat()
    except OSError as error:
        message = f"{path.name} can't be read: {error.strerror or error}."
        raise TranscriptError(message, path=path) from error
    result = _read_once(path, stat.st_size, stat.st_mtime_ns)
    if isinstance(result, TranscriptError):
        raise result
    return result


# A file with several calls is read once for all of them, and once for finding and reading it.
@lru_cache(maxsize=2)
def _read_once(
    path: Path, size_bytes: int, mtime_ns: int
) -> tuple[str, tuple[Meeting, ...]] | TranscriptError:
    try:
        form, meetings = read_meetings(path)
    except TranscriptError as error:
        return error
    return form.name, meetings


def _choose(path: Path, meetings: Sequence[Meeting], part: str) -> Meeting:
    for meeting in meetings:
        if meeting.part == part or (not part and len(meetings) == 1):
            return meeting
    known = ", ".join(meeting.part for meeting in meetings[:5])
    raise TranscriptError(
        f"{path.name} holds {len(meetings)} calls ({known}), and not the one asked for.", path=path
    )


def _people(
    meeting: Meeting, written: Sequence[Participant], config: IngestConfig
) -> tuple[Participant, ...]:
    """Return who was there: calls.csv first, then the file's own attendees without bots."""
    told = [person for person in meeting.attendees if person.name and not is_bot(person.name)]
    people = merge_attendees(written, told)
    return tuple(with_domain_side(person, config.seller_domains) for person in people)


def _spoken(
    meeting: Meeting, people: Sequence[Participant]
) -> tuple[list[Cue], list[DroppedSegment]]:
    """Return the cues of people in the order of time, each with a speaker; bots' apart."""
    cues = [
        replace(cue, speaker=_plain(cue.speaker or "") or None, text=_plain(cue.text))
        for cue in meeting.cues
    ]
    if meeting.names_in_text:
        cues = name_speakers(cues, known_names=[person.name for person in people])
    else:
        cues = carry_on(cues)
    cues = sorted((cue for cue in cues if cue.text), key=lambda cue: cue.start_s)
    spoken = [cue for cue in cues if not is_bot(cue.speaker or "")]
    dropped = [
        DroppedSegment(0, cue.start_s, cue.end_s, cue.text, "said by a notetaker, not a person")
        for cue in cues
        if is_bot(cue.speaker or "")
    ]
    return spoken, dropped


def _settle(sides: Mapping[str, SideGuess], people: Sequence[Participant]) -> dict[str, SideGuess]:
    """Give speakers the attendee's way of writing the name; claim no side for nobody's label."""
    settled = {}
    for speaker, guess in sides.items():
        if speaker.casefold() in _NOBODY:
            settled[speaker] = SideGuess("unknown", min(guess.confidence, 0.5))
            continue
        found = find_participant(speaker, people) if guess.participant is None else None
        if found is not None and found[1] == ATTENDEE_CONFIDENCE:
            guess = replace(guess, participant=found[0])
        settled[speaker] = guess
    return settled


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


def _plain(text: str) -> str:
    """Return a text as one line that can be stored: no halves of characters, no control codes."""
    whole = text.encode("utf-8", errors="replace").decode("utf-8")
    if not whole.isprintable():
        # Marks without a width (soft hyphens, joiners) stand inside words; the rest is a gap.
        kept = (c for c in whole if unicodedata.category(c) != "Cf")
        whole = "".join(c if c.isprintable() else " " for c in kept)
    return " ".join(whole.split())
