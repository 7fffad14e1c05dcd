"""One recording from file to transcript: channels, speech, words, speakers, sides, quality."""

import logging
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from icp_voice.config import TranscribeConfig
from icp_voice.quality import assess_quality
from icp_voice.records import DroppedSegment, Participant, Segment, SourceFile, Transcript
from icp_voice.sides import SideGuess
from icp_voice.transcribe import crosstalk
from icp_voice.transcribe.audio import (
    SAMPLING_RATE_HZ,
    AudioWindow,
    Samples,
    is_dual_mono,
    mix_down,
    read_windows,
)
from icp_voice.transcribe.channels import channel_sides, name_speakers, voice_sides
from icp_voice.transcribe.cleanup import clean_segments
from icp_voice.transcribe.crosstalk import Heard, find_echoes
from icp_voice.transcribe.diarization import MAX_SPEAKERS, load_diarizer
from icp_voice.transcribe.engine import Recognised, SpeechEngine
from icp_voice.transcribe.speech import find_speech, recognise_pieces, speech_seconds
from icp_voice.transcribe.splitting import split_by_voice
from icp_voice.transcribe.spoken_language import LanguageChooser, usable_languages
from icp_voice.turns import Utterance, languages_of, make_turns, merge_utterances

log = logging.getLogger(__name__)

# Pauses inside one channel that part two voices; shorter than what ends a piece for the recogniser.
VOICE_SILENCE_MS = 200
# A channel with less speech than both is a line nobody talks on; the detector errs a little.
_FEW_SPEECH_S = 2.0
_FEW_SPEECH_SHARE = 0.02


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
    heard: list[Heard] = field(default_factory=list)
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
        ModelError: the recogniser knows none of the declared languages, or the diarizer is missing.
    """
    attendance = attendance or Attendance()
    languages = usable_languages(engine, config.languages)
    listener = _Listener(engine, config, languages, on_heard)
    partial = False
    for window in read_windows(source.path):
        listener.listen(window)
        partial = window.partial
    if listener.separate:
        segments, dropped, sides = _from_channels(listener, config, attendance)
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
        partial=partial,
    )
    log.info(
        "recording done: call=%s seconds=%.0f channels=%d turns=%d dropped=%d grade=%s",
        *(source.call_id, listener.done_s, channels, len(turns), len(dropped), quality.grade),
    )
    return Transcript(
        call_id=source.call_id,
        call=source.path.name,
        duration_s=round(listener.done_s, 3),
        channels=channels,
        languages=languages_of(turns),
        model=engine.name,
        quality=quality,
        turns=turns,
        participants=attendance.participants,
        dropped=dropped,
        partial=partial,
    )


class _Listener:
    """Listens to the windows of a recording in turn; decides about channels at the first."""

    def __init__(
        self,
        engine: SpeechEngine,
        config: TranscribeConfig,
        languages: Sequence[str],
        on_heard: Callable[[float], None],
    ) -> None:
        self._engine = engine
        self._config = config
        self._languages = languages
        self._on_heard = on_heard
        self.separate = False
        # The one of two channels that speech is on, where the other is noise.
        self.lone_channel: int | None = None
        self.n_channels = 0
        self.channels: list[_Channel] = []
        self.track = load_diarizer(config).track()
        self.done_s = 0.0

    def listen(self, window: AudioWindow) -> None:
        """Recognise what is said in the next window."""
        if not self.n_channels:
            self.n_channels = int(window.samples.shape[0])
            self.separate = self.n_channels == 2 and not is_dual_mono(window.samples)
            if self.separate:
                self.lone_channel = _lone_channel(window.samples)
                self.separate = self.lone_channel is None
            n_streams = 2 if self.separate else 1
            self.channels = [
                _Channel(LanguageChooser(self._engine, self._languages)) for _ in range(n_streams)
            ]
        if self.separate:
            streams: list[Samples] = list(window.samples)
        else:
            lone = self.lone_channel
            streams = [mix_down(window.samples) if lone is None else window.samples[lone]]
            voices = find_speech(streams[0], min_silence_ms=VOICE_SILENCE_MS)
            self.track.add(streams[0], voices)
        for number, (channel, samples) in enumerate(zip(self.channels, streams, strict=True)):
            self._listen_to(channel, samples, window, number / len(streams), 1.0 / len(streams))
        self.done_s = window.start_s + window.duration_s
        self._on_heard(self.done_s)

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
            level_db = _level_db(samples, segment.start_s, segment.end_s)
            channel.heard.append(Heard(_moved(segment, window.start_s), spoken, level_db))


def _from_channels(
    listener: _Listener, config: TranscribeConfig, attendance: Attendance
) -> tuple[list[tuple[str, Segment]], tuple[DroppedSegment, ...], dict[str, SideGuess]]:
    """Return the segments of two channels, one side each."""
    segments: list[tuple[str, Segment]] = []
    dropped: list[DroppedSegment] = []
    echoes = find_echoes(listener.channels[0].heard, listener.channels[1].heard)
    for number, channel in enumerate(listener.channels):
        own = [_segment(number, h.recognised, h.language) for h in channel.heard]
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
    sides = channel_sides(
        lines, seller_channel=config.seller_channel, people=attendance.participants
    )
    names = name_speakers(sides, attendance.participants, unnamed="Channel")
    renamed = [(names[speaker], segment) for speaker, segment in segments]
    return renamed, tuple(dropped), {names[s]: guess for s, guess in sides.items()}


def _from_voices(
    listener: _Listener, attendance: Attendance
) -> tuple[list[tuple[str, Segment]], tuple[DroppedSegment, ...], dict[str, SideGuess]]:
    """Return the segments of one channel, parted by voice."""
    n_people = len(attendance.participants)
    limit = min(MAX_SPEAKERS, n_people) if n_people >= 2 else MAX_SPEAKERS
    # One voice on one of two channels may be all there is: a message left, a caller who listens.
    one_may_speak = listener.lone_channel is not None
    both_sides = not one_may_speak and {person.side for person in attendance.participants} >= {
        "seller",
        "buyer",
    }
    diarization = listener.track.diarize(min_speakers=1 + both_sides, max_speakers=limit)
    by_voice: dict[int, list[Segment]] = {}
    (channel,) = listener.channels
    for heard in channel.heard:
        for voice, part in split_by_voice(heard.recognised, diarization):
            by_voice.setdefault(voice, []).append(_segment(0, part, heard.language))
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


def _lone_channel(samples: Samples) -> int | None:
    """Return the channel that all speech is on, where the other holds noise alone."""
    spoken_s = [
        speech_seconds(find_speech(channel, min_silence_ms=VOICE_SILENCE_MS)) for channel in samples
    ]
    less_s, more_s = sorted(spoken_s)
    if more_s == 0.0 or less_s >= min(_FEW_SPEECH_S, _FEW_SPEECH_SHARE * more_s):
        return None
    return spoken_s.index(more_s)


def _level_db(samples: Samples, start_s: float, end_s: float) -> float:
    """Return how loud a part of a window is, in dB of full scale; its silences count little."""
    part = samples[int(start_s * SAMPLING_RATE_HZ) : int(end_s * SAMPLING_RATE_HZ) + 1]
    power = float(np.mean(np.square(part, dtype=np.float64))) if part.size else 0.0
    return 10.0 * math.log10(max(power, 1e-12))


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
