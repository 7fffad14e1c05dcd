"""What a voice sounds like, frame by frame: cepstra of the spectrum's shape, and pitch.

Classical features, computed with numpy: no model to fetch. Mel-frequency cepstra follow Davis &
Mermelstein (1980); pitch is the peak of the normalised autocorrelation (Rabiner, 1977).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.diarization import HOP_S

Floats = NDArray[np.float32]

_FRAME_S = 0.032
_N_BANDS = 32
N_FEATURES = 20
_LOWEST_HZ, _HIGHEST_HZ = 80.0, 7600.0
_PITCH_HZ = (65.0, 400.0)
_VOICED = 0.45
_PITCH_WEIGHT = 2.0
_BLOCK_FRAMES = 1024


def voice_features(samples: Samples) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the features of each 20 ms frame and which frames carry a voice.

    Args:
        samples: float32 of shape (samples,), 16 kHz.

    Returns:
        Features of shape (frames, 20): cepstra 1-19 (without loudness) and the pitch's logarithm,
        which is that of the neighbours where a frame has none; and shape (frames,): loud enough.
    """
    hop = int(HOP_S * SAMPLING_RATE_HZ)
    size = int(_FRAME_S * SAMPLING_RATE_HZ)
    if samples.shape[0] < size:
        return np.zeros((0, N_FEATURES), dtype=np.float32), np.zeros(0, dtype=bool)
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::hop]
    window = np.hanning(size).astype(np.float32)
    bands = mel_bands(size, _N_BANDS, _LOWEST_HZ, _HIGHEST_HZ)
    cosines = _cosines()
    cepstra, pitches, energies = [], [], []
    for first in range(0, frames.shape[0], _BLOCK_FRAMES):
        block = frames[first : first + _BLOCK_FRAMES]
        power = _power(np.fft.rfft(block * window))
        cepstra.append(np.log(power @ bands.T + 1e-8) @ cosines.T)
        pitches.append(_pitch(block))
        energies.append(np.log(power.sum(axis=1) + 1e-8))
    energy = np.concatenate(energies)
    loud = energy > max(np.percentile(energy, 95) - 7.0, -12.0)
    pitch = _fill(np.concatenate(pitches), loud)
    return np.column_stack([np.concatenate(cepstra), pitch * _PITCH_WEIGHT]), loud


def mel_bands(size: int, n_bands: int, lowest_hz: float, highest_hz: float) -> Floats:
    """Return triangular filters of shape (bands, bins), evenly spaced in mel.

    Args:
        size: samples of a frame at 16 kHz.
        n_bands: number of filters.
        lowest_hz: where the first begins.
        highest_hz: where the last ends.
    """
    mels = np.linspace(_to_mel(lowest_hz), _to_mel(highest_hz), n_bands + 2)
    edges = 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    bins = np.fft.rfftfreq(size, 1.0 / SAMPLING_RATE_HZ)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


def _to_mel(hz: float) -> float:
    return float(2595.0 * np.log10(1.0 + hz / 700.0))


def _cosines() -> Floats:
    """Return rows 1-19 of the cosine transform, shape (cepstra, bands)."""
    k = np.arange(1, N_FEATURES)[:, None]
    n = np.arange(_N_BANDS)[None, :]
    cosines = np.cos(np.pi * k * (2 * n + 1) / (2 * _N_BANDS)) * np.sqrt(2.0 / _N_BANDS)
    return np.asarray(cosines, dtype=np.float32)


def _power(spectrum: NDArray[np.complexfloating[Any, Any]]) -> Floats:
    """Return the squared magnitude, without the root that `abs` takes."""
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


def _pitch(frames: Floats) -> Floats:
    """Return the natural logarithm of each frame's pitch in Hz; nan where it has none."""
    size = frames.shape[1]
    centred = frames - frames.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * size)
    correlation = np.fft.irfft(_power(spectrum))
    shortest = int(SAMPLING_RATE_HZ / _PITCH_HZ[1])
    longest = min(size - 1, int(SAMPLING_RATE_HZ / _PITCH_HZ[0]))
    lags = correlation[:, shortest:longest] / np.maximum(correlation[:, :1], 1e-12)
    # Fewer samples overlap at longer lags: divide that out. And prefer short lags a little, against
    # mistaking two periods for one.
    overlap = size / np.arange(size - shortest, size - longest, -1)
    lags *= (overlap * np.linspace(1.0, 0.85, lags.shape[1])).astype(np.float32)
    best = lags.argmax(axis=1)
    peak = lags[np.arange(lags.shape[0]), best]
    return np.where(peak > _VOICED, np.log(SAMPLING_RATE_HZ / (shortest + best)), np.nan)


def _fill(pitch: Floats, loud: NDArray[np.bool_]) -> Floats:
    """Replace frames without pitch by the median of the ones around (0.5 s), else of all."""
    known = loud & ~np.isnan(pitch)
    if not known.any():
        return np.zeros_like(pitch)
    overall = float(np.median(pitch[known]))
    reach = int(0.25 / HOP_S)
    padded = np.pad(np.where(known, pitch, np.nan), reach, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    has_some = ~np.isnan(around).all(axis=1)
    filled = np.full_like(pitch, overall)
    if has_some.any():
        filled[has_some] = _median_of_known(around[has_some])
    return filled


def _median_of_known(rows: Floats) -> Floats:
    """Return each row's median of what is not nan, of which there is some."""
    ordered = np.sort(rows, axis=1)  # nan comes last
    n_known = (~np.isnan(rows)).sum(axis=1)
    row = np.arange(rows.shape[0])
    middle = ordered[row, (n_known - 1) // 2] + ordered[row, n_known // 2]
    return np.asarray(middle / 2.0)
