"""Who speaks when on one channel: voices told apart without a model to fetch.

Speech is cut into short stretches, these are clustered (Ward) by their mean features, and the
clusters' Gaussians then re-decide every frame a few times, with a price on changing the
speaker: the classical chain of clustering, merging and Viterbi resegmentation (Reynolds &
Torres-Carrasquillo, 2005). Clusters that one Gaussian explains about as well as two are one voice
(Chen & Gopalakrishnan, 1998).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.diarization import (
    HOP_S,
    MAX_SPEAKERS,
    Diarization,
    Labels,
    VoiceTrack,
    in_order,
)
from icp_voice.transcribe.speech import Piece
from icp_voice.transcribe.voices import N_FEATURES, voice_features

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

_STRETCH_S = 1.2
_STEP_S = 0.6
_MAX_STRETCHES = 4000
_PRIOR_FRAMES = 50.0
_ROUNDS = 4
# Price of a change of speaker in log-likelihood: within speech, and where a pause lies.
_CHANGE_PRICE = 60.0
_CHANGE_PRICE_AT_PAUSE = 8.0
_PAUSE_S = 0.25
# One frame may speak for a voice by this much log-likelihood at most.
_MAX_ADVANTAGE = 6.0
_MIN_STRETCHES = 4
_MIN_SPEAKER_STRETCHES = 2
# Log-likelihood a frame that two Gaussians gain over one, less the penalty of the Bayesian
# information criterion times a half. Set on synthetic and telephone voices: at this threshold one
# of 45 pairs of voices is taken for one, and 2 of 59 voices for two.
_MIN_GAIN = 0.17
_PENALTY_WEIGHT = 0.5
_SPARE_CLUSTERS = 2


class BuiltInDiarizer:
    """Needs no model to fetch; nothing is shared between recordings."""

    def track(self) -> VoiceTrack:
        """Begin a recording."""
        return SpectralTrack()


class SpectralTrack:
    """The voices of one channel, gathered window by window; sound itself is not kept."""

    def __init__(self) -> None:
        self._features: list[Floats] = []
        self._used: list[Flags] = []
        self._speech: list[Flags] = []

    def add(self, samples: Samples, pieces: Sequence[Piece]) -> None:
        """Add the next window of a recording, without a gap to the one before.

        Args:
            samples: float32 of shape (samples,), 16 kHz.
            pieces: where somebody speaks in it.
        """
        features, loud = voice_features(samples)
        n_frames = round(samples.shape[0] / SAMPLING_RATE_HZ / HOP_S)
        speech = np.zeros(n_frames, dtype=bool)
        for piece in pieces:
            first = int(piece.start / SAMPLING_RATE_HZ / HOP_S)
            speech[first : int(piece.end / SAMPLING_RATE_HZ / HOP_S)] = True
        padded = np.zeros((n_frames, N_FEATURES), dtype=np.float32)
        used = np.zeros(n_frames, dtype=bool)
        n_known = min(n_frames, features.shape[0])
        padded[:n_known] = features[:n_known]
        used[:n_known] = loud[:n_known]
        self._features.append(padded)
        self._used.append(used & speech)
        self._speech.append(speech)

    def diarize(self, *, min_speakers: int = 1, max_speakers: int = MAX_SPEAKERS) -> Diarization:
        """Tell the voices of the whole recording apart; see `diarize`."""
        if not self._features:
            return Diarization(np.zeros(0, dtype=np.intp), 1)
        return diarize(
            np.concatenate(self._features),
            np.concatenate(self._used),
            np.concatenate(self._speech),
            min_speakers=min_speakers,
            max_speakers=max_speakers,
        )


def diarize(
    features: Floats,
    used: Flags,
    speech: Flags,
    *,
    min_speakers: int = 1,
    max_speakers: int = MAX_SPEAKERS,
) -> Diarization:
    """Return who speaks in each frame.

    Args:
        features: shape (frames, features), as `voice_features` gives them.
        used: shape (frames,), frames with voice enough to judge.
        speech: shape (frames,), frames in which somebody speaks.
        min_speakers: voices known to be there, however alike.
        max_speakers: no more voices are looked for.
    """
    stretches = _stretches(speech, used)
    if max_speakers < 2 or len(stretches) < _MIN_STRETCHES:
        return Diarization(np.where(speech, 0, -1).astype(np.intp), 1)
    centre, spread = features[used].mean(axis=0), features[used].std(axis=0)
    features = (features - centre) / np.maximum(spread, 1e-6)
    labels = _cluster(features, used, stretches, max_speakers + _SPARE_CLUSTERS)
    labels = _merge(features, used, labels, min_speakers, max_speakers)
    for _ in range(_ROUNDS):
        decided = _resegment(features, used, speech, labels)
        same = bool(np.array_equal(decided, labels))
        labels = decided
        if same:
            break
    return in_order(labels)


def _stretches(speech: Flags, used: Flags) -> list[tuple[int, int]]:
    """Return overlapping stretches of frames inside the speech that hold enough voice."""
    size, step = int(_STRETCH_S / HOP_S), int(_STEP_S / HOP_S)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], speech.astype(np.int8), [0]])))
    found = []
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        for start in range(int(first), max(int(first) + 1, int(last) - size + 1), step):
            end = min(start + size, int(last))
            if used[start:end].sum() >= 0.3 * size:
                found.append((start, end))
    # Clustering grows with the square: hours of speech are judged by an even sample.
    return found[:: 1 + len(found) // _MAX_STRETCHES]


def _cluster(
    features: Floats, used: Flags, stretches: Sequence[tuple[int, int]], n_clusters: int
) -> Labels:
    """Return the frames' first labels; clusters of a single stretch are left undecided."""
    from sklearn.cluster import AgglomerativeClustering

    means = np.array([features[s:e][used[s:e]].mean(axis=0) for s, e in stretches])
    n_clusters = min(n_clusters, len(stretches) // _MIN_SPEAKER_STRETCHES)
    found = AgglomerativeClustering(n_clusters=n_clusters, linkage="ward").fit_predict(means)
    sizes = np.bincount(found)
    votes = np.zeros((features.shape[0], sizes.size))
    for (start, end), label in zip(stretches, found, strict=True):
        if sizes[label] >= _MIN_SPEAKER_STRETCHES:
            votes[start:end, label] += 1.0
    labels = np.where(votes.sum(axis=1) > 0, votes.argmax(axis=1), -1)
    return np.where(used, labels, -1).astype(np.intp)


def _merge(
    features: Floats, used: Flags, labels: Labels, min_speakers: int, max_speakers: int
) -> Labels:
    """Join the clusters most alike until those left are different voices."""
    labels = labels.copy()
    while True:
        speakers = [int(k) for k in np.unique(labels[labels >= 0])]
        if len(speakers) <= max(1, min_speakers):
            return labels
        gains = {
            (a, b): _gain(features[used & (labels == a)], features[used & (labels == b)])
            for i, a in enumerate(speakers)
            for b in speakers[i + 1 :]
        }
        (a, b), gain = min(gains.items(), key=lambda item: (item[1], item[0]))
        if gain >= _MIN_GAIN and len(speakers) <= max_speakers:
            return labels
        labels[labels == b] = a


def _gain(first: Floats, second: Floats) -> float:
    """Return the penalised log-likelihood a frame that two Gaussians gain over one for both."""
    n_first, n_second = first.shape[0], second.shape[0]
    n_both = n_first + n_second
    # The same pull towards the unit covariance for all three, or the smaller ones look worse.
    share = _own_share(min(n_first, n_second))
    both = _log_determinant(np.concatenate([first, second]), share)
    alone = n_first * _log_determinant(first, share) + n_second * _log_determinant(second, share)
    n_parameters = N_FEATURES + N_FEATURES * (N_FEATURES + 1) // 2
    penalty = n_parameters * np.log(n_both) / (2.0 * n_both)
    return float(0.5 * (both - alone / n_both) - _PENALTY_WEIGHT * penalty)


def _log_determinant(frames: Floats, share: float) -> float:
    return float(np.linalg.slogdet(_covariance(frames, share))[1])


def _own_share(n_frames: int) -> float:
    """Return how far a covariance of so many frames is trusted, in (0, 1)."""
    return n_frames / (n_frames + _PRIOR_FRAMES)


def _covariance(frames: Floats, share: float) -> NDArray[np.float64]:
    """Return the covariance, drawn towards the unit one so that few seconds suffice."""
    unit = np.eye(frames.shape[1])
    return np.asarray(share * np.cov(frames, rowvar=False, dtype=np.float64) + (1 - share) * unit)


def _resegment(features: Floats, used: Flags, speech: Flags, labels: Labels) -> Labels:
    """Decide every frame of speech anew by the voices' Gaussians; a voice may die out."""
    speakers = [k for k in np.unique(labels[labels >= 0]) if (labels == k).sum() > 4 * N_FEATURES]
    if len(speakers) < 2:
        return np.where(speech, 0, -1).astype(np.intp)
    known = used & (labels >= 0)
    scores = np.zeros((features.shape[0], len(speakers)))
    for column, speaker in enumerate(speakers):
        scores[used, column] = _log_density(features[known & (labels == speaker)], features[used])
    scores -= scores.max(axis=1, keepdims=True)
    return _viterbi(np.maximum(scores, -_MAX_ADVANTAGE), speech)


def _log_density(frames: Floats, at: Floats) -> NDArray[np.float64]:
    """Return the log-density at some frames of the Gaussian that fits a voice's frames."""
    covariance = _covariance(frames, _own_share(frames.shape[0]))
    lower = np.linalg.cholesky(covariance)
    scaled = np.linalg.solve(lower, (at - frames.mean(axis=0, dtype=np.float64)).T)
    log_determinant = 2.0 * float(np.log(np.diag(lower)).sum())
    return np.asarray(-0.5 * ((scaled**2).sum(axis=0) + log_determinant))


def _viterbi(scores: NDArray[np.float64], speech: Flags) -> Labels:
    """Return the best sequence of speakers; changing is cheaper where a pause lies.

    Args:
        scores: shape (frames, speakers), log-likelihoods.
        speech: shape (frames,); only these frames get a speaker.
    """
    at = np.flatnonzero(speech)
    labels = np.full(speech.shape[0], -1, dtype=np.intp)
    if not at.size:
        return labels
    pause = np.diff(at, prepend=at[0]) * HOP_S >= _PAUSE_S
    price = np.where(pause, _CHANGE_PRICE_AT_PAUSE, _CHANGE_PRICE)
    score = scores[at[0]].copy()
    came_from = np.zeros((at.size, scores.shape[1]), dtype=np.int8)
    stay = np.arange(scores.shape[1])
    for i in range(1, at.size):
        best = int(score.argmax())
        change = score[best] - price[i] > score
        came_from[i] = np.where(change, best, stay)
        score = np.where(change, score[best] - price[i], score) + scores[at[i]]
    current = int(score.argmax())
    for i in range(at.size - 1, -1, -1):
        labels[at[i]] = current
        current = int(came_from[i, current])
    return labels
