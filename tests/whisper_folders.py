"""Whisper model folders with random weights, in the real format and with the real token layout.

They stand for the folders that a hub download or a conversion leaves: the same files, shapes,
vocabulary sizes and ids of every special token. Their words are noise and nothing is said of them.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

# The order of `LANGUAGES` in openai/whisper; large-v3 added yue at the end.
_CODES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th "
    "ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr "
    "pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt "
    "haw ln ha ba jw su yue"
)
LANGUAGES = tuple(_CODES.split())
N_BASE_TOKENS = 50_257
_SEED = 7
_END_LEAN = 1.0


@dataclass(frozen=True)
class Shape:
    """The sizes that tell one Whisper from another."""

    width: int
    layers: int
    heads: int
    n_mels: int = 80
    n_languages: int = 99

    @property
    def n_vocabulary(self) -> int:
        """51,865 with 99 languages, 51,866 with 100."""
        return N_BASE_TOKENS + 2 + self.n_languages + 6 + 1_501


TINY = Shape(width=384, layers=4, heads=6)
# What sets large-v3 and turbo apart, at a size that tests can build.
LARGE_V3_LIKE = Shape(width=64, layers=2, heads=2, n_mels=128, n_languages=100)


def special_tokens(shape: Shape) -> list[str]:
    """Return the special tokens in the order of their ids, which begin at 50257."""
    return [
        *("<|endoftext|>", "<|startoftranscript|>"),
        *(f"<|{code}|>" for code in LANGUAGES[: shape.n_languages]),
        *("<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"),
        *("<|nospeech|>", "<|notimestamps|>"),
        *(f"<|{i * 0.02:.2f}|>" for i in range(1_501)),
    ]


def build_whisper_folder(folder: Path, shape: Shape) -> Path:
    """Write model.bin, config.json, vocabulary.json, tokenizer.json, preprocessor_config.json."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(shape)
    tokenizer.save(str(folder / "tokenizer.json"))
    tokens = [tokenizer.id_to_token(i) for i in range(shape.n_vocabulary)]
    _weights(shape, tokens).save(str(folder))
    features = {"feature_size": shape.n_mels, "sampling_rate": 16_000, "hop_length": 160}
    features |= {"chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(features), encoding="utf-8")
    return folder


def _tokenizer(shape: Shape) -> Any:
    """Return a byte-level BPE whose merges are made up and whose ids are the real ones."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    n_merges = N_BASE_TOKENS - len(letters) - 1
    merges = [(a, b) for a in letters for b in letters][:n_merges]
    # The last one is the empty string, as in the real vocabulary: CTranslate2 takes a model that
    # has it for a multilingual one.
    base = [*letters, *(a + b for a, b in merges), ""]
    vocabulary = {token: i for i, token in enumerate(base)}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [AddedToken(token, special=True, normalized=False) for token in special_tokens(shape)]
    timestamps_from = len(special) - 1_501
    tokenizer.add_special_tokens(special[:timestamps_from])
    tokenizer.add_tokens(special[timestamps_from:])
    return tokenizer


def _weights(shape: Shape, tokens: list[str]) -> Any:
    """Return a filled WhisperSpec, int8."""
    from ctranslate2.specs import WhisperSpec

    spec = WhisperSpec(shape.layers, shape.heads, shape.layers, shape.heads)
    random = np.random.default_rng(_SEED)

    def matrix(*dimensions: int) -> Any:
        return (random.standard_normal(dimensions, dtype=np.float32) * 0.02).astype(np.float32)

    _fill_linears(spec, shape, matrix)
    start = N_BASE_TOKENS + 2
    spec.config.lang_ids = list(range(start, start + shape.n_languages))
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [220, N_BASE_TOKENS]
    spec.config.alignment_heads = [
        (layer, head)
        for layer in range(shape.layers // 2, shape.layers)
        for head in range(shape.heads)
    ]
    spec.register_vocabulary(tokens)
    spec.validate()
    spec.optimize(quantization="int8")
    return spec


def _fill_linears(spec: Any, shape: Shape, matrix: Any) -> None:
    width = shape.width
    for side in (spec.encoder, spec.decoder):
        _fill_norm(side.layer_norm, width)
        for layer in side.layer:
            _fill_attention(layer.self_attention, width, matrix, n_inputs=3)
            _fill_norm(layer.ffn.layer_norm, width)
            _fill(layer.ffn.linear_0, matrix(4 * width, width))
            _fill(layer.ffn.linear_1, matrix(width, 4 * width))
    for layer in spec.decoder.layer:
        _fill_attention(layer.attention, width, matrix, n_inputs=1)
        _fill(layer.attention.linear[1], matrix(2 * width, width))
    spec.encoder.conv1.weight = matrix(width, shape.n_mels, 3)
    spec.encoder.conv2.weight = matrix(width, width, 3)
    for convolution in (spec.encoder.conv1, spec.encoder.conv2):
        convolution.bias = np.zeros(width, dtype=np.float32)
    spec.encoder.position_encodings.encodings = matrix(1_500, width)
    spec.decoder.position_encodings.encodings = matrix(448, width)
    spec.decoder.embeddings.weight = matrix(shape.n_vocabulary, width)
    spec.decoder.projection.weight = spec.decoder.embeddings.weight
    # Random weights write up to the last token there is room for. A bias towards the end of text
    # lets them stop after a few, so that a test takes a second.
    lean = spec.decoder.embeddings.weight[N_BASE_TOKENS]
    spec.decoder.layer_norm.beta = lean * (_END_LEAN / float(lean @ lean))


def _fill(linear: Any, weight: Any) -> None:
    linear.weight = weight
    linear.bias = np.zeros(weight.shape[0], dtype=np.float32)


def _fill_norm(norm: Any, width: int) -> None:
    norm.gamma = np.ones(width, dtype=np.float32)
    norm.beta = np.zeros(width, dtype=np.float32)


def _fill_attention(attention: Any, width: int, matrix: Any, *, n_inputs: int) -> None:
    _fill_norm(attention.layer_norm, width)
    _fill(attention.linear[0], matrix(n_inputs * width, width))
    _fill(attention.linear[-1], matrix(width, width))
