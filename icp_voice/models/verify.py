"""Is a model on this machine what it was when it was published: structure, sizes, sums."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from icp_voice.models.manifest import FileSum, KnownModel, Task
from icp_voice.models.record import RECORD_NAME, ModelRecord, differs, find_record, sum_file
from icp_voice.models.store import problems_of, task_of

OnFile = Callable[[str], None]


@dataclass(frozen=True)
class Verification:
    """What checking a model folder found.

    Attributes:
        checked_against: whose sums; "" where nobody noted any and only the structure was checked.
        files: the sums found, to be compared between machines.
        problems: a clause each, with the file's name; empty where all is well.
    """

    name: str
    path: Path
    checked_against: str
    files: tuple[FileSum, ...]
    problems: tuple[str, ...]


def verify_model(model: KnownModel, folder: Path, on_file: OnFile | None = None) -> Verification:
    """Check a model of the manifest against the manifest's sums, else against its record."""
    if model.files:
        record = ModelRecord(
            model.name, model.task, "", model.revision, model.license, model.files, "the manifest"
        )
        return _verify(model.name, folder, record, model.task, on_file)
    return _verify(model.name, folder, find_record(folder), model.task, on_file)


def verify_folder(folder: Path, on_file: OnFile | None = None) -> Verification:
    """Check a folder against the record in it, else its structure alone.

    Raises:
        ModelError: its record can't be read.
    """
    record = find_record(folder)
    task = task_of(folder) or (record.task if record else None)
    return _verify(str(folder), folder, record, task, on_file)


def _verify(
    name: str,
    folder: Path,
    record: ModelRecord | None,
    task: Task | None,
    on_file: OnFile | None,
) -> Verification:
    problems = list(problems_of(folder, task))
    found: list[FileSum] = []
    expected = {file.path: file for file in record.files} if record else {}
    for path in sorted({*expected, *_files_of(folder)}):
        file = folder / path
        if not file.is_file():
            # The structure names the files that no model does without.
            if not any(problem.startswith(f"{path} ") for problem in problems):
                problems.append(f"{path} is missing")
            continue
        if on_file is not None:
            on_file(path)
        try:
            actual = sum_file(file, path)
        except OSError as error:
            problems.append(f"{path} can't be read ({error.strerror or error})")
            continue
        found.append(actual)
        if path in expected and (problem := differs(actual, expected[path])):
            problems.append(problem)
    return Verification(
        name=name,
        path=folder,
        checked_against=record.kept_by if record else "",
        files=tuple(found),
        problems=tuple(problems),
    )


def _files_of(folder: Path) -> list[str]:
    """Return the files of a model, without hidden ones, descriptions and the record itself."""
    found = []
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            if not name.startswith(".") and name != RECORD_NAME and not name.endswith(".md"):
                found.append((Path(base) / name).relative_to(folder).as_posix())
    return found
