"""One recording from file to transcript: channels, speech, words, speakers, sides, quality."""

import logging
import re
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from icp_voice.config import TranscribeConfig
from icp_voice.media import recording_tags
from icp_voice.quality import Heard, assess_quality
from icp_voice.records import Segment, SourceFile, Transcript
from icp_voice.transcribe.attribution import Attendance, attribute_channels, attribute_voices
from icp_voice.transcribe.audio import (
    AudioWindow,
    Samples,
    channels_differ,
    distinct_channels,
    mix_down,
    read_tracks,
    read_windows,
)
from icp_voice.transcribe.crosstalk import HeardSegment, level_db
from icp_voice.transcribe.diarization import load_diarizer
from icp_voice.transcribe.engine import SpeechEngine
from icp_voice.transcribe.listening import recognise_languages
from icp_voice.transcribe.speech import (
    WINDOW_SAMPLES,
    Probabilities,
    find_speech,
    speech_probabilities,
    speech_seconds,
)
from icp_voice.transcribe.spoken_language import (
    LanguageChooser,
    WindowLanguages,
    usable_languages,
)
from icp_voice.turns import Utterance, languages_of, make_turns, merge_utterances

log = logging.getLogger(__name__)

# Pauses inside one channel that part two voices; shorter than what ends a piece for the recogniser.
VOICE_SILENCE_MS = 200
# A channel with less speech than both is a line nobody talks on; the detector errs a little.
_FEW_SPEECH_S = 2.0
_FEW_SPEECH_SHARE = 0.02
_WORD = re.compile(r"[\W_]*[^\W_]+")
_SEPARATORS = " _-.,()[]"


@dataclass(frozen=True)
class SpeechUnit:
    """The speech of one channel in one window, recognised by one worker.

    Attributes:
        window, channel: where it stands in the recording.
        start_s, duration_s: of the window, in the recording.
        share: the unit's part of the window's work, in (0, 1].
    """

    window: int
    channel: int
    start_s: float
    duration_s: float
    share: float
    samples: Samples
    languages: WindowLanguages


@dataclass
class _Channel:
    """What was heard on one channel so far, by window; times are those of the recording."""

    chooser: LanguageChooser
    heard: dict[int, list[HeardSegment]] = field(default_factory=dict)
    speech_s: float = 0.0

    def in_order(self) -> list[HeardSegment]:
        """Return all that was heard, window after window."""
        return [item for _, items in sorted(self.heard.items()) for item in items]


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
    listener = Listener(source, engine, config, attendance=attendance, on_heard=on_heard)
    with closing(listener):
        while units := listener.next_units():
            for unit in units:
                listener.recognise(unit)
        return listener.transcript()


class Listener:
    """Hears one recording window by window; several threads may share the work.

    `next_units` decodes, finds the speech and chooses its language: one thread at a time, in order.
    `recognise` is the long part and takes any unit on any thread. What comes out is the same
    however the units are shared out.
    """

    def __init__(
        self,
        source: SourceFile,
        engine: SpeechEngine,
        config: TranscribeConfig,
        *,
        attendance: Attendance | None = None,
        on_heard: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Take a recording; nothing is read yet.

        Raises:
            ModelError: the recogniser knows none of the declared languages.
        """
        self.source = source
        self._engine = engine
        self._config = config
        self._attendance = attendance or Attendance()
        self._languages = usable_languages(engine, config.languages)
        self._on_heard = on_heard
        self._heard_s: dict[tuple[int, int], float] = {}
        self._windows = _windows_of(source)
        self._n_windows = 0
        self._separate = False
        self._n_channels = 0
        self._kept: list[int] = []
        self._channels: list[_Channel] = []
        # Whether one of two channels holds noise alone, so that the other is all of the call.
        self._lone = False
        self._track = load_diarizer(config).track()
        self._duration_s = 0.0
        self._damage = ""

    def next_units(self) -> list[SpeechUnit]:
        """Return the speech of the next window, a unit a channel; empty at the end.

        Raises:
            RecordingError: the file can't be decoded.
        """
        window = next(self._windows, None)
        if window is None:
            return []
        if not self._n_channels:
            self._begin(window)
        self._damage = window.damage
        self._duration_s = window.start_s + window.duration_s
        if self._separate:
            streams: list[Samples] = [window.samples[i] for i in self._kept]
        else:
            streams = [mix_down(window.samples[self._kept])]
        spoken = [speech_probabilities(samples) for samples in streams]
        if not self._n_windows and self._separate and not window.apart:
            lone = _lone_channel(self.source.path, spoken)
            if lone is not None:
                self._lone, self._separate, self._kept = True, False, [lone]
                self._channels, streams, spoken = (
                    self._channels[:1],
                    [streams[lone]],
                    [spoken[lone]],
                )
        units = [
            self._unit(number, streams[number], spoken[number], window)
            for number in range(len(streams))
        ]
        self._n_windows += 1
        return units

    def recognise(self, unit: SpeechUnit) -> None:
        """Recognise what is said in a unit and keep it."""
        channel = self._channels[unit.channel]
        key = (unit.window, unit.channel)

        def on_heard(part: float) -> None:
            self._heard_s[key] = unit.duration_s * unit.share * part
            self._on_heard(sum(list(self._heard_s.values())))

        found = recognise_languages(self._engine, unit.samples, unit.languages, on_heard=on_heard)
        channel.heard[unit.window] = [
            HeardSegment(
                segment.moved(unit.start_s),
                language,
                level_db(unit.samples, segment.start_s, segment.end_s),
            )
            for segment, language in found
        ]
        on_heard(1.0)

    def transcript(self) -> Transcript:
        """Return the call, once every unit was recognised."""
        heard = [channel.in_order() for channel in self._channels]
        if self._separate:
            tracks = [self.source.tracks[i] for i in self._kept] if self.source.tracks else []
            said = attribute_channels(
                heard, tracks, self._attendance, seller_channel=self._config.seller_channel
            )
        else:
            said = attribute_voices(
                heard[0], self._track, self._attendance, may_be_alone=self._lone
            )
        utterances = [
            Utterance(speaker, s.start_s, s.end_s, s.language, s.text)
            for speaker, s in said.segments
        ]
        ordered = sorted(utterances, key=lambda u: (u.start_s, u.end_s, u.speaker))
        turns = make_turns(merge_utterances(ordered, gap_s=self._config.turn_gap_s), said.sides)
        quality = assess_quality(
            turns,
            Heard(
                duration_s=self._duration_s,
                speech_s=sum(channel.speech_s for channel in self._channels),
                mean_log_probability=_mean_log_probability([s for _, s in said.segments]),
                n_dropped_characters=sum(len(drop.text) for drop in said.dropped),
                damage=self._damage,
            ),
        )
        title, started_at = recording_tags(self.source)
        log.info(
            "recording done: call=%s seconds=%.0f channels=%d turns=%d dropped=%d grade=%s",
            *(self.source.call_id, self._duration_s, self._n_channels),
            *(len(turns), len(said.dropped), quality.grade),
        )
        return Transcript(
            call_id=self.source.call_id,
            call=call_name(self.source),
            duration_s=round(self._duration_s, 3),
            channels=self._n_channels,
            languages=languages_of(turns),
            model=self._engine.name,
            quality=quality,
            turns=turns,
            participants=self._attendance.participants,
            dropped=said.dropped,
            partial=bool(self._damage),
            title=title,
            started_at=started_at,
        )

    def close(self) -> None:
        """Close the file."""
        self._windows.close()

    def _begin(self, window: AudioWindow) -> None:
        """Decide about the channels by the first window."""
        self._n_channels = int(window.samples.shape[0])
        self._kept = list(range(self._n_channels))
        if window.apart:
            # In a file a person somebody may be silent for long; an unused track always is.
            keep_silent = bool(self.source.tracks)
            self._kept = distinct_channels(window.samples, keep_silent=keep_silent) or self._kept
            self._separate = len(self._kept) > 1
        else:
            self._separate = self._n_channels == 2 and channels_differ(
                self.source.path, window.samples
            )
        self._channels = [
            _Channel(LanguageChooser(self._engine, self._languages))
            for _ in range(len(self._kept) if self._separate else 1)
        ]

    def _unit(
        self, number: int, samples: Samples, spoken: Probabilities, window: AudioWindow
    ) -> SpeechUnit:
        channel = self._channels[number]
        n_samples = samples.shape[0]
        pieces = find_speech(spoken, n_samples, min_silence_ms=self._config.min_silence_ms)
        if not self._separate:
            voices = find_speech(spoken, n_samples, min_silence_ms=VOICE_SILENCE_MS)
            self._track.add(samples, voices)
        channel.speech_s += speech_seconds(pieces)
        return SpeechUnit(
            window=self._n_windows,
            channel=number,
            start_s=window.start_s,
            duration_s=window.duration_s,
            share=1.0 / len(self._channels),
            samples=samples,
            languages=channel.chooser.choose(samples, pieces),
        )


def _lone_channel(path: Path, spoken: Sequence[Probabilities]) -> int | None:
    """Return the channel that all speech of a recording is on, where the other holds noise alone.

    Args:
        path: the recording; read on where one channel is without speech at first, for a customer
            may be on hold, or join late.
        spoken: probabilities of speech of both channels in the first window.
    """
    speech = [_speech_seconds(probabilities) for probabilities in spoken]
    less_s, more_s = sorted(speech)
    if more_s == 0.0 or less_s >= min(_FEW_SPEECH_S, _FEW_SPEECH_SHARE * more_s):
        return None
    lone = speech.index(more_s)
    with closing(read_windows(path)) as windows:
        for window in islice(windows, 1, None):
            less_s += _speech_seconds(speech_probabilities(window.samples[1 - lone]))
            if less_s >= _FEW_SPEECH_S:
                return None
    return lone


def _speech_seconds(spoken: Probabilities) -> float:
    n_samples = spoken.shape[0] * WINDOW_SAMPLES
    return speech_seconds(find_speech(spoken, n_samples, min_silence_ms=VOICE_SILENCE_MS))


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


def _windows_of(source: SourceFile) -> Generator[AudioWindow, None, None]:
    if len(source.tracks) < 2:
        return read_windows(source.path)
    return read_tracks([track.path for track in source.tracks])


def _mean_log_probability(segments: Iterable[Segment]) -> float | None:
    """Return the mean over segments, weighted by characters; None where there is nothing."""
    weighted = [(len(s.text), s.mean_log_probability) for s in segments]
    total = sum(n for n, _ in weighted)
    return sum(n * value for n, value in weighted) / total if total else None
