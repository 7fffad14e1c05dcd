"""Voice prints: a small network that says in 64 numbers whose voice a second of sound is.

A time-delay network with attentive statistics pooling, as x-vectors (Snyder et al., 2018; Okabe et
al., 2018), of 210,000 parameters, run with numpy. It was trained on synthetic voices only
(models/recipe/voices_*.py), to tell the voices of one recording apart on a telephone's band.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from icp_voice.errors import IcpVoiceError, ModelError
from icp_voice.files import hash_content
from icp_voice.resources import resource_path
from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.voices import mel_bands

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

N_BANDS = 32
N_PRINT = 64
# Two frames of 10 ms are one of the program's 20 ms.
STRIDE = 2
_HOP, _SIZE = SAMPLING_RATE_HZ // 100, 512
_LOWEST_HZ, _HIGHEST_HZ = 80.0, 3800.0
_BLOCK_FRAMES = 8192
# The network sees so many frames of 10 ms before and after each it gives out.
_BEFORE, _AFTER = 14, 16
_LAYERS = (("c1", 1, 2), ("c2", 1, 1), ("c3", 2, 1), ("c4", 3, 1), ("c5", 1, 1))


def log_mel(samples: Samples) -> Bytes:
    """Return log mel power at 100 frames a second, centred on k * 10 ms; shape (frames, 32).

    In steps of 0.1 from -14, a byte each (`from_bytes`): hours of it are kept.
    """
    padded = np.pad(samples.astype(np.float32, copy=False), (_SIZE // 2, _SIZE // 2))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_HOP]
    window = np.hanning(_SIZE).astype(np.float32)
    bands = mel_bands(_SIZE, N_BANDS, _LOWEST_HZ, _HIGHEST_HZ).astype(np.float32).T
    mel = np.empty((frames.shape[0], N_BANDS), dtype=np.uint8)
    for first in range(0, frames.shape[0], _BLOCK_FRAMES):
        block = frames[first : first + _BLOCK_FRAMES]
        power = (np.abs(np.fft.rfft(block * window)) ** 2).astype(np.float32)
        level = np.log(power @ bands + 1e-6)
        mel[first : first + block.shape[0]] = np.clip(np.round((level + 14.0) * 10.0), 0, 255)
    return mel


def from_bytes(mel: Bytes) -> Floats:
    """Return the log mel power that bytes stand for."""
    return np.asarray(mel.astype(np.float32) / 10.0 - 14.0, dtype=np.float32)


class VoicePrinter:
    """The loaded network."""

    def __init__(self, weights: Mapping[str, NDArray[np.float16]]) -> None:
        """Take the arrays of `weights.npz`."""
        self._weights = {name: np.asarray(array, np.float32) for name, array in weights.items()}

    def frames(self, mel: Floats, first: int, last: int) -> tuple[Floats, Floats]:
        """Return hidden features (n, 192) and attention (n,) of the 20 ms frames of a stretch.

        Args:
            mel: the recording's log mel power without its mean, shape (frames of 10 ms, 32).
            first: its first frame of 20 ms.
            last: the frame behind its last.
        """
        wanted = np.arange(first * STRIDE - _BEFORE, last * STRIDE + _AFTER - 1)
        x = mel[np.clip(wanted, 0, mel.shape[0] - 1)].astype(np.float32)
        for name, dilation, stride in _LAYERS:
            x = self._layer(x, name, dilation, stride)
        x = x[: last - first]
        return x, x @ self._weights["att.w"] + self._weights["att.b"]

    def _layer(self, x: Floats, name: str, dilation: int, stride: int) -> Floats:
        kernel = self._weights[f"{name}.w"]
        size = kernel.shape[0]
        n_out = (x.shape[0] - dilation * (size - 1) - 1) // stride + 1
        total = np.zeros((n_out, kernel.shape[2]), dtype=np.float32)
        for tap in range(size):
            total += x[tap * dilation :: stride][:n_out] @ kernel[tap]
        y = np.maximum(total + self._weights[f"{name}.b"], 0.0)
        return np.asarray(y * self._weights[f"{name}.scale"] + self._weights[f"{name}.shift"])

    def prints(
        self,
        mel: Floats,
        stretch: tuple[int, int],
        loud: Flags,
        windows: Sequence[tuple[int, int]],
    ) -> Floats:
        """Return the prints, of length 1, of windows inside one stretch of speech.

        Args:
            mel: the recording's log mel power without its mean.
            stretch: first frame of 20 ms, and the one behind the last.
            loud: shape (frames of the stretch,); the others count little.
            windows: (first, end) frames within the stretch.
        """
        hidden, attention = self.frames(mel, *stretch)
        weight = np.exp(attention - attention.max()) * np.where(loud, 1.0, 1e-3)
        weighted = hidden * weight[:, None]
        sums = [_running(weight[:, None]), _running(weighted), _running(weighted * hidden)]
        first, end = np.asarray(windows, dtype=np.intp).reshape(-1, 2).T
        total, linear, square = (s[end] - s[first] for s in sums)
        mean = linear / total
        spread = np.sqrt(np.maximum(square / total - mean**2, 1e-4))
        out = np.concatenate([mean, spread], axis=1) @ self._weights["out.w"]
        out = out + self._weights["out.b"]
        return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True), dtype=np.float32)


def _running(values: Floats) -> NDArray[np.float64]:
    """Return the sums of all values before each, one longer than the values."""
    start = np.zeros((1, values.shape[1]))
    return np.concatenate([start, np.cumsum(values, axis=0, dtype=np.float64)])


@lru_cache(maxsize=1)
def load_voice_printer() -> VoicePrinter:
    """Load the shipped network.

    Raises:
        ModelError: it is missing from the installation, or damaged.
    """
    import tomllib

    try:
        manifest = resource_path("models", "manifest.toml").read_text(encoding="utf-8")
        entry = next(m for m in tomllib.loads(manifest)["model"] if m["task"] == "voices")
        file = entry["files"][0]
        path = resource_path("models", entry["folder"], file["path"])
    except (IcpVoiceError, StopIteration) as error:
        message = "The voice model is missing from this installation. Reinstall icp-voice."
        raise ModelError(message) from error
    if hash_content(path) != file["sha256"]:
        raise ModelError(f"The voice model {path.name} is damaged. Reinstall icp-voice.")
    with np.load(path) as arrays:
        return VoicePrinter({name: arrays[name] for name in arrays.files})


def split_stretch(first: int, last: int, longest: int) -> Iterator[tuple[int, int]]:
    """Yield parts of about equal length, none longer than told.

    Examples:
        >>> list(split_stretch(0, 10, 4))
        [(0, 3), (3, 6), (6, 10)]
    """
    n_parts = -(-(last - first) // longest)
    edges = [first + (last - first) * i // n_parts for i in range(n_parts + 1)]
    yield from pairwise(edges)
