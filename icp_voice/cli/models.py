"""`icp-voice models list|pull|verify`: speech and sentence models on this machine."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from icp_voice.cli.filters import FORMAT
from icp_voice.errors import IcpVoiceError, ModelError

if TYPE_CHECKING:
    from icp_voice.models.manifest import FileSum, KnownModel
    from icp_voice.models.pull import OnProgress
    from icp_voice.models.record import ModelRecord
    from icp_voice.models.verify import Verification

FOLDER = click.Path(path_type=Path, file_okay=False)
_LINE_EVERY_S = 10.0
_TOLD_FROM_BYTES = 100_000_000


@click.group()
def models() -> None:
    """List, fetch and check the models that turn speech into text and text into themes."""


@models.command("list")
@FORMAT
def list_models(form: str) -> int:
    """Show every model: size, licence, and whether it is on this machine."""
    rows = list(_rows())
    if form == "json":
        for row in rows:
            click.echo(json.dumps(row.to_json(), ensure_ascii=False))
        return 0
    _print_rows(rows)
    return 0


@models.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--to", type=FOLDER, help="A folder to carry to a machine without a network.")
@click.option("--again", is_flag=True, help="Fetch what is newest, even if the model is here.")
def pull(names: tuple[str, ...], to: Path | None, again: bool) -> int:
    """Fetch models from the Hugging Face hub; stop it at any time, the next run goes on.

    NAME is a model of `models list`, a size such as tiny.en, or OWNER/NAME at the hub.
    """
    from icp_voice.models.manifest import find_model
    from icp_voice.models.pull import pull_model

    wanted = [find_model(name) for name in dict.fromkeys(names)]
    n_failed = 0
    for model in wanted:
        try:
            with _download_bar(model) as on_progress:
                pulled = pull_model(model, to=to, again=again, on_progress=on_progress)
        except ModelError as error:
            click.echo(f"Failed: {error}", err=True)
            n_failed += 1
            continue
        commit = f" (commit {pulled.commit[:12]})" if pulled.commit else ""
        click.echo(f"{pulled.name}: {pulled.outcome}, {pulled.path}{commit}")
        if to is not None and pulled.outcome != "comes with icp-voice":
            _print_how_to_use(model, to)
    return 1 if n_failed else 0


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME|FOLDER]...")
@FORMAT
def verify(names: tuple[str, ...], form: str) -> int:
    """Check models against the sums they were published with; all that are here unless named."""
    from icp_voice.models.store import find_stored

    targets: list[tuple[str, KnownModel | None, Path | None]] = []
    if names:
        targets = [(name, *_named(name)) for name in names]
    else:
        for row in _rows():
            if row.path is not None:
                targets.append((row.name, row.model, row.path))
    n_failed = 0
    for name, model, folder in targets:
        if folder is None and model is not None:
            stored = find_stored(model)
            folder = stored.path if stored else _broken_folder(model)
        if folder is None:
            click.echo(f"Failed: {name}: not on this machine (icp-voice models list).", err=True)
            n_failed += 1
            continue
        try:
            result = _verify(name, model, folder)
        except IcpVoiceError as error:
            click.echo(f"Failed: {name}: {error}", err=True)
            n_failed += 1
            continue
        _print_verification(result, form)
        n_failed += bool(result.problems)
    return 1 if n_failed else 0


def _print_how_to_use(model: "KnownModel", to: Path) -> None:
    from icp_voice.models.store import MODELS_FOLDER_VARIABLE, folder_name

    use = f"--model {to.name}/{folder_name(model.name)}, or "
    use = use if model.task != "sentences" else ""
    click.echo(
        f"On a machine without a network: copy {to} there, then {use}set {MODELS_FOLDER_VARIABLE} "
        "to the copy. Check it there: icp-voice models verify FOLDER.",
        err=True,
    )


@dataclass(frozen=True)
class _Row:
    """A model for the list; `model` is None for one that only lies here."""

    name: str
    model: "KnownModel | None"
    task: str
    where: str
    path: Path | None
    commit: str
    size_bytes: int
    license: str
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """Return the row as the list's JSON has it."""
        known = self.model
        return {
            "name": self.name,
            "task": self.task,
            "languages": list(known.languages) if known else [],
            "size_bytes": self.size_bytes,
            "license": self.license,
            "sha256": self.sha256 or None,
            "source": known.source if known else "",
            "address": known.address if known else "",
            "revision": self.commit or (known.revision if known else ""),
            "where": self.where,
            "path": str(self.path) if self.path else None,
            "note": known.note if known else "",
        }


def _rows() -> Iterator[_Row]:
    """Yield the manifest's models, then whatever else lies in the folders that are searched."""
    from icp_voice.models.manifest import read_manifest
    from icp_voice.models.store import all_stored, find_stored, task_of

    seen = set()
    for model in read_manifest().values():
        stored = find_stored(model)
        where = stored.where if stored else "not here"
        path = stored.path if stored else None
        commit = stored.commit if stored else ""
        seen.add(path)
        record = _record(path)
        files = model.files or (record.files if record else ())
        yield _Row(
            model.name,
            model,
            model.task or "",
            where,
            path,
            commit,
            model.size_bytes,
            model.license,
            _weights_sha256(files),
        )
    for name, other in all_stored():
        if other.path in seen:
            continue
        size = sum(p.stat().st_size for p in other.path.rglob("*") if p.is_file())
        record = _record(other.path)
        yield _Row(
            name,
            None,
            task_of(other.path) or "",
            other.where,
            other.path,
            other.commit,
            size,
            record.license if record else "",
            _weights_sha256(record.files if record else ()),
        )


def _record(path: Path | None) -> "ModelRecord | None":
    from icp_voice.models.record import find_record

    with suppress(ModelError):  # a damaged record is told by `verify`
        return find_record(path) if path else None
    return None


def _weights_sha256(files: "tuple[FileSum, ...]") -> str:
    """Return the sum that tells a model: that of its weights, the largest file."""
    return max(files, key=lambda file: file.size_bytes).sha256 if files else ""


def _print_rows(rows: list[_Row]) -> None:
    """Print two lines a model, which fit a narrow terminal, and where is looked."""
    from rich.console import Console
    from rich.padding import Padding

    from icp_voice.models.store import hub_cache, models_folder

    console = Console(highlight=False, markup=False)
    for row in rows:
        head = f"{row.name:<38}{row.task:<10}{size_text(row.size_bytes):>7}  {row.license:<11}"
        console.print(f"{head}{row.where}", soft_wrap=True)
        known = row.model
        details = [" ".join(known.languages), known.note] if known else []
        console.print(Padding(". ".join(filter(None, details)), (0, 0, 0, 4)), style="dim")
        if row.path is not None:
            revision = row.commit[:12] or (known.revision if known else "")
            details = [str(row.path), revision and f"revision {revision}"]
            details += [row.sha256 and f"sha256 {row.sha256}"]
            console.print(f"    {', '.join(filter(None, details))}", style="dim", soft_wrap=True)
    console.print(f"Models folder: {models_folder()}", soft_wrap=True)
    console.print(f"Hub cache: {hub_cache()}", soft_wrap=True)


def size_text(n_bytes: int) -> str:
    """Return a size in the units that downloads are measured in.

    >>> size_text(486_000_000), size_text(3_090_000_000)
    ('486 MB', '3.1 GB')
    """
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.0f} MB"


@contextmanager
def _download_bar(model: "KnownModel") -> "Iterator[OnProgress]":
    """Draw a bar on standard error; a line now and then where it is no terminal."""
    import time

    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        *(BarColumn(bar_width=24), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()),
        console=console,
        disable=not console.is_terminal,
    )
    task = None
    said_s = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal task, said_s
        if task is None:
            task = bar.add_task(model.name, total=total, completed=done)
        bar.update(task, completed=done)
        if not console.is_terminal and time.monotonic() - said_s >= _LINE_EVERY_S:
            said_s = time.monotonic()
            console.print(f"{model.name}: {size_text(done)} of {size_text(total)}", markup=False)

    with bar:
        yield tell


def _named(name: str) -> "tuple[KnownModel | None, Path | None]":
    """Return what a name or path stands for: a known model, or a folder here."""
    from icp_voice.models.manifest import find_model, read_manifest
    from icp_voice.models.store import locate_folder, models_folder

    if name in read_manifest():
        return read_manifest()[name], None
    for path in (Path(name).expanduser(), models_folder() / name):
        if path.exists():
            return None, locate_folder(path)
    return find_model(name), None


def _broken_folder(model: "KnownModel") -> Path | None:
    """Return the folder that has a model's name but is not whole, for its faults to be named."""
    from icp_voice.models.store import bundled_folder, folder_name, models_folder

    folder = models_folder() / folder_name(model.name)
    if model.source == "bundled":
        return bundled_folder(model)
    return folder if folder.is_dir() else None


def _verify(name: str, model: "KnownModel | None", folder: Path) -> "Verification":
    from icp_voice.models.verify import verify_folder, verify_model

    def tell(path: str) -> None:
        if (folder / path).stat().st_size >= _TOLD_FROM_BYTES:
            click.echo(f"Reading {name}: {path} ...", err=True)

    if model is None:
        return verify_folder(folder, on_file=tell)
    return verify_model(model, folder, on_file=tell)


def _print_verification(result: "Verification", form: str) -> None:
    if form == "json":
        document = {
            "name": result.name,
            "path": str(result.path),
            "ok": not result.problems,
            "checked_against": result.checked_against,
            "problems": list(result.problems),
            "files": [
                {"path": file.path, "bytes": file.size_bytes, "sha256": file.sha256}
                for file in result.files
            ],
        }
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    against = result.checked_against or "its structure alone (nobody noted sums)"
    state = "DAMAGED" if result.problems else "ok"
    click.echo(f"{result.name}: {state}, checked against {against}, {result.path}")
    for problem in result.problems:
        click.echo(f"  ! {problem}")
    for file in result.files:
        click.echo(f"  {file.sha256}  {file.size_bytes:>13,}  {file.path}")
