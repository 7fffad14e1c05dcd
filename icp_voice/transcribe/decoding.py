"""One stream of sound, decoded a little at a time: 16 kHz float32, as Whisper takes it.

What is damaged or was never recorded becomes silence of the same length, so that what is said
after it keeps its time; a stream that ends before it should says so.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from icp_voice.media import told_duration_s
from icp_voice.transcribe.cut_off import missing_share

Samples = NDArray[np.float32]

SAMPLING_RATE_HZ = 16_000
# As faster-whisper decodes: the same samples, so the same words.
_FORMAT = "s16p"
# Timestamps of containers are rounded to milliseconds; less than this is no gap.
_MIN_GAP_S = 0.08
# A clock that jumps further says nothing, unless the header tells so long a recording.
_MAX_GAP_S = 3600.0
_SILENCE_BLOCK_S = 30.0


class SoundStream:
    """The sound of one stream, taken from its start to its end.

    Attributes:
        n_pending: samples that are decoded and not taken.
        ended: all there is has been decoded.
    """

    def __init__(self, path: Path, container: Any, stream: Any, *, mono: bool = False) -> None:
        """Take an open container and one of its streams.

        Args:
            path: the file.
            container: as `open_audio` yields it.
            stream: one of its streams of sound.
            mono: mix two channels down, too; more than two always are.
        """
        self._told_s, self._tolerance_s = told_duration_s(path, container, stream)
        self._missing_share = missing_share(path)
        n_channels = 2 if stream.codec_context.channels == 2 and not mono else 1
        self._decoder = _Decoder(container, stream, n_channels, self._told_s)
        self._blocks = self._decoder.blocks()
        self._pending: list[Samples] = []
        self.n_pending = 0
        self._n_taken = 0
        self.ended = False

    def pending(self, n_samples: int) -> Samples:
        """Return up to so many of the next samples, shape (channels, samples)."""
        while self.n_pending < n_samples and not self.ended:
            block = next(self._blocks, None)
            if block is None:
                self.ended = True
                break
            self._pending.append(block)
            self.n_pending += block.shape[1]
        if not self._pending:
            return self._decoder.silence(0)
        joined = np.concatenate(self._pending, axis=1)
        self._pending = [joined]
        return joined[:, :n_samples]

    def take(self, n_samples: int) -> None:
        """Pass over samples that `pending` has returned."""
        (joined,) = self._pending or [self._decoder.silence(0)]
        rest = joined[:, n_samples:].copy()
        self._n_taken += joined.shape[1] - rest.shape[1]
        self._pending, self.n_pending = [rest], rest.shape[1]

    def breaks_off(self) -> str:
        """Return in words where the stream ends before it should; "" where it is whole.

        Tells that only of a stream that has been taken to its end.
        """
        done_s = self._n_taken / SAMPLING_RATE_HZ
        if self._missing_share:
            return f"breaks off at {clock(done_s)} of {clock(done_s / (1.0 - self._missing_share))}"
        told_s = self._told_s
        if told_s > done_s + self._tolerance_s:
            return f"breaks off at {clock(done_s)} of {clock(told_s)}"
        if self._decoder.broke_off or self._missing_share is not None:
            return f"breaks off at {clock(done_s)}"
        return ""


def clock(seconds: float) -> str:
    """Return hours, minutes and seconds, without the hours where there are none.

    >>> clock(59.6), clock(3725)
    ('1:00', '1:02:05')
    """
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


class _Decoder:
    """Decodes and resamples; `broke_off` tells afterwards whether the end was damaged."""

    def __init__(self, container: Any, stream: Any, n_channels: int, told_s: float) -> None:
        import av

        self._container = container
        self._stream = stream
        self._error = av.error.FFmpegError
        self._n_channels = n_channels
        self._clock = _FrameClock(told_s)
        self.broke_off = False

    def blocks(self) -> Iterator[Samples]:
        """Yield float32 blocks of shape (channels, samples)."""
        resampler = self._resampler()
        for frame in self._frames():
            gap_s = self._clock.gap_before(frame)
            frame.pts = None
            if gap_s:
                yield from self._flush(resampler)
                yield from self._silences(gap_s)
                resampler = self._resampler()
            try:
                resampled = resampler.resample(frame)
            except (self._error, ValueError):
                # The rate or the channels changed inside the file: a new resampler for the rest.
                yield from self._flush(resampler)
                resampler = self._resampler()
                resampled = resampler.resample(frame)
            for piece in resampled:
                yield _to_float32(piece)
        yield from self._flush(resampler)

    def _resampler(self) -> Any:
        import av

        layout = "stereo" if self._n_channels == 2 else "mono"
        return av.AudioResampler(_FORMAT, layout, SAMPLING_RATE_HZ)

    def _flush(self, resampler: Any) -> Iterator[Samples]:
        try:
            rest = resampler.resample(None)
        except (self._error, ValueError):  # nothing was ever put in
            return
        for piece in rest:
            yield _to_float32(piece)

    def silence(self, n_samples: int) -> Samples:
        """Return so many samples of nothing."""
        return np.zeros((self._n_channels, n_samples), dtype=np.float32)

    def _silences(self, seconds: float) -> Iterator[Samples]:
        left = round(seconds * SAMPLING_RATE_HZ)
        while left > 0:
            n = min(left, int(_SILENCE_BLOCK_S * SAMPLING_RATE_HZ))
            yield self.silence(n)
            left -= n

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
                yield frame


class _FrameClock:
    """Finds what is missing between frames by their timestamps.

    Browsers and meeting servers leave out what is silence, or what was lost on the way: played
    without a break, all that is said after it would come too early.
    """

    def __init__(self, told_s: float) -> None:
        self._limit_s = max(_MAX_GAP_S, told_s)
        self._end_s: float | None = None
        self._late_s = 0.0

    def gap_before(self, frame: Any) -> float:
        """Return the seconds of silence that belong before a frame."""
        start_s, length_s = frame.time, frame.samples / (frame.sample_rate or 1)
        if start_s is None:
            self._end_s = None if self._end_s is None else self._end_s + length_s
            return 0.0
        gap_s = 0.0
        if self._end_s is not None:
            late_s = self._late_s + float(start_s) - self._end_s
            if late_s < -1.0 or late_s > self._limit_s:
                late_s = 0.0  # the clock was set anew
            if late_s >= _MIN_GAP_S:
                gap_s, late_s = late_s, 0.0
            self._late_s = late_s
        self._end_s = float(start_s) + length_s
        return gap_s


def _to_float32(frame: Any) -> Samples:
    samples: Samples = frame.to_ndarray().astype(np.float32) / 32768.0
    return samples
