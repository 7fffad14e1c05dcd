"""Step 5: measure a converted model in unmodified faster-whisper, on what training never saw.

    python evaluate.py WORK MODEL_FOLDER [sentences each voice]

Held-out sentences one at a time by every voice; calls of several such sentences with pauses, with
voice activity detection as the program uses it; silence and noise without it.
"""

from __future__ import annotations

import json
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel, decode_audio
from rapidfuzz.distance import Levenshtein

from synthesise import TARGET_RMS, through_opus  # isort: skip
from voices import VOICES  # isort: skip

Audio = npt.NDArray[np.float32]
RATE_HZ = 16_000


def words(text: str) -> list[str]:
    """Return the words that WER compares: lower case, no punctuation."""
    return re.sub(r"[^a-z' ]", " ", text.lower()).split()


@dataclass
class Errors:
    """Word errors and their base."""

    errors: int = 0
    n_words: int = 0
    sentences: int = 0
    right: int = 0

    def add(self, reference: str, heard: str) -> None:
        """Count one transcript."""
        distance = Levenshtein.distance(words(reference), words(heard))
        self.errors += distance
        self.n_words += len(words(reference))
        self.sentences += 1
        self.right += distance == 0

    def __str__(self) -> str:
        rate = 100 * self.errors / max(1, self.n_words)
        return f"WER {rate:5.1f} % of {self.n_words} words, {self.right}/{self.sentences} all right"


def load_sentences(work: Path) -> tuple[list[Audio], list[str], list[str]]:
    """Return audio, text and voice of the evaluation set."""
    data = np.load(work / "speech" / "evaluation.npz")
    ends = np.cumsum(data["lengths"])
    audio = data["audio"].astype(np.float32) / 32768
    audios = [audio[end - n : end] for end, n in zip(ends, data["lengths"], strict=True)]
    return audios, [str(text) for text in data["texts"]], [str(name) for name in data["voices"]]


def transcribe(model: WhisperModel, audio: Audio, *, vad: bool, words: bool = False) -> list[dict]:
    """Transcribe as the program does."""
    segments, _ = model.transcribe(
        audio,
        language="en",
        beam_size=5,
        temperature=0.0,
        hallucination_silence_threshold=2.0 if words else None,
        vad_filter=vad,
        vad_parameters={"min_silence_duration_ms": 500} if vad else None,
        condition_on_previous_text=False,
        word_timestamps=words,
    )
    return [{"start": s.start, "end": s.end, "text": s.text.strip()} for s in segments]


def quiet(seconds: float) -> Audio:
    """Return digital silence."""
    return np.zeros(int(seconds * RATE_HZ), np.float32)


def noise_floor(n: int, rng: np.random.Generator, *, below_db: float) -> Audio:
    """Return white noise some decibels below the speech."""
    return (rng.standard_normal(n) * TARGET_RMS * 10 ** (-below_db / 20)).astype(np.float32)


def by_voice(model: WhisperModel, work: Path, per_voice: int) -> None:
    """Print WER by voice on single sentences."""
    audios, texts, names = load_sentences(work)
    results = {voice.name: Errors() for voice in VOICES}
    known, apart = Errors(), Errors()
    shown = 0
    for audio, text, name in zip(audios, texts, names, strict=True):
        if results[name].sentences >= per_voice:
            continue
        padded = np.concatenate([quiet(0.4), audio, quiet(0.4)])
        heard = " ".join(s["text"] for s in transcribe(model, padded, vad=False))
        held_out = next(voice.held_out for voice in VOICES if voice.name == name)
        for errors in (results[name], apart if held_out else known):
            errors.add(text, heard)
        if words(heard) != words(text) and not held_out and shown < 12:
            print(f"    {name}: {text} -> {heard}")
            shown += 1
    for name, errors in results.items():
        print(f"  {name:12} {errors}")
    print(f"known voices     {known}\nheld-out voices  {apart}")


def in_calls(model: WhisperModel, work: Path, n_calls: int, *, word_timestamps: bool) -> None:
    """Print WER and timestamp errors on joined sentences, through Opus, with VAD."""
    audios, texts, names = load_sentences(work)
    known = [i for i, name in enumerate(names) if not name.endswith(("-diphone", "-hts"))]
    rng = np.random.default_rng(3)
    errors, offsets, spoken, took = Errors(), [], 0.0, 0.0
    n_segments = n_utterances = 0
    for call in range(n_calls):
        parts, at, truth = [quiet(1.0)], 1.0, []
        for index in rng.permutation(known)[:14]:
            truth.append((at, at + len(audios[index]) / RATE_HZ, texts[index]))
            gap = float(rng.uniform(0.25, 1.2))
            parts += [audios[index], quiet(gap)]
            at += len(audios[index]) / RATE_HZ + gap
        audio = np.concatenate(parts)
        audio = audio + noise_floor(len(audio), rng, below_db=35)
        audio = through_opus(audio, bit_rate=16_000)
        began = time.perf_counter()
        heard = transcribe(model, audio, vad=True, words=word_timestamps)
        took += time.perf_counter() - began
        spoken += len(audio) / RATE_HZ
        errors.add(" ".join(text for *_, text in truth), " ".join(s["text"] for s in heard))
        n_segments += len(heard)
        n_utterances += len(truth)
        for segment in heard:
            for start, end, text in truth:
                if words(text) == words(segment["text"]):
                    offsets.append((abs(segment["start"] - start), abs(segment["end"] - end)))
        if call == 0:
            for start, end, text in truth:
                print(f"    {start:6.2f} {end:6.2f} {text}")
            for s in heard:
                print(f"  > {s['start']:6.2f} {s['end']:6.2f} {s['text']}")
    table = np.array(offsets) if offsets else np.zeros((1, 2))
    print(f"calls (VAD, word_timestamps={word_timestamps}): {errors}")
    print(f"  segments {n_segments} for {n_utterances} utterances; {len(offsets)} matched whole")
    within, middle = (table <= 0.3).mean(axis=0), np.median(table, axis=0)
    print(f"  within 0.3 s: start {within[0]:.3f}, end {within[1]:.3f}; median error")
    print(f"  {middle[0]:.2f} and {middle[1]:.2f} s; {spoken / took:.0f} times real time")


def on_samples(model: WhisperModel) -> None:
    """Print WER on the sample calls, as the program transcribes them: each channel apart."""
    root = Path(__file__).resolve().parents[2] / "sample_audio"
    lines = (root / "reference" / "recordings.jsonl").read_text(encoding="utf-8").splitlines()
    results = {"mono": Errors(), "two channels": Errors()}
    offsets, by_file = [], []
    for call in map(json.loads, lines):
        path = root / "workspace" / call["file"]
        stereo = call["channels"] == 2
        sound = decode_audio(str(path), split_stereo=stereo)
        of_file = Errors()
        for channel, audio in enumerate(sound if stereo else (sound,)):
            said = [line for line in call["lines"] if not stereo or line["channel"] == channel]
            said.sort(key=lambda line: line["start_s"])
            heard = transcribe(model, audio, vad=True, words=True)
            reference = " ".join(line["text"] for line in said)
            text = " ".join(segment["text"] for segment in heard)
            for errors in (results["two channels" if stereo else "mono"], of_file):
                errors.add(reference, text)
            for segment in heard:
                times = [
                    (segment["start"] - line["start_s"], segment["end"] - line["end_s"])
                    for line in said
                    if words(line["text"]) == words(segment["text"])
                ]
                offsets += sorted(times, key=lambda pair: abs(pair[0]))[:1]
        by_file.append((of_file.errors / max(1, of_file.n_words), call["file"], str(of_file)))
    for kind, errors in results.items():
        print(f"sample calls, {kind}: {errors}")
    table = np.abs(np.array(offsets)) if offsets else np.zeros((1, 2))
    within, middle = (table <= 0.3).mean(axis=0), np.median(table, axis=0)
    print(f"  {len(offsets)} segments equal to a line; within 0.3 s: start {within[0]:.3f}, ")
    print(f"  end {within[1]:.3f}; median error {middle[0]:.2f} and {middle[1]:.2f} s")
    for _, name, text in sorted(by_file)[-4:]:
        print(f"  worst: {name} {text}")


def on_nothing(model: WhisperModel) -> None:
    """Print what is invented on silence and noise, without and with VAD."""
    rng = np.random.default_rng(9)
    n = 20 * RATE_HZ
    time_s = np.arange(n) / RATE_HZ
    spectrum = np.fft.rfft(rng.standard_normal(n)) / np.sqrt(np.arange(n // 2 + 1) + 1)
    pink = np.fft.irfft(spectrum, n)
    cases = {
        "digital silence": np.zeros(n),
        "faint white noise": rng.standard_normal(n) * 0.001,
        "white noise": rng.standard_normal(n) * 0.03,
        "pink noise": pink / pink.std() * 0.03,
        "mains hum": sum(0.05 / k * np.sin(2 * np.pi * 50 * k * time_s) for k in (1, 3)),
    }
    for name, audio in cases.items():
        for vad in (False, True):
            heard = transcribe(model, audio.astype(np.float32), vad=vad)
            said = [segment["text"] for segment in heard] or "nothing"
            print(f"  {name}, VAD {'on' if vad else 'off'}: {said}")


def main(work: Path, folder: Path, per_voice: int) -> None:
    """Print everything."""
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(json.dumps({"model": folder.name, "megabytes": round(size / 1e6, 2)}))
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)
    by_voice(model, work, per_voice)
    in_calls(model, work, max(2, per_voice // 2), word_timestamps=False)
    in_calls(model, work, max(1, per_voice // 4), word_timestamps=True)
    on_nothing(model)
    on_samples(model)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 15)
