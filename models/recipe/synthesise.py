"""Step 2: speak the sentences and store their log10 mel power (faster-whisper's own features).

Windows are put together later in the mel power domain, where sums of sound are sums of power, so
that training needs no audio. A part of the utterances goes through an Opus or a telephone codec,
as recordings do. Shards: `mel_<n>.npy` float16 (frames, 80) at 100 frames a second before
faster-whisper's clamp, `index_<n>.json` a list of {text, voice, codec, start, n_frames}.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import random
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from faster_whisper.feature_extractor import FeatureExtractor
from scipy.signal import resample_poly

from text import held_out_sentence, training_sentence  # isort: skip
from voices import VOICES, synthesise  # isort: skip

Audio = npt.NDArray[np.float32]

SHARD_SIZE = 500
HOP = 160  # samples a frame: 10 ms at 16 kHz
SILENCE_DB = -45.0  # under the peak: what counts as the silence around an utterance
TARGET_RMS = 0.06

_EXTRACTOR = FeatureExtractor()
_WINDOW = np.hanning(401)[:-1].astype("float32")


def log_mel_power(audio: Audio) -> npt.NDArray[np.float16]:
    """Return log10 mel power, shape (frames, 80), floor -10: FeatureExtractor before its clamp."""
    stft = _EXTRACTOR.stft(audio, 400, HOP, window=_WINDOW, return_complex=True)
    power = np.abs(stft[..., :-1]).astype(np.float32) ** 2
    mel = _EXTRACTOR.mel_filters @ power
    return np.log10(np.clip(mel, 1e-10, None)).T.astype(np.float16)


def trim(audio: Audio) -> Audio:
    """Cut the silence at both ends (10 ms blocks more than 45 dB under the loudest one)."""
    n = len(audio) // HOP
    level = np.sqrt((audio[: n * HOP].reshape(n, HOP) ** 2).mean(axis=1) + 1e-12)
    loud = np.flatnonzero(level > level.max() * 10 ** (SILENCE_DB / 20))
    return audio[loud[0] * HOP : (loud[-1] + 1) * HOP]


def through_opus(audio: Audio, *, bit_rate: int) -> Audio:
    """Encode as Ogg Opus and decode again, as shipped sample calls are."""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=16_000, layout="mono")
        stream.bit_rate = bit_rate
        samples = (np.clip(audio, -1, 1) * 32767).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = 16_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=16_000)
        blocks = [
            part.to_ndarray()[0]
            for frame in container.decode(audio=0)
            for part in resampler.resample(frame)
        ]
        blocks += [part.to_ndarray()[0] for part in resampler.resample(None)]
    return np.concatenate(blocks).astype(np.float32)


def through_telephone(audio: Audio) -> Audio:
    """Cut to 8 kHz sampling with mu-law steps, as a telephone line does."""
    narrow = np.clip(resample_poly(audio, 1, 2), -1, 1)
    mu = 255.0
    coded = np.round(np.sign(narrow) * np.log1p(mu * np.abs(narrow)) / np.log1p(mu) * 127) / 127
    decoded = np.sign(coded) * np.expm1(np.abs(coded) * np.log1p(mu)) / mu
    return resample_poly(decoded, 2, 1).astype(np.float32)


def spoken(sentence: str, voice_index: int, rng: random.Random) -> tuple[Audio, str]:
    """Speak a sentence at a random rate, trimmed, at a fixed level, perhaps through a codec."""
    rate, pitch = rng.uniform(0.86, 1.19), rng.uniform(0.95, 1.05)
    audio = trim(synthesise(sentence, VOICES[voice_index], rate=rate, pitch=pitch))
    audio = audio * (TARGET_RMS / np.sqrt((audio**2).mean() + 1e-9))
    draw = rng.random()
    if draw < 0.35:
        return through_opus(audio, bit_rate=rng.choice((12_000, 16_000, 24_000))), "opus"
    if draw < 0.47:
        return through_telephone(audio), "telephone"
    return audio.astype(np.float32), "none"


def make_shard(job: tuple[Path, int]) -> int:
    """Write one shard; the same number always gives the same sentences, voices and rates."""
    folder, number = job
    target = folder / f"index_{number:04d}.json"
    if target.exists():
        return number
    rng = random.Random(10_000 + number)
    known = [index for index, voice in enumerate(VOICES) if not voice.held_out]
    mels, index, start = [], [], 0
    for _ in range(SHARD_SIZE):
        sentence, voice = training_sentence(rng), rng.choice(known)
        audio, codec = spoken(sentence, voice, rng)
        mel = log_mel_power(audio)
        index.append(
            {"text": sentence, "voice": VOICES[voice].name, "codec": codec, "start": start,
             "n_frames": len(mel)}
        )  # fmt: skip
        mels.append(mel)
        start += len(mel)
    np.save(folder / f"mel_{number:04d}.npy", np.concatenate(mels))
    target.write_text(json.dumps(index), encoding="utf-8")
    return number


def make_evaluation(folder: Path, *, per_voice: int = 15) -> None:
    """Write held-out sentences by every voice as one .npz: audio int16, texts and voices."""
    rng = random.Random(77)
    audios, texts, voices = [], [], []
    for index, voice in enumerate(VOICES):
        for _ in range(per_voice):
            sentence = held_out_sentence(rng)
            audio, _ = spoken(sentence, index, rng)
            audios.append((np.clip(audio, -1, 1) * 32767).astype(np.int16))
            texts.append(sentence)
            voices.append(voice.name)
    lengths = np.array([len(audio) for audio in audios])
    np.savez(
        folder / "evaluation.npz",
        audio=np.concatenate(audios),
        lengths=lengths,
        texts=np.array(texts),
        voices=np.array(voices),
    )


def main(work: Path, first: int, last: int) -> None:
    """Make the shards first..last - 1 on all cores, and the evaluation set once."""
    folder = work / "speech"
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(folder, number) for number in range(first, last)]
    with multiprocessing.get_context("spawn").Pool(multiprocessing.cpu_count()) as pool:
        for number in pool.imap(make_shard, jobs):
            print(f"shard {number} done", flush=True)
    if not (folder / "evaluation.npz").exists():
        make_evaluation(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
