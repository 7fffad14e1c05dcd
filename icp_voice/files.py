"""Output files that are either the old one or the new one, never half of it."""

import os
from contextlib import suppress
from pathlib import Path

from icp_voice.errors import ExportError


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
