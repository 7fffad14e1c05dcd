"""The built-in diarizer: voices of one channel told apart with what this package brings.

Windows of speech are clustered (Ward) by their voice prints and mean spectra, from several starts
that trust the one or the other more; each is resegmented, and the one that explains the frames
best is kept. Of the voices found, two that differ too little are taken for one, again and again
(after Chen & Gopalakrishnan, 1998).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappush, heappushpop

import numpy as np

from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.diarization import (
    HOP_S,
    MAX_SPEAKERS,
    Diarization,
    VoiceTrack,
    in_order,
)
from icp_voice.transcribe.resegmentation import (
    MIN_VOICE_FRAMES,
    Flags,
    Floats,
    Halves,
    Labels,
    Speech,
    explained,
    learn_voices,
    log_determinant,
    own_share,
    resegment,
)
from icp_voice.transcribe.speech import Piece
from icp_voice.transcribe.voiceprints import (
    N_BANDS,
    STRIDE,
    Bytes,
    from_bytes,
    load_voice_printer,
    log_mel,
    split_stretch,
)
from icp_voice.transcribe.voices import N_FEATURES, voice_features

_WINDOW, _STEP, _MIN_LOUD = 75, 25, 25
_PRINT_STEP, _PRINT_REACH = 5, 25
_LONGEST_FRAMES = 3000
_BLOCK_FRAMES = 50_000
_MARGIN = 10
_LOUD_RANGE = 5.0
# The search for voices hears this much of a long recording, evenly; all of it is labelled.
_SEARCH_FRAMES = 30_000
_ROUNDS = 5
# How much the mean spectra weigh beside the prints in each start of the clustering.
_STARTS = (0.0, 0.15, 0.3, 0.5, 1.0, 2.0)
# Two clusters are two voices where the log-likelihood a frame that two Gaussians gain over one
# outweighs the likeness of their prints. Set on pairs of real telephone prompts, one real call and
# the sample calls; 3 of 13 recordings of one voice are still taken for two there.
_LIKENESS_WEIGHT = 0.6
_MIN_DIFFERENCE = 0.02
# Beyond the voices that are likely, two must differ more, and some way towards what the most
# unlike ones do: one person's voice on a call of minutes changes, too.
_MIN_FURTHER_DIFFERENCE = 0.15
_FURTHER_SHARE = 0.3
_PENALTY_WEIGHT = 0.5


@dataclass(frozen=True)
class _Windows:
    """Windows of speech to cluster: positions in the frames of speech, and what they are like."""

    first: Labels
    end: Labels
    prints: Floats
    spectra: Floats


class BuiltInDiarizer:
    """Needs no model to fetch; nothing is shared between recordings."""

    def __init__(self) -> None:
        """Load the shipped voice model."""
        self._printer = load_voice_printer()

    def track(self) -> VoiceTrack:
        """Begin a recording."""
        return FeatureTrack()


class FeatureTrack:
    """Keeps features, not sound: 20 MB an hour. Diarizes once, and uses them up."""

    def __init__(self) -> None:
        """Begin a recording."""
        self._parts: list[_Part] = []

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
        n_known = min(n_frames, features.shape[0])
        spectra = np.zeros((n_frames, N_FEATURES), dtype=np.float16)
        spectra[:n_known] = features[:n_known]
        used = np.zeros(n_frames, dtype=bool)
        used[:n_known] = loud[:n_known]
        mel = np.zeros((n_frames * STRIDE, N_BANDS), dtype=np.uint8)
        heard = log_mel(samples)[: n_frames * STRIDE]
        mel[: heard.shape[0]] = heard
        self._parts.append(_Part(mel, spectra[speech], speech, used & speech))

    def diarize(
        self, *, min_speakers: int = 1, max_speakers: int = MAX_SPEAKERS, likely_speakers: int = 2
    ) -> Diarization:
        """Tell the voices of the whole recording apart; see `VoiceTrack`."""
        nothing = np.zeros(0, dtype=bool)
        speech = np.concatenate([*(part.speech for part in self._parts), nothing])
        loud = np.concatenate([*(part.loud for part in self._parts), nothing])
        one = Diarization(np.where(speech, 0, -1).astype(np.intp), 1)
        if max_speakers < 2 or loud.sum() < 2 * MIN_VOICE_FRAMES:
            return one
        parts, self._parts = self._parts, []
        heard, windows = _hear(parts, speech, loud)
        if windows.first.size <= max_speakers:
            return one
        part, few = _search_part(heard, windows)
        labels = _find_voices(part, few, min_speakers, max_speakers, likely_speakers)
        if part is not heard:
            labels = _label_all(heard, part, labels)
        every = np.full(speech.shape[0], -1, dtype=np.intp)
        every[heard.at] = labels
        return in_order(every)


@dataclass(frozen=True)
class _Part:
    """One window's features: mel power of all frames, spectra of those with speech."""

    mel: Bytes
    spectra: Halves
    speech: Flags
    loud: Flags


def _label_all(heard: Speech, part: Speech, found: Labels) -> Labels:
    """Return the voices of all frames, learnt from a part and then from all."""
    labels = np.zeros(heard.at.size, dtype=np.intp)
    voices = learn_voices(part, found)
    for _ in range(2):
        if voices is None:
            break
        labels = resegment(heard, voices)
        voices = learn_voices(heard, labels)
    return labels


def _hear(parts: list[_Part], speech: Flags, loud: Flags) -> tuple[Speech, _Windows]:
    """Return the frames and windows of all speech, with their voice prints; empties `parts`."""
    level = np.concatenate([part.mel[::STRIDE].mean(axis=1, dtype=np.float32) for part in parts])
    clear = speech & (level > np.percentile(level[speech], 95) - 10.0 * _LOUD_RANGE)
    mean = _mean_mel(parts, clear)
    prints: list[Halves] = []
    spectra: list[Halves] = []
    print_of: list[Labels] = []
    edges: list[tuple[int, int]] = []
    window_prints: list[Floats] = []
    n_prints = n_before = at_frame = 0
    while parts:
        part = parts.pop(0)
        spectra.append(part.spectra)
        for first, last in _stretches(part.speech):
            clear_here = clear[at_frame + first : at_frame + last]
            moments, windows = _plan(last - first)
            windows = [w for w in windows if clear_here[w[0] : w[1]].sum() >= _MIN_LOUD]
            begin = max(0, first - _MARGIN)
            mel = from_bytes(part.mel[begin * STRIDE : (last + _MARGIN) * STRIDE]) - mean
            stretch = (first - begin, last - begin)
            both = load_voice_printer().prints(mel, stretch, clear_here, [*moments, *windows])
            prints.append(both[: len(moments)].astype(np.float16))
            window_prints.append(both[len(moments) :])
            inside = np.minimum(np.arange(last - first) // _PRINT_STEP, len(moments) - 1)
            print_of.append(n_prints + inside)
            edges += [(n_before + w[0], n_before + w[1]) for w in windows]
            n_prints += len(moments)
            n_before += last - first
        at_frame += part.speech.size
    at = np.flatnonzero(speech)
    raw = np.concatenate(prints)
    first_of, end_of = np.array(edges, dtype=np.intp).reshape(-1, 2).T
    every_window = np.concatenate(window_prints)
    middle = every_window.mean(axis=0) if edges else raw.mean(axis=0, dtype=np.float32)
    heard = Speech(
        at=at,
        loud=loud[at],
        spectra=_normalised(np.concatenate(spectra), loud[at]),
        prints=_unit(raw - middle),
        raw_prints=raw,
        print_of=np.concatenate(print_of),
    )
    means = _window_spectra(heard, first_of, end_of)
    return heard, _Windows(first_of, end_of, _unit(every_window - middle), means)


def _mean_mel(parts: Sequence[_Part], clear: Flags) -> Floats:
    """Return the recording's mean log mel power where speech is clear, shape (32,)."""
    total = np.zeros(N_BANDS)
    at_frame = 0
    for part in parts:
        inside = clear[at_frame : at_frame + part.speech.size]
        total += from_bytes(part.mel[::STRIDE][inside]).sum(axis=0, dtype=np.float64)
        at_frame += part.speech.size
    return np.asarray(total / max(1, int(clear.sum())), dtype=np.float32)


def _stretches(speech: Flags) -> list[tuple[int, int]]:
    """Return the runs of frames with speech, long ones in parts."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], speech.astype(np.int8), [0]])))
    return [
        part
        for first, last in zip(edges[::2], edges[1::2], strict=True)
        for part in split_stretch(int(first), int(last), _LONGEST_FRAMES)
    ]


def _plan(n_frames: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the windows of the prints every fifth frame, and of those to cluster."""
    moments = []
    for middle in range(_PRINT_STEP // 2, n_frames + _PRINT_STEP // 2, _PRINT_STEP):
        first = min(max(0, middle - _PRINT_REACH), max(0, n_frames - 2 * _PRINT_REACH))
        moments.append((first, min(n_frames, first + 2 * _PRINT_REACH)))
    if n_frames <= _WINDOW:
        return moments, [(0, n_frames)]
    starts = list(range(0, n_frames - _WINDOW + 1, _STEP))
    if starts[-1] + _WINDOW < n_frames:
        starts.append(n_frames - _WINDOW)
    return moments, [(start, start + _WINDOW) for start in starts]


def _normalised(spectra: Halves, loud: Flags) -> Halves:
    """Return spectra of mean 0 and spread 1: what all voices of the recording share is out."""
    centre = spectra[loud].mean(axis=0, dtype=np.float32)
    spread = spectra[loud].std(axis=0, dtype=np.float32)
    for first in range(0, spectra.shape[0], _BLOCK_FRAMES):
        block = spectra[first : first + _BLOCK_FRAMES]
        block[:] = (block.astype(np.float32) - centre) / np.maximum(spread, 1e-6)
    return spectra


def _window_spectra(speech: Speech, firsts: Labels, ends: Labels) -> Floats:
    """Return the windows' mean spectra, scaled to a mean length of 1 as prints have."""
    means = np.zeros((firsts.size, N_FEATURES), dtype=np.float32)
    for i, (first, end) in enumerate(zip(firsts, ends, strict=True)):
        loud = speech.loud[first:end]
        if loud.any():
            means[i] = speech.spectra[first:end][loud].mean(axis=0, dtype=np.float32)
    if firsts.size:
        means -= means.mean(axis=0)
        means /= max(float(np.sqrt((means**2).sum(axis=1).mean())), 1e-6)
    return means


def _unit(vectors: Floats) -> Floats:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-6), dtype=np.float32)


def _search_part(speech: Speech, windows: _Windows) -> tuple[Speech, _Windows]:
    """Return all of a short recording, or evenly spread minutes of a long one."""
    if speech.at.size <= _SEARCH_FRAMES:
        return speech, windows
    n_blocks = 60
    size = _SEARCH_FRAMES // n_blocks
    chosen = np.zeros(speech.at.size, dtype=bool)
    for block in range(n_blocks):
        start = (speech.at.size - size) * block // (n_blocks - 1)
        chosen[start : start + size] = True
    position = np.cumsum(chosen) - 1
    whole = chosen[windows.first] & chosen[windows.end - 1]
    whole &= position[windows.end - 1] - position[windows.first] == (
        windows.end - 1 - windows.first
    )
    part = Speech(
        *(speech.at[chosen], speech.loud[chosen], speech.spectra[chosen]),
        *(speech.prints, speech.raw_prints, speech.print_of[chosen]),
    )
    return part, _Windows(
        position[windows.first[whole]],
        position[windows.end[whole] - 1] + 1,
        windows.prints[whole],
        windows.spectra[whole],
    )


def _find_voices(
    speech: Speech, windows: _Windows, min_speakers: int, max_speakers: int, likely_speakers: int
) -> Labels:
    """Return the voice of each frame, with as many voices as differ enough."""
    starts = [_start(windows, weight) for weight in _STARTS]
    for n_voices in range(max_speakers, 1, -1):
        labels = _best_start(speech, windows, starts, n_voices)
        if labels is None:
            continue
        further = n_voices > likely_speakers
        if n_voices <= min_speakers or _all_differ(speech, labels, further=further):
            return labels
    return np.zeros(speech.at.size, dtype=np.intp)


@dataclass(frozen=True)
class _Start:
    """Points to cluster, shape (windows, n), and how Ward's method merges them, two at a time."""

    points: Floats
    merges: Labels


def _start(windows: _Windows, weight: float) -> _Start:
    from sklearn.cluster import ward_tree

    points = np.concatenate([windows.prints, weight * windows.spectra], axis=1)
    return _Start(points, np.asarray(ward_tree(points)[0], dtype=np.intp))


def _best_start(
    speech: Speech, windows: _Windows, starts: Sequence[_Start], n_voices: int
) -> Labels | None:
    """Return the labels that explain the frames best, of several starts; None without any."""
    best: tuple[float, Labels] | None = None
    seen: set[bytes] = set()
    for start in starts:
        first = _cluster(speech, windows, start, n_voices)
        labels = _refined(speech, first, n_voices, seen)
        if labels is None:
            continue
        gain = explained(speech, labels)
        if best is None or gain > best[0]:
            best = (gain, labels)
    return best[1] if best else None


def _refined(
    speech: Speech, labels: Labels | None, n_voices: int, seen: set[bytes]
) -> Labels | None:
    """Resegment until nothing changes; None where a voice dies out.

    Also None on the way of an earlier start, which ends the same: `seen` has the labels of all.
    """
    for _ in range(_ROUNDS):
        if labels is None or np.unique(labels).size < n_voices:
            return None
        if labels.tobytes() in seen:
            return None
        seen.add(labels.tobytes())
        voices = learn_voices(speech, labels)
        if voices is None:
            return None
        decided = resegment(speech, voices)
        if np.array_equal(decided, labels):
            break
        labels = decided
    return labels if labels is not None and np.unique(labels).size == n_voices else None


def _cluster(speech: Speech, windows: _Windows, start: _Start, n_voices: int) -> Labels | None:
    """Return each frame's first label: Ward's clusters of the windows, refined by k-means."""
    points = start.points
    if points.shape[0] <= n_voices:
        return None
    found = _cut(start.merges, points.shape[0], n_voices)
    for _ in range(10):
        centres = np.array([points[found == k].mean(axis=0) for k in range(n_voices)])
        moved = ((points[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        if np.array_equal(moved, found) or np.unique(moved).size < n_voices:
            break
        found = moved
    votes = np.zeros((speech.at.size, n_voices), dtype=np.int16)
    for first, end, label in zip(windows.first, windows.end, found, strict=True):
        votes[first:end, label] += 1
    return np.asarray(votes.argmax(axis=1), dtype=np.intp)


def _cut(merges: Labels, n_points: int, n_clusters: int) -> Labels:
    """Return the cluster of each point once all but the last merges are done.

    Clusters are numbered as scikit-learn's AgglomerativeClustering numbers them, whose one tree is
    cut here several times.

    Examples:
        >>> _cut(np.array([[0, 1], [2, 3], [4, 5]]), 4, 2).tolist()
        [1, 1, 0, 0]
    """
    nodes = [-(int(merges[-1].max()) + 1)]
    for _ in range(n_clusters - 1):
        one, other = merges[-nodes[0] - n_points].tolist()
        heappush(nodes, -one)
        heappushpop(nodes, -other)
    labels = np.empty(n_points + merges.shape[0], dtype=np.intp)
    labels[[-node for node in nodes]] = np.arange(n_clusters)
    for node in range(-min(nodes), n_points - 1, -1):
        labels[merges[node - n_points]] = labels[node]
    return labels[:n_points]


def _all_differ(speech: Speech, labels: Labels, *, further: bool) -> bool:
    """Tell whether the two voices most alike are two."""
    frames = [speech.loud & (labels == voice) for voice in range(int(labels.max()) + 1)]
    differences = [
        _difference(speech, first, second)
        for i, first in enumerate(frames)
        for second in frames[i + 1 :]
    ]
    least = min(differences)
    if not further:
        return least >= _MIN_DIFFERENCE
    return least >= max(_MIN_FURTHER_DIFFERENCE, _FURTHER_SHARE * max(differences))


def _difference(speech: Speech, first: Flags, second: Flags) -> float:
    """Return the Gaussians' penalised gain less the likeness of the prints of two clusters."""
    n_first, n_second = int(first.sum()), int(second.sum())
    if min(n_first, n_second) < MIN_VOICE_FRAMES:
        return -np.inf
    n_both = n_first + n_second
    # The same pull towards the unit covariance for all three, or the smaller ones look worse.
    share = own_share(min(n_first, n_second))
    both = log_determinant(speech.spectra[first | second].astype(np.float32), share)
    alone = n_first * log_determinant(speech.spectra[first].astype(np.float32), share)
    alone += n_second * log_determinant(speech.spectra[second].astype(np.float32), share)
    n_parameters = N_FEATURES + N_FEATURES * (N_FEATURES + 1) // 2
    penalty = n_parameters * np.log(n_both) / (2.0 * n_both)
    gain = 0.5 * (both - alone / n_both) - _PENALTY_WEIGHT * penalty
    one, other = (
        speech.raw_prints[speech.print_of[own]].mean(axis=0, dtype=np.float32)
        for own in (first, second)
    )
    likeness = one @ other / (np.linalg.norm(one) * np.linalg.norm(other))
    return float(gain - _LIKENESS_WEIGHT * likeness)
