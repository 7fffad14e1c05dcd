"""Read Fathom: the JSON of its API, and the text that its copy button gives."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from icp_voice.ingest.cues import Cue
from icp_voice.ingest.readers.content import Content
from icp_voice.ingest.readers.meeting import Meeting, ReadError, fill_times
from icp_voice.ingest.readers.moments import CLOCK, find_moment, moment_of, seconds_of
from icp_voice.ingest.readers.values import (
    JsonObject,
    digest_of,
    objects,
    required_seconds,
    seconds,
    text_of,
)
from icp_voice.records import Participant, Side

_HEADING = re.compile(CLOCK + r"\s+[-–—]\s+(?P<name>[^\n:]{1,80}?)\s*")
_RECORDING = re.compile(r"VIEW RECORDING\b.*", re.IGNORECASE)
# Marks that Fathom sets between what was said.
_MARK = re.compile(r"[A-Z][A-Z &/]{3,30}:\s.*|.*\bWATCH:\s+https?://\S+\s*|-{3,}")
_TITLE_DAY = re.compile(r"\s+[-–—]\s+[A-Z][a-z]+ \d{1,2}(?:, \d{4})?$")
_COMPANY = re.compile(r"\s*\([^()]*\)$")


def is_fathom_json(content: Content) -> bool:
    """Tell the API's meetings: `recording_id` with `transcript` or `calendar_invitees`."""
    return next(_calls(content.document), None) is not None


def read_fathom_json(content: Content) -> list[Meeting]:
    """Read one meeting, or those of the `items` of a page that were transcribed.

    Raises:
        ReadError: the transcript was not asked for.
    """
    calls = list(_calls(content.document))
    said = [call for call in calls if isinstance(call.get("transcript"), list)]
    if not said:
        raise ReadError("it has no transcript; ask the API for it with include_transcript=true")
    return [_meeting(call, several=len(calls) > 1) for call in said]


def is_fathom_text(content: Content) -> bool:
    """Tell the copied text: `0:00 - Name (Company)` lines under a title and `VIEW RECORDING`."""
    told = [line.strip() for line in content.lines if line.strip()]
    # A list of chapters has such lines too, and nothing below them.
    headings = sum(
        1 for s, below in pairwise(told) if _HEADING.fullmatch(s) and not _HEADING.fullmatch(below)
    )
    marked = any(_RECORDING.match(line.strip()) for line in content.lines)
    return headings >= (1 if marked else 2)


def read_fathom_text(content: Content) -> list[Meeting]:
    """Read the copied text; action items and other marks are no speech."""
    cues: list[Cue] = []
    starts_s: list[float | None] = []
    preamble: list[str] = []
    for raw in content.lines:
        line = raw.strip()
        heading = _HEADING.fullmatch(line)
        if heading:
            cues.append(Cue(0.0, 0.0, heading["name"], ""))
            starts_s.append(seconds_of(heading))
        elif not cues:
            preamble.append(line)
        elif line and not (_MARK.fullmatch(line) and not raw.startswith(" ")):
            last = cues[-1]
            cues[-1] = Cue(0.0, 0.0, last.speaker, f"{last.text} {line}".strip())
    first = next((line for line in preamble if line and not _RECORDING.match(line)), None)
    names = dict.fromkeys(_COMPANY.sub("", cue.speaker or "") for cue in cues)
    return [
        Meeting(
            fill_times(cues, starts_s),
            title=_TITLE_DAY.sub("", first) if first else None,
            started_at=find_moment(first) if first else None,
            attendees=tuple(Participant(name) for name in names if name),
        )
    ]


def _calls(document: object) -> Iterator[JsonObject]:
    for page in objects(document if isinstance(document, list) else [document]):
        for call in objects(page.get("items")) or [page]:
            transcript = call.get("transcript")
            entries = objects(transcript)
            speaks = bool(entries) and isinstance(entries[0].get("speaker"), Mapping)
            if "recording_id" in call and ("calendar_invitees" in call or speaks):
                yield call


def _meeting(call: JsonObject, *, several: bool) -> Meeting:
    invitees = objects(call.get("calendar_invitees"))
    shown = {}
    for invitee in invitees:
        name = text_of(invitee.get("name"))
        for key in ("matched_speaker_display_name", "email"):
            value = text_of(invitee.get(key))
            if name and value:
                shown[value.casefold()] = name
    cues: list[Cue] = []
    starts_s: list[float | None] = []
    for i, entry in enumerate(objects(call.get("transcript"))):
        text = text_of(entry.get("text"))
        if text is None:
            continue
        speaker = entry.get("speaker")
        person = speaker if isinstance(speaker, Mapping) else {}
        label = text_of(person.get("display_name"))
        email = text_of(person.get("matched_calendar_invitee_email"))
        name = shown.get((email or "").casefold()) or shown.get((label or "").casefold())
        cues.append(Cue(0.0, 0.0, name or label or email, text))
        starts_s.append(required_seconds(seconds(entry.get("timestamp")), "timestamp", i))
    part = (text_of(call.get("recording_id")) or "") if several else ""
    return Meeting(
        fill_times(cues, starts_s),
        title=text_of(call.get("title")) or text_of(call.get("meeting_title")),
        started_at=moment_of(call.get("recording_start_time"))
        or moment_of(call.get("scheduled_start_time")),
        attendees=_attendees(call, invitees),
        part=part or (digest_of(call)[:12] if several else ""),
        sha256=digest_of(call) if several else "",
    )


def _attendees(call: JsonObject, invitees: list[JsonObject]) -> tuple[Participant, ...]:
    people: dict[str, Participant] = {}
    for invitee in invitees:
        email = text_of(invitee.get("email"))
        shown = text_of(invitee.get("matched_speaker_display_name"))
        name = text_of(invitee.get("name")) or shown or email
        external = invitee.get("is_external")
        side: Side = "unknown"
        if isinstance(external, bool):
            side = "buyer" if external else "seller"
        if name:
            people[(email or name).casefold()] = Participant(name, side, email=email)
    recorder = call.get("recorded_by")
    if isinstance(recorder, Mapping):
        # Whoever records with Fathom is one of us: `external` is meant from there.
        name, email = text_of(recorder.get("name")), text_of(recorder.get("email"))
        if name and (email or name).casefold() not in people:
            people[(email or name).casefold()] = Participant(name, "seller", email=email)
    return tuple(people.values())
