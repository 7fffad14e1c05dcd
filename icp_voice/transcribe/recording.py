"""One recording from file to transcript: channels, speech, words, speakers, sides, quality."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from icp_voice.config import TranscribeConfig
from icp_voice.media import recording_tags
from icp_voice.quality import assess_quality
from icp_voice.records import (
    DroppedSegment,
    Participant,
    Segment,
    SourceFile,
    Track,
    Transcript,
)
from icp_voice.sides import SideGuess
from icp_voice.transcribe.audio import (
    AudioWindow,
    Samples,
    distinct_channels,
    is_dual_mono,
    mix_down,
    read_tracks,
    read_windows,
)
from icp_voice.transcribe.channels import (
    channel_sides,
    name_speakers,
    name_tracks,
    track_sides,
    voice_sides,
)
from icp_voice.transcribe.cleanup import clean_segments
from icp_voice.transcribe.engine import Recognised, SpeechEngine
from icp_voice.transcribe.speakers import MAX_SPEAKERS, VoiceTrack
from icp_voice.transcribe.speech import find_speech, recognise_pieces, speech_seconds
from icp_voice.transcribe.splitting import split_by_voice
from icp_voice.transcribe.spoken_language import LanguageChooser, usable_languages
from icp_voice.turns import Utterance, languages_of, make_turns, merge_utterances

log = logging.getLogger(__name__)

# Pauses inside one channel that part two voices; shorter than what ends a piece for the recogniser.
_VOICE_SILENCE_MS = 200
_WORD = re.compile(r"[\W_]*[^\W_]+")
_SEPARATORS = " _-.,()[]"


@dataclass(frozen=True)
class Attendance:
    """Who was on the call, as far as it is known beforehand."""

    participants: tuple[Participant, ...] = ()
    seller_names: tuple[str, ...] = ()
    seller_domains: tuple[str, ...] = ()


@dataclass
class _Channel:
    """What was heard on one channel so far; times are those of the recording."""

    chooser: LanguageChooser
    heard: list[tuple[Recognised, str]] = field(default_factory=list)
    speech_s: float = 0.0


def transcribe_recording(
    source: SourceFile,
    engine: SpeechEngine,
    config: TranscribeConfig,
    *,
    attendance: Attendance | None = None,
    on_heard: Callable[[float], None] = lambda _: None,
) -> Transcript:
    """Turn a recording into speaker turns.

    Args:
        source: the file.
        engine: the recogniser.
        config: languages, channel map, thresholds.
        attendance: who was on the call.
        on_heard: is told the seconds of the recording that are done, rising.

    Raises:
        RecordingError: the file can't be decoded.
        ModelError: the recogniser knows none of the declared languages.
    """
    attendance = attendance or Attendance()
    languages = usable_languages(engine, config.languages)
    n_files = len(source.tracks)
    listener = _Listener(engine, config, languages, on_heard, tracks=n_files > 1)
    damage = ""
    for window in _windows_of(source):
        listener.listen(window)
        damage = window.damage
    title, started_at = recording_tags(source.path)
    if listener.separate:
        tracks = [source.tracks[i] for i in listener.kept] if n_files > 1 else []
        segments, dropped, sides = _from_channels(listener, tracks, config, attendance)
    else:
        segments, dropped, sides = _from_voices(listener, attendance)
    utterances = [
        Utterance(speaker, s.start_s, s.end_s, s.language, s.text) for speaker, s in segments
    ]
    ordered = sorted(utterances, key=lambda u: (u.start_s, u.end_s, u.speaker))
    turns = make_turns(merge_utterances(ordered, gap_s=config.turn_gap_s), sides)
    channels = listener.n_channels
    quality = assess_quality(
        turns,
        duration_s=listener.done_s,
        speech_s=sum(channel.speech_s for channel in listener.channels),
        mean_log_probability=_mean_log_probability([s for _, s in segments]),
        damage=damage,
    )
    log.info(
        "recording done: call=%s seconds=%.0f channels=%d turns=%d dropped=%d grade=%s",
        *(source.call_id, listener.done_s, channels, len(turns), len(dropped), quality.grade),
    )
    return Transcript(
        call_id=source.call_id,
        call=call_name(source),
        duration_s=round(listener.done_s, 3),
        channels=channels,
        languages=languages_of(turns),
        model=engine.name,
        quality=quality,
        turns=turns,
        participants=attendance.participants,
        dropped=dropped,
        partial=bool(damage),
        title=title,
        started_at=started_at,
    )


def call_name(source: SourceFile) -> str:
    """Return what a call is called: its file's name, or what the names of its files share.

    Examples:
        >>> from pathlib import Path
        >>> tracks = (Track(Path("acme_agent.wav")), Track(Path("acme_caller.wav")))
        >>> call_name(SourceFile("", "", tracks[0].path, "recording", 1, tracks))
        'acme (2 files)'
    """
    if len(source.tracks) < 2:
        return source.path.name
    words = [_WORD.findall(track.path.stem) for track in source.tracks]
    shared = [word for word in words[0] if all(word in others for others in words[1:])]
    first = source.tracks[0].path
    name = "".join(shared).strip(_SEPARATORS) or first.parent.name
    return f"{name} ({len(source.tracks)} files)"


def _windows_of(source: SourceFile) -> Iterator[AudioWindow]:
    if len(source.tracks) < 2:
        return read_windows(source.path)
    return read_tracks([track.path for track in source.tracks])


class _Listener:
    """Listens to the windows of a recording in turn; decides about channels at the first."""

    def __init__(
        self,
        engine: SpeechEngine,
        config: TranscribeConfig,
        languages: Sequence[str],
        on_heard: Callable[[float], None],
        *,
        tracks: bool,
    ) -> None:
        self._tracks = tracks
        self._engine = engine
        self._config = config
        self._languages = languages
        self._on_heard = on_heard
        self.separate = False
        self.kept: list[int] = []
        self.n_channels = 0
        self.channels: list[_Channel] = []
        self.track = VoiceTrack()
        self.done_s = 0.0

    def listen(self, window: AudioWindow) -> None:
        """Recognise what is said in the next window."""
        if not self.n_channels:
            self.n_channels = int(window.samples.shape[0])
            self.kept, self.separate = self._choose_channels(window)
            n_streams = len(self.kept) if self.separate else 1
            self.channels = [
                _Channel(LanguageChooser(self._engine, self._languages)) for _ in range(n_streams)
            ]
        if self.separate:
            streams: list[Samples] = [window.samples[i] for i in self.kept]
        else:
            streams = [mix_down(window.samples[self.kept])]
            voices = find_speech(streams[0], min_silence_ms=_VOICE_SILENCE_MS)
            self.track.add(streams[0], voices)
        for number, (channel, samples) in enumerate(zip(self.channels, streams, strict=True)):
            self._listen_to(channel, samples, window, number / len(streams), 1.0 / len(streams))
        self.done_s = window.start_s + window.duration_s
        self._on_heard(self.done_s)

    def _choose_channels(self, window: AudioWindow) -> tuple[list[int], bool]:
        """Return the channels to listen to, and whether each is a speaker's own."""
        everything = list(range(self.n_channels))
        if window.apart:
            # In a file a person somebody may be silent for long; an unused track always is.
            kept = distinct_channels(window.samples, keep_silent=self._tracks) or everything
            return kept, len(kept) > 1
        return everything, self.n_channels == 2 and not is_dual_mono(window.samples)

    def _listen_to(
        self, channel: _Channel, samples: Samples, window: AudioWindow, done: float, share: float
    ) -> None:
        pieces = find_speech(samples, min_silence_ms=self._config.min_silence_ms)
        language = channel.chooser.choose(samples, pieces)
        found = recognise_pieces(
            self._engine,
            samples,
            pieces,
            language=language,
            on_heard=lambda part: self._on_heard(
                window.start_s + window.duration_s * (done + share * part)
            ),
        )
        channel.speech_s += speech_seconds(pieces)
        for segment in found:
            spoken = channel.chooser.of_text(segment.text, language)
            channel.heard.append((_moved(segment, window.start_s), spoken))


def _from_channels(
    listener: _Listener,
    tracks: Sequence[Track],
    config: TranscribeConfig,
    attendance: Attendance,
) -> tuple[list[tuple[str, Segment]], tuple[DroppedSegment, ...], dict[str, SideGuess]]:
    """Return the segments of several channels, one speaker each."""
    segments: list[tuple[str, Segment]] = []
    dropped: list[DroppedSegment] = []
    for number, channel in enumerate(listener.channels):
        cleaned = clean_segments([_segment(number, s, code) for s, code in channel.heard])
        segments += [(str(number), segment) for segment in cleaned.segments]
        dropped += cleaned.dropped
    segments.sort(key=lambda item: (item[1].start_s, item[0]))
    lines = [(speaker, segment.text) for speaker, segment in segments]
    people = attendance.participants
    if any(track.name or track.side != "unknown" for track in tracks):
        sides = track_sides(
            lines,
            tracks,
            people=people,
            seller_names=attendance.seller_names,
            seller_domains=attendance.seller_domains,
        )
        names = name_tracks(sides, tracks, people)
    elif len(listener.channels) == 2:
        sides = channel_sides(lines, seller_channel=config.seller_channel, people=people)
        names = name_speakers(sides, people, unnamed="Channel")
    else:
        sides = voice_sides(
            lines,
            people=people,
            seller_names=attendance.seller_names,
            seller_domains=attendance.seller_domains,
        )
        names = name_speakers(sides, people, unnamed="Channel")
    renamed = [(names[speaker], segment) for speaker, segment in segments]
    return renamed, tuple(dropped), {names[s]: guess for s, guess in sides.items()}


def _from_voices(
    listener: _Listener, attendance: Attendance
) -> tuple[list[tuple[str, Segment]], tuple[DroppedSegment, ...], dict[str, SideGuess]]:
    """Return the segments of one channel, parted by voice."""
    n_people = len(attendance.participants)
    limit = min(MAX_SPEAKERS, n_people) if n_people >= 2 else MAX_SPEAKERS
    both_sides = {person.side for person in attendance.participants} >= {"seller", "buyer"}
    diarization = listener.track.diarize(min_speakers=1 + both_sides, max_speakers=limit)
    by_voice: dict[int, list[Segment]] = {}
    (channel,) = listener.channels
    for recognised, code in channel.heard:
        for voice, part in split_by_voice(recognised, diarization):
            by_voice.setdefault(voice, []).append(_segment(0, part, code))
    segments: list[tuple[str, Segment]] = []
    dropped: list[DroppedSegment] = []
    for voice, own in sorted(by_voice.items()):
        cleaned = clean_segments(own)
        segments += [(str(voice), segment) for segment in cleaned.segments]
        dropped += cleaned.dropped
    segments.sort(key=lambda item: (item[1].start_s, item[0]))
    lines = [(speaker, segment.text) for speaker, segment in segments]
    sides = voice_sides(
        lines,
        people=attendance.participants,
        seller_names=attendance.seller_names,
        seller_domains=attendance.seller_domains,
    )
    names = name_speakers(sides, attendance.participants, unnamed="Speaker")
    renamed = [(names[speaker], segment) for speaker, segment in segments]
    return renamed, tuple(dropped), {names[s]: guess for s, guess in sides.items()}


def _moved(segment: Recognised, offset_s: float) -> Recognised:
    words = tuple(
        replace(word, start_s=word.start_s + offset_s, end_s=word.end_s + offset_s)
        for word in segment.words
    )
    start_s, end_s = segment.start_s + offset_s, segment.end_s + offset_s
    return replace(segment, start_s=start_s, end_s=end_s, words=words)


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


def _mean_log_probability(segments: Iterable[Segment]) -> float | None:
    """Return the mean over segments, weighted by characters; None where there is nothing."""
    weighted = [(len(s.text), s.mean_log_probability) for s in segments]
    total = sum(n for n, _ in weighted)
    return sum(n * value for n, value in weighted) / total if total else None
