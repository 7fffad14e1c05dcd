"""What tells, without reading a file, whether it is still as it was."""

import os
from pathlib import Path
from typing import NamedTuple

# A file that is only in the cloud: reading it would fetch it. Windows: FILE_ATTRIBUTE_OFFLINE,
# RECALL_ON_OPEN and RECALL_ON_DATA_ACCESS (OneDrive, Dropbox, Google Drive); macOS: SF_DATALESS.
_ONLINE_ATTRIBUTES = 0x1000 | 0x40000 | 0x400000
_ONLINE_FLAGS = 0x40000000


class Stamp(NamedTuple):
    """A file as a look at it finds it.

    Attributes:
        size_bytes: its length; mtime_ns: when it was last written, nanoseconds since 1970.
        mode: type and permissions, so that a file that may be read at last counts as changed.
        online_only: a sync client has left only the name here.
    """

    size_bytes: int
    mtime_ns: int
    mode: int
    online_only: bool


def read_stamp(path: Path) -> Stamp:
    """Look at a file.

    `os.stat` asks the file itself: on Windows the folder's entry, which `os.scandir` hands out,
    is brought up to date only when the writer closes the file.

    Raises:
        OSError: the file is gone or can't be looked at.
    """
    return stamp_of(os.stat(path))  # noqa: PTH116  (Path.stat, but half as dear over many files)


def stamp_of(stat: os.stat_result) -> Stamp:
    """Return the stamp of a stat result."""
    attributes = getattr(stat, "st_file_attributes", 0)
    flags = getattr(stat, "st_flags", 0)
    online_only = bool(attributes & _ONLINE_ATTRIBUTES or flags & _ONLINE_FLAGS)
    return Stamp(stat.st_size, stat.st_mtime_ns, stat.st_mode, online_only)
