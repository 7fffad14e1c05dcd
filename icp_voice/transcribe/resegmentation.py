"""Decide anew, frame by frame, which of some voices speaks: Gaussians, voice prints, and Viterbi.

A frame's score is the log-density of its spectrum under the Gaussian of a voice's frames and the
likeness of its voice print to the voice's; changing the speaker has a price, lower at a pause
(Reynolds & Torres-Carrasquillo, 2005).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.intp]
Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]

_PRIOR_FRAMES = 50.0
# Price of a change of speaker in log-likelihood: within speech, and where a pause lies.
_CHANGE_PRICE = 60.0
_CHANGE_PRICE_AT_PAUSE = 8.0
_PAUSE_FRAMES = 12
_BLOCK_FRAMES = 50_000
_ENOUGH_FRAMES = 30_000
# One frame may speak for a voice by this much log-likelihood at most.
_MAX_SPECTRAL_ADVANTAGE = 6.0
_MAX_PRINT_ADVANTAGE = 3.0
# Log-likelihood that a cosine is worth; also when solutions are compared.
PRINT_WEIGHT = 4.0
# Fewer frames of voice are no voice: 1.2 seconds.
MIN_VOICE_FRAMES = 60


@dataclass(frozen=True)
class Speech:
    """The frames of speech of a recording, one after the other.

    Attributes:
        at: shape (n,), each frame's number in the recording (20 ms).
        loud: shape (n,), voice enough to judge.
        spectra: shape (n, features), of mean 0 and spread 1.
        prints: shape (prints, 64), the voice around each tenth of a second, its mean taken out.
        raw_prints: the same with the mean left in.
        print_of: shape (n,), the print that covers each frame.
    """

    at: Labels
    loud: Flags
    spectra: Halves
    prints: Floats
    raw_prints: Halves
    print_of: Labels


@dataclass(frozen=True)
class Voices:
    """What some voices are like: a Gaussian and the middle of the prints of each."""

    means: tuple[Doubles, ...]
    covariances: tuple[Doubles, ...]
    centres: Floats


def learn_voices(speech: Speech, labels: Labels) -> Voices | None:
    """Return the voices of labelled frames (0, 1, ...); None where one has next to nothing."""
    means, covariances, centres = [], [], []
    for voice in range(int(labels.max()) + 1):
        own = speech.loud & (labels == voice)
        if own.sum() < MIN_VOICE_FRAMES:
            return None
        frames = _some(speech.spectra, own)
        means.append(frames.mean(axis=0, dtype=np.float64))
        covariances.append(covariance(frames, own_share(int(own.sum()))))
        weights = np.bincount(speech.print_of[own], minlength=speech.prints.shape[0])
        centre = weights.astype(np.float32) @ speech.prints / np.float32(own.sum())
        centres.append(centre / max(float(np.linalg.norm(centre)), 1e-6))
    return Voices(tuple(means), tuple(covariances), np.array(centres, dtype=np.float32))


def resegment(speech: Speech, voices: Voices) -> Labels:
    """Return the voice of every frame of speech."""
    likeness = speech.prints @ voices.centres.T * PRINT_WEIGHT
    likeness = np.maximum(likeness - likeness.max(axis=1, keepdims=True), -_MAX_PRINT_ADVANTAGE)
    scores = likeness[speech.print_of].astype(np.float64)
    for first in range(0, speech.at.size, _BLOCK_FRAMES):
        loud = first + np.flatnonzero(speech.loud[first : first + _BLOCK_FRAMES])
        frames = speech.spectra[loud].astype(np.float32)
        spectral = np.column_stack(
            [
                _log_density(frames, mean, shape)
                for mean, shape in zip(voices.means, voices.covariances, strict=True)
            ]
        )
        spectral -= spectral.max(axis=1, keepdims=True)
        scores[loud] += np.maximum(spectral, -_MAX_SPECTRAL_ADVANTAGE)
    return _viterbi(scores, speech.at)


def explained(speech: Speech, labels: Labels) -> float:
    """Return how much better voices explain the frames than one: log-likelihood a frame."""
    loud = speech.loud
    n_loud = int(loud.sum())
    total = 0.5 * log_determinant(_some(speech.spectra, loud), own_share(n_loud))
    for voice in np.unique(labels):
        own = loud & (labels == voice)
        n_own = int(own.sum())
        if n_own < MIN_VOICE_FRAMES:
            continue
        frames = _some(speech.spectra, own)
        total -= 0.5 * n_own / n_loud * log_determinant(frames, own_share(n_own))
        prints = speech.prints[speech.print_of[own]].sum(axis=0)
        total += PRINT_WEIGHT * float(np.linalg.norm(prints)) / n_loud
    return float(total)


def _some(spectra: Halves, chosen: Flags) -> Floats:
    """Return the chosen frames, evenly thinned where they are more than a Gaussian needs."""
    at = np.flatnonzero(chosen)
    return spectra[at[:: 1 + at.size // _ENOUGH_FRAMES]].astype(np.float32)


def own_share(n_frames: int) -> float:
    """Return how far a covariance of so many frames is trusted, in (0, 1)."""
    return n_frames / (n_frames + _PRIOR_FRAMES)


def covariance(frames: Floats, share: float) -> Doubles:
    """Return the covariance, drawn towards the unit one so that few seconds suffice."""
    unit = np.eye(frames.shape[1])
    return np.asarray(share * np.cov(frames, rowvar=False, dtype=np.float64) + (1 - share) * unit)


def log_determinant(frames: Floats, share: float) -> float:
    """Return the logarithm of the covariance's determinant."""
    return float(np.linalg.slogdet(covariance(frames, share))[1])


def _log_density(at: Floats, mean: Doubles, shape: Doubles) -> Doubles:
    """Return the log-density of a Gaussian at some frames, without the constant."""
    lower = np.linalg.cholesky(shape)
    scaled = np.linalg.solve(lower, (at - mean).T)
    return np.asarray(-0.5 * (scaled**2).sum(axis=0) - float(np.log(np.diag(lower)).sum()))


def _viterbi(scores: Doubles, at: Labels) -> Labels:
    """Return the best sequence of voices.

    Args:
        scores: shape (n, voices), log-likelihoods.
        at: shape (n,), the frames' numbers; a jump is a pause.
    """
    pause = np.diff(at, prepend=at[0]) >= _PAUSE_FRAMES
    price = np.where(pause, _CHANGE_PRICE_AT_PAUSE, _CHANGE_PRICE)
    # Plain lists: numpy's price a call is far more than two to four additions.
    score = scores[0].tolist()
    came_from: list[list[int]] = [[0] * len(score)]
    stay = list(range(len(score)))
    for frame, change_price in zip(scores[1:].tolist(), price[1:].tolist(), strict=True):
        most = max(score)
        best, changed = score.index(most), most - change_price
        came_from.append([k if score[k] >= changed else best for k in stay])
        score = [max(score[k], changed) + frame[k] for k in stay]
    labels = np.empty(at.size, dtype=np.intp)
    current = score.index(max(score))
    for i in range(at.size - 1, -1, -1):
        labels[i] = current
        current = came_from[i][current]
    return labels
