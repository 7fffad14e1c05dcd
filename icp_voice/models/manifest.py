"""`models/manifest.toml`: the models that icp-voice ships, installs or can be told to fetch."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from icp_voice.errors import ModelError
from icp_voice.resources import resource_path

Task = Literal["speech", "sentences"]
Source = Literal["bundled", "package", "hub"]


@dataclass(frozen=True)
class FileSum:
    """What a file of a model must be.

    Attributes:
        path: inside the model's folder, with `/`.
        sha256: in hexadecimal; "" where only the git sum is known.
        git_sha1: the sum that git gives the file's content; the hub keeps it for small files.
    """

    path: str
    size_bytes: int
    sha256: str = ""
    git_sha1: str = ""


@dataclass(frozen=True)
class KnownModel:
    """One `[[model]]` of the manifest, or a hub repository that was named by hand.

    Attributes:
        task: None for a repository that nothing is known of yet.
        address: the folder beside the manifest, the package, or the hub's repository.
        revision: of the manifest; "main" at the hub is whatever is newest there.
        size_bytes: on disk, approximate for hub models; 0: not known.
        files: what is checked; empty for hub models, whose pull keeps a record instead.
        max_speech_s: seconds of speech it is best given at once; 0: any, in windows of 30 s.
    """

    name: str
    task: Task | None
    source: Source
    address: str
    revision: str = "main"
    license: str = ""
    languages: tuple[str, ...] = ()
    size_bytes: int = 0
    note: str = ""
    files: tuple[FileSum, ...] = ()
    max_speech_s: float = 0.0


@cache
def read_manifest() -> dict[str, KnownModel]:
    """Return name -> model of the shipped manifest, in its order."""
    path = resource_path("models", "manifest.toml")
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return {entry["name"]: _known_model(entry) for entry in document.get("model", ())}


def find_model(name: str) -> KnownModel:
    """Return the model of a name, of a size that faster-whisper knows, or of a hub repository.

    >>> find_model("small").address
    'Systran/faster-whisper-small'
    >>> find_model("Systran/faster-whisper-small").name
    'small'

    Raises:
        ModelError: there is no such name; the sentence names the nearest.
    """
    known = read_manifest()
    if name in known:
        return known[name]
    for model in known.values():
        if model.source == "hub" and model.address == name:
            return model
    if name.count("/") == 1 and not name.startswith((".", "/", "~")) and "\\" not in name:
        return KnownModel(name, None, "hub", name)
    sizes = _faster_whisper_sizes()
    if name in sizes:
        english = name.endswith(".en") or name.startswith("distil")
        languages = ("en",) if english else known["small"].languages
        return KnownModel(name, "speech", "hub", sizes[name], license="MIT", languages=languages)
    near = difflib.get_close_matches(name, [*known, *sizes], n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
    raise ModelError(
        f"No model {name!r}. {hint} A folder or a hub name such as "
        "Systran/faster-whisper-small works too."
    )


def _faster_whisper_sizes() -> Mapping[str, str]:
    """Return size -> repository of the sizes that faster-whisper fetches by name."""
    from faster_whisper import utils

    sizes: Mapping[str, str] = getattr(utils, "_MODELS", {})
    return sizes


def _known_model(entry: Mapping[str, Any]) -> KnownModel:
    source: Source = entry["source"]
    key = {"bundled": "folder", "package": "package", "hub": "repository"}[source]
    files = tuple(
        FileSum(file["path"], int(file["bytes"]), file["sha256"]) for file in entry.get("files", ())
    )
    return KnownModel(
        name=entry["name"],
        task=entry["task"],
        source=source,
        address=entry[key],
        revision=str(entry["revision"]),
        license=entry["license"],
        languages=tuple(entry["languages"]),
        size_bytes=int(entry["bytes"]),
        note=entry.get("note", ""),
        files=files,
        max_speech_s=float(entry.get("max_speech_s", 0.0)),
    )
