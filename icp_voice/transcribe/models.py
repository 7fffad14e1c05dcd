"""Which speech model a run uses: a name, a folder, or what a hub repository holds.

A model that is on the machine never waits for the network, and a folder is never completed from it:
a cached model stalled 173 s while the hub could not be reached, and faster-whisper would take a
missing tokenizer from the hub, the wrong one at that (see `icp_voice.models.whisper`).
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from icp_voice.errors import ModelError
from icp_voice.files import hash_content
from icp_voice.models.hub import hub_is_forbidden
from icp_voice.models.manifest import KnownModel, find_model, read_manifest
from icp_voice.models.pull import not_here, pull_model
from icp_voice.models.record import differs, find_record, sum_file
from icp_voice.models.store import (
    StoredModel,
    bundled_folder,
    find_stored,
    folder_name,
    locate_folder,
    models_folder,
    problems_of,
    task_of,
)
from icp_voice.progress import Reporter

_IDENTITY_BYTES = 1 << 20
_LOOKS_LIKE_A_PATH = re.compile(r"^[.~/\\]|^[A-Za-z]:[/\\]|\\|/.*/")


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


def resolve_model(name_or_path: str, *, offline: bool = False) -> ResolvedModel:
    """Return the folder of a model, fetching it where it is not here yet.

    Args:
        name_or_path: a name of the manifest, a folder or one around it, the name of a folder in
            the models folder, or `owner/name` at the hub.
        offline: never ask the hub.

    Raises:
        ModelError: unknown, incomplete, damaged, or not here and not to be fetched.
    """
    folder = _named_folder(name_or_path)
    if folder is not None:
        return _from_folder(locate_folder(folder))
    model = _speech_model(name_or_path)
    if model.source == "bundled":
        return _bundled(model)
    stored = find_stored(model)
    if stored is None and offline:
        raise not_here(model, _why_not(model) or "the run is offline")
    if stored is None:
        pulled = pull_model(model)
        stored = StoredModel(pulled.path, "models folder", pulled.commit)
    revision = stored.commit or hash_content(stored.path / "model.bin")
    return ResolvedModel(stored.path, model.name, revision[:12])


def fetch_missing(name_or_path: str, *, offline: bool, reporter: Reporter) -> None:
    """Fetch a model that a run names and that is not here, and say so before.

    Where nothing is to be fetched it does nothing; `resolve_model` then says what is wrong.

    Raises:
        ModelError: it can't be fetched.
    """
    if offline or hub_is_forbidden() or _named_folder(name_or_path) is not None:
        return
    model = _speech_model(name_or_path)
    if model.source != "hub" or find_stored(model) is not None:
        return
    size = f"about {model.size_bytes / 1e6:,.0f} MB, " if model.size_bytes else ""
    reporter.note(
        f"The speech model {model.name} is not on this machine yet and is fetched from the Hugging "
        f"Face hub now, once ({model.address}, {size}into {models_folder()}). Nothing of your "
        "calls is sent. --offline forbids it."
    )
    begun = False

    def tell(done: int, total: int) -> None:
        nonlocal begun
        if not begun:
            reporter.stage(f"Fetching {model.name}, MB", total // 1_000_000)
            begun = True
        reporter.advance(done // 1_000_000)

    pull_model(model, on_progress=tell)


def model_identity(name_or_path: str) -> str:
    """Return what tells a model's weights apart, cheaply and without needing them to be here.

    The manifest's checksum for a bundled model; size and both ends of `model.bin` for a folder;
    the name for a model of the hub, so that fetching it makes nothing new.
    """
    known = read_manifest()
    if name_or_path in known:
        sums = [file.sha256 for file in known[name_or_path].files if file.path == "model.bin"]
        return f"{name_or_path}@{sums[0]}" if sums else name_or_path
    try:
        named = _named_folder(name_or_path)
        weights = locate_folder(named) / "model.bin" if named else Path(name_or_path)
    except ModelError:
        return name_or_path
    if not weights.is_file():
        return name_or_path
    size = weights.stat().st_size
    with weights.open("rb") as file:
        digest = hashlib.sha256(file.read(_IDENTITY_BYTES))
        file.seek(max(size - _IDENTITY_BYTES, 0))
        digest.update(file.read(_IDENTITY_BYTES))
    return f"{size}:{digest.hexdigest()}"


def _named_folder(name_or_path: str) -> Path | None:
    """Return the path that a name is, or None where it is to be looked up.

    Raises:
        ModelError: it is plainly a path, and there is nothing.
    """
    if name_or_path in read_manifest():
        return None
    path = Path(name_or_path).expanduser()
    if path.exists():
        return path
    own = models_folder() / folder_name(name_or_path)
    if "/" not in name_or_path and own.is_dir():
        return own
    in_a_folder = "/" in name_or_path and path.parent.is_dir()
    if _LOOKS_LIKE_A_PATH.search(name_or_path) or in_a_folder:
        raise ModelError(
            f"Model folder {name_or_path} is not there. Name a folder with a CTranslate2 Whisper "
            f"model, or one of: {', '.join(_speech_names())}."
        )
    return None


def _speech_model(name: str) -> KnownModel:
    model = find_model(name)
    if model.task == "sentences":
        raise ModelError(
            f"Model {name} is for sentences, not for speech. Speech models: "
            f"{', '.join(_speech_names())}."
        )
    return model


def _speech_names() -> list[str]:
    return [model.name for model in read_manifest().values() if model.task == "speech"]


def _bundled(model: KnownModel) -> ResolvedModel:
    folder = bundled_folder(model)
    if folder is None:
        raise ModelError(
            f"Model {model.name} is missing from this installation. Reinstall icp-voice."
        )
    for expected in model.files:
        path = folder / expected.path
        if not path.is_file() or differs(sum_file(path, expected.path), expected):
            raise ModelError(
                f"Model {model.name} is damaged: {expected.path} is not what the manifest says. "
                "Reinstall icp-voice."
            )
    return ResolvedModel(folder, model.name, model.revision, model.max_speech_s)


def _from_folder(folder: Path) -> ResolvedModel:
    task = task_of(folder)
    if task == "sentences":
        raise ModelError(f"Model folder {folder} holds a sentence model, not one for speech.")
    if problems := problems_of(folder, "speech"):
        raise ModelError(f"Model folder {folder} can't be used: {'; '.join(problems)}.")
    record = find_record(folder)
    if record is not None and record.commit:
        names = {model.address: model.name for model in read_manifest().values()}
        name = names.get(record.repository, record.name)
        return ResolvedModel(folder, name, record.commit[:12])
    revision = hash_content(folder / "model.bin")[:12]
    return ResolvedModel(folder, folder.resolve().name, revision)


def _why_not(model: KnownModel) -> str:
    """Say what is wrong with a folder of the model's name in the models folder."""
    folder = models_folder() / folder_name(model.name)
    problems = problems_of(folder, model.task) if folder.is_dir() else ()
    return f"{folder} is not whole ({'; '.join(problems)})" if problems else ""
