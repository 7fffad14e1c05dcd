"""Speak the calls that become recordings: synthesis, mixing, encoding.

Each person has one voice throughout a call. Half of the calls have two channels (0 the seller, 1
the buyer's side), as telephone systems record them; the others are mixed to one. Levels differ
between people, gaps have natural lengths, and there is a little room noise.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import archive
import numpy as np
import numpy.typing as npt
import scenario
from calls import Call
from dialogue import Line, Person
from names import OWNER_VOICES, gender_of
from voices import BY_NAME, SAMPLING_RATE_HZ, VOICES, synthesise

FloatArray = npt.NDArray[np.float32]
FORMATS = {".ogg": "libopus", ".mp3": "libmp3lame", ".m4a": "aac", ".flac": "flac"}
BIT_RATES = {(".ogg", 1): 16_000, (".ogg", 2): 26_000, (".mp3", 1): 32_000, (".m4a", 2): 44_000}
LONGEST_S, SHORTEST_S = 90.0, 40.0


@dataclass(frozen=True)
class Manner:
    """How one person sounds in one call; `level_db` is the RMS of speech in dB of full scale."""

    voice: str
    rate: float
    pitch: float
    level_db: float


@dataclass(frozen=True)
class SpokenCall:
    """Samples of a call, shape (channels, n) at 16 kHz, and when each line was said."""

    samples: FloatArray
    times: tuple[tuple[float, float], ...]
    manners: dict[str, Manner]


def write_recordings(calls: Sequence[Call], workspace: Path, reference: Path) -> None:
    """Speak and encode the calls; write `recordings.jsonl`, their reference text with times.

    Raises:
        SpeechProgramMissingError: flite or espeak-ng is not installed.
        ValueError: a call is not 40 to 90 seconds long.
    """
    (workspace / "recordings").mkdir(parents=True, exist_ok=True)
    suffixes = _suffixes(calls)
    records = []
    earlier = _earlier_records(workspace, reference)
    for number, call in enumerate(calls):
        channels = 1 + number % 2
        file = f"recordings/{call.day.isoformat()} {call.deal.deal_id}{suffixes[number]}"
        said = (file, channels, tuple((line.person.name, line.text) for line in call.lines))
        if said in earlier:
            records.append(earlier[said])
            continue
        spoken = speak(call, channels)
        length_s = spoken.samples.shape[1] / SAMPLING_RATE_HZ
        if not SHORTEST_S <= length_s <= LONGEST_S:
            raise ValueError(f"the call of {call.deal.deal_id} lasts {length_s:.0f} s")
        encode(spoken.samples, workspace / file)
        records.append(json.dumps(_record(call, file, spoken), ensure_ascii=False))
    archive.write_text(reference / "recordings.jsonl", "\n".join(records) + "\n")
    kept = {json.loads(record)["file"].removeprefix("recordings/") for record in records}
    for path in (workspace / "recordings").iterdir():
        if path.name not in kept:
            path.unlink()


def _earlier_records(workspace: Path, reference: Path) -> dict[tuple[object, ...], str]:
    """Return the records of recordings that are there, by what they say: no need to redo them."""
    path = reference / "recordings.jsonl"
    if not path.exists():
        return {}
    earlier: dict[tuple[object, ...], str] = {}
    for text in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(text)
        said = tuple((line["speaker"], line["text"]) for line in record["lines"])
        if (workspace / record["file"]).exists():
            earlier[record["file"], record["channels"], said] = text
    return earlier


def _suffixes(calls: Sequence[Call]) -> list[str]:
    """Return a file suffix for each call: Opus, but for one mp3, one m4a and one FLAC."""
    suffixes = [".ogg"] * len(calls)
    words = {k: sum(len(line.text.split()) for line in call.lines) for k, call in enumerate(calls)}
    mono = sorted((k for k in words if k % 2 == 0), key=words.__getitem__)
    suffixes[mono[0]] = ".flac"
    suffixes[mono[len(mono) // 2]] = ".mp3"
    suffixes[2 * (len(calls) // 4) + 1] = ".m4a"
    return suffixes


def _record(call: Call, file: str, spoken: SpokenCall) -> dict[str, object]:
    lines = [
        {
            "speaker": line.person.name,
            "side": line.person.side,
            "channel": _channel(line.person, len(spoken.samples)),
            "start_s": start_s,
            "end_s": end_s,
            "text": line.text,
        }
        for line, (start_s, end_s) in zip(call.lines, spoken.times, strict=True)
    ]
    return {
        "file": file,
        "deal_id": call.deal.deal_id,
        "synthetic": True,
        "duration_s": round(spoken.samples.shape[1] / SAMPLING_RATE_HZ, 2),
        "channels": len(spoken.samples),
        "voices": {name: manner.voice for name, manner in spoken.manners.items()},
        "lines": lines,
    }


def _channel(person: Person, channels: int) -> int:
    return int(channels == 2 and person.side == "buyer")


def speak(call: Call, channels: int) -> SpokenCall:
    """Return a call as sound.

    Args:
        call: its lines are spoken one after the other.
        channels: 1, or 2 with the seller in channel 0.
    """
    rng = random.Random(f"{scenario.SEED}:{call.deal.deal_id}:voices")
    manners = _manners(call.people, rng)
    clips, times, now_s = [], [], rng.uniform(0.6, 1.6)
    for number, line in enumerate(call.lines):
        if number:
            same = call.lines[number - 1].person == line.person
            now_s += rng.uniform(0.3, 0.7) if same else rng.uniform(0.4, 1.1)
        clip = _clip(line, manners[line.person.name], rng)
        start_s, end_s = now_s, now_s + len(clip) / SAMPLING_RATE_HZ
        clips.append((line.person, round(start_s * SAMPLING_RATE_HZ), clip))
        times.append((round(start_s, 2), round(end_s, 2)))
        now_s = end_s
    n_samples = round((now_s + rng.uniform(0.5, 1.2)) * SAMPLING_RATE_HZ)
    noise = np.random.default_rng(rng.getrandbits(32))
    samples = np.stack([_room(n_samples, rng.uniform(-62, -54), noise) for _ in range(channels)])
    for person, start, clip in clips:
        samples[_channel(person, channels), start : start + len(clip)] += clip
    return SpokenCall(np.clip(samples, -1, 1).astype(np.float32), tuple(times), manners)


def _manners(people: Sequence[Person], rng: random.Random) -> dict[str, Manner]:
    """Give each person a voice; no two people of a call share one, or one of its variants."""
    manners: dict[str, Manner] = {}
    taken: set[str] = set()
    for person in people:
        if person.side == "seller":
            voice = OWNER_VOICES[person.name]
        else:
            voice = rng.choice([
                voice.name for voice in VOICES
                if not voice.held_out and voice.gender == gender_of(person.name)
                and voice.voice_id not in taken
            ])  # fmt: skip
        taken.add(BY_NAME[voice].voice_id)
        manners[person.name] = Manner(
            voice, rng.uniform(0.95, 1.12), rng.uniform(0.97, 1.03), rng.uniform(-25, -18)
        )
    return manners


def _clip(line: Line, manner: Manner, rng: random.Random) -> FloatArray:
    """Speak one line and trim the silence around it, shape (n,)."""
    rate = manner.rate * rng.uniform(0.97, 1.03)
    sound = synthesise(line.text, BY_NAME[manner.voice], rate=rate, pitch=manner.pitch)
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    margin = SAMPLING_RATE_HZ // 25
    sound = sound[max(0, loud[0] - margin) : loud[-1] + margin]
    rms = float(np.sqrt(np.mean(sound**2)))
    return np.asarray(sound * (10 ** (manner.level_db / 20) / rms), dtype=np.float32)


def _room(n_samples: int, level_db: float, rng: np.random.Generator) -> FloatArray:
    """Return noise of a quiet room, falling with frequency, shape (n_samples,)."""
    white = rng.standard_normal(n_samples)
    spectrum = np.fft.rfft(white)
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 20.0))
    noise = np.fft.irfft(spectrum, n_samples)
    return np.asarray(noise / noise.std() * 10 ** (level_db / 20), dtype=np.float32)


def encode(samples: FloatArray, path: Path) -> None:
    """Write samples, shape (channels, n) at 16 kHz, in the format of the path's suffix."""
    import av

    channels = len(samples)
    layout = "mono" if channels == 1 else "stereo"
    pcm = (samples * 32767).astype(np.int16)
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        container.metadata["comment"] = archive.LABEL
        stream = container.add_stream(FORMATS[path.suffix], rate=SAMPLING_RATE_HZ, layout=layout)
        if (path.suffix, channels) in BIT_RATES:
            stream.bit_rate = BIT_RATES[path.suffix, channels]
        frame_size = stream.codec_context.frame_size or 4096
        resampler = av.AudioResampler(
            stream.format.name, layout, SAMPLING_RATE_HZ, frame_size=frame_size
        )
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(pcm.T.reshape(1, -1)), format="s16", layout=layout
        )
        frame.sample_rate = SAMPLING_RATE_HZ
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
