"""Find a speech model: bundled, in a folder, or fetched from the hub; else say how to get it.

A model that is on the machine never waits for the network: a cached one stalled 173 s while the
hub could not be reached, so the local copy is asked for first and the hub with short time-outs.
"""

import difflib
import hashlib
import logging
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from icp_voice.errors import IcpVoiceError, ModelError
from icp_voice.resources import resource_path

log = logging.getLogger(__name__)

_NEEDED = ("model.bin", "config.json", "tokenizer.json")
_HUB_FILES = (
    *("model.bin", "config.json", "tokenizer.json", "preprocessor_config.json"),
    *("vocabulary.txt", "vocabulary.json"),
)
_REACH_TIMEOUT_S = 5.0
_LOCAL_NAME_PREFIXES = (".", "~", "/")


_IDENTITY_BYTES = 1 << 20


@dataclass(frozen=True)
class ResolvedModel:
    """A model folder on this machine.

    Attributes:
        name: how results name the model; with `revision` it tells one set of weights.
        revision: the manifest's revision, the hub's commit, or the start of model.bin's sha256.
        max_speech_s: seconds of speech it is best given at once; 0: any, in windows of 30 s.
    """

    path: Path
    name: str
    revision: str
    max_speech_s: float = 0.0


@dataclass(frozen=True)
class ManifestModel:
    """One `[[model]]` of models/manifest.toml whose task is speech.

    Attributes:
        size_bytes: on disk; approximate for hub models.
        files: path -> (size in bytes, sha256) of what is checked.
        max_speech_s: see `ResolvedModel`.
    """

    name: str
    source: str
    folder: str | None
    repository: str | None
    revision: str
    size_bytes: int
    files: Mapping[str, tuple[int, str]]
    max_speech_s: float


def read_speech_models() -> dict[str, ManifestModel]:
    """Return name -> speech model of the shipped manifest, in its order."""
    path = resource_path("models", "manifest.toml")
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        entry["name"]: _manifest_model(entry)
        for entry in document.get("model", ())
        if entry.get("task") == "speech"
    }


def resolve_model(name_or_path: str, *, offline: bool = False) -> ResolvedModel:
    """Return the folder of a model, fetching it where it is not here yet.

    Args:
        name_or_path: a name of the manifest, a folder, or `owner/name` at the hub.
        offline: never ask the hub.

    Raises:
        ModelError: unknown, incomplete, damaged, or not here and not to be fetched.
    """
    known = read_speech_models()
    if name_or_path in known:
        model = known[name_or_path]
        if model.source == "bundled":
            return _bundled(model)
        repository = model.repository or model.name
        return _from_hub(model.name, repository, model.revision, model.size_bytes, offline=offline)
    folder = Path(name_or_path).expanduser()
    if folder.is_dir():
        return _from_folder(folder)
    if name_or_path.startswith(_LOCAL_NAME_PREFIXES) or name_or_path.count("/") > 1:
        raise ModelError(
            f"Model folder {name_or_path} is not there. Name a folder with "
            f"{', '.join(_NEEDED)}, or one of: {', '.join(known)}."
        )
    repository = name_or_path if "/" in name_or_path else _whisper_repository(name_or_path, known)
    return _from_hub(name_or_path, repository, None, None, offline=offline)


def model_identity(name_or_path: str) -> str:
    """Return what tells a model's weights apart, cheaply and without needing them to be here.

    The manifest's checksum for a bundled model; size and both ends of `model.bin` for a folder;
    the name for a model of the hub, whose revision the manifest pins.
    """
    known = read_speech_models()
    if name_or_path in known:
        files = known[name_or_path].files
        return f"{name_or_path}@{files['model.bin'][1]}" if "model.bin" in files else name_or_path
    weights = Path(name_or_path).expanduser() / "model.bin"
    if not weights.is_file():
        return name_or_path
    size = weights.stat().st_size
    with weights.open("rb") as file:
        digest = hashlib.sha256(file.read(_IDENTITY_BYTES))
        file.seek(max(size - _IDENTITY_BYTES, 0))
        digest.update(file.read(_IDENTITY_BYTES))
    return f"{size}:{digest.hexdigest()}"


def _manifest_model(entry: Mapping[str, Any]) -> ManifestModel:
    return ManifestModel(
        name=entry["name"],
        source=entry["source"],
        folder=entry.get("folder"),
        repository=entry.get("repository"),
        revision=str(entry.get("revision", "")),
        size_bytes=int(entry.get("bytes", 0)),
        files={f["path"]: (int(f["bytes"]), f["sha256"]) for f in entry.get("files", ())},
        max_speech_s=float(entry.get("max_speech_s", 0.0)),
    )


def _bundled(model: ManifestModel) -> ResolvedModel:
    try:
        folder = resource_path("models", model.folder or model.name)
    except IcpVoiceError as error:
        raise ModelError(
            f"Model {model.name} is missing from this installation. Reinstall icp-voice."
        ) from error
    _require_complete(folder)
    for name, (size, sha256) in model.files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size or _sha256(path) != sha256:
            raise ModelError(
                f"Model {model.name} is damaged: {name} is not what the manifest says. "
                "Reinstall icp-voice."
            )
    return ResolvedModel(folder, model.name, model.revision, model.max_speech_s)


def _from_folder(folder: Path) -> ResolvedModel:
    _require_complete(folder)
    return ResolvedModel(folder, folder.resolve().name, _sha256(folder / "model.bin")[:12])


def _require_complete(folder: Path) -> None:
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"Model folder {folder} lacks {', '.join(missing)}. A CTranslate2 Whisper model has "
            f"{', '.join(_NEEDED)}; convert one with ct2-transformers-converter or copy it whole."
        )


def _from_hub(
    name: str, repository: str, revision: str | None, size_bytes: int | None, *, offline: bool
) -> ResolvedModel:
    cached = _cached(repository, revision)
    if cached is not None:
        return ResolvedModel(cached, name, cached.name[:12])
    if offline:
        raise _not_here(name, repository, size_bytes, "the run is offline")
    fetched = _fetch(name, repository, revision, size_bytes)
    return ResolvedModel(fetched, name, fetched.name[:12])


def _cached(repository: str, revision: str | None) -> Path | None:
    """Return the hub's local copy where it is complete."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(repository, revision=revision, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, OSError):
        return None
    return folder if all((folder / name).is_file() for name in _NEEDED) else None


def _fetch(name: str, repository: str, revision: str | None, size_bytes: int | None) -> Path:
    """Download a model; the reach of the hub is tried first, and briefly."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "TRUE", "YES", "ON"):
        raise _not_here(name, repository, size_bytes, "HF_HUB_OFFLINE is set")
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError

    log.info("fetching model: name=%s repository=%s", name, repository)
    try:
        HfApi().model_info(repository, revision=revision, timeout=_REACH_TIMEOUT_S)
        folder = snapshot_download(
            repository,
            revision=revision,
            allow_patterns=list(_HUB_FILES),
            etag_timeout=_REACH_TIMEOUT_S,
        )
    except RepositoryNotFoundError as error:
        raise _not_here(name, repository, size_bytes, "the hub has no such model") from error
    except Exception as error:  # the hub's client raises its HTTP library's errors unwrapped
        raise _not_here(name, repository, size_bytes, "the hub can't be reached") from error
    _require_complete(Path(folder))
    return Path(folder)


def _not_here(name: str, repository: str, size_bytes: int | None, why: str) -> ModelError:
    size = f", about {size_bytes / 1e6:,.0f} MB" if size_bytes else ""
    return ModelError(
        f"Model {name} ({repository}{size}) is not on this machine and was not fetched: {why}. "
        "Run once with a connection, or copy the files of "
        f"https://huggingface.co/{repository} ({', '.join(_NEEDED)}, vocabulary) into a folder and "
        "name it: --model FOLDER."
    )


def _whisper_repository(name: str, known: Mapping[str, ManifestModel]) -> str:
    """Return the hub repository of a size that faster-whisper knows by name."""
    from faster_whisper import utils

    sizes: Mapping[str, str] = getattr(utils, "_MODELS", {})
    if name in sizes:
        return sizes[name]
    raise ModelError(_unknown(name, list(known)))


def _unknown(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
    return (
        f"No speech model {name!r}. {hint} A folder or a hub name such as "
        "Systran/faster-whisper-small works too."
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
