"""Is a folder a whole sentence-transformers model?"""

import json
import struct
from pathlib import Path
from typing import Any

NEEDED_FILES = ("modules.json", "config.json", "tokenizer.json", "model.safetensors")
# What is fetched of a repository that also holds ONNX, OpenVINO and TensorFlow copies.
HUB_FILES = (
    *NEEDED_FILES,
    *("config_sentence_transformers.json", "sentence_bert_config.json", "tokenizer_config.json"),
    *("special_tokens_map.json", "1_Pooling/config.json", "2_Dense/config.json"),
    *("2_Dense/model.safetensors", "sentencepiece.bpe.model", "vocab.txt", "unigram.json"),
)


def sentence_model_problems(folder: Path) -> tuple[str, ...]:
    """Return what keeps a folder from being loaded, a clause each; empty where it is whole."""
    problems = [f"{name} is missing" for name in NEEDED_FILES if not (folder / name).is_file()]
    for name in ("modules.json", "config.json", "tokenizer.json"):
        if (folder / name).is_file() and _read_json(folder / name) is None:
            problems.append(f"{name} is damaged: it is not JSON")
    for path in _module_folders(folder):
        if not (folder / path / "config.json").is_file():
            problems.append(f"{path}/config.json is missing")
    weights = folder / "model.safetensors"
    if weights.is_file() and (problem := _weights_problem(weights)):
        problems.append(f"model.safetensors {problem}")
    return tuple(problems)


def _module_folders(folder: Path) -> list[str]:
    """Return the sub-folders that modules.json names; `Normalize` has no settings in its own."""
    modules = _read_json(folder / "modules.json")
    if not isinstance(modules, list):
        return []
    return [
        module["path"]
        for module in modules
        if isinstance(module, dict)
        and module.get("path")
        and not str(module.get("type")).endswith("Normalize")
    ]


def _weights_problem(path: Path) -> str:
    """Say whether a safetensors file ends where its header says.

    Source: the format, https://huggingface.co/docs/safetensors: 8 bytes with the header's length,
    the header as JSON, the tensors at the offsets it lists.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        if len(start) < 8:
            return "breaks off; it was not copied or fetched whole"
        (length,) = struct.unpack("<Q", start)
        if length > size:
            return "is not a safetensors file"
        try:
            header = json.loads(file.read(length))
            ends = [entry["data_offsets"][1] for name, entry in header.items() if name[:2] != "__"]
        except (ValueError, KeyError, TypeError, AttributeError):
            return "is not a safetensors file"
    if size != 8 + length + max(ends, default=0):
        return f"breaks off after {size:,} bytes; it was not copied or fetched whole"
    return ""


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
