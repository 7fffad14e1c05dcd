"""What is wrong with a folder is said before anything is loaded, and never asked of the network."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from icp_voice.models.whisper import other_format, whisper_problems

Damage = Callable[[Path], object]


def put(name: str, content: str | bytes) -> Damage:
    data = content if isinstance(content, bytes) else content.encode()
    return lambda folder: (folder / name).write_bytes(data)


def drop(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


def edit(name: str, change: Callable[[dict[str, object]], object]) -> Damage:
    def apply(folder: Path) -> None:
        document = json.loads((folder / name).read_text(encoding="utf-8"))
        change(document)
        (folder / name).write_text(json.dumps(document), encoding="utf-8")

    return apply


def cut(name: str, n_bytes: int) -> Damage:
    def apply(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[:n_bytes])

    return apply


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (drop("tokenizer.json"), "tokenizer.json is missing. Copy it from the model"),
        (drop("vocabulary.json"), "vocabulary.json (or vocabulary.txt) is missing"),
        (drop("config.json"), "config.json is missing"),
        (
            drop("preprocessor_config.json"),
            "is missing, so 80 mel bands are made, but the weights take 128",
        ),
        (
            edit("preprocessor_config.json", lambda d: d.update(feature_size=80)),
            "says that 80 mel bands are made, but the weights take 128",
        ),
        (edit("config.json", lambda d: d.pop("alignment_heads")), "no alignment_heads"),
        (put("config.json", '{"alignment_'), "config.json is damaged: it is not JSON"),
        (put("vocabulary.json", '["a", "b"]'), "the vocabulary has 2 tokens and model.bin 51,866"),
        (
            edit("tokenizer.json", lambda d: d["added_tokens"].pop(1)),  # type: ignore[attr-defined]
            "tokenizer.json is of another model: <|startoftranscript|>",
        ),
        (put("tokenizer.json", "{}"), "tokenizer.json is not a tokenizer file"),
        (put("model.bin", ""), "model.bin is empty"),
        (cut("model.bin", 3), "model.bin breaks off after 3 bytes"),
        (cut("model.bin", 100_000), "model.bin breaks off after 100,000 bytes"),
        (cut("model.bin", -1), "model.bin breaks off"),
        (put("model.bin", "<!doctype html><html>" + " " * 500), "model.bin is a web page"),
        (put("model.bin", "version https://git-lfs.github.com/spec/v1\n"), "a Git LFS pointer"),
        (put("model.bin", "../../blobs/0a1b2c"), "a link that a copy turned into text"),
        (put("model.bin", b"lmgg" + b"\0" * 500), "model.bin is a model of whisper.cpp"),
        (put("model.bin", b"\xff" * 500), "model.bin is not a file of CTranslate2"),
    ],
)
def test_each_fault_is_named(
    large_v3_model: Path, tmp_path: Path, damage: Damage, expected: str
) -> None:
    """A missing, foreign or damaged file is named, with what to do where that is known."""
    folder = tmp_path / "model"
    shutil.copytree(large_v3_model, folder)
    damage(folder)
    assert expected in "; ".join(whisper_problems(folder))


def test_a_longer_file_is_told(large_v3_model: Path, tmp_path: Path) -> None:
    """Bytes after the weights mean that something else was written over them."""
    folder = tmp_path / "model"
    shutil.copytree(large_v3_model, folder)
    with (folder / "model.bin").open("ab") as file:
        file.write(b"more")
    assert "4 bytes longer" in whisper_problems(folder)[0]


def test_the_old_vocabulary_file_will_do(large_v3_model: Path, tmp_path: Path) -> None:
    """Old conversions have vocabulary.txt, one token a line, the empty token among them."""
    folder = tmp_path / "model"
    shutil.copytree(large_v3_model, folder)
    tokens = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    (folder / "vocabulary.txt").write_bytes("".join(f"{t}\n" for t in tokens).encode())
    (folder / "vocabulary.json").unlink()
    assert whisper_problems(folder) == ()


def test_the_bundled_model_is_whole(root: Path) -> None:
    """The model that is shipped passes the same check."""
    assert whisper_problems(root / "models" / "demo-en") == ()


def test_a_lost_link_says_how_to_copy(large_v3_model: Path, tmp_path: Path) -> None:
    """A copied cache whose links lead nowhere is told to be copied with its links followed."""
    folder = tmp_path / "model"
    shutil.copytree(large_v3_model, folder)
    (folder / "model.bin").unlink()
    try:
        (folder / "model.bin").symlink_to("../../blobs/0a1b2c")
    except OSError:
        pytest.skip("no links on this machine")
    assert "was not copied" in whisper_problems(folder)[0]


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin"])
def test_a_pytorch_model_gets_the_command_that_converts_it(tmp_path: Path, name: str) -> None:
    """A transformers folder is named as one, with the whole command."""
    (tmp_path / name).write_bytes(b"weights")
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    (problem,) = whisper_problems(tmp_path)
    assert f'ct2-transformers-converter --model "{tmp_path}"' in problem
    assert "--copy_files tokenizer.json preprocessor_config.json" in problem


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("ggml-medium.bin", b"lmgg....", "whisper.cpp (ggml), which can't be converted"),
        ("large-v3.pt", b"PK..", "OpenAI's own whisper program"),
    ],
)
def test_other_programs_models_name_the_one_to_take(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    """whisper.cpp's and OpenAI's files point to the same size in the right format."""
    (tmp_path / name).write_bytes(content)
    size = name.removeprefix("ggml-").rsplit(".", 1)[0]
    for path in (tmp_path, tmp_path / name):
        assert expected in other_format(path)
        assert other_format(path).endswith(f"icp-voice models pull {size}")
