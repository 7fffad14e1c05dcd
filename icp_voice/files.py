"""Whole files: what one holds, and output that is the old one or the new one, never half of it."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from icp_voice.errors import ExportError


def hash_content(path: Path) -> str:
    """Return the sha256 of a file's bytes in hex, read a piece at a time.

    Raises:
        OSError: the file can't be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, text: str) -> None:
    """Write UTF-8 text beside the file and put it in its place in one step.

    Raises:
        ExportError: the file can't be written; the one that was there is untouched.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(text.encode("utf-8", "replace"))
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise ExportError(
            f"{path} can't be written ({error.strerror or error}); close it where it is open, or "
            "make the folder writable, and run again.",
            path=path,
        ) from error
