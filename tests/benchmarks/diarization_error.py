"""How often the program takes one speaker for another on a single channel: diarization error.

    python tests/benchmarks/diarization_error.py [AUDIO ...] [--sample-calls] [--cost]

AUDIO is a recording with a reference beside it (NAME.rttm), a two-channel recording, or two files
of one call joined by a plus sign (agent.wav+caller.wav). Without any, the sample calls are heard.
Of two channels the reference is where Silero hears speech on each, and their mix is diarized.

The error is that of NIST (Rich Transcription 2009 evaluation plan): the time in which speakers
are missed, wrongly heard or taken for another, by the time that speakers speak, overlap counted,
after the speakers were mapped one to one in the best way. With a collar, the moments around
each beginning and end of the reference are left out. `floor` is what no single label a frame can
win: overlapping speech, and speech or silence that the voice-activity detector got wrong.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples, mix_down, read_windows
from icp_voice.transcribe.diarization import HOP_S
from icp_voice.transcribe.recording import VOICE_SILENCE_MS
from icp_voice.transcribe.speakers import BuiltInDiarizer
from icp_voice.transcribe.speech import find_speech, speech_probabilities

ROOT = Path(__file__).resolve().parents[2]
COLLAR_S = 0.25


class Stretch(NamedTuple):
    """One speaker speaks from `start_s` to `end_s`."""

    start_s: float
    end_s: float
    speaker: str


@dataclass(frozen=True)
class DiarizationError:
    """Seconds of each kind of error; `total_s` is the reference's speech, overlap counted."""

    total_s: float
    missed_s: float
    false_alarm_s: float
    confused_s: float

    @property
    def rate(self) -> float:
        """The diarization error rate; above 1 where there is more error than speech."""
        wrong_s = self.missed_s + self.false_alarm_s + self.confused_s
        return wrong_s / self.total_s if self.total_s else 0.0

    @property
    def confusion(self) -> float:
        """The share of the speech that was given to another speaker."""
        return self.confused_s / self.total_s if self.total_s else 0.0


def diarization_error(
    reference: Sequence[Stretch], hypothesis: Sequence[Stretch], *, collar_s: float = 0.0
) -> DiarizationError:
    """Return the error of a hypothesis, exact to the boundaries (nothing is cut into frames)."""
    moments = _moments(reference, hypothesis, collar_s)
    said = sorted({s.speaker for s in reference})
    heard = sorted({s.speaker for s in hypothesis})
    together = np.zeros((len(said), len(heard)))
    for length_s, speaking, found in moments:
        for a in speaking:
            for b in found:
                together[said.index(a), heard.index(b)] += length_s
    rows, columns = linear_sum_assignment(-together)
    mapped = {said[i]: heard[j] for i, j in zip(rows, columns, strict=True)}
    total = missed = false_alarm = confused = 0.0
    for length_s, speaking, found in moments:
        n_said, n_heard = len(speaking), len(found)
        n_right = sum(1 for a in speaking if mapped.get(a) in found)
        total += length_s * n_said
        missed += length_s * max(0, n_said - n_heard)
        false_alarm += length_s * max(0, n_heard - n_said)
        confused += length_s * (min(n_said, n_heard) - n_right)
    return DiarizationError(total, missed, false_alarm, confused)


def _moments(
    reference: Sequence[Stretch], hypothesis: Sequence[Stretch], collar_s: float
) -> list[tuple[float, frozenset[str], frozenset[str]]]:
    """Return (seconds, who speaks, who was heard) between all boundaries, without the collars."""
    near = [(t - collar_s, t + collar_s) for s in reference for t in (s.start_s, s.end_s)]
    near = near if collar_s > 0 else []
    times = sorted(
        {t for s in (*reference, *hypothesis) for t in (s.start_s, s.end_s)}
        | {t for pair in near for t in pair}
    )
    moments = []
    for start_s, end_s in pairwise(times):
        middle_s = (start_s + end_s) / 2
        if any(first < middle_s < last for first, last in near):
            continue
        speaking = frozenset(s.speaker for s in reference if s.start_s <= middle_s < s.end_s)
        found = frozenset(s.speaker for s in hypothesis if s.start_s <= middle_s < s.end_s)
        moments.append((end_s - start_s, speaking, found))
    return moments


def floor_error(
    reference: Sequence[Stretch], hypothesis: Sequence[Stretch], *, collar_s: float = 0.0
) -> float:
    """Return the error rate left if every frame of the hypothesis had the right single speaker."""
    found = diarization_error(reference, hypothesis, collar_s=collar_s)
    return (found.missed_s + found.false_alarm_s) / found.total_s if found.total_s else 0.0


def read_rttm(path: Path) -> list[Stretch]:
    """Read the SPEAKER lines of an RTTM file."""
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Stretch(float(row[3]), float(row[3]) + float(row[4]), row[7])
        for row in rows
        if row and row[0] == "SPEAKER"
    ]


def stretches_of(labels: np.ndarray) -> list[Stretch]:
    """Turn the speaker of each frame into stretches."""
    edges = np.flatnonzero(np.diff(labels)) + 1
    starts, ends = np.r_[0, edges], np.r_[edges, labels.size]
    return [
        Stretch(float(s * HOP_S), float(e * HOP_S), str(labels[s]))
        for s, e in zip(starts, ends, strict=True)
        if labels[s] >= 0
    ]


@dataclass(frozen=True)
class Case:
    """One channel of sound, and who speaks when in it."""

    name: str
    samples: Samples
    reference: list[Stretch]

    @property
    def n_speakers(self) -> int:
        return len({s.speaker for s in self.reference})


def read_samples(path: Path) -> Samples:
    """Decode a whole (short) file, shape (channels, samples)."""
    return np.concatenate([window.samples for window in read_windows(path)], axis=1)


def activity(samples: Samples, speaker: str) -> list[Stretch]:
    """Return where somebody speaks on a channel that is one speaker's."""
    return [
        Stretch(p.start / SAMPLING_RATE_HZ, p.end / SAMPLING_RATE_HZ, speaker)
        for p in find_speech(
            speech_probabilities(samples), samples.shape[0], min_silence_ms=VOICE_SILENCE_MS
        )
    ]


def channels_case(name: str, channels: Samples) -> Case:
    """Mix two channels; the reference is where each of them has speech."""
    reference = [s for i, c in enumerate(channels) for s in activity(c, f"channel {i}")]
    return Case(name, mix_down(channels), reference)


def read_case(argument: str) -> Case:
    paths = [Path(part) for part in argument.split("+")]
    if len(paths) == 2:
        sounds = [mix_down(read_samples(path)) for path in paths]
        n_samples = max(sound.shape[0] for sound in sounds)
        channels = np.stack([np.pad(s, (0, n_samples - s.shape[0])) for s in sounds])
        return channels_case(argument, channels)
    samples = read_samples(paths[0])
    rttm = paths[0].with_suffix(".rttm")
    if rttm.exists():
        return Case(paths[0].name, mix_down(samples), read_rttm(rttm))
    if samples.shape[0] != 2:
        raise SystemExit(f"{argument} has neither {rttm.name} beside it nor two channels.")
    return channels_case(paths[0].name, samples)


def sample_calls() -> Iterator[Case]:
    """Yield the sample workspace's calls: mono by their reference, two channels mixed."""
    folder = ROOT / "sample_audio"
    for line in (folder / "reference" / "recordings.jsonl").read_text("utf-8").splitlines():
        call = json.loads(line)
        samples = read_samples(folder / "workspace" / call["file"])
        kind = "mono" if call["channels"] == 1 else "mixed"
        reference = [Stretch(s["start_s"], s["end_s"], s["speaker"]) for s in call["lines"]]
        yield Case(f"{kind} {Path(call['file']).name}", mix_down(samples), reference)


def diarize_case(case: Case) -> tuple[list[Stretch], int, float]:
    """Return what the built-in diarizer finds, how many speakers, and its seconds."""
    pieces = find_speech(
        speech_probabilities(case.samples), case.samples.shape[0], min_silence_ms=VOICE_SILENCE_MS
    )
    started = time.perf_counter()
    track = BuiltInDiarizer().track()
    track.add(case.samples, pieces)
    found = track.diarize()
    return stretches_of(found.labels), found.n_speakers, time.perf_counter() - started


def report(cases: Sequence[Case]) -> None:
    print(f"{'':48} DER  | collar | confusion | floor | speakers (true) | s")
    rows = []
    for case in cases:
        found, n_found, seconds = diarize_case(case)
        plain = diarization_error(case.reference, found)
        collared = diarization_error(case.reference, found, collar_s=COLLAR_S)
        floor = floor_error(case.reference, found)
        row = (plain.rate, collared.rate, plain.confusion, floor)
        rows.append(row)
        figures = " | ".join(f"{100 * value:5.1f} %" for value in row)
        print(f"{case.name[-46:]:46} {figures} | {n_found} ({case.n_speakers}) | {seconds:.1f}")
    if len(rows) > 1:
        means = " | ".join(f"{100 * value:5.1f} %" for value in np.mean(rows, axis=0))
        print(f"{'mean':46} {means}")


def report_cost(case: Case, hours: float = 4.0) -> None:
    """Repeat a case up to some hours and print processor seconds and memory of the built-in diarizer."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pieces = find_speech(
        speech_probabilities(case.samples), case.samples.shape[0], min_silence_ms=VOICE_SILENCE_MS
    )
    track = BuiltInDiarizer().track()
    length_s = case.samples.shape[0] / SAMPLING_RATE_HZ
    started = time.process_time()
    for _ in range(round(hours * 3600 / length_s)):
        track.add(case.samples, pieces)
    heard_s = time.process_time() - started
    found = track.diarize()
    seconds = time.process_time() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"{hours:.0f} h: features {heard_s:.0f} s, all {seconds:.0f} s "
        f"({100 * seconds / hours / 3600:.2f} % of real time), {grown:.0f} MB more, "
        f"{found.n_speakers} speakers"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("audio", nargs="*")
    parser.add_argument("--sample-calls", action="store_true")
    parser.add_argument("--cost", action="store_true", help="of four hours (repeats the first)")
    args = parser.parse_args()
    cases = [read_case(argument) for argument in args.audio]
    if args.sample_calls or not cases:
        cases += sample_calls()
    if args.cost:
        report_cost(cases[0])
    else:
        report(cases)


if __name__ == "__main__":
    sys.exit(main())
