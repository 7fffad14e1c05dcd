"""Give what was heard to its speakers (channels, tracks or voices), and them to their sides."""

from collections.abc import Sequence
from dataclasses import dataclass

from icp_voice.records import DroppedSegment, Participant, Segment, Track
from icp_voice.sides import SideGuess
from icp_voice.transcribe import crosstalk
from icp_voice.transcribe.channels import (
    channel_sides,
    name_speakers,
    name_tracks,
    track_sides,
    voice_sides,
)
from icp_voice.transcribe.cleanup import clean_segments
from icp_voice.transcribe.crosstalk import HeardSegment, find_echoes
from icp_voice.transcribe.diarization import MAX_SPEAKERS, VoiceTrack
from icp_voice.transcribe.engine import Recognised
from icp_voice.transcribe.splitting import split_by_voice


@dataclass(frozen=True)
class Attendance:
    """Who was on the call, as far as it is known beforehand."""

    participants: tuple[Participant, ...] = ()
    seller_names: tuple[str, ...] = ()
    seller_domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attributed:
    """Who said what.

    Attributes:
        segments: (speaker, segment) in order of time.
        dropped: what was taken out, with the reason.
        sides: speaker -> side.
    """

    segments: tuple[tuple[str, Segment], ...]
    dropped: tuple[DroppedSegment, ...]
    sides: dict[str, SideGuess]


def attribute_channels(
    channels: Sequence[Sequence[HeardSegment]],
    tracks: Sequence[Track],
    attendance: Attendance,
    *,
    seller_channel: int,
) -> Attributed:
    """Return what was said on several channels, one speaker each.

    Args:
        channels: what was heard on each, in order of time.
        tracks: the files that the channels are, where each speaker has one; else empty.
        attendance: who was on the call.
        seller_channel: which of two channels is the seller, where nothing else tells.
    """
    segments: list[tuple[str, Segment]] = []
    dropped: list[DroppedSegment] = []
    echoes = find_echoes(*channels) if len(channels) == 2 else [frozenset[int]()] * len(channels)
    for number, heard in enumerate(channels):
        own = [_segment(number, h.recognised, h.language) for h in heard]
        dropped += [
            DroppedSegment(number, s.start_s, s.end_s, s.text, crosstalk.REASON)
            for i, s in enumerate(own)
            if i in echoes[number]
        ]
        cleaned = clean_segments([s for i, s in enumerate(own) if i not in echoes[number]])
        segments += [(str(number), segment) for segment in cleaned.segments]
        dropped += cleaned.dropped
    segments.sort(key=lambda item: (item[1].start_s, item[0]))
    lines = [(speaker, segment.text) for speaker, segment in segments]
    people, ours = attendance.participants, attendance.seller_names
    domains = attendance.seller_domains
    if any(track.name or track.side != "unknown" for track in tracks):
        sides = track_sides(lines, tracks, people=people, seller_names=ours, seller_domains=domains)
        names = name_tracks(sides, tracks, people)
    elif len(channels) == 2:
        sides = channel_sides(lines, seller_channel=seller_channel, people=people)
        names = name_speakers(sides, people, unnamed="Channel")
    else:
        sides = voice_sides(lines, people=people, seller_names=ours, seller_domains=domains)
        names = name_speakers(sides, people, unnamed="Channel")
    return _named(segments, dropped, sides, names)


def attribute_voices(
    heard: Sequence[HeardSegment], track: VoiceTrack, attendance: Attendance, *, may_be_alone: bool
) -> Attributed:
    """Return what was said on one channel, parted by voice.

    Args:
        heard: in order of time.
        track: the voices of the whole recording.
        attendance: who was on the call.
        may_be_alone: one voice may be all there is, such as a message left.
    """
    people = attendance.participants
    limit = min(MAX_SPEAKERS, len(people)) if len(people) >= 2 else MAX_SPEAKERS
    both_sides = {person.side for person in people} >= {"seller", "buyer"}
    diarization = track.diarize(
        min_speakers=2 if both_sides and not may_be_alone else 1,
        max_speakers=limit,
        likely_speakers=max(2, min(MAX_SPEAKERS, len(people))),
    )
    by_voice: dict[int, list[Segment]] = {}
    for h in heard:
        for voice, part in split_by_voice(h.recognised, diarization):
            by_voice.setdefault(voice, []).append(_segment(0, part, h.language))
    segments: list[tuple[str, Segment]] = []
    dropped: list[DroppedSegment] = []
    for voice, own in sorted(by_voice.items()):
        cleaned = clean_segments(own)
        segments += [(str(voice), segment) for segment in cleaned.segments]
        dropped += cleaned.dropped
    segments.sort(key=lambda item: (item[1].start_s, item[0]))
    sides = voice_sides(
        [(speaker, segment.text) for speaker, segment in segments],
        people=people,
        seller_names=attendance.seller_names,
        seller_domains=attendance.seller_domains,
    )
    return _named(segments, dropped, sides, name_speakers(sides, people, unnamed="Speaker"))


def _named(
    segments: Sequence[tuple[str, Segment]],
    dropped: Sequence[DroppedSegment],
    sides: dict[str, SideGuess],
    names: dict[str, str],
) -> Attributed:
    return Attributed(
        tuple((names[speaker], segment) for speaker, segment in segments),
        tuple(dropped),
        {names[speaker]: guess for speaker, guess in sides.items()},
    )


def _segment(channel: int, recognised: Recognised, language: str) -> Segment:
    return Segment(
        channel=channel,
        start_s=round(recognised.start_s, 3),
        end_s=round(recognised.end_s, 3),
        text=recognised.text,
        language=language,
        mean_log_probability=recognised.mean_log_probability,
        no_speech_probability=recognised.no_speech_probability,
        compression_ratio=recognised.compression_ratio,
    )
