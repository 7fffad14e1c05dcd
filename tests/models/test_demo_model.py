"""The bundled speech model, in unmodified faster-whisper."""

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
