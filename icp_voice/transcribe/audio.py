"""Decode recordings piece by piece: hours of sound never stand in memory at once.

Decoded audio of long files is what kills a process (faster-whisper #373), so it comes in windows
of bounded length, cut where it is quietest. 16 kHz float32, as Whisper takes it.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from icp_voice.errors import RecordingError
from icp_voice.media import open_audio, undecodable
from icp_voice.transcribe.decoding import SAMPLING_RATE_HZ, Samples, SoundStream

__all__ = [
    "SAMPLING_RATE_HZ",
    "AudioWindow",
    "Samples",
    "channels_differ",
    "distinct_channels",
    "is_dual_mono",
    "mix_down",
    "quietest_cut",
    "read_tracks",
    "read_windows",
]

MAX_WINDOW_S = 300.0
# Screen recorders have up to six tracks (OBS).
MAX_STREAMS = 6
_CUT_SEARCH_S = 60.0
_FRAME_S = 0.1
# Channels that differ by less than this share of their energy are one signal recorded twice.
_DUAL_MONO_CORRELATION = 0.97
_MAX_DELAY_S = 0.05
# 40 dB below the other channel: nobody speaks there.
_SILENT_RATIO = 1e-4
# Where a part of a mix is loud, the mix is hardly anything else; an echo in another's microphone is
# a good deal weaker.
_HELD_FRAME_S = 0.25
_SPOKEN_SHARE = 0.1
_HELD_CORRELATION = 0.9
_HELD_GAIN = 0.35
# An offset of half a percent of full scale is worth taking away.
_MIN_OFFSET = 0.005


@dataclass(frozen=True)
class AudioWindow:
    """A piece of a recording.

    Attributes:
        samples: float32 of shape (channels, samples) in [-1, 1] at 16 kHz.
        start_s: where the piece begins in the recording.
        apart: the channels are files or streams of their own, not the two of one stream.
        damage: in words, what of the recording is missing; told by the last window.
    """

    samples: Samples
    start_s: float
    apart: bool = False
    damage: str = ""

    @property
    def duration_s(self) -> float:
        """Length of the piece in seconds."""
        return float(self.samples.shape[1]) / SAMPLING_RATE_HZ

    @property
    def partial(self) -> bool:
        """The recording broke off before its end."""
        return bool(self.damage)


def read_windows(
    path: Path, *, max_window_s: float = MAX_WINDOW_S
) -> Generator[AudioWindow, None, None]:
    """Yield a recording's windows from start to end, without gap or overlap.

    One and two channels are kept apart, more are mixed down to one; where a file holds several
    streams of sound (a screen recorder's microphone and computer), each comes as one channel.
    What is damaged becomes silence; a recording that breaks off gives what there is, and the last
    window says so.

    Raises:
        RecordingError: the file can't be decoded, or holds not a single sample.
    """
    with ExitStack() as stack:
        streams = _open_streams(stack, path)
        for samples, start_s, last in _windows(streams, max_window_s):
            if last and start_s == 0.0 and samples.shape[1] == 0:
                raise undecodable(path)
            broken = next(filter(None, (stream.breaks_off() for stream in streams)), "")
            damage = f"the recording {broken}" if last and broken else ""
            yield AudioWindow(samples, start_s, len(streams) > 1, damage)


def read_tracks(
    paths: Sequence[Path], *, max_window_s: float = MAX_WINDOW_S
) -> Generator[AudioWindow, None, None]:
    """Yield the windows of a call recorded in one file a person; a channel each, in their order.

    The files begin together; one that is shorter is silent from its end on. A file that can't be
    read leaves its channel silent, and the last window says so.

    Raises:
        RecordingError: none of the files can be decoded.
    """
    with ExitStack() as stack:
        streams: dict[int, SoundStream] = {}
        errors: list[RecordingError] = []
        for channel, path in enumerate(paths):
            try:
                container, stream = stack.enter_context(open_audio(path))
            except RecordingError as error:
                errors.append(error)
            else:
                streams[channel] = SoundStream(path, container, stream, mono=True)
        if not streams:
            raise errors[0]
        for found, start_s, last in _windows(list(streams.values()), max_window_s):
            if last and start_s == 0.0 and found.shape[1] == 0:
                raise undecodable(paths[0])
            samples = found
            if len(streams) < len(paths):
                samples = np.zeros((len(paths), found.shape[1]), dtype=np.float32)
                samples[list(streams)] = found
            damage = _damage_of_tracks(paths, streams) if last else ""
            yield AudioWindow(samples, start_s, apart=True, damage=damage)


def is_dual_mono(samples: Samples) -> bool:
    """Tell whether two channels carry one signal, or one of them carries nothing.

    Gain, polarity and a delay of up to 50 ms between them (two lines of a mixer) do not matter.

    Args:
        samples: shape (2, samples).
    """
    products = np.einsum("is,js->ij", samples, samples, dtype=np.float64)
    left, right = float(products[0, 0]), float(products[1, 1])
    if max(left, right) == 0.0 or min(left, right) < _SILENT_RATIO * max(left, right):
        return True
    delayed = abs(_correlation_at_best_delay(samples[0], samples[1]))
    return bool(delayed >= _DUAL_MONO_CORRELATION * (left * right) ** 0.5)


def _correlation_at_best_delay(left: Samples, right: Samples) -> float:
    """Return the largest scalar product of two signals shifted by up to 50 ms, with its sign."""
    reach = int(_MAX_DELAY_S * SAMPLING_RATE_HZ)
    size = 1 << 19
    block = size - 2 * reach
    total = np.zeros(2 * reach + 1)
    # The products of each block with the other channel's samples around it, added up.
    for first in range(0, left.shape[0], block):
        part = left[first : first + block]
        begin = max(0, first - reach)
        around = right[begin : first + block + reach]
        around = np.pad(around, (reach - (first - begin), 0))
        spectrum = np.fft.rfft(around, size) * np.conj(np.fft.rfft(part, size))
        total += np.fft.irfft(spectrum, size)[: 2 * reach + 1]
    return float(total[np.abs(total).argmax()])


def channels_differ(path: Path, first: Samples) -> bool:
    """Tell whether a recording's two channels carry a signal each.

    Args:
        path: the recording; read on where one channel is silent at first, for a customer may be on
            hold, or join late.
        first: its first window, shape (2, samples).
    """
    if not is_dual_mono(first):
        return True
    power = np.einsum("cs,cs->c", first, first, dtype=np.float64)
    if power.min() >= _SILENT_RATIO * power.max() > 0:
        return False
    return any(not is_dual_mono(window.samples) for window in read_windows(path))


def distinct_channels(samples: Samples, *, keep_silent: bool) -> list[int]:
    """Return the channels that carry voices of their own, of streams recorded side by side.

    Screen recorders write the mix beside the microphone and the computer's sound. A mix is left
    out where its parts are there, and a part where there is nothing else beside the mix.

    Args:
        samples: shape (channels, samples).
        keep_silent: a channel may be silent because its speaker is, as in a file a person.
    """
    power = np.einsum("cs,cs->c", samples, samples, dtype=np.float64)
    floor = _SILENT_RATIO * power.max()
    loud = [i for i in range(samples.shape[0]) if power[i] > floor]
    inside = {i: {j for j in loud if j != i and _holds(samples[i], samples[j])} for i in loud}
    twins = {i for i in loud for j in inside[i] if j < i and i in inside[j]}
    mixes = {i for i in loud if len(inside[i] - twins) > 1} - twins
    parts = {j for i in loud if i not in mixes | twins for j in inside[i]}
    left_out = twins | mixes | parts
    return [
        i
        for i in range(samples.shape[0])
        if i not in left_out and (keep_silent or power[i] > floor)
    ]


def mix_down(samples: Samples) -> Samples:
    """Return the mean of the channels, shape (samples,); a silent channel does not halve it."""
    if samples.shape[0] == 1:
        only: Samples = samples[0]
        return only
    power = np.einsum("cs,cs->c", samples, samples, dtype=np.float64)
    loud = power >= _SILENT_RATIO * power.max()
    mixed: Samples = samples[loud].mean(axis=0, dtype=np.float32)
    return mixed


def _holds(whole: Samples, part: Samples) -> bool:
    """Tell whether one channel's sound is in another, at about its own loudness, not as an echo."""
    n = int(_HELD_FRAME_S * SAMPLING_RATE_HZ)
    n_frames = whole.shape[0] // n
    if n_frames == 0:
        return False
    both = (x[: n_frames * n].reshape(n_frames, n) for x in (whole, part))
    whole_frames, part_frames = both
    energy = np.einsum("fn,fn->f", part_frames, part_frames, dtype=np.float64)
    spoken = energy > _SPOKEN_SHARE * np.percentile(energy, 95)
    if not spoken.any():
        return False
    shared = np.einsum("fn,fn->f", whole_frames, part_frames, dtype=np.float64)[spoken]
    power = np.einsum("fn,fn->f", whole_frames, whole_frames, dtype=np.float64)[spoken]
    gain = shared / energy[spoken]
    correlation = shared / np.sqrt(np.maximum(power * energy[spoken], 1e-12))
    return bool(np.median(correlation) >= _HELD_CORRELATION and np.median(gain) >= _HELD_GAIN)


def _open_streams(stack: ExitStack, path: Path) -> list[SoundStream]:
    """Open every stream of sound in a file; each of several is read through the file by itself."""
    container, stream = stack.enter_context(open_audio(path))
    n_streams = min(len(container.streams.audio), MAX_STREAMS)
    if n_streams == 1:
        return [SoundStream(path, container, stream)]
    streams = [SoundStream(path, container, stream, mono=True)]
    for index in range(1, n_streams):
        opened = stack.enter_context(open_audio(path, stream_index=index))
        streams.append(SoundStream(path, *opened, mono=True))
    return streams


def _windows(
    streams: Sequence[SoundStream], max_window_s: float
) -> Iterator[tuple[Samples, float, bool]]:
    """Yield (samples, start in seconds, whether it is the last) of streams read side by side."""
    # The memory of a window is that of two channels, however many there are.
    n_max = int(max_window_s * SAMPLING_RATE_HZ * 2 / max(2, len(streams)))
    n_done = 0
    last = False
    while not last:
        parts = [stream.pending(n_max) for stream in streams]
        last = all(stream.ended and stream.n_pending <= n_max for stream in streams)
        samples = parts[0] if len(parts) == 1 else _side_by_side(parts)
        cut = samples.shape[1] if last else quietest_cut(samples, n_max)
        for stream in streams:
            stream.take(cut)
        yield _without_offset(samples[:, :cut]), n_done / SAMPLING_RATE_HZ, last
        n_done += cut


def _side_by_side(parts: Sequence[Samples]) -> Samples:
    """Return mono streams as channels; one that has ended is silent."""
    samples = np.zeros((len(parts), max(part.shape[1] for part in parts)), dtype=np.float32)
    for row, part in zip(samples, parts, strict=True):
        row[: part.shape[1]] = part[0]
    return samples


def _without_offset(samples: Samples) -> Samples:
    """Return samples around zero; changes them in place.

    Cheap line cards add a constant, which makes two voices look alike and silence look like sound.
    """
    if samples.shape[1]:
        offsets = samples.mean(axis=1, dtype=np.float64).astype(np.float32)
        if np.abs(offsets).max() > _MIN_OFFSET:
            samples -= offsets[:, None]
    return samples


def _damage_of_tracks(paths: Sequence[Path], streams: Mapping[int, SoundStream]) -> str:
    """Return in words what of a call's files is missing."""
    damage = []
    for channel, path in enumerate(paths):
        if channel not in streams:
            damage.append(f"{path.name} can't be read, so what was said there is missing")
        elif broken := streams[channel].breaks_off():
            damage.append(f"{path.name} {broken}")
    return "; ".join(damage)


def quietest_cut(samples: Samples, n_max: int) -> int:
    """Return the sample to cut at: the quietest half second of the last minute before n_max."""
    frame = int(_FRAME_S * SAMPLING_RATE_HZ)
    first = n_max - min(n_max // 2, int(_CUT_SEARCH_S * SAMPLING_RATE_HZ))
    tail = np.abs(samples[:, first:n_max]).max(axis=0)
    n_frames = tail.shape[0] // frame
    if n_frames < 5:
        return n_max
    loudness = tail[: n_frames * frame].reshape(n_frames, frame).mean(axis=1)
    smooth = np.convolve(loudness, np.ones(5), mode="valid")
    return first + (int(np.argmin(smooth)) + 2) * frame + frame // 2
