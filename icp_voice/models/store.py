"""Where models lie on this machine: in icp-voice, in a package, in the models folder, at the hub's.

Nothing here asks the network or loads a library of models, so that a model that is here never
waits for a hub that can't be reached.
"""

import importlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from icp_voice.errors import IcpVoiceError, ModelError
from icp_voice.models import sentences, whisper
from icp_voice.models.manifest import KnownModel, Task
from icp_voice.models.record import read_record
from icp_voice.resources import resource_path

MODELS_FOLDER_VARIABLE = "ICP_VOICE_MODELS"
Where = Literal["bundled", "package", "models folder", "hub cache"]
_CACHE_PREFIX = "models--"
_DEPTH = 3  # from the hub's cache folder to a snapshot: models--OWNER--NAME/snapshots/COMMIT


@dataclass(frozen=True)
class StoredModel:
    """A whole model on this machine.

    Attributes:
        commit: the hub's commit it is of; "" where not known.
    """

    path: Path
    where: Where
    commit: str = ""


def models_folder() -> Path:
    """Return the folder that `models pull` writes into, one sub-folder a model.

    `ICP_VOICE_MODELS` names it; else it is `~/.cache/icp-voice/models`, on Windows too, beside
    where the hub's own library keeps its files.
    """
    named = os.environ.get(MODELS_FOLDER_VARIABLE, "").strip()
    if named:
        return Path(named).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME", "").strip() or "~/.cache"
    return Path(cache).expanduser() / "icp-voice" / "models"


def hub_cache() -> Path:
    """Return the folder in which the hub's own library keeps what it fetched."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE).expanduser()


def folder_name(name: str) -> str:
    """Return the name of a model's sub-folder.

    >>> folder_name("Systran/faster-whisper-small")
    'Systran--faster-whisper-small'
    """
    return name.replace("/", "--")


def find_stored(model: KnownModel) -> StoredModel | None:
    """Return where a model lies, or None where it is not here or not whole."""
    if model.source == "bundled":
        return _stored(model, [bundled_folder(model)], "bundled")
    if model.source == "package":
        return _stored(model, [package_folder(model.address)], "package")
    return _stored(model, [models_folder() / folder_name(model.name)], "models folder") or _stored(
        model, snapshots(hub_cache() / _cache_name(model.address), model.revision), "hub cache"
    )


def all_stored() -> list[tuple[str, StoredModel]]:
    """Return name -> every whole model of the models folder and of the hub's cache.

    Those of the models folder go by their folder's name, those of the cache by their repository.
    """
    found: list[tuple[str, StoredModel]] = []
    for folder in _subfolders(models_folder()):
        if not folder.name.startswith(".") and _is_whole(folder):
            stored = StoredModel(folder, "models folder", _recorded_commit(folder))
            found.append((folder.name, stored))
    for home in _subfolders(hub_cache()):
        if not home.name.startswith(_CACHE_PREFIX):
            continue
        whole = next((folder for folder in snapshots(home) if _is_whole(folder)), None)
        if whole is not None:
            repository = home.name.removeprefix(_CACHE_PREFIX).replace("--", "/")
            found.append((repository, StoredModel(whole, "hub cache", whole.name)))
    return found


def task_of(folder: Path) -> Task | None:
    """Say what kind of model a folder seems to hold."""
    if (folder / "modules.json").is_file():
        return "sentences"
    if any(os.path.lexists(folder / name) for name in ("model.bin", *whisper.VOCABULARY_FILES)):
        return "speech"
    return None


def problems_of(folder: Path, task: Task | None) -> tuple[str, ...]:
    """Return what keeps a model's folder from being loaded, a clause each."""
    if (task or task_of(folder)) == "sentences":
        return sentences.sentence_model_problems(folder)
    return whisper.whisper_problems(folder)


def bundled_folder(model: KnownModel) -> Path | None:
    """Return the folder of a model that is part of icp-voice, or None where it is missing."""
    try:
        return resource_path("models", model.address)
    except IcpVoiceError:
        return None


def package_folder(package: str) -> Path | None:
    """Return the folder of the model inside an installed package, or None where it is missing."""
    try:
        module = importlib.import_module(package.replace("-", "_"))
    except ImportError:
        return None
    folder = Path(module.get_model_path())
    return folder if folder.is_dir() else None


def snapshots(home: Path, revision: str = "main") -> list[Path]:
    """Return the snapshots in a model's folder of the hub's cache, the named revision first."""
    folders = sorted(path for path in (home / "snapshots").glob("*") if path.is_dir())
    try:
        wanted = (home / "refs" / revision).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        wanted = revision
    return sorted(folders, key=lambda path: path.name != wanted)


def locate_folder(path: Path) -> Path:
    """Return the model folder that a user means by a path.

    It may be the folder itself, its `model.bin`, one level too deep inside a copied hub cache
    (`blobs`, `refs`), or a folder around it that holds just one model.

    Raises:
        ModelError: it holds several models, or nothing that looks like one.
    """
    if path.is_file():
        if path.name != "model.bin":
            other = whisper.other_format(path) or f"{path.name} is a file, not a model folder"
            raise ModelError(f"Model {path} can't be used: {other}.")
        path = path.parent
    if task_of(path):
        return path
    home = path.parent if path.name in ("blobs", "refs", "snapshots", "trees") else path
    found = _models_inside(home)
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(str(folder.relative_to(home)) for folder in found[:6])
        raise ModelError(f"Model folder {path} holds several models: {listed}. Name one of them.")
    raise ModelError(f"Model folder {path} can't be used: {_why_no_model(home)}.")


def _models_inside(home: Path) -> list[Path]:
    """Return the model folders below a folder; of several snapshots of one model, the newest."""
    found: list[Path] = []
    level = [home]
    for _ in range(_DEPTH):
        level = [
            path
            for folder in level
            for path in _subfolders(folder)
            if path.name not in ("blobs", "refs", "trees") and not path.name.startswith(".")
        ]
        found += [path for path in level if task_of(path)]
        level = [path for path in level if path not in found]
    if len(found) > 1 and len({path.parent for path in found}) == 1:
        parent = found[0].parent
        if parent.name == "snapshots":
            return [path for path in snapshots(parent.parent) if path in found][:1]
    return found


def _subfolders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ModelError(f"Model folder {folder} can't be read: {error.strerror}.") from error


def _why_no_model(home: Path) -> str:
    other = whisper.other_format(home)
    if other:
        return other
    around = [home, home.parent.parent] if home.parent.name == "snapshots" else [home]
    if any(any(path.glob(f"{depth}blobs/*")) for path in around for depth in ("", "*/")):
        return (
            "it is a copy of the hub's cache that lost the links in snapshots/, without which the "
            "files in blobs/ have no names. Copy it with its links followed (cp -rL), or make a "
            "plain folder with icp-voice models pull NAME --to FOLDER"
        )
    needed = ", ".join(whisper.NEEDED_FILES)
    return f"there is no model in it. A CTranslate2 Whisper model has {needed} and a vocabulary"


def _stored(model: KnownModel, folders: Iterable[Path | None], where: Where) -> StoredModel | None:
    for folder in folders:
        if folder is None or not folder.is_dir() or problems_of(folder, model.task):
            continue
        commit = folder.name if where == "hub cache" else _recorded_commit(folder)
        return StoredModel(folder, where, commit)
    return None


def _is_whole(folder: Path) -> bool:
    return task_of(folder) is not None and not problems_of(folder, None)


def _recorded_commit(folder: Path) -> str:
    # A damaged record is told by `verify`; the model itself may well be whole.
    with suppress(ModelError):
        record = read_record(folder)
        return record.commit if record else ""
    return ""


def _cache_name(repository: str) -> str:
    return _CACHE_PREFIX + repository.replace("/", "--")
