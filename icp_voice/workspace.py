"""A workspace: the folder with recordings and CRM files, and where results go."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from icp_voice.config import CONFIG_NAME, EXPORTS_NAME, STORE_NAME, Config, load_config
from icp_voice.errors import WorkspaceError
from icp_voice.resources import resource_path
from icp_voice.stamps import Stamp

REPORT_NAME = "report.html"


@dataclass(frozen=True)
class Workspace:
    """Where a run reads and writes.

    Attributes:
        root: the folder the user named; relative paths of the configuration start here.
        folder: where the store, report and exports are; `root` unless said.
        source_folders: where recordings and transcripts are looked for.
        deals_path: the CRM's deals file; calls_path: the sidecar, which may be missing.
        settled: the only call files to read, each while it is as its stamp says; None: all.
    """

    root: Path
    folder: Path
    config: Config
    source_folders: tuple[Path, ...]
    deals_path: Path
    calls_path: Path
    settled: Mapping[Path, Stamp] | None = None

    @property
    def config_path(self) -> Path:
        """The settings, which may be missing."""
        return self.root / CONFIG_NAME

    @property
    def no_calls(self) -> tuple[Path, ...]:
        """Files and folders among the sources that hold no calls: our own and the CRM's."""
        own = (self.store_path, self.report_path, self.exports_path)
        return (*own, self.deals_path, self.calls_path)

    @property
    def store_path(self) -> Path:
        """The DuckDB file."""
        return self.folder / STORE_NAME

    @property
    def report_path(self) -> Path:
        """The offline report."""
        return self.folder / REPORT_NAME

    @property
    def exports_path(self) -> Path:
        """The folder of files for the CRM."""
        return self.folder / EXPORTS_NAME

    @property
    def name(self) -> str:
        """The configured name, else the folder's."""
        return self.config.name or self.folder.resolve().name


def open_workspace(
    folder: Path,
    *,
    deals: Path | None = None,
    calls: Path | None = None,
    results: Path | None = None,
    model: str | None = None,
    languages: tuple[str, ...] = (),
    offline: bool = False,
    include_poor: bool = False,
    deals_needed: bool = True,
) -> Workspace:
    """Find the inputs in a workspace or a plain folder of recordings.

    Args:
        folder: a folder with `recordings/` or `transcripts/`, or one that holds the files itself.
        deals: the deals file to use instead of the configured one.
        calls: the sidecar of calls to use instead of the configured one.
        results: where the store, report and exports go; `folder` unless said.
        model: overrides the configuration's speech model.
        languages: override the configuration's languages.
        offline: True never asks the hub.
        include_poor: True counts poor calls as evidence, whatever the configuration says.
        deals_needed: False where calls are worth reading before there are deals.

    Raises:
        WorkspaceError: the folder is missing or is no folder, or a file named is not there.
        ConfigError: `icp-voice.toml` is wrong.
    """
    require_folder(folder)
    config = load_config(folder / CONFIG_NAME)
    transcribe = config.transcribe
    if model is not None:
        transcribe = replace(transcribe, model=model)
    if languages:
        transcribe = replace(transcribe, languages=languages)
    if offline:
        transcribe = replace(transcribe, offline=True)
    evidence = config.evidence
    if include_poor:
        evidence = replace(evidence, include_poor=True)
    config = replace(config, transcribe=transcribe, evidence=evidence)
    named = tuple(folder / name for name in config.ingest.recordings)
    present = tuple(path for path in named if path.is_dir())
    deals_path = deals or folder / config.ingest.deals
    if deals_needed:
        _named_file(deals, "--deals")
        require_deals(deals_path)
    return Workspace(
        root=folder,
        folder=results or folder,
        config=config,
        source_folders=present or (folder,),
        deals_path=deals_path,
        calls_path=_named_file(calls, "--calls") or folder / config.ingest.calls,
    )


def relative_path(path: Path, folder: Path) -> str:
    """Return the path as the store keeps it: inside the workspace without the workspace's own."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def require_deals(path: Path) -> None:
    """Refuse to go on without a deals file.

    Raises:
        WorkspaceError: it is not there.
    """
    if not path.is_file():
        raise WorkspaceError(
            f"No deals file: {path} is not there. Export the deals of your CRM as CSV "
            "(deal_id, outcome: won, lost or open) and name it with --deals FILE.",
            path=path,
        )


def copy_sample_workspace(target: Path) -> None:
    """Copy the sample workspace; files that are already there and complete are left alone.

    Raises:
        WorkspaceError: `target` holds something else, or can't be written.
    """
    sample = resource_path("sample_audio", "workspace")
    marker = target / CONFIG_NAME
    if target.is_dir() and any(target.iterdir()) and not marker.is_file():
        raise WorkspaceError(
            f"{target} exists and is not a demo workspace. Name another folder: "
            "icp-voice demo FOLDER.",
            path=target,
        )
    if target.exists() and not target.is_dir():
        raise WorkspaceError(f"{target} is a file, not a folder. Name another one.", path=target)
    files = sorted(p for p in sample.rglob("*") if p.is_file() and p.name != CONFIG_NAME)
    try:
        target.mkdir(parents=True, exist_ok=True)
        # The configuration comes first: it marks a half-copied folder as ours for the next run.
        for source in [sample / CONFIG_NAME, *files]:
            _copy_missing(source, target / source.relative_to(sample))
    except OSError as error:
        raise WorkspaceError(
            f"The demo can't be copied to {target}: {error.strerror or error}. "
            "Free some space or name another folder: icp-voice demo FOLDER.",
            path=target,
        ) from error


def _copy_missing(source: Path, target: Path) -> None:
    if target.is_file() and target.stat().st_size == source.stat().st_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    shutil.copyfile(source, part)
    part.replace(target)


def require_folder(folder: Path) -> None:
    """Refuse what is no folder.

    Raises:
        WorkspaceError: it is missing, or a file.
    """
    if folder.is_dir():
        return
    if folder.exists():
        raise WorkspaceError(
            f"{folder} is a file, not a folder. Name the folder that holds the recordings.",
            path=folder,
        )
    raise WorkspaceError(
        f"There is no folder {folder}. Name the folder that holds the recordings, or try "
        "the sample calls first: icp-voice demo.",
        path=folder,
    )


def _named_file(path: Path | None, flag: str) -> Path | None:
    if path is not None and not path.is_file():
        raise WorkspaceError(f"{flag} {path}: there is no such file.", path=path)
    return path
