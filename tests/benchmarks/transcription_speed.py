"""Throughput of `icp-voice transcribe` beside plain faster-whisper, on the same recordings.

Run: python tests/benchmarks/transcription_speed.py [--model PATH] [--rounds N] [--batched] [FILES...]

Plain is what a user would write: one `WhisperModel` with all cores as its threads, a loop over the
files, and the engine's own settings (beam 5, temperature 0, no conditioning, word times, the voice
activity filter at 500 ms). Ours is `transcribe_recordings` as the command line runs it. Each run is
a process of its own, in turn (plain, ours, plain, ours ...), and loading the model is not counted.
Without FILES these are the sample calls: 27 recordings, 33 minutes, 12 of them in two channels,
which plain mixes down. Both get the same model folder, so that both hear windows of 30 s.

Printed: seconds of sound a second, the ratio ours / plain round by round (target 1.3 on 2 cores),
how far the words differ (word error rate of ours against plain's on files of one channel, and of
each against the reference where there is one), and the same for all files joined to one long one.
There, with a single worker, also the time spent outside faster-whisper (target 3 %): seconds an
hour of sound, which are the same for every model, and their share with this one.
"""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_audio"


def run_plain(model_folder: str, files: Sequence[Path]) -> dict[str, Any]:
    """Loop over the files with one model that has all the cores."""
    from faster_whisper import WhisperModel

    from icp_voice.transcribe.parallel import available_cores

    model = WhisperModel(model_folder, compute_type="int8", cpu_threads=available_cores())
    started_s = time.perf_counter()
    texts = {}
    for path in files:
        segments, _ = model.transcribe(
            str(path),
            language="en",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            vad_filter=True,
            vad_parameters={"min_silence_duration_ms": 500},
            word_timestamps=True,
            hallucination_silence_threshold=2.0,
        )
        texts[path.name] = " ".join(segment.text.strip() for segment in segments)
    return {"seconds": time.perf_counter() - started_s, "texts": texts}


def run_ours(
    model_folder: str, files: Sequence[Path], *, batched: bool, workers: int
) -> dict[str, Any]:
    """Run the stage as the command line does; loading the model is taken off."""
    from icp_voice.config import TranscribeConfig
    from icp_voice.files import hash_content
    from icp_voice.records import SourceFile, Transcript
    from icp_voice.transcribe import parallel
    from icp_voice.transcribe.engine import FasterWhisperEngine
    from icp_voice.transcribe.models import resolve_model

    config = TranscribeConfig(
        model=model_folder, languages=("en",), batched=batched, workers=workers
    )
    shas = {path: hash_content(path) for path in files}
    sources = [SourceFile(sha[:16], sha, path, "recording", 0) for path, sha in shas.items()]
    n_units = sum(parallel.measure_size(source).n_units for source in sources)
    workers, threads = parallel.plan_workers(n_units, config)
    engine = FasterWhisperEngine(
        resolve_model(model_folder), config, workers=workers, threads=threads
    )
    inside = _Inside()
    inside.watch()
    started_s = time.perf_counter()
    texts, channels, duration_s = {}, {}, 0.0
    for source, result in parallel.transcribe_recordings(sources, config, engine=engine):
        assert isinstance(result, Transcript), result
        texts[source.path.name] = " ".join(turn.text for turn in result.turns)
        channels[source.path.name] = result.channels
        duration_s += result.duration_s
    seconds = time.perf_counter() - started_s
    return {
        "seconds": seconds,
        "texts": texts,
        "channels": channels,
        "duration_s": duration_s,
        "workers": workers,
        "threads": threads,
        "inside_seconds": inside.seconds,
    }


class _Inside:
    """Seconds that the workers together spend in faster-whisper: words and voice activity."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def watch(self) -> None:
        """Put a clock around the two ways into faster-whisper."""
        from icp_voice.transcribe import recording

        recording.speech_probabilities = self._timed(recording.speech_probabilities)
        recording.recognise_languages = self._timed(recording.recognise_languages)

    def _timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            started_s = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - started_s

        return timed


def word_error_rate(reference: str, heard: str) -> tuple[int, int]:
    """Return (edits, words of the reference): letters and digits only, without letter case."""
    from rapidfuzz.distance import Levenshtein

    said, got = (re.findall(r"[\w']+", text.lower()) for text in (reference, heard))
    return Levenshtein.distance(said, got), len(said)


def reference_texts() -> dict[str, str]:
    """Return file name -> what was said, of the sample calls."""
    path = SAMPLES / "reference" / "recordings.jsonl"
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {Path(e["file"]).name: " ".join(line["text"] for line in e["lines"]) for e in entries}


def join_files(files: Sequence[Path], target: Path) -> None:
    """Write all files one after the other as one mono wav."""
    from icp_voice.transcribe.audio import mix_down, read_windows

    with wave.open(str(target), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        for path in files:
            for window in read_windows(path):
                samples = np.clip(mix_down(window.samples), -1, 1)
                out.writeframes((samples * 32767).astype("<i2").tobytes())


def run_apart(arguments: Sequence[str]) -> dict[str, Any]:
    """Run one contestant in a process of its own and return what it printed."""
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(title: str, model: str, files: Sequence[Path], rounds: int, *, batched: bool) -> None:
    """Run both in turn and print throughput, ratio and words."""
    names = [str(path) for path in files]
    ratios, plain, ours = [], {}, {}
    flags = ["--batched"] if batched else []
    for _ in range(rounds):
        plain = run_apart(["--run", "plain", "--model", model, *names])
        ours = run_apart(["--run", "ours", "--model", model, *flags, *names])
        ratios.append(plain["seconds"] / ours["seconds"])
    sound_s = ours["duration_s"]
    print(f"{title}: {len(files)} files, {sound_s / 60:.1f} min")
    print(f"  plain {sound_s / plain['seconds']:.1f} x real time", end=", ")
    print(f"ours {sound_s / ours['seconds']:.1f} x", end=" ")
    print(f"({ours['workers']} workers x {ours['threads']} threads)")
    listed = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"  ratio ours / plain: median {statistics.median(ratios):.2f} of {listed} (target 1.3)")
    if len(files) == 1:
        alone = run_apart(["--run", "ours", "--model", model, "--workers", "1", *flags, *names])
        outside_s = alone["seconds"] - alone["inside_seconds"]
        print(f"  outside faster-whisper, one worker: {outside_s * 3600 / sound_s:.1f} s", end=" ")
        print(f"an hour of sound, {outside_s / alone['seconds']:.1%} of the time (target 3 %)")
    mono = [name for name, n in ours["channels"].items() if n == 1]
    print(f"  words, ours against plain's on one channel: {_rate(plain, ours, mono)}")
    said = {"texts": reference_texts()}
    known = [name for name in ours["texts"] if name in said["texts"]]
    if known:
        print(f"  words against the reference: plain {_rate(said, plain, known)}", end=", ")
        print(f"ours {_rate(said, ours, known)}")


def _rate(reference: dict[str, Any], heard: dict[str, Any], names: Sequence[str]) -> str:
    counts = [word_error_rate(reference["texts"][n], heard["texts"][n]) for n in names]
    edits, words = sum(c[0] for c in counts), sum(c[1] for c in counts)
    return f"{edits / max(1, words):.2%} of {words} words"


def main() -> None:
    """Run the benchmark, or one contestant of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--model", help="a CTranslate2 Whisper folder; default: the bundled one")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batched", action="store_true", help="ours in the batched mode")
    parser.add_argument("--workers", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--run", choices=["plain", "ours"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run == "plain":
        print(json.dumps(run_plain(given.model, given.files)))
    elif given.run == "ours":
        print(
            json.dumps(
                run_ours(given.model, given.files, batched=given.batched, workers=given.workers)
            )
        )
    else:
        files = given.files or sorted((SAMPLES / "workspace" / "recordings").iterdir())
        with tempfile.TemporaryDirectory() as folder:
            model = given.model or f"{folder}/demo-en-in-a-folder"
            if not given.model:
                shutil.copytree(ROOT / "models" / "demo-en", model)
            compare("many files", model, files, given.rounds, batched=given.batched)
            joined = Path(folder) / "joined.wav"
            join_files(files, joined)
            compare("one long file", model, [joined], given.rounds, batched=given.batched)


if __name__ == "__main__":
    main()
