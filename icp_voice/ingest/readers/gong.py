"""Read Gong: transcripts of several calls in one file, and who spoke in another beside it.

`POST /v2/calls/transcript` answers `callTranscripts[]` with speaker ids; names, titles, mail
addresses and sides stand in `parties[]` of `POST /v2/calls/extensive`. Ids have up to 20 digits,
more than a number of JSON keeps, so they are compared as text. Times are milliseconds.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from icp_voice.ingest.cues import Cue
from icp_voice.ingest.readers.content import MAX_BYTES, Content
from icp_voice.ingest.readers.meeting import Meeting
from icp_voice.ingest.readers.moments import moment_of
from icp_voice.ingest.readers.values import (
    JsonObject,
    digest_of,
    objects,
    required_seconds,
    seconds,
    text_of,
    walk_pages,
)
from icp_voice.records import Participant, Side

_SIDES: Mapping[str, Side] = {"internal": "seller", "external": "buyer"}
_MS = 1000.0


def is_gong(content: Content) -> bool:
    """Tell Gong by `callTranscripts`."""
    return next(walk_pages(content.document, "callTranscripts"), None) is not None


def is_gong_parties(content: Content) -> bool:
    """Tell the file that says who was on Gong's calls; it is read beside the transcripts."""
    calls = walk_pages(content.document, "calls")
    return any("parties" in call or "metaData" in call for call in calls)


def read_gong(content: Content) -> list[Meeting]:
    """Read every call of the file; each is a part of its own, known by Gong's id."""
    details = _details(content.document)
    for other, found in _beside(content.path):
        if other != content.path:
            details = {**found, **details}
    meetings: dict[str, Meeting] = {}
    for entry in walk_pages(content.document, "callTranscripts"):
        call_id = text_of(entry.get("callId")) or digest_of(entry)[:12]
        meetings.setdefault(call_id, _meeting(entry, details.get(call_id, {}), call_id))
    return list(meetings.values())


def _meeting(entry: JsonObject, details: JsonObject, call_id: str) -> Meeting:
    parties = objects(details.get("parties"))
    names = {
        text_of(party.get("speakerId")): name
        for party in parties
        if (name := _name(party)) is not None
    }
    cues: list[Cue] = []
    labels: dict[str | None, str] = {}
    for monologue in objects(entry.get("transcript")):
        speaker_id = text_of(monologue.get("speakerId"))
        label = names.get(speaker_id) if speaker_id else None
        if label is None:
            label = labels.setdefault(speaker_id, f"Speaker {len(labels) + 1}")
        for i, sentence in enumerate(objects(monologue.get("sentences"))):
            text = text_of(sentence.get("text"))
            if text is None:
                continue
            told_s = seconds(sentence.get("start"), per_second=_MS)
            start_s = required_seconds(told_s, "start", i)
            end_s = seconds(sentence.get("end"), per_second=_MS)
            cues.append(Cue(start_s, max(start_s, end_s or start_s), label, text))
    about = details.get("metaData")
    meta: JsonObject = about if isinstance(about, Mapping) else {}
    return Meeting(
        tuple(cues),
        title=text_of(meta.get("title")),
        started_at=moment_of(meta.get("started")) or moment_of(meta.get("scheduled")),
        attendees=tuple(_attendees(parties, entry)),
        part=call_id,
        # Names and titles belong to the call: with them it is another one than without.
        sha256=digest_of(entry, parties, meta.get("title"), meta.get("started")),
    )


def _attendees(parties: list[JsonObject], entry: JsonObject) -> Iterator[Participant]:
    """Yield who was there: an invitation alone is no presence."""
    spoke = {text_of(m.get("speakerId")) for m in objects(entry.get("transcript"))}
    for party in parties:
        name = _name(party)
        methods = party.get("methods")
        was_there = not isinstance(methods, list) or not methods or "Attendee" in methods
        if name and (was_there or text_of(party.get("speakerId")) in spoke):
            side = _SIDES.get((text_of(party.get("affiliation")) or "").lower(), "unknown")
            email = text_of(party.get("emailAddress"))
            yield Participant(name, side, text_of(party.get("title")), email)


def _name(party: JsonObject) -> str | None:
    return text_of(party.get("name")) or text_of(party.get("emailAddress"))


def _details(document: object) -> dict[str, JsonObject]:
    """Return call id -> what the file says about the call."""
    details = {}
    for call in walk_pages(document, "calls"):
        meta = call.get("metaData")
        call_id = text_of(meta.get("id")) if isinstance(meta, Mapping) else None
        if call_id:
            details[call_id] = call
    return details


def _beside(path: Path) -> tuple[tuple[Path, dict[str, JsonObject]], ...]:
    """Return what the JSON files of the same folder say about calls."""
    folder = path.parent
    listing = []
    for other in sorted(folder.glob("*.json")):
        try:
            stat = other.stat()
        except OSError:
            continue
        if stat.st_size <= MAX_BYTES:
            listing.append((other.name, stat.st_size, stat.st_mtime_ns))
    return _read_folder(folder, tuple(listing))


@lru_cache(maxsize=4)
def _read_folder(
    folder: Path, listing: tuple[tuple[str, int, int], ...]
) -> tuple[tuple[Path, dict[str, JsonObject]], ...]:
    """Read the files that speak of parties, once as long as they stay the same."""
    found = []
    for name, _, _ in listing:
        path = folder / name
        try:
            data = path.read_bytes()
            # Most JSON beside a transcript has nothing to do with it: look before parsing.
            if b'"parties"' not in data and b'"metaData"' not in data:
                continue
            details = _details(json.loads(data.decode("utf-8-sig")))
        except (OSError, ValueError, RecursionError):
            continue
        if details:
            found.append((path, details))
    return tuple(found)
