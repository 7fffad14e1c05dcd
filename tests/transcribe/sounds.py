"""Small sounds that tests are made of: voices of pulses and formants, and how to write them."""

import wave
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
Samples = NDArray[np.float32]


def voice(seconds: float, *, pitch_hz: float, formants_hz: tuple[float, ...], seed: int) -> Samples:
    """Return a buzz with resonances: enough of a voice to be told from another."""
    rng = np.random.default_rng(seed)
    n = int(seconds * RATE_HZ)
    wobble = 1 + 0.06 * np.sin(2 * np.pi * 3.1 * np.arange(n) / RATE_HZ + rng.uniform(0, 6))
    phase = np.cumsum(2 * np.pi * pitch_hz * wobble / RATE_HZ)
    source = np.sign(np.sin(phase)) * 0.5 + 0.02 * rng.standard_normal(n)
    spectrum = np.fft.rfft(source)
    frequencies = np.fft.rfftfreq(n, 1 / RATE_HZ)
    shape = sum(1 / (1 + ((frequencies - f) / 120) ** 2) for f in formants_hz)
    sound = np.fft.irfft(spectrum * shape, n)
    syllables = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * np.arange(n) / RATE_HZ + rng.uniform(0, 6))
    sound = sound * syllables
    return (0.2 * sound / np.abs(sound).max()).astype(np.float32)


def low_voice(seconds: float, seed: int = 1) -> Samples:
    """A man, say."""
    return voice(seconds, pitch_hz=105, formants_hz=(500, 1100, 2300), seed=seed)


def high_voice(seconds: float, seed: int = 2) -> Samples:
    """A woman, say."""
    return voice(seconds, pitch_hz=210, formants_hz=(750, 1700, 2900), seed=seed)


def silence(seconds: float) -> Samples:
    """Nothing, for a while."""
    return np.zeros(int(seconds * RATE_HZ), dtype=np.float32)


def write_wav(path: Path, channels: Samples, *, rate_hz: int = RATE_HZ) -> Path:
    """Write float samples of shape (n,) or (channels, n) as 16-bit PCM."""
    data = np.atleast_2d(channels)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(data.shape[0])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((data.T * 32767).astype("<i2").tobytes())
    return path


def encode(
    path: Path,
    channels: Samples,
    *,
    codec: str,
    rate_hz: int = RATE_HZ,
    layout: str = "",
    bit_rate: int = 0,
    options: dict[str, str] | None = None,
    tags: dict[str, str] | None = None,
) -> Path:
    """Write float samples of shape (n,) or (channels, n) at 16 kHz with a codec of FFmpeg."""
    data = np.ascontiguousarray(np.atleast_2d(channels), dtype=np.float32)
    layout = layout or ("stereo" if data.shape[0] == 2 else "mono")
    with av.open(str(path), "w", options=options or {}) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream(codec, rate=rate_hz, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate
        mux(container, stream, data, layout)
    return path


def mux(container: Any, stream: Any, data: Samples, layout: str) -> None:
    """Put all samples into one stream of an open file."""
    rate_hz = stream.codec_context.sample_rate
    size = stream.codec_context.frame_size or None
    resampler = av.AudioResampler(stream.format.name, layout, rate_hz, frame_size=size)
    frame = av.AudioFrame.from_ndarray(data, "fltp", layout)
    frame.sample_rate = RATE_HZ
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        container.mux(stream.encode(piece))
    container.mux(stream.encode(None))
