"""What a voice sounds like, frame by frame: cepstra of the spectrum's shape, and pitch.

Classical features, computed with numpy: no model to fetch. Mel-frequency cepstra follow Davis &
Mermelstein (1980); pitch is the peak of the normalised autocorrelation (Rabiner, 1977).
"""

import numpy as np
from numpy.typing import NDArray

from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.diarization import HOP_S

Floats = NDArray[np.float64]

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
        return np.zeros((0, N_FEATURES)), np.zeros(0, dtype=bool)
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::hop]
    window = np.hanning(size)
    bands = mel_bands(size, _N_BANDS, _LOWEST_HZ, _HIGHEST_HZ)
    cosines = _cosines()
    cepstra, pitches, energies = [], [], []
    for first in range(0, frames.shape[0], _BLOCK_FRAMES):
        block = frames[first : first + _BLOCK_FRAMES].astype(np.float64)
        power = np.abs(np.fft.rfft(block * window)) ** 2
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
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)))


def _to_mel(hz: float) -> float:
    return float(2595.0 * np.log10(1.0 + hz / 700.0))


def _cosines() -> Floats:
    """Return rows 1-19 of the cosine transform, shape (cepstra, bands)."""
    k = np.arange(1, N_FEATURES)[:, None]
    n = np.arange(_N_BANDS)[None, :]
    return np.asarray(np.cos(np.pi * k * (2 * n + 1) / (2 * _N_BANDS)) * np.sqrt(2.0 / _N_BANDS))


def _pitch(frames: Floats) -> Floats:
    """Return the natural logarithm of each frame's pitch in Hz; nan where it has none."""
    size = frames.shape[1]
    centred = frames - frames.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * size)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:, :size]
    # Fewer samples overlap at longer lags: divide that out.
    correlation /= np.arange(size, 0, -1)
    zero = correlation[:, :1].copy()
    shortest = int(SAMPLING_RATE_HZ / _PITCH_HZ[1])
    longest = min(size - 1, int(SAMPLING_RATE_HZ / _PITCH_HZ[0]))
    lags = correlation[:, shortest:longest] / np.maximum(zero, 1e-12)
    # Prefer short lags a little, against mistaking two periods for one.
    lags = lags * np.linspace(1.0, 0.85, lags.shape[1])
    best = lags.argmax(axis=1)
    peak = lags[np.arange(lags.shape[0]), best]
    return np.where(peak > _VOICED, np.log(SAMPLING_RATE_HZ / (shortest + best)), np.nan)


def _fill(pitch: Floats, loud: NDArray[np.bool_]) -> Floats:
    """Replace frames without pitch by the median of the ones around (0.5 s), else of all."""
    known = loud & ~np.isnan(pitch)
    if not known.any():
        return np.zeros_like(pitch)
    overall = float(np.median(pitch[known]))
    at = np.flatnonzero(known)
    reach = int(0.25 / HOP_S)
    filled = np.full_like(pitch, overall)
    first = np.searchsorted(at, np.arange(pitch.shape[0]) - reach)
    last = np.searchsorted(at, np.arange(pitch.shape[0]) + reach, side="right")
    for i in range(pitch.shape[0]):
        if last[i] > first[i]:
            filled[i] = np.median(pitch[at[first[i] : last[i]]])
    return filled
