"""Read Fireflies' API JSON: sentences with text times, and the attendees of the invitation."""

from collections.abc import Iterator, Mapping, Sequence

from icp_voice.ingest.cues import Cue
from icp_voice.ingest.readers.content import Content
from icp_voice.ingest.readers.meeting import Meeting
from icp_voice.ingest.readers.moments import moment_of
from icp_voice.ingest.readers.values import (
    JsonObject,
    digest_of,
    objects,
    required_seconds,
    seconds,
    speaker_label,
    text_of,
)
from icp_voice.records import Participant
from icp_voice.sides import name_words


def is_fireflies(content: Content) -> bool:
    """Tell Fireflies by its list of `sentences`, alone or inside `data.transcript(s)`."""
    return next(_calls(content.document), None) is not None


def read_fireflies(content: Content) -> list[Meeting]:
    """Read one call, or the list that `data.transcripts` is."""
    calls = list(_calls(content.document))
    return [_meeting(call, several=len(calls) > 1) for call in calls]


def _calls(document: object) -> Iterator[JsonObject]:
    for page in objects(document if isinstance(document, list) else [document]):
        data = page.get("data")
        inner = data if isinstance(data, Mapping) else page
        one = inner.get("transcript")
        listed = objects(inner.get("transcripts")) or objects([one, inner])
        yield from (call for call in listed if isinstance(call.get("sentences"), list))


def _meeting(call: JsonObject, *, several: bool) -> Meeting:
    names = {
        text_of(speaker.get("id")): text_of(speaker.get("name"))
        for speaker in objects(call.get("speakers"))
    }
    cues = []
    for i, sentence in enumerate(objects(call.get("sentences"))):
        text = text_of(sentence.get("text")) or text_of(sentence.get("raw_text"))
        if text is None:
            continue
        start_s = required_seconds(seconds(sentence.get("start_time")), "start_time", i)
        end_s = seconds(sentence.get("end_time"))
        number = text_of(sentence.get("speaker_id"))
        speaker = text_of(sentence.get("speaker_name")) or names.get(number)
        label = speaker or speaker_label(number)
        cues.append(Cue(start_s, max(start_s, end_s or start_s), label, text))
    labels = dict.fromkeys((*(cue.speaker for cue in cues), *names.values()))
    known = [name for name in labels if name]
    part = (text_of(call.get("id")) or text_of(call.get("title")) or "") if several else ""
    return Meeting(
        tuple(cues),
        title=text_of(call.get("title")),
        started_at=moment_of(call.get("date")) or moment_of(call.get("dateString")),
        attendees=_attendees(call, known),
        part=part or (digest_of(call)[:12] if several else ""),
        sha256=digest_of(call) if several else "",
    )


def _attendees(call: JsonObject, known: Sequence[str]) -> tuple[Participant, ...]:
    """Return who was invited; an address without a name gets the one speaker's it fits."""
    people: dict[str, Participant] = {}
    for entry in objects(call.get("meeting_attendees")):
        email = text_of(entry.get("email"))
        name = text_of(entry.get("displayName")) or text_of(entry.get("name"))
        if name or email:
            key = (email or name or "").casefold()
            people[key] = Participant(name or _name_for(email, known), email=email)
    listed = call.get("participants")
    for value in listed if isinstance(listed, list) else []:
        email = text_of(value)
        if email and "@" in email and email.casefold() not in people:
            people[email.casefold()] = Participant(_name_for(email, known), email=email)
    return tuple(people.values())


def _name_for(email: str | None, known: Sequence[str]) -> str:
    """Return the speaker an address is of (`jen@` of Jen Example), else the address."""
    words = set(name_words((email or "").partition("@")[0].replace(".", " ").replace("_", " ")))
    fitting = [name for name in known if words and words <= set(name_words(name))]
    return fitting[0] if len(fitting) == 1 else email or ""
