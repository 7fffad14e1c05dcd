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


def tones(seconds: float, *hz: float, on_s: float = 0.0, off_s: float = 0.0) -> Samples:
    """Return a telephone's tone of some frequencies, steady or in a cadence."""
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    sound = sum(0.2 * np.sin(2 * np.pi * f * time) for f in hz)
    if on_s:
        sound = sound * (time % (on_s + off_s) < on_s)
    return np.asarray(sound, dtype=np.float32)


def noise(seconds: float, *, slope: float = 0.0, seed: int = 3) -> Samples:
    """Return noise whose amplitude falls with frequency ** slope: 0 is white, 0.5 is pink."""
    n = int(seconds * RATE_HZ)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(n))
    frequencies = np.maximum(np.fft.rfftfreq(n, 1 / RATE_HZ), 20.0)
    sound = np.fft.irfft(spectrum / frequencies**slope, n)
    return (0.2 * sound / np.abs(sound).max()).astype(np.float32)


def clicks(seconds: float, *, a_second: float, seed: int = 4) -> Samples:
    """Return short bursts of noise: a few a second are keys, a hundred are applause."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(int(seconds * RATE_HZ))
    for at in rng.integers(0, sound.size - 800, int(seconds * a_second)):
        sound[at : at + 800] += np.exp(-np.arange(800) / 80) * rng.standard_normal(800)
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def music(seconds: float, *, note_s: float, chord: bool = False, drum: bool = False) -> Samples:
    """Return plucked notes of a scale one after the other, or chords; with a drum if asked."""
    rng = np.random.default_rng(5)
    sound = np.zeros(int((seconds + 4) * RATE_HZ))
    scale = (0, 2, 4, 7, 9, 12)
    time = np.arange(int(2 * note_s * RATE_HZ)) / RATE_HZ
    for i in range(int(seconds / note_s)):
        at = int(i * note_s * RATE_HZ)
        step = scale[rng.integers(len(scale))]
        for interval in (0, 4, 7) if chord else (0,):
            pitch_hz = 261.6 * 2 ** ((step + interval) / 12)
            for harmonic in range(1, 6):
                wave_ = np.sin(2 * np.pi * pitch_hz * harmonic * time) / harmonic
                sound[at : at + time.size] += wave_ * np.exp(-2 * time / note_s)
        if drum:
            beat = np.exp(-30 * time) * rng.standard_normal(time.size)
            sound[at : at + time.size] += 2 * beat
    sound = sound[: int(seconds * RATE_HZ)]
    return (0.2 * sound / np.abs(sound).max()).astype(np.float32)


def dial(seconds: float, *, seed: int = 6) -> Samples:
    """Return random keys of a telephone, four a second (DTMF)."""
    rng = np.random.default_rng(seed)
    keys = [
        np.concatenate([tones(0.12, *pair), silence(0.13)])
        for pair in zip(
            rng.choice((697, 770, 852, 941), int(seconds * 4)),
            rng.choice((1209, 1336, 1477), int(seconds * 4)),
            strict=True,
        )
    ]
    return np.concatenate(keys)


def modem(seconds: float) -> Samples:
    """Return a fax: calling tone, answering tone, and two tones in turn 300 times a second."""
    n = int(seconds * RATE_HZ)
    bits = np.repeat(np.random.default_rng(8).integers(0, 2, n // 53 + 1), 53)[:n]
    data = 0.2 * np.sin(2 * np.pi * np.cumsum(np.where(bits, 1200, 2200)) / RATE_HZ)
    calling, answering = tones(seconds, 1100, on_s=0.5, off_s=3), tones(seconds, 2100)
    third = n // 3
    return np.concatenate(
        [calling[:third], answering[third : 2 * third], data[2 * third :]]
    ).astype(np.float32)


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
