"""Which files of a folder may be calls: the user's patterns, and what is never finished.

The patterns are those of .gitignore, read by `pathspec`: `*.tmp` is a name at any depth, `archive/`
a folder at any depth, `archive/**` what lies in that folder at the top, a later `!keep/*.mp3` takes
back. Letter case does not count, for half of the file systems ignore it.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

from pathspec import GitIgnoreSpec

from icp_voice.config import CONFIG_NAME, EXPORTS_NAME, STORE_NAME, IngestConfig
from icp_voice.errors import ConfigError

# What browsers, sync clients and copy tools append to a name until the file is complete: Firefox,
# Thunderbird and yt-dlp, Chrome, Safari (a folder), Opera, uTorrent, Resilio, aria2, WinSCP.
_UNFINISHED_SUFFIXES = (
    *(".part", ".partial", ".crdownload", ".download", ".opdownload", ".!ut", ".!sync", ".aria2"),
    *(".filepart", ".ytdl", ".tmp", ".temp"),
)
# Hidden files (rsync writes `.call.mp3.Xa9fQ2`, macOS `._call.mp3`); Office; Syncthing on Windows.
_UNFINISHED_PREFIXES = (".", "~$", "~syncthing~")
_OWN_FOLDERS = frozenset({"icp-demo"})


class Selection:
    """The files that `[ingest] include` and `exclude` leave, without unfinished and own ones."""

    def __init__(self, config: IngestConfig | None = None, *, root: Path | None = None) -> None:
        """Compile the patterns.

        Args:
            config: the patterns; they hold for paths below the folder that is searched.
            root: the workspace, where paths of the configuration start; patterns may be written
                from here too, as in `recordings/archive/**`.

        Raises:
            ConfigError: a pattern that is none.
        """
        config = config or IngestConfig()
        self._root = root
        self._include = _compile(config.include, "include")
        self._exclude = _compile(config.exclude, "exclude")

    def takes_file(self, path: Path, folder: Path) -> bool:
        """Tell whether the patterns leave a file found below `folder`."""
        names = list(self._names(path, folder))
        included = any(self._include.match_file(name) for name in names)
        return included and not any(self._exclude.match_file(name) for name in names)

    def takes_folder(self, path: Path, folder: Path, siblings: Collection[str]) -> bool:
        """Tell whether a sub-folder of `folder` is searched; `siblings` are the files beside it."""
        name = path.name
        if name.startswith(".") or name in _OWN_FOLDERS or is_unfinished(name):
            return False
        if name == EXPORTS_NAME and STORE_NAME in siblings:
            return False  # what an earlier run left here, perhaps with other results folders
        return not any(self._exclude.match_file(f"{name}/") for name in self._names(path, folder))

    def _names(self, path: Path, folder: Path) -> Iterator[str]:
        yield path.relative_to(folder).as_posix().lower()
        if self._root is not None and self._root != folder and path.is_relative_to(self._root):
            yield path.relative_to(self._root).as_posix().lower()


def is_unfinished(name: str, siblings: Collection[str] = ()) -> bool:
    """Tell by names alone that a file (or Safari's folder) is still being written, or hidden.

    Args:
        name: the file's name.
        siblings: the names beside it; aria2 keeps `call.mp3.aria2` beside a `call.mp3` that has
            its full size from the start.

    Examples:
        >>> is_unfinished("call.mp3.crdownload"), is_unfinished(".call.mp3.Xa9fQ2")
        (True, True)
        >>> is_unfinished("call.mp3"), is_unfinished("call.mp3", {"call.mp3.aria2"})
        (False, True)
    """
    lowered = name.lower()
    if lowered.startswith(_UNFINISHED_PREFIXES) or lowered.endswith(_UNFINISHED_SUFFIXES):
        return True
    in_the_middle = lowered.rpartition(".")[0].endswith(".temp")  # yt-dlp: call.temp.mp4
    return in_the_middle or f"{name}.aria2" in siblings


def keeps_place(path: Path) -> bool:
    """Tell whether an empty file only keeps the place of a download, as Firefox makes them."""
    return path.with_name(f"{path.name}.part").exists()


def _compile(patterns: tuple[str, ...], key: str) -> GitIgnoreSpec:
    try:
        return GitIgnoreSpec.from_lines(pattern.lower() for pattern in patterns)
    except ValueError as error:
        raise ConfigError(
            f"{CONFIG_NAME}: ingest: {key} {list(patterns)!r}: {error}. Patterns are those of "
            '.gitignore, such as "*.tmp", "archive/" or "2023/**".'
        ) from error
