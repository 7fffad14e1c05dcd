"""Is a folder a whole Whisper model in the CTranslate2 format, and if not, what is it?

faster-whisper 1.2.1 asks less than it needs: without tokenizer.json it asks the hub for the one of
whisper-tiny, whose ids are wrong for large-v3 (its issue #835); without preprocessor_config.json it
makes 80 mel bands where large-v3 takes 128 (#593, #875) and fails in the middle of the first call.
So everything is checked before a model is loaded, from the names and the layout of the files alone:
a model of 3 GB takes milliseconds.
"""

import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")
VOCABULARY_FILES = ("vocabulary.json", "vocabulary.txt")
# What a hub repository of such a model holds beside its description.
HUB_FILES = (*NEEDED_FILES, "preprocessor_config.json", *VOCABULARY_FILES)

_BINARY_VERSION = 6  # of CTranslate2 3 and 4; ctranslate2/specs/model_spec.py writes it
_SPEC_NAME = "WhisperSpec"
_DEFAULT_N_MELS = 80  # what faster-whisper makes where no preprocessor_config.json says otherwise
_COMPARED_TOKENS = (
    *("<|endoftext|>", "<|startoftranscript|>", "<|transcribe|>", "<|notimestamps|>"),
)
_COPY = "--copy_files tokenizer.json preprocessor_config.json"


class _FormatError(Exception):
    """A file is not what its name says; the text follows the file's name in a sentence."""


@dataclass(frozen=True)
class _Layout:
    """What model.bin says of itself: variable -> shape."""

    shapes: dict[str, tuple[int, ...]]

    @property
    def n_mels(self) -> int | None:
        shape = self.shapes.get("encoder/conv1/weight", ())
        return shape[1] if len(shape) == 3 else None

    @property
    def n_vocabulary(self) -> int | None:
        shape = self.shapes.get("decoder/embeddings/weight", ())
        return shape[0] if shape else None


def whisper_problems(folder: Path) -> tuple[str, ...]:
    """Return what keeps a folder from being loaded, a clause each; empty where it is whole.

    The weights are not read, only their layout: a file that was cut off or is another thing is
    found, a flipped bit is not (`verify` finds it by its sum).
    """
    lacking = [name for name in NEEDED_FILES if not (folder / name).is_file()]
    if "model.bin" in lacking and (other := other_format(folder)):
        return (other,)
    problems = [_missing(folder, name) for name in lacking]
    if not any((folder / name).is_file() for name in VOCABULARY_FILES):
        problems.append("vocabulary.json (or vocabulary.txt) is missing")
    layout = None
    if "model.bin" not in lacking:
        try:
            layout = _read_layout(folder / "model.bin")
        except _FormatError as error:
            problems.append(f"model.bin {error}")
    try:
        problems += _text_problems(folder, layout)
    except _FormatError as error:
        problems.append(str(error))
    return tuple(problems)


def other_format(path: Path) -> str:
    """Say what a folder or file holds instead of a CTranslate2 model, and how to convert it.

    Returns:
        One sentence or two without the last full stop; "" where nothing is recognised.
    """
    files = [path] if path.is_file() else sorted(p for p in path.glob("*") if p.is_file())
    names = {file.name for file in files}
    if any(re.fullmatch(r"(model.*\.safetensors|pytorch_model.*\.bin)", name) for name in names):
        folder = path.parent if path.is_file() else path
        return (
            "it is a PyTorch model, not a CTranslate2 one. Convert it once: "
            f'ct2-transformers-converter --model "{folder}" --output_dir "{folder}-ct2" {_COPY} '
            f'--quantization float16, then name the folder "{folder}-ct2"'
        )
    for file in files:
        kind = _foreign_kind(file)
        if kind:
            size = re.search(r"(tiny|base|small|medium|large(-v[123](-turbo)?)?|turbo)", file.name)
            name = size.group(0) if size else "small"
            return (
                f"{file.name} is a model of {kind}, which can't be converted. Take the same size "
                f"in the CTranslate2 format: icp-voice models pull {name}"
            )
    return ""


def _foreign_kind(file: Path) -> str:
    if file.suffix == ".pt":
        return "OpenAI's own whisper program"
    if file.suffix in (".bin", ".gguf"):
        with file.open("rb") as opened:
            if opened.read(4) in (b"lmgg", b"ggml", b"GGUF"):
                return "whisper.cpp (ggml)"
    return ""


def _missing(folder: Path, name: str) -> str:
    path = folder / name
    if path.is_symlink():
        return (
            f"{name} is a link to {path.readlink()}, which was not copied. Copy the model with its "
            "links followed (cp -rL)"
        )
    if name == "tokenizer.json":
        return (
            "tokenizer.json is missing. Copy it from the model that this one was converted from "
            f"(a conversion takes it along only with {_COPY})"
        )
    return f"{name} is missing"


def _read_layout(path: Path) -> _Layout:
    """Read names and shapes of all weights, and see that the file ends where they do."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(200)
        _refuse_placeholders(start, size)
        file.seek(0)
        try:
            return _Layout(dict(_variables(file, size)))
        except (struct.error, UnicodeDecodeError, IndexError, OverflowError) as error:
            raise _FormatError(
                f"breaks off after {size:,} bytes; it was not copied or fetched whole"
            ) from error


def _refuse_placeholders(start: bytes, size: int) -> None:
    if size == 0:
        raise _FormatError("is empty")
    if start.startswith(b"version https://git-lfs"):
        raise _FormatError(
            "is a Git LFS pointer, not the weights; run git lfs pull in the clone, or fetch the "
            "model with icp-voice models pull"
        )
    if size < 200 and b"blobs/" in start:
        raise _FormatError(
            "is a link that a copy turned into text, not the weights. Copy the model with its "
            "links followed (cp -rL), or with icp-voice models pull NAME --to FOLDER"
        )
    if start.lstrip()[:1] == b"<":
        raise _FormatError("is a web page, not the weights; the download was answered by a page")
    if start[:4] in (b"lmgg", b"ggml", b"GGUF"):
        raise _FormatError("is a model of whisper.cpp (ggml), not a CTranslate2 one")


def _variables(file: BinaryIO, size: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield each weight's name and shape.

    Source: `ModelSpec._serialize` in ctranslate2/specs/model_spec.py.
    """
    (version,) = struct.unpack("<I", file.read(4))
    if not 1 <= version <= 100:
        raise _FormatError("is not a file of CTranslate2")
    if version > _BINARY_VERSION:
        return  # a newer layout; the library says whether it reads it
    if version < _BINARY_VERSION:
        raise _FormatError(
            f"is in the old binary version {version}; convert the model again "
            "(ct2-transformers-converter) or fetch it with icp-voice models pull"
        )
    spec = _string(file)
    if spec != _SPEC_NAME:
        raise _FormatError(f"is a CTranslate2 model of another kind ({spec[:40]}), not a Whisper")
    _, n_variables = struct.unpack("<II", file.read(8))
    for _ in range(n_variables):
        name = _string(file)
        rank = file.read(1)[0]
        shape = struct.unpack(f"<{rank}I", file.read(4 * rank))
        _, n_bytes = struct.unpack("<BI", file.read(5))
        if file.seek(n_bytes, 1) > size:
            raise IndexError(name)
        yield name, shape
    (n_aliases,) = struct.unpack("<I", file.read(4))
    for _ in range(2 * n_aliases):
        _string(file)
    if file.tell() != size:
        raise _FormatError(f"is {size - file.tell():,} bytes longer than what is in it")


def _string(file: BinaryIO) -> str:
    (length,) = struct.unpack("<H", file.read(2))
    text = file.read(length)
    if len(text) < length:
        raise IndexError(length)
    return text[:-1].decode("utf-8")


def _text_problems(folder: Path, layout: _Layout | None) -> Iterator[str]:
    """Yield what is wrong with the files beside the weights, or between them and the weights."""
    config = _read_json(folder / "config.json")
    if config is not None and "alignment_heads" not in config:
        yield (
            "config.json lists no alignment_heads, which word times need; convert the model again "
            "with a newer CTranslate2"
        )
    n_mels = layout.n_mels if layout else None
    features = _read_json(folder / "preprocessor_config.json")
    made = (features or {}).get("feature_size", _DEFAULT_N_MELS)
    if n_mels is not None and n_mels != made:
        what = f"is missing, so {made}" if features is None else f"says that {made}"
        yield (
            f"preprocessor_config.json {what} mel bands are made, but the weights take {n_mels}. "
            f"Copy it from the model that this one was converted from (feature_size {n_mels})"
        )
    vocabulary = _read_vocabulary(folder)
    n_tokens = layout.n_vocabulary if layout else None
    if vocabulary and n_tokens is not None and len(vocabulary) != n_tokens:
        yield f"the vocabulary has {len(vocabulary):,} tokens and model.bin {n_tokens:,}"
    tokenizer = _read_json(folder / "tokenizer.json")
    if tokenizer is not None and vocabulary:
        yield from _token_problems(tokenizer, vocabulary)


def _token_problems(tokenizer: dict[str, Any], vocabulary: list[str]) -> Iterator[str]:
    added = tokenizer.get("added_tokens")
    if not isinstance(added, list) or not isinstance(tokenizer.get("model"), dict):
        yield "tokenizer.json is not a tokenizer file"
        return
    # Older tokenizers keep <|endoftext|> among the ordinary tokens.
    ids = dict(tokenizer["model"].get("vocab", ()))
    ids |= {token.get("content"): token.get("id") for token in added if isinstance(token, dict)}
    for token in _COMPARED_TOKENS:
        number = ids.get(token)
        if number is None or number >= len(vocabulary) or vocabulary[number] != token:
            yield (
                f"tokenizer.json is of another model: {token} has the number {number} in it and "
                f"{vocabulary.index(token) if token in vocabulary else None} in the vocabulary"
            )
            return


def _read_vocabulary(folder: Path) -> list[str]:
    as_json = _read_json(folder / "vocabulary.json", kind=list)
    if as_json is not None:
        return [str(token) for token in as_json]
    try:
        # As bytes: CTranslate2 does not translate line ends either, so CRLF must not be hidden.
        text = (folder / "vocabulary.txt").read_bytes().decode("utf-8")
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise _FormatError("vocabulary.txt is not a text file") from error
    return text.removesuffix("\n").split("\n")


def _read_json(path: Path, *, kind: type = dict) -> Any:
    """Return the content of a JSON file, or None where it is missing.

    Raises:
        _FormatError: it is no JSON, or holds another thing.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise _FormatError(f"{path.name} is damaged: it is not JSON") from error
    if not isinstance(content, kind):
        raise _FormatError(f"{path.name} is damaged: it holds something else")
    return content
