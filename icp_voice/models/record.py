"""What the files of a model folder must be: the record that a pull leaves, or the hub's own notes.

A pull writes `icp-voice-model.json` into the folder: repository, commit, licence and the size and
sum of every file. It travels with the folder, so that a copy can be checked on a machine without a
network. Folders that the hub's own tools made are checked by what those leave behind.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from icp_voice.errors import ModelError
from icp_voice.files import write_atomically
from icp_voice.models.manifest import FileSum, Task

RECORD_NAME = "icp-voice-model.json"
_FORMAT = 1
_SHA256 = re.compile(r"[0-9a-f]{64}")
_GIT_SHA1 = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class ModelRecord:
    """Where a model came from and what its files are.

    Attributes:
        commit: the hub's commit that `main` was at the time; "" where not known.
        kept_by: who noted the sums, for a sentence: "the record of the pull".
    """

    name: str
    task: Task | None
    repository: str
    commit: str
    license: str
    files: tuple[FileSum, ...]
    kept_by: str = "the record of the pull"


def write_record(folder: Path, record: ModelRecord) -> None:
    """Write the record into a model's folder."""
    document = {
        "format": _FORMAT,
        "name": record.name,
        "task": record.task,
        "repository": record.repository,
        "commit": record.commit,
        "license": record.license,
        "files": [
            {"path": file.path, "bytes": file.size_bytes, "sha256": file.sha256}
            for file in record.files
        ],
    }
    write_atomically(folder / RECORD_NAME, json.dumps(document, indent=2) + "\n")


def read_record(folder: Path) -> ModelRecord | None:
    """Return the record of a folder's pull, or None where there is none.

    Raises:
        ModelError: there is one, but it can't be read.
    """
    path = folder / RECORD_NAME
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(
            FileSum(file["path"], int(file["bytes"]), file["sha256"]) for file in document["files"]
        )
        return ModelRecord(
            name=document["name"],
            task=document["task"],
            repository=document["repository"],
            commit=document["commit"],
            license=document["license"],
            files=files,
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path} is damaged, so the model can't be checked. Delete it to check the model's "
            "structure alone, or fetch the model again: icp-voice models pull NAME --again."
        ) from error


def find_record(folder: Path) -> ModelRecord | None:
    """Return what is known of a folder's files: our record, or what the hub's tools noted."""
    return read_record(folder) or _cache_record(folder) or _download_record(folder)


def _cache_record(folder: Path) -> ModelRecord | None:
    """Read the hub's cache: `models--OWNER--NAME/snapshots/COMMIT/FILE`.

    Newer versions of the hub's library keep the list of files with their sums in
    `trees/COMMIT.json`; in all of them a file is a link to a blob that is named by its sum.
    """
    if folder.parent.name != "snapshots":
        return None
    home, commit = folder.parent.parent, folder.name
    files = _tree_files(folder, home / "trees" / f"{commit}.json") or _linked_files(folder)
    if not files:
        return None
    repository = home.name.removeprefix("models--").replace("--", "/")
    return ModelRecord(repository, None, repository, commit, "", files, "the hub cache's sums")


def _tree_files(folder: Path, tree: Path) -> tuple[FileSum, ...]:
    """Return the listed files that are there: a model is fetched without its description."""
    try:
        listed: Mapping[str, Any] = json.loads(tree.read_text(encoding="utf-8"))["files"]
        return tuple(
            FileSum(path, int(entry["size"]), entry.get("lfs_sha256") or "", entry["blob_id"])
            for path, entry in sorted(listed.items())
            if (folder / path).exists() or (folder / path).is_symlink()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()


def _linked_files(folder: Path) -> tuple[FileSum, ...]:
    files = []
    for path in sorted(folder.rglob("*")):
        if not path.is_symlink() or not path.is_file():
            continue
        blob = path.resolve()
        if _SHA256.fullmatch(blob.name) or _GIT_SHA1.fullmatch(blob.name):
            files.append(_named_sum(path.relative_to(folder), blob.stat().st_size, blob.name))
    return tuple(files)


def _download_record(folder: Path) -> ModelRecord | None:
    """Read what `hf download --local-dir` notes of each file: commit and sum, a line each."""
    notes = folder / ".cache" / "huggingface" / "download"
    files, commit = [], ""
    for note in sorted(notes.rglob("*.metadata")):
        path = note.relative_to(notes).with_suffix("")
        lines = note.read_text(encoding="utf-8", errors="replace").splitlines()
        if len(lines) < 2 or not (folder / path).is_file():
            continue
        commit = lines[0]
        # No size is noted; the sum tells more.
        files.append(_named_sum(path, (folder / path).stat().st_size, lines[1]))
    if not files:
        return None
    return ModelRecord(folder.name, None, "", commit, "", tuple(files), "the hub's download notes")


def _named_sum(path: Path, size_bytes: int, digest: str) -> FileSum:
    if _SHA256.fullmatch(digest):
        return FileSum(path.as_posix(), size_bytes, sha256=digest)
    return FileSum(path.as_posix(), size_bytes, git_sha1=digest)


def sum_file(path: Path, name: str) -> FileSum:
    """Return a file's size and both of its sums, read once.

    Args:
        path: the file.
        name: its path inside the model's folder.
    """
    size = path.stat().st_size
    sha256 = hashlib.sha256()
    git = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            sha256.update(chunk)
            git.update(chunk)
    return FileSum(name, size, sha256.hexdigest(), git.hexdigest())


def differs(found: FileSum, expected: FileSum) -> str:
    """Say how a file differs from what it must be; "" where it does not."""
    if found.size_bytes != expected.size_bytes:
        return f"{expected.path} has {found.size_bytes:,} bytes, not {expected.size_bytes:,}"
    if expected.sha256 and found.sha256 != expected.sha256:
        return (
            f"{expected.path} is damaged: its sha256 is {found.sha256[:12]}..., "
            f"not {expected.sha256[:12]}..."
        )
    if not expected.sha256 and expected.git_sha1 and found.git_sha1 != expected.git_sha1:
        return f"{expected.path} is damaged: its content is not that of the hub's commit"
    return ""
