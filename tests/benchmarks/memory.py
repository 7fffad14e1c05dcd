"""Peak memory of transcribing recordings of 10 minutes, 1 hour and 4 hours, above the loaded model.

Each length runs in a process of its own, so that the peak is its own. Long runs hear speech of the
sample calls over and over, in a real file (8 kHz mu-law for one channel, Ogg Opus for two); the
recogniser computes Whisper's spectrogram and then returns segments of words at once, for the
network's own memory does not grow with the length. `--real` hears one hour with the bundled model.

    python tests/benchmarks/memory.py [--real] [--minutes 10 60 240] [--channels 1 2]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from icp_voice.config import TranscribeConfig
from icp_voice.records import SourceFile, Transcript
from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples, mix_down, read_windows
from icp_voice.transcribe.engine import FasterWhisperEngine, Recognised, SpeechEngine, Word
from icp_voice.transcribe.heap import return_large_blocks
from icp_voice.transcribe.models import resolve_model
from icp_voice.transcribe.parallel import transcribe_recordings

SAMPLES = Path(__file__).resolve().parents[2] / "sample_audio" / "workspace" / "recordings"
LIMIT_MB = 600.0
WORDS_A_SECOND = 2.5
WORKERS = 2


class InstantEngine:
    """Computes Whisper's spectrogram, then says a word every 0.4 s of the speech it is given."""

    name = "instant@1"
    languages = ("en",)
    max_speech_s = 0.0
    batch_size = 1

    def __init__(self) -> None:
        from faster_whisper.feature_extractor import FeatureExtractor

        self._extractor = FeatureExtractor()

    def recognise(self, samples: Samples, *, language: str) -> Iterator[Recognised]:
        """Yield segments of ten words."""
        self._extractor(samples)
        n_words = int(samples.shape[0] / SAMPLING_RATE_HZ * WORDS_A_SECOND)
        step_s = 1.0 / WORDS_A_SECOND
        words = [Word(i * step_s, (i + 0.9) * step_s, f" word{i % 500}") for i in range(n_words)]
        for first in range(0, n_words, 10):
            part = tuple(words[first : first + 10])
            text = "".join(word.text for word in part).strip()
            yield Recognised(part[0].start_s, part[-1].end_s, text, part, -0.3)

    def recognise_batch(
        self, sounds: Sequence[Samples], *, language: str
    ) -> list[list[Recognised]]:
        """Return the segments of each sound."""
        return [list(self.recognise(sound, language=language)) for sound in sounds]

    def language_probabilities(self, samples: Samples) -> Mapping[str, float]:
        """Return English."""
        return {"en": 1.0}


def resident_mb(*, peak: bool = False) -> float:
    """Return this process's resident memory, or the most it ever had."""
    field = "VmHWM" if peak else "VmRSS"
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no {field} in /proc/self/status")


def speech(minutes: float) -> Iterator[NDArray[np.int16]]:
    """Yield speech of the sample calls at 8 kHz, over and over, a call at a time."""
    calls = []
    for path in sorted(SAMPLES.glob("*.ogg"))[:8]:
        sound = np.concatenate([mix_down(window.samples) for window in read_windows(path)])
        calls.append((sound[::2] * 32767).astype(np.int16))
    left = int(minutes * 60 * 8000)
    while left > 0:
        for call in calls:
            yield call[:left]
            left -= call[:left].shape[0]
            if left <= 0:
                return


def write_recording(path: Path, minutes: float, channels: int) -> None:
    """Write a recording; the second channel speaks a minute after the first."""
    codec, rate = ("pcm_mulaw", 8000) if path.suffix == ".wav" else ("libopus", 48_000)
    with av.open(str(path), "w") as container:
        layout = "stereo" if channels == 2 else "mono"
        stream = container.add_stream(codec, rate=rate, layout=layout)
        size = stream.codec_context.frame_size or None
        resampler = av.AudioResampler(stream.format.name, layout, rate, frame_size=size)
        for call in speech(minutes):
            sound = np.stack([call, np.roll(call[::-1], 480_000)])[:channels]
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), "s16p", layout)
            frame.sample_rate = 8000
            for piece in resampler.resample(frame):
                container.mux(stream.encode(piece))
        for piece in resampler.resample(None):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def measure_one(path: Path, *, real: bool) -> None:
    """Transcribe one file and print minutes, model MB, peak MB above it, seconds and turns."""
    return_large_blocks()
    config = TranscribeConfig(model="demo-en", languages=("en",), workers=WORKERS, threads=1)
    model = resolve_model("demo-en", offline=True)
    whisper = FasterWhisperEngine(model, config, workers=WORKERS, threads=1)
    second = np.zeros(SAMPLING_RATE_HZ, dtype=np.float32)
    list(whisper.recognise(second, language="en"))
    engine: SpeechEngine = whisper if real else InstantEngine()
    loaded = resident_mb()
    source = SourceFile("0" * 16, "0" * 64, path, "recording", path.stat().st_size)
    began = time.monotonic()
    ((_, result),) = transcribe_recordings([source], config, engine=engine)
    seconds = time.monotonic() - began
    assert isinstance(result, Transcript), result
    above = resident_mb(peak=True) - loaded
    print(
        f"{result.duration_s / 60:5.0f} min  {result.channels} ch  model {loaded:4.0f} MB  "
        f"peak above it {above:4.0f} MB  {seconds:5.0f} s  {len(result.turns)} turns",
        flush=True,
    )


def main() -> None:
    """Measure every length in a process of its own."""
    parser = argparse.ArgumentParser(description="Memory of transcribing long recordings.")
    parser.add_argument("--minutes", type=float, nargs="+", default=[10, 60, 240])
    parser.add_argument("--channels", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--real", action="store_true", help="the bundled model, one hour")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.file:
        measure_one(options.file, real=options.real)
        return
    again = [sys.executable, __file__]
    minutes = [60.0] if options.real else options.minutes
    with tempfile.TemporaryDirectory() as folder:
        for channels in options.channels:
            for length in minutes:
                path = Path(folder) / f"call{length:.0f}{'.wav' if channels == 1 else '.ogg'}"
                write_recording(path, length, channels)
                real = ["--real"] if options.real else []
                subprocess.run([*again, "--file", str(path), *real], check=True)
                path.unlink()
    print(f"limit: {LIMIT_MB:.0f} MB above the model at 4 hours")


if __name__ == "__main__":
    main()
