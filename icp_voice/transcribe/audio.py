"""Decode recordings piece by piece: hours of sound never stand in memory at once.

Decoded audio of long files is what kills a process (faster-whisper #373), so it comes in windows
of bounded length, cut where it is quietest. 16 kHz float32, as Whisper takes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from icp_voice.media import open_audio, undecodable

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]

SAMPLING_RATE_HZ = 16_000
MAX_WINDOW_S = 600.0
_CUT_SEARCH_S = 60.0
_FRAME_S = 0.1
# A header may say a little more than is there; a second is rounding, more is a recording cut off.
_MISSING_S = 1.5
_MISSING_BYTES = 4096
_OGG_PAGE_BYTES = 65_536
# Channels that differ by less than this share of their energy are one signal recorded twice.
_DUAL_MONO_CORRELATION = 0.97
_MAX_DELAY_S = 0.05
# 40 dB below the other channel: nobody speaks there.
_SILENT_RATIO = 1e-4


@dataclass(frozen=True)
class AudioWindow:
    """A piece of a recording.

    Attributes:
        samples: float32 of shape (channels, samples) in [-1, 1] at 16 kHz.
        start_s: where the piece begins in the recording.
        partial: the recording broke off before its end; told by the last window.
    """

    samples: Samples
    start_s: float
    partial: bool = False

    @property
    def duration_s(self) -> float:
        """Length of the piece in seconds."""
        return float(self.samples.shape[1]) / SAMPLING_RATE_HZ


def read_windows(path: Path, *, max_window_s: float = MAX_WINDOW_S) -> Iterator[AudioWindow]:
    """Yield a recording's windows from start to end, without gap or overlap.

    One and two channels are kept apart, more are mixed down to one. Frames that are damaged are
    left out; a recording that breaks off gives what there is, and the last window says so.

    Raises:
        RecordingError: the file can't be decoded, or holds not a single sample.
    """
    with open_audio(path) as (container, stream):
        expected_s = float(stream.duration * stream.time_base) if stream.duration else 0.0
        cut_off = _is_cut_off(path)
        decoder = _Decoder(container, stream)
        pending: list[Samples] = []
        n_pending = n_done = 0
        n_max = int(max_window_s * SAMPLING_RATE_HZ)
        for block in decoder.blocks():
            pending.append(block)
            n_pending += block.shape[1]
            if n_pending >= n_max:
                samples = np.concatenate(pending, axis=1)
                cut = _quietest_cut(samples, n_max)
                yield AudioWindow(samples[:, :cut], n_done / SAMPLING_RATE_HZ)
                n_done += cut
                pending = [samples[:, cut:]]
                n_pending -= cut
    if n_done + n_pending == 0:
        raise undecodable(path)
    decoded_s = (n_done + n_pending) / SAMPLING_RATE_HZ
    short = expected_s > 0 and decoded_s < expected_s - _MISSING_S
    partial = decoder.broke_off or short or cut_off
    yield AudioWindow(np.concatenate(pending, axis=1), n_done / SAMPLING_RATE_HZ, partial)


def is_dual_mono(samples: Samples) -> bool:
    """Tell whether two channels carry one signal, or one of them carries nothing.

    Gain, polarity and a delay of up to 50 ms between them (two lines of a mixer) do not matter.

    Args:
        samples: shape (2, samples).
    """
    left, right = samples.astype(np.float64)
    energy_left, energy_right = float(left @ left), float(right @ right)
    louder = max(energy_left, energy_right)
    if louder == 0.0 or min(energy_left, energy_right) < _SILENT_RATIO * louder:
        return True
    correlation = abs(_correlation_at_best_delay(left, right))
    return bool(correlation >= _DUAL_MONO_CORRELATION * (energy_left * energy_right) ** 0.5)


def _correlation_at_best_delay(left: Floats, right: Floats) -> float:
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


def mix_down(samples: Samples) -> Samples:
    """Return the mean of the channels, shape (samples,); a silent channel does not halve it."""
    if samples.shape[0] == 1:
        only: Samples = samples[0]
        return only
    power = np.einsum("cs,cs->c", samples, samples, dtype=np.float64)
    loud = power >= _SILENT_RATIO * power.max()
    mixed: Samples = samples[loud].mean(axis=0, dtype=np.float32)
    return mixed


class _Decoder:
    """Decodes and resamples; `broke_off` tells afterwards whether the end was damaged."""

    def __init__(self, container: Any, stream: Any) -> None:
        import av

        self._container = container
        self._stream = stream
        self._error = av.error.FFmpegError
        self._layout = "stereo" if stream.codec_context.channels == 2 else "mono"
        self._resampler = av.AudioResampler("fltp", self._layout, SAMPLING_RATE_HZ)
        self.broke_off = False

    def blocks(self) -> Iterator[Samples]:
        """Yield float32 blocks of shape (channels, samples)."""
        for frame in self._frames():
            try:
                resampled = self._resampler.resample(frame)
            except (self._error, ValueError):
                # The format changed inside the file: begin a new resampler for the rest.
                import av

                self._resampler = av.AudioResampler("fltp", self._layout, SAMPLING_RATE_HZ)
                resampled = self._resampler.resample(frame)
            for piece in resampled:
                yield _to_float32(piece)
        for piece in self._resampler.resample(None):
            yield _to_float32(piece)

    def _frames(self) -> Iterator[Any]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except self._error:
                self.broke_off = True
                return
            try:
                frames = packet.decode()
            except self._error:
                self.broke_off = True
                continue
            for frame in frames:
                self.broke_off = False  # sound goes on: the damage was in the middle
                frame.pts = None
                yield frame


def _is_cut_off(path: Path) -> bool:
    """Tell whether a file ends before it should, where FFmpeg does not: in WAV and Ogg."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            # Recorders that write as they go leave the size 0 or the largest: that tells nothing.
            told = int.from_bytes(head[4:8], "little") + 8
            return 8 < told < 0xFFFFFFF0 and size < told - _MISSING_BYTES
        if head[:4] == b"OggS":
            file.seek(max(0, size - _OGG_PAGE_BYTES))
            return _last_page_is_cut(file.read())
    return False


def _last_page_is_cut(tail: bytes) -> bool:
    """Tell whether the last Ogg page lacks some of the bytes its table of lengths names."""
    at = tail.rfind(b"OggS")
    if at < 0:
        return False
    page = tail[at:]
    n_lengths = page[26] if len(page) > 26 else 255
    lengths = page[27 : 27 + n_lengths]
    return len(lengths) < n_lengths or len(page) < 27 + n_lengths + sum(lengths)


def _to_float32(frame: Any) -> Samples:
    samples: Samples = frame.to_ndarray().astype(np.float32, copy=False)
    return samples


def _quietest_cut(samples: Samples, n_max: int) -> int:
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
