"""The bundled speech model, in unmodified faster-whisper."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

ROOT = Path(__file__).resolve().parents[2]
RATE_HZ = 16_000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", name="model")
def _model() -> Any:
    from faster_whisper import WhisperModel

    folder = ROOT / "models" / "demo-en"
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)


def _transcribe(model: Any, audio: npt.NDArray[np.float32] | str, **options: Any) -> list[Any]:
    segments, _ = model.transcribe(
        audio, language="en", beam_size=5, condition_on_previous_text=False, **options
    )
    return list(segments)


def test_it_is_an_english_whisper_model(model: Any) -> None:
    """faster-whisper takes the folder for an English-only model with timestamps up to 30 s."""
    assert not model.model.is_multilingual
    last = model.hf_tokenizer.token_to_id("<|30.00|>")
    assert last == model.hf_tokenizer.token_to_id("<|notimestamps|>") + 1_501


@pytest.mark.parametrize("level", [0.0, 0.001, 0.02])
def test_it_invents_nothing_on_silence_and_noise(model: Any, level: float) -> None:
    """Without voice activity detection, ten seconds of silence or white noise give no text."""
    noise = np.random.default_rng(1).standard_normal(10 * RATE_HZ).astype(np.float32) * level
    assert _transcribe(model, noise, vad_filter=False) == []


def _word_errors(reference: str, heard: str) -> float:
    """Return the word error rate, without case and punctuation."""
    said, written = (re.sub(r"[^a-z' ]", " ", text.lower()).split() for text in (reference, heard))
    row = list(range(len(written) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(written, 1):
            best = min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
            diagonal, row[j] = row[j], best
    return row[-1] / len(said)


def test_it_writes_down_a_sample_call(model: Any) -> None:
    """The shortest sample recording comes out with few word errors and times close by."""
    from faster_whisper import decode_audio

    folder = ROOT / "sample_audio"
    text = (folder / "reference" / "recordings.jsonl").read_text(encoding="utf-8")
    call = min(map(json.loads, text.splitlines()), key=lambda record: record["duration_s"])
    stereo = call["channels"] == 2
    sound = decode_audio(str(folder / "workspace" / call["file"]), split_stereo=stereo)
    rates, first = [], []
    for channel, audio in enumerate(sound if stereo else [sound]):
        lines = [line for line in call["lines"] if not stereo or line["channel"] == channel]
        heard = _transcribe(model, audio, vad_filter=True)
        reference = " ".join(line["text"] for line in lines)
        rates.append(_word_errors(reference, " ".join(segment.text for segment in heard)))
        first.append(abs(heard[0].start - lines[0]["start_s"]))
    assert max(rates) <= 0.25, rates
    assert max(first) <= 0.5, first
