"""Put utterances together to training windows, as faster-whisper will see them.

faster-whisper joins the pieces that its voice activity detection kept (each with 0.4 s of its
surroundings), cuts windows of at most 30 s that begin at the last predicted timestamp, and pads
the rest of a window with zeros in mel space.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from network import CTC_ALPHABET  # isort: skip
from synthesise import TARGET_RMS, log_mel_power  # isort: skip

Floats = npt.NDArray[np.float32]
IGNORE = -100
UNKNOWN = (0, -1, 0)
GUIDE_FRAMES = 14  # 0.28 s to either side of where a token is guessed to be said
FRAMES_PER_SECOND = 100


class Speech:
    """All utterances of the shards: `mel(i)` is log10 power (frames, 80), `texts[i]`."""

    def __init__(self, folder: Path) -> None:
        self.texts: list[str] = []
        self.n_frames: list[int] = []
        self._places: list[tuple[int, int]] = []
        self._shards: list[npt.NDArray[np.float16]] = []
        for path in sorted(folder.glob("index_*.json")):
            shard = np.load(path.with_name(path.stem.replace("index", "mel") + ".npy"))
            self._shards.append(shard)
            for entry in json.loads(path.read_text(encoding="utf-8")):
                self._places.append((len(self._shards) - 1, entry["start"]))
                self.texts.append(entry["text"])
                self.n_frames.append(entry["n_frames"])

    def __len__(self) -> int:
        return len(self.texts)

    def mel(self, index: int) -> Floats:
        """Return one utterance, shape (frames, 80), log10 power."""
        shard, start = self._places[index]
        return self._shards[shard][start : start + self.n_frames[index]].astype(np.float32)


def make_noises(speech: Speech, *, seconds: int = 120, seed: int = 5) -> list[Floats]:
    """Return log10 mel power of white, pink, brown and hum noise and of babble, at TARGET_RMS."""
    rng = np.random.default_rng(seed)
    n = seconds * 16_000
    frequencies = np.fft.rfftfreq(n, 1 / 16_000)
    noises = []
    for exponent in (0.0, 0.5, 1.0):
        spectrum = np.fft.rfft(rng.standard_normal(n)) / np.maximum(frequencies, 40) ** exponent
        noises.append(np.fft.irfft(spectrum, n))
    time = np.arange(n) / 16_000
    hum = sum(np.sin(2 * np.pi * 50 * k * time + k) / k for k in (1, 2, 3, 5, 7))
    noises.append(hum + 0.3 * noises[1] / noises[1].std())
    noises += [np.sin(2 * np.pi * f * time) + np.sin(6 * np.pi * f * time) / 2 for f in (50, 60)]
    mels = [log_mel_power((x / x.std() * TARGET_RMS).astype(np.float32)) for x in noises]
    babble = np.full((3_000, 80), -10.0, np.float32)
    for _ in range(60):  # six people at once, none of whom can be understood
        mel = speech.mel(int(rng.integers(len(speech))))
        start = int(rng.integers(3_000 - len(mel))) if len(mel) < 3_000 else 0
        part = babble[start : start + len(mel)]
        part[:] = _add(part, mel[: len(part)])
    return [mel.astype(np.float32) for mel in mels] + [babble - np.float32(0.7)]


def _add(a: Floats, b: Floats) -> Floats:
    """Add two sounds given as log10 power."""
    high, low = np.maximum(a, b), np.minimum(a, b)
    return (high + np.log10(1.0 + 10.0 ** (low - high))).astype(np.float32)


@dataclass
class Placed:
    """One utterance in a window: frames [start, end) and what of it is heard."""

    index: int
    start: int
    end: int
    cut: bool


@dataclass
class Window:
    """One training example. `mel` is normalised as FeatureExtractor does, (80, frames)."""

    mel: Floats
    offset: int  # encoder frames (20 ms) before the window's first one
    tokens: list[int]
    targets: list[int]
    places: list[tuple[int, int, int]]  # encoder frames of each target; 1: spread over all
    ctc: list[tuple[int, int, list[int]]]  # encoder frames [from, to) and letters


class WindowMaker:
    """Draws windows; the same seed gives the same windows."""

    def __init__(self, speech: Speech, tokenizer: Tokenizer, *, seed: int) -> None:
        self.speech, self.tokenizer = speech, tokenizer
        self.rng = np.random.default_rng(seed)
        self.noises = make_noises(speech)
        self.ids = [tokenizer.encode(" " + text).ids for text in speech.texts]
        # where in an utterance each token is said, 0 to 1, by its share of the letters
        spellings = [tokenizer.decode([index]) for index in range(tokenizer.get_vocab_size())]
        sizes = np.array([max(1, len(text.strip())) for text in spellings], np.float32)
        self.middles = [
            (np.cumsum(sizes[ids]) - sizes[ids] / 2) / sizes[ids].sum() for ids in self.ids
        ]
        letters = {char: index + 1 for index, char in enumerate(CTC_ALPHABET)}
        self.letters = [
            [letters[char] for char in text.lower().replace("-", " ") if char in letters]
            for text in speech.texts
        ]
        special = tokenizer.token_to_id
        self.eot, self.sot = special("<|endoftext|>"), special("<|startoftranscript|>")
        self.no_speech = special("<|nospeech|>")
        self.no_timestamps = special("<|notimestamps|>")
        self.order = self.rng.permutation(len(speech))
        self.next = 0

    def draw(self) -> int:
        """Return the next utterance of a random order that visits each once before any twice."""
        if self.next >= len(self.order):
            self.order, self.next = self.rng.permutation(len(self.speech)), 0
        self.next += 1
        return int(self.order[self.next - 1])

    def single(self, n_frames: int, *, offsets: bool) -> Window:
        """Return a window of one utterance that fits."""
        rng = self.rng
        while True:
            index = self.draw()
            free = n_frames - self.speech.n_frames[index]
            if free >= 2:
                break
        start = int(rng.integers(0, min(free, 60)))
        end = start + self.speech.n_frames[index]
        content = min(n_frames, end + int(rng.integers(2, 50)))
        offset = int(rng.integers(0, 1_500 - n_frames // 2)) if offsets else 0
        return self._window(n_frames, content, [Placed(index, start, end, cut=False)], offset)

    def several(self, n_frames: int, *, offsets: bool) -> Window:
        """Return a window of several utterances, or of noise, or cut at its end."""
        rng = self.rng
        offset = int(rng.integers(0, 1_501 - n_frames // 2)) if offsets else 0
        kind = rng.random()
        if kind < 0.07:
            content = int(rng.integers(20, n_frames)) if rng.random() < 0.8 else n_frames
            return self._window(n_frames, content, [], offset)
        full = kind < 0.56
        limit = n_frames if full else int(rng.integers(60, n_frames - 20))
        placed: list[Placed] = []
        at = int(rng.integers(0, 90)) if rng.random() < 0.9 else 0
        while True:
            index = self.draw()
            end = at + self.speech.n_frames[index]
            if end > limit:
                if full and at < n_frames - 8:
                    placed.append(Placed(index, at, n_frames, cut=True))
                    content = n_frames
                elif placed or full:
                    content = min(n_frames, (placed[-1].end if placed else 0) + 45)
                elif end <= n_frames:
                    placed.append(Placed(index, at, end, cut=False))
                    content = min(n_frames, end + int(rng.integers(2, 60)))
                else:
                    continue
                break
            placed.append(Placed(index, at, end, cut=False))
            at = end + self._gap()
            content = min(n_frames, end + int(rng.integers(2, 60)))
        return self._window(n_frames, content, placed, offset)

    def _gap(self) -> int:
        """Return a pause in frames."""
        draw = self.rng.random()
        low, high = (3, 18) if draw < 0.15 else (15, 95) if draw < 0.9 else (90, 180)
        return int(self.rng.integers(low, high))

    def _window(self, n_frames: int, content: int, placed: list[Placed], offset: int) -> Window:
        return Window(
            mel=self._mel(n_frames, content, placed),
            offset=offset,
            ctc=self._ctc(placed),
            **self._text(placed, offset),
        )

    def _mel(self, n_frames: int, content: int, placed: list[Placed]) -> Floats:
        """Mix speech and noise, then clamp, scale and pad with zeros like faster-whisper."""
        rng = self.rng
        gain = float(rng.uniform(-1.6, 0.8))  # log10 power: 16 dB down to 8 dB up
        mix = np.full((content, 80), -10.0, np.float32)
        top = -10.0
        for one in placed:
            level = gain + float(rng.uniform(-0.5, 0.5))
            part = self.speech.mel(one.index)[: one.end - one.start] + level
            skip = int(rng.integers(0, 15)) if one is placed[0] and rng.random() < 0.1 else 0
            mix[one.start + skip : one.end] = part[skip : content - one.start]
            top = max(top, float(part.max()))
        if not placed:
            top = float(self.speech.mel(self.draw()).max()) + gain if rng.random() < 0.6 else -10.0
        if rng.random() < (0.7 if placed else 0.8):
            noise = self.noises[int(rng.integers(len(self.noises)))]
            ratio = float(rng.uniform(1.2, 4.5))  # 12 to 45 dB under the speech
            start = int(rng.integers(0, len(noise) - content + 1))
            mix = _add(mix, noise[start : start + content] + gain - ratio)
        mix = np.maximum(mix, -10.0)
        mix = np.maximum(mix, max(float(mix.max()), top) - 8.0)
        mel = np.zeros((80, n_frames), np.float32)
        mel[:, :content] = (mix.T + 4.0) / 4.0
        return mel

    def _ctc(self, placed: list[Placed]) -> list[tuple[int, int, list[int]]]:
        return [
            (max(0, one.start // 2 - 4), one.end // 2 + 4, self.letters[one.index])
            for one in placed
            if not one.cut
        ]

    def _text(self, placed: list[Placed], offset: int) -> dict[str, list[Any]]:
        """Return decoder input and targets, with timestamps in most windows."""
        stamp = self.no_timestamps + 1 + offset
        if not placed:
            if self.rng.random() < 0.6:
                return {"tokens": [self.sot], "targets": [self.no_speech], "places": [UNKNOWN]}
            targets = [stamp, self.eot]
            return {"tokens": [self.sot, stamp], "targets": targets, "places": [UNKNOWN] * 2}
        cut = any(one.cut for one in placed)
        stamps = cut or self.rng.random() < 0.75
        tokens = [self.sot] if stamps else [self.sot, self.no_timestamps]
        places = [] if stamps else [UNKNOWN]
        for one, following in zip(placed, [*placed[1:], None], strict=True):
            first, last = one.start // 2, one.end // 2
            if stamps:
                tokens.append(stamp + first)
                places.append((first - 10, first + GUIDE_FRAMES, 0))
            if not one.cut:
                tokens += self.ids[one.index]
                for middle in (first + (last - first) * self.middles[one.index]).astype(int):
                    low, high = middle - GUIDE_FRAMES, middle + GUIDE_FRAMES
                    places.append((max(first, low), min(last, high), 0))
                # the full stop spreads over half of the pause, or the next word would begin in it
                pause = 33 if following is None else following.start // 2 - last
                places[-1] = (last - 3, last + max(2, int(0.6 * pause)), 1)
                if stamps:
                    tokens.append(stamp + last)
                    places.append((last - GUIDE_FRAMES, last + 10, 0))
        targets = [*tokens[1:], self.eot]
        if not stamps:
            targets[0] = IGNORE
        return {"tokens": tokens, "targets": targets, "places": [*places, UNKNOWN]}
