"""A real Whisper folder of any size loads; what its random weights write is noise."""

from pathlib import Path

import numpy as np
import pytest
from whisper_folders import LARGE_V3_LIKE, N_BASE_TOKENS, TINY, Shape, special_tokens

from icp_voice.config import TranscribeConfig
from icp_voice.models.whisper import whisper_problems
from icp_voice.transcribe.engine import FasterWhisperEngine
from icp_voice.transcribe.models import resolve_model

SHAPES = [("tiny_model", TINY), ("large_v3_model", LARGE_V3_LIKE)]


def engine_of(folder: Path) -> FasterWhisperEngine:
    model = resolve_model(str(folder), offline=True)
    return FasterWhisperEngine(model, TranscribeConfig(beam_size=1), workers=1, threads=1)


@pytest.fixture(name="folder")
def _folder(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder


@pytest.mark.parametrize(("folder", "shape"), SHAPES, indirect=["folder"])
def test_the_token_layout_is_the_real_one(folder: Path, shape: Shape) -> None:
    """Special tokens have the ids that faster-whisper counts on, up to the last timestamp."""
    from faster_whisper.tokenizer import Tokenizer
    from tokenizers import Tokenizer as Layout

    layout = Layout.from_file(str(folder / "tokenizer.json"))
    tokens = special_tokens(shape)
    assert [layout.token_to_id(token) for token in tokens] == list(
        range(N_BASE_TOKENS, N_BASE_TOKENS + len(tokens))
    )
    assert layout.get_vocab_size() == shape.n_vocabulary == 51_766 + shape.n_languages
    tokenizer = Tokenizer(layout, True, task="transcribe", language="uk")
    assert tokenizer.timestamp_begin == 50_364 + (shape.n_languages - 99)
    assert tokenizer.sot_sequence == [
        layout.token_to_id(token) for token in ("<|startoftranscript|>", "<|uk|>", "<|transcribe|>")
    ]
    assert tokenizer.decode(tokenizer.encode("Добрий день, ціна 5 €")) == "Добрий день, ціна 5 €"


@pytest.mark.parametrize(("folder", "shape"), SHAPES, indirect=["folder"])
def test_a_folder_loads_and_transcribes_to_the_end(folder: Path, shape: Shape) -> None:
    """The model is multilingual, tells all its languages apart, and writes something or nothing."""
    assert whisper_problems(folder) == ()
    engine = engine_of(folder)
    second = np.random.default_rng(0).standard_normal(16_000).astype(np.float32) * 0.1
    assert engine.languages == ()
    probabilities = engine.language_probabilities(second)
    assert len(probabilities) == shape.n_languages
    assert {"en", "ru", "uk", "pl"} <= probabilities.keys()
    assert sum(probabilities.values()) == pytest.approx(1.0, abs=1e-3)
    for segment in engine.recognise(second, language="pl"):
        assert 0.0 <= segment.start_s <= segment.end_s
