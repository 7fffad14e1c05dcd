"""Which side a channel or a voice is on, and what its speaker is called."""

from collections.abc import Mapping, Sequence

from icp_voice.records import Participant, Side, Track
from icp_voice.sides import SideGuess, SpokenLine, assign_sides, sides_by_words

CHANNEL_CONFIDENCE = 0.97
# Words this sure of the opposite overrule the configured map: the recorder was set up otherwise.
_OVERRULE_CONFIDENCE = 0.95
_DOUBT_CONFIDENCE = 0.85


def channel_sides(
    lines: Sequence[tuple[str, str]], *, seller_channel: int, people: Sequence[Participant] = ()
) -> dict[str, SideGuess]:
    """Return channel ("0", "1") -> side: the configured map, checked against the words.

    Which channel is the seller differs by vendor, so a map that the words of both channels
    contradict is turned round, and one that they make doubtful leaves the sides less sure.

    Args:
        lines: (channel, text) in order of time.
        seller_channel: 0 or 1.
        people: attendees, whose names are said on the call.
    """
    spoken = [SpokenLine(channel, text) for channel, text in lines]
    by_words = sides_by_words(spoken, people=people)
    told: dict[str, Side] = {
        channel: "seller" if int(channel) == seller_channel else "buyer" for channel in ("0", "1")
    }
    against = [
        by_words[channel].confidence
        for channel, side in told.items()
        if channel in by_words and by_words[channel].side != side
    ]
    turned = len(against) == len(by_words) == 2 and min(against) >= _OVERRULE_CONFIDENCE
    doubtful = len(against) == 2 and min(against) >= _DOUBT_CONFIDENCE
    confidence = 1.0 - min(against) if doubtful else CHANNEL_CONFIDENCE
    if turned:
        return {channel: by_words[channel] for channel in told}
    return {
        channel: SideGuess("unknown" if doubtful else side, confidence)
        for channel, side in told.items()
    }


def track_sides(
    lines: Sequence[tuple[str, str]],
    tracks: Sequence[Track],
    *,
    people: Sequence[Participant] = (),
    seller_names: Sequence[str] = (),
    seller_domains: Sequence[str] = (),
) -> dict[str, SideGuess]:
    """Return channel -> side of a call recorded in one file a person.

    The file's name is believed where it tells the side; else the attendee list, where it knows the
    name; else what is said.

    Args:
        lines: (channel, text) in order of time.
        tracks: the file behind each channel.
        people: attendees with their sides.
        seller_names: configured people of our side.
        seller_domains: configured mail domains of our side.
    """
    labels = [track.name or str(channel) for channel, track in enumerate(tracks)]
    guesses = assign_sides(
        [SpokenLine(labels[int(channel)], text) for channel, text in lines],
        participants=people,
        seller_names=seller_names,
        seller_domains=seller_domains,
    )
    sides = {}
    for channel, track in enumerate(tracks):
        if track.side != "unknown":
            sides[str(channel)] = SideGuess(track.side, CHANNEL_CONFIDENCE)
        else:
            sides[str(channel)] = guesses.get(labels[channel], SideGuess("unknown", 0.5))
    return sides


def name_tracks(
    sides: Mapping[str, SideGuess], tracks: Sequence[Track], people: Sequence[Participant]
) -> dict[str, str]:
    """Return channel -> name shown: the one in the file's name, else as `name_speakers` says."""
    names = name_speakers(sides, people, unnamed="Channel")
    told = {str(channel): track.name for channel, track in enumerate(tracks) if track.name}
    return {**names, **told}


def voice_sides(
    lines: Sequence[tuple[str, str]],
    *,
    people: Sequence[Participant] = (),
    seller_names: Sequence[str] = (),
    seller_domains: Sequence[str] = (),
) -> dict[str, SideGuess]:
    """Return voice -> side by what the voices say; names on the attendee list help.

    Args:
        lines: (voice, text) in order of time.
        people: attendees with their sides.
        seller_names: configured people of our side.
        seller_domains: configured mail domains of our side.
    """
    spoken = [SpokenLine(voice, text) for voice, text in lines]
    known = list(people)
    if not any(person.side == "seller" for person in people):
        known += [Participant(name, "seller") for name in seller_names]
    return assign_sides(spoken, participants=known, seller_domains=seller_domains)


def name_speakers(
    sides: Mapping[str, SideGuess], people: Sequence[Participant], *, unnamed: str
) -> dict[str, str]:
    """Return label -> name shown: the attendee where one voice and one attendee share a side.

    Others are called after their side, or `unnamed` and a number; numbers part equals.
    """
    names: dict[str, str] = {}
    for label, guess in sides.items():
        attendees = [person.name for person in people if person.side == guess.side]
        same_side = [other for other in sides.values() if other.side == guess.side]
        if guess.side == "unknown":
            names[label] = f"{unnamed} {int(label) + 1}"
        elif len(attendees) == 1 and len(same_side) == 1:
            names[label] = attendees[0]
        elif len(same_side) == 1:
            names[label] = guess.side.capitalize()
        else:
            number = sum(1 for other in names if sides[other].side == guess.side) + 1
            names[label] = f"{guess.side.capitalize()} {number}"
    return names
